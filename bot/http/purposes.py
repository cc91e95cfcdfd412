"""What one-time links are good for: the only list of it."""

from collections.abc import Mapping

from bot.http import account, downloads
from bot.http.one_time import Purpose
from domain.identity import linking
from domain.personal.service import DOWNLOAD

PURPOSES: Mapping[str, Purpose] = {linking.PURPOSE: account.PURPOSE, DOWNLOAD: downloads.OWN_DATA}
"""By the name that a link's row has."""
