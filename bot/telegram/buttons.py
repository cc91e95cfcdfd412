"""Buttons: what they carry fits into 64 bytes, or is kept in the database behind a short token."""

from collections.abc import Sequence
from typing import Protocol

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.views.clean import visible
from domain.conversations import tokens
from domain.conversations.ports import Press
from domain.conversations.said import Button
from domain.core.db import Database
from domain.core.errors import NotFound

BYTES = 64
"""https://core.telegram.org/bots/api#inlinekeyboardbutton"""
MOST = 100
_TOKEN = "~"  # noqa: S105 - the mark that a token follows
_ROW = 36
"""Characters of labels that are readable side by side on a telephone."""
_STYLES = {"plain": None, "primary": "primary", "danger": "danger"}


class Tokens(Protocol):
    """Keeps what does not fit into a button."""

    async def keep(self, press: Press) -> str:
        """A token of at most 22 characters."""
        ...

    async def look_up(self, token: str) -> Press:
        """Raises NotFound."""
        ...


class StoredTokens:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, press: Press) -> str:
        async with self._database.transaction() as session:
            return await tokens.keep(session, {"action": press.action, "value": press.value})

    async def look_up(self, token: str) -> Press:
        async with self._database.transaction() as session:
            kept = await tokens.look_up(session, token)
        return Press(str(kept["action"]), str(kept["value"]))


async def keyboard(buttons: Sequence[Button], kept: Tokens) -> InlineKeyboardMarkup | None:
    """The buttons in rows that fit a telephone; None where there are none."""
    rows: list[list[InlineKeyboardButton]] = []
    width = 0
    for button in buttons[:MOST]:
        label = " ".join(visible(button.label).split())[:_ROW] or "•"
        if not rows or width + len(label) > _ROW or len(rows[-1]) == 4:
            rows.append([])
            width = 0
        data = await _data(button, kept)
        rows[-1].append(InlineKeyboardButton(label, callback_data=data, style=_STYLES[button.style]))
        width += len(label) + 2
    return InlineKeyboardMarkup(rows) if rows else None


async def pressed(data: str, kept: Tokens) -> Press:
    """What the pressed button carried; a token that is no longer kept is a button that is no longer good."""
    if data.startswith(_TOKEN):
        try:
            return await kept.look_up(data.removeprefix(_TOKEN))
        except NotFound:
            return Press("expired")
    action, _, value = data.partition("|")
    return Press(action, value)


async def _data(button: Button, kept: Tokens) -> str:
    data = f"{button.action}|{button.value}"
    if len(data.encode()) <= BYTES and not data.startswith(_TOKEN):
        return data
    return _TOKEN + await kept.keep(Press(button.action, button.value))
