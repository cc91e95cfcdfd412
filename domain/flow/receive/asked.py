"""Somebody new would like to have work done, and whoever runs the installation is asked whether they may."""

from domain.conversations.hearing import called
from domain.conversations.ports import Incoming
from domain.conversations.private import Recipient, say_privately
from domain.conversations.said import Button, Note
from domain.core import ids
from domain.core.db import Session
from domain.core.text import literal
from domain.flow.receive.door import Door
from domain.flow.receive.place import Place
from domain.orgs import operators
from domain.orgs import service as orgs


async def ask(session: Session, incoming: Incoming, place: Place, door: Door) -> None:
    """A card with Admit and Refuse to each of them who has a private chat with Legwork, once an organization."""
    org = ids.text("org", place.org_id)
    who = literal(called(incoming) or "Somebody")
    name = await orgs.known_name(session, place.org_id)
    shared = f"in {literal(name)}" if name is not None else "where others read along"
    where = "in a private chat" if incoming.private else shared
    card = Note(
        text=f"{who} ({incoming.platform} {incoming.workspace}) writes to me {where}, and is not let in yet.",
        buttons=(
            Button(label="Admit", action="command", value=f"admin admit {org}", style="primary"),
            Button(label="Refuse", action="command", value=f"admin refuse {org}", style="danger"),
        ),
    )
    for user_id in await operators.people(session, sorted(door.operators)):
        await say_privately(session, Recipient(user_id, place.org_id), card, key=f"admission:{org}:{user_id}")
