"""Somebody new would like to have work done, and whoever runs the installation is asked whether they may."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from domain.conversations.hearing import called
from domain.conversations.ports import Incoming
from domain.conversations.private import say_privately
from domain.conversations.said import Button, Note
from domain.core import ids
from domain.core.db import Session
from domain.core.text import literal
from domain.flow.receive.door import Door
from domain.flow.receive.place import Place
from domain.identity import service as identity
from domain.orgs import operators
from domain.orgs import service as orgs


@dataclass(frozen=True, slots=True)
class _Operator:
    user_id: UUID
    org_id: UUID


async def ask(session: Session, incoming: Incoming, place: Place, door: Door) -> None:
    """A card with Admit and Refuse to each of them who has a private chat with Legwork, once an organization."""
    org = ids.text("org", place.org_id)
    who = literal(called(incoming) or "Somebody")
    where = "in a private chat" if incoming.private else f"in {literal(await orgs.called(session, place.org_id))}"
    card = Note(
        text=f"{who} ({incoming.platform} {incoming.workspace}) writes to me {where}, and is not let in yet.",
        buttons=(
            Button(label="Admit", action="command", value=f"admin admit {org}", style="primary"),
            Button(label="Refuse", action="command", value=f"admin refuse {org}", style="danger"),
        ),
    )
    async for user_id in _operators(session, door):
        await say_privately(session, _Operator(user_id, place.org_id), card, key=f"admission:{org}:{user_id}")


async def _operators(session: Session, door: Door) -> AsyncIterator[UUID]:
    told = {row["user_id"] for row in await operators.appointed(session)}
    for account in sorted(door.operators):
        platform, workspace, person = account.split(":", 2)
        if (user_id := await identity.find(session, platform, workspace, person)) is not None:
            told.add(user_id)
    for user_id in told:
        yield user_id
