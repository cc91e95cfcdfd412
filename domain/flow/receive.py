"""First stage: one event of a chat becomes one stored message, and the work to understand it is queued.

Everything happens in the caller's transaction; the edge acknowledges the event once that has committed. An
event that comes again, or a message that arrives as two events, changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import RowMapping

from domain.conversations import repository as conversations
from domain.conversations.ports import Incoming
from domain.conversations.schemas import Attachment
from domain.core.db import Session
from domain.core.queue import Command, Queue, enqueue
from domain.core.text import storable, storable_json
from domain.flow.changed import follow_change
from domain.flow.words import is_control
from domain.identity import service as identity
from domain.orgs import service as orgs
from domain.tasks.states import Priority


@dataclass(frozen=True, slots=True)
class Received:
    """``message_id`` is None for an event that was received before."""

    message_id: UUID | None
    chat_id: UUID | None = None


async def receive(session: Session, incoming: Incoming, attachments: Sequence[Attachment] = ()) -> Received:
    """Store the event's message with its files and queue its understanding."""
    if not await conversations.first_heard(
        session,
        platform=incoming.platform,
        workspace=incoming.workspace,
        event_key=incoming.event_key,
        chat=incoming.chat,
        message_id=incoming.message_id if incoming.change is None else None,
    ):
        return Received(None)
    if incoming.change is not None:
        await follow_change(session, incoming)
        return Received(None)
    incoming = replace(incoming, text=storable(incoming.text), person_name=storable(incoming.person_name or "") or None)
    place = await _find_or_make_place(session, incoming)
    press = incoming.press
    message_id = await conversations.add_message(
        session,
        thread_id=place.thread_id,
        user_id=place.user_id,
        role="user",
        content=incoming.text,
        attachments=storable_json([attachment.as_json() for attachment in attachments]),
        press=storable_json({"action": press.action, "value": press.value}) if press else None,
        platform_message_id=incoming.message_id,
    )
    # What steers running work overtakes the queue: presses, commands, “stop”, and the answers tasks wait for.
    overtakes = press is not None or place.waiting or is_control(incoming.text)
    await enqueue(
        session,
        Command(
            queue=Queue.TASK,
            kind="understand",
            data={"message_id": str(message_id), "files": any(file.key is None for file in attachments)},
            user_id=None if overtakes else place.user_id,
            lane=None if overtakes else f"thread:{place.thread_id}",
            priority=(Priority.URGENT if overtakes else Priority.HIGH).rank,
        ),
    )
    return Received(message_id, place.chat_id)


@dataclass(frozen=True, slots=True)
class _Place:
    user_id: UUID
    chat_id: UUID
    thread_id: UUID
    waiting: bool


async def _find_or_make_place(session: Session, incoming: Incoming) -> _Place:
    found = await _locate(session, incoming)
    known: UUID | None = found["user_id"]
    user_id = known or await identity.find_or_add(
        session,
        platform=incoming.platform,
        workspace=incoming.workspace,
        platform_user_id=incoming.person,
        name=incoming.person_name,
        timezone=incoming.timezone,
    )
    if found["chat_id"] is None:
        await conversations.add_chat(
            session,
            platform=incoming.platform,
            workspace=incoming.workspace,
            chat=incoming.chat,
            org_id=await _organization(session, incoming, user_id),
            private=incoming.private,
            held=incoming.held,
        )
        found = await _locate(session, incoming)
    if found["role"] is None:
        await orgs.join(session, found["org_id"], user_id)
    thread_id: UUID | None = found["thread_id"]
    if thread_id is None or incoming.new_thread:
        thread_id = await conversations.add_thread(
            session,
            chat_id=found["chat_id"],
            org_id=found["org_id"],
            user_id=user_id,
            platform_thread=incoming.thread,
        )
        if incoming.thread is None:
            await conversations.set_current_thread(session, found["chat_id"], thread_id)
    return _Place(user_id, found["chat_id"], thread_id, found["waiting"])


async def _locate(session: Session, incoming: Incoming) -> RowMapping:
    return await conversations.locate(
        session,
        platform=incoming.platform,
        workspace=incoming.workspace,
        chat=incoming.chat,
        person=incoming.person,
        thread=incoming.thread,
    )


async def _organization(session: Session, incoming: Incoming, user_id: UUID) -> UUID:
    if incoming.organization is None:
        return await orgs.own(session, user_id, incoming.person_name)
    return await orgs.named(session, slug=incoming.organization, name=incoming.organization, user_id=user_id)
