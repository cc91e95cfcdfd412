"""What one-time links are good for: the only list of it."""

from collections.abc import Mapping

from bot.http.one_time import Purpose

PURPOSES: Mapping[str, Purpose] = {}
"""By the name that a link's row has."""
