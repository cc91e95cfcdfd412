"""What a command answers is an organization's, and so are its buttons, whatever chat they stand in.

An answer may be read in a private chat that belongs to another organization than the one in which it was asked, and a
private chat may be switched, a shared one moved, before a button of it is pressed.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID

from bot.commands.confirming import CONFIRM
from domain.conversations.said import Button, Said
from domain.conversations.schemas import Heard
from domain.core.db import Session
from domain.core.errors import Refused
from domain.orgs import queries
from domain.orgs.access import Denied, Permission, Standing

COMMAND = "command"
"""The action of a button whose value is a command."""

_OF_ONE = frozenset({COMMAND, CONFIRM})
"""What else is pressed is about a task, which says itself whose it is."""


def of(org_id: UUID, said: Said) -> Said:
    """The same, with buttons that give their commands in that organization."""
    buttons: tuple[Button, ...] = getattr(said, "buttons", ())
    if not any(button.action in _OF_ONE for button in buttons):
        return said
    carrying = [
        button.model_copy(update={"org_id": org_id}) if button.action in _OF_ONE else button for button in buttons
    ]
    return said.model_copy(update={"buttons": tuple(carrying)})


@asynccontextmanager
async def there(session: Session, heard: Heard) -> AsyncGenerator[Heard]:
    """What was pressed, as pressed in the organization of its button: by who the person is there now. While the block
    runs the transaction is that organization's.

    Raises:
        Denied: they may not, there; it is written down there. Or they never belonged there, and the button was not
            shown to them; then it is written down where they pressed it.
        Refused: others read along, and the chat is not of that organization.
    """
    org_id = heard.press.org_id if heard.press is not None else None
    if org_id is None or org_id == heard.person.org_id:
        yield heard
        return
    if not heard.thread.private:
        raise Refused("This chat belongs to another organization than that button.", remedy="Ask again in the thread.")
    async with session.organization(org_id):
        found = await queries.member(session, org_id, heard.person.user_id)
        if found is None:
            raise _not_theirs()
        role = found.role if found.standing is Standing.ACTIVE else None
        try:
            yield replace(heard, person=replace(heard.person, org_id=org_id, role=role))
        except Denied as denied:
            denied.org_id = denied.org_id or org_id
            raise


def _not_theirs() -> Denied:
    return Denied(
        "That button is no longer good.",
        permission=Permission.SEE,
        remedy="Ask again in the thread.",
        code="not_found",
        action="commands.press",
    )
