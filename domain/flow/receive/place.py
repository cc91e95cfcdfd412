"""Where a message belongs, made unless it is there: person, chat, membership and thread."""

from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from sqlalchemy import RowMapping

from domain.audit import SYSTEM
from domain.conversations import chats
from domain.conversations import repository as conversations
from domain.conversations.hearing import called
from domain.conversations.ports import NAMELESS, Incoming
from domain.core.db import Session
from domain.core.text import storable
from domain.flow.receive.door import Door, opens
from domain.identity import service as identity
from domain.orgs import admission
from domain.orgs import service as orgs
from domain.orgs.access import Standing
from domain.tasks import queries

Shut = Literal["waiting", "stranger", "suspended", "removed", "private"]
"""Why somebody is not let in: how their membership stands, or it is somebody else's private chat."""


class Overtaken(Exception):
    """How they stand, or whose the chat is, has changed since it was looked at: what was made by that is undone."""


class Doubted(Exception):
    """The platform said something else of the person before, and it is a while ago that it said this: another process
    may have heard what is newer. It is to be asked (``Incoming.afresh``); what this transaction wrote is undone."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message belongs. ``incoming`` is the message as it belongs there: ``in_thread`` only where Legwork had no
    part in that thread.
    """

    incoming: Incoming
    user_id: UUID
    chat_id: UUID
    org_id: UUID
    thread_id: UUID | None
    shut: Shut | None = None
    """Its person is not let in: nothing is done with it."""


async def make_place(session: Session, incoming: Incoming, door: Door) -> Place:
    """Raises Doubted, Overtaken."""
    found = await conversations.locate(session, incoming.address)
    user_id: UUID | None = found["user_id"]
    if user_id is None or _is_called_otherwise(incoming, found):
        _be_sure(incoming)
        user_id = await identity.find_or_add(
            session,
            platform=incoming.platform,
            workspace=incoming.workspace,
            platform_user_id=incoming.person,
            name=called(incoming),
            timezone=incoming.timezone,
        )
    if found["chat_id"] is None:
        await _add_chat(session, incoming, user_id, door)
        found = await conversations.locate(session, incoming.address)
    found, shut = await _let_in(session, incoming, user_id, found, door)
    place = Place(incoming, user_id, found["chat_id"], found["org_id"], found["thread_id"], shut)
    return place if shut is not None else replace(place, incoming=await _find_thread(session, place))


def _is_called_otherwise(incoming: Incoming, found: RowMapping) -> bool:
    said = {"name": called(incoming), "timezone": incoming.timezone}
    return any(value is not None and value != found[name] for name, value in said.items())


def _be_sure(incoming: Incoming) -> None:
    if incoming.afresh is not None:
        raise Doubted


async def _add_chat(session: Session, incoming: Incoming, user_id: UUID, door: Door) -> None:
    """The chat, with its organization."""
    begins = door.admission(incoming)
    if incoming.organization is None:
        org_id = await orgs.own(session, user_id, called(incoming), begins)
    else:
        name = storable(incoming.organization_name or "") or incoming.organization
        org_id = await orgs.named(session, slug=incoming.organization, name=name, admission=begins)
    await conversations.add_chat(
        session,
        platform=incoming.platform,
        workspace=incoming.workspace,
        chat=incoming.chat,
        org_id=org_id,
        private=incoming.private,
        held=incoming.held,
    )


async def _let_in(
    session: Session, incoming: Incoming, user_id: UUID, found: RowMapping, door: Door
) -> tuple[RowMapping, Shut | None]:
    """The membership as the platform says and people have decided; where it is, and why the person is not let in."""
    org_id: UUID = found["org_id"]
    bound: bool = found["bound"]
    if found["status"] is None:
        if incoming.private and (bound or incoming.organization is None):  # it was made with the one who has it
            return found, "private"
        _be_sure(incoming)
        may_own = not incoming.person.startswith(NAMELESS)
        await orgs.join(session, org_id, user_id, may_own=may_own, standing=incoming.standing, elsewhere=bound)
        found = await conversations.locate(session, incoming.address)
    elif not bound and incoming.standing not in (None, "unknown", found["standing"]):
        _be_sure(incoming)
        await orgs.follow(session, org_id, user_id, incoming.standing)
        found = await conversations.locate(session, incoming.address)
    if found["role"] is not None or opens(incoming):
        return found, None
    if found["status"] == Standing.WAITING and await door.opens_to(session, incoming, user_id):
        if not await admission.open_to(session, org_id, by=SYSTEM):
            return found, Standing.WAITING.value
        return await conversations.locate(session, incoming.address), None
    if incoming.private and incoming.organization is None and (home := await orgs.home(session, user_id, org_id)):
        await chats.work_for(session, found["chat_id"], home)
        if found["status"] == Standing.WAITING:  # they were taken in elsewhere meanwhile
            found = await conversations.locate(session, incoming.address)
            if found["role"] is not None:  # it is in no thread of where they wait
                return found, None
    return found, found["status"]


async def _find_thread(session: Session, place: Place) -> Incoming:
    incoming = place.incoming
    if place.thread_id is None and incoming.private and await _is_awaited(session, incoming):
        return replace(incoming, thread=None, in_thread=False)
    if place.thread_id is None or incoming.new_thread:
        thread_id, afresh = await add_thread(session, place)
        if incoming.thread is None:
            await conversations.set_current_thread(session, place.chat_id, thread_id)
        if afresh:  # what was said before was deleted, and is not read again where it still stands
            return replace(incoming, in_thread=False)
    return incoming if place.thread_id is None else replace(incoming, in_thread=False)


async def add_thread(session: Session, place: Place) -> tuple[UUID, bool]:
    """The thread of the message, made unless it is there, and whether it takes the place of a deleted one.

    Raises Overtaken where a shared chat has become another organization's meanwhile.
    """
    if not place.incoming.private and not await chats.belongs(session, place.chat_id, place.org_id):
        raise Overtaken
    return await conversations.add_thread(
        session,
        chat_id=place.chat_id,
        org_id=place.org_id,
        user_id=place.user_id,
        person=place.incoming.person,
        platform_thread=place.incoming.thread,
    )


async def _is_awaited(session: Session, incoming: Incoming) -> bool:
    """Whether words that would begin a thread are what was asked for outside of any, in the chat's current one."""
    if incoming.thread is None or incoming.press is not None:
        return False
    current = await conversations.locate(session, replace(incoming.address, thread=None))
    if current["thread_id"] is None or not current["waiting"]:
        return False
    return any(task["asks"] for task in await queries.open_in_thread(session, current["thread_id"]))
