"""What one-time links are good for: the only list of it."""

from collections.abc import Mapping

from bot.http import account, downloads, invited
from bot.http.one_time import Purpose
from domain.identity import linking
from domain.orgs import invitations
from domain.personal.service import DOWNLOAD

PURPOSES: Mapping[str, Purpose] = {
    linking.PURPOSE: account.PURPOSE,
    invitations.PURPOSE: invited.PURPOSE,
    DOWNLOAD: downloads.OWN_DATA,
}
"""By the name that a link's row has."""
