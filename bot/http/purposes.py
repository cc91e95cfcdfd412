"""What one-time links are good for: the only list of it."""

from collections.abc import Mapping

from bot.http import account
from bot.http.one_time import Purpose
from domain.identity import linking

PURPOSES: Mapping[str, Purpose] = {linking.PURPOSE: account.PURPOSE}
"""By the name that a link's row has."""
