"""What a button carries and a platform has no room for: kept in the database behind a short token."""

from collections.abc import Callable, Sequence
from typing import Protocol

from domain.conversations import tokens
from domain.conversations.ports import Address, Press
from domain.conversations.said import Button
from domain.core.db import Database
from domain.core.errors import NotFound

__all__ = ["MARK", "StoredTokens", "Tokens", "carried", "fitted"]

MARK = "~"
"""An action that begins with it is a token."""


class Tokens(Protocol):
    """Keeps what does not fit into a button."""

    async def keep(self, press: Press, to: Address) -> str:
        """A token of at most 22 characters, for a button that is shown there."""
        ...

    async def look_up(self, token: str) -> Press:
        """Raises NotFound."""
        ...


class StoredTokens:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, press: Press, to: Address) -> str:
        async with self._database.system("a platform's chat is asked for by its address", single=True) as session:
            return await tokens.keep(session, {"action": press.action, "value": press.value}, to)

    async def look_up(self, token: str) -> Press:
        async with self._database.system("a press is looked up by its token", single=True) as session:
            kept = await tokens.look_up(session, token)
        return Press(str(kept["action"]), str(kept["value"]))


async def fitted(
    buttons: Sequence[Button], kept: Tokens, to: Address, fits: Callable[[Button], bool]
) -> tuple[Button, ...]:
    """The buttons, those for which the platform has no room with a token in place of action and value."""
    return tuple([button if _stays(button, fits) else await _shortened(button, kept, to) for button in buttons])


async def carried(press: Press, kept: Tokens) -> Press:
    """What the pressed button stood for; a token that is no longer kept is a button that is no longer good."""
    if not press.action.startswith(MARK):
        return press
    try:
        return await kept.look_up(press.action.removeprefix(MARK))
    except NotFound:
        return Press("expired")


def _stays(button: Button, fits: Callable[[Button], bool]) -> bool:
    return fits(button) and not button.action.startswith(MARK)


async def _shortened(button: Button, kept: Tokens, to: Address) -> Button:
    token = await kept.keep(Press(button.action, button.value), to)
    return button.model_copy(update={"action": MARK + token, "value": ""})
