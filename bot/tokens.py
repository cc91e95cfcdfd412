"""What a button carries and a platform has no room for: kept in the database behind a short token."""

from collections.abc import Callable, Sequence
from typing import Protocol

from domain.conversations import tokens
from domain.conversations.ports import Address, Press
from domain.conversations.said import Button
from domain.core import ids
from domain.core.db import Database
from domain.core.errors import Invalid, NotFound

__all__ = ["MARK", "StoredTokens", "Tokens", "carried", "fitted", "whole"]

MARK = "~"
"""An action that begins with it is a token."""

_OF = "@"
"""Between an action and the organization of its button, where there is room for it."""


EXPIRED = Press("expired")
"""What the press of a button that is no longer good stands for."""


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
            return await tokens.keep(session, press.as_json(), to)

    async def look_up(self, token: str) -> Press:
        async with self._database.system("a press is looked up by its token", single=True) as session:
            kept = await tokens.look_up(session, token)
        return Press.read(kept)


async def fitted(
    buttons: Sequence[Button], kept: Tokens, to: Address, fits: Callable[[Button], bool]
) -> tuple[Button, ...]:
    """The buttons, each carrying what it does in its action and value; where the platform has no room for that, it is
    kept, and a token carried."""
    return tuple([await _fitted(button, kept, to, fits) for button in buttons])


async def carried(press: Press, kept: Tokens) -> Press:
    """What the pressed button stood for; a token that is no longer kept is a button that is no longer good."""
    if not press.action.startswith(MARK):
        return whole(press)
    try:
        return await kept.look_up(press.action.removeprefix(MARK))
    except NotFound:
        return EXPIRED


def whole(press: Press) -> Press:
    """What a button without a token stood for: its action names the organization it is of, if any."""
    action, of, written = press.action.partition(_OF)
    if not of:
        return press
    try:
        return Press(action, press.value, org_id=ids.parse("org", written))
    except Invalid:
        return EXPIRED


async def _fitted(button: Button, kept: Tokens, to: Address, fits: Callable[[Button], bool]) -> Button:
    action = button.action
    if button.org_id is not None:
        action = f"{action}{_OF}{ids.text('org', button.org_id)}"
    carries = button.model_copy(update={"action": action, "org_id": None})
    if fits(carries) and not action.startswith(MARK):
        return carries
    token = await kept.keep(Press.of(button), to)
    return carries.model_copy(update={"action": MARK + token, "value": ""})
