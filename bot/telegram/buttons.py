"""Buttons: what they carry fits into 64 bytes, or is kept in the database behind a short token."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.tokens import Tokens, carried, fitted
from bot.views.clean import visible
from domain.conversations.ports import Address, Press
from domain.conversations.said import Button

BYTES = 64
"""https://core.telegram.org/bots/api#inlinekeyboardbutton"""
MOST = 100
_ROW = 36
"""Characters of labels that are readable side by side on a telephone."""
_STYLES = {"plain": None, "primary": "primary", "danger": "danger"}


async def keyboard(buttons: Sequence[Button], kept: Tokens, to: Address) -> InlineKeyboardMarkup | None:
    """The buttons in rows that fit a telephone; None where there are none."""
    rows: list[list[InlineKeyboardButton]] = []
    width = 0
    for button in await fitted(buttons[:MOST], kept, to, lambda button: len(_data(button).encode()) <= BYTES):
        label = " ".join(visible(button.label).split())[:_ROW] or "•"
        if not rows or width + len(label) > _ROW or len(rows[-1]) == 4:
            rows.append([])
            width = 0
        rows[-1].append(InlineKeyboardButton(label, callback_data=_data(button), style=_STYLES[button.style]))
        width += len(label) + 2
    return InlineKeyboardMarkup(rows) if rows else None


async def pressed(data: str, kept: Tokens) -> Press:
    """What the pressed button carried."""
    action, _, value = data.partition("|")
    return await carried(Press(action, value), kept)


def _data(button: Button) -> str:
    return f"{button.action}|{button.value}"
