"""What one-time links are good for: the only list of it."""

from collections.abc import Mapping

from bot.http import account, downloads, invited, mailed
from bot.http.one_time import Purpose
from domain.core.settings import Settings
from domain.identity import linking
from domain.orgs import invitations
from domain.personal.service import DOWNLOAD


def purposes(settings: Settings) -> Mapping[str, Purpose]:
    """By the name that a link's row has."""
    return {
        linking.PURPOSE: account.PURPOSE,
        linking.MAILED: mailed.PURPOSE,
        invitations.PURPOSE: invited.PURPOSE,
        DOWNLOAD: downloads.own_data(settings),
    }
