"""First stage: one event of a chat becomes one stored message, and the work to understand it is queued.

Everything happens in the caller's transaction; the edge acknowledges the event once that has committed. An
event that comes again, or a message that arrives as two events, changes nothing.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import RowMapping

from domain.conversations import repository as conversations
from domain.conversations.hearing import hear
from domain.conversations.ports import NAMELESS, Incoming
from domain.conversations.schemas import Attachment
from domain.core.db import Session
from domain.core.ids import new_id
from domain.core.queue import Command, Queue
from domain.core.text import storable
from domain.flow.common.words import is_control
from domain.flow.receive.changed import follow_change
from domain.identity import service as identity
from domain.orgs import service as orgs
from domain.tasks import queries
from domain.tasks.states import Priority


@dataclass(frozen=True, slots=True)
class Received:
    """``message_id`` is None for an event that was received before, or changes an earlier message."""

    message_id: UUID | None
    chat_id: UUID | None = None


class _NotHeard(Exception):
    """The message that was changed is not known: that the event was looked at is undone."""


class _HeardBefore(Exception):
    """The event is known: what was made for it is undone."""


async def receive_known(
    session: Session, incoming: Incoming, attachments: Sequence[Attachment] = (), commands: Container[str] = ()
) -> Received | None:
    """Store the message with its files and queue its understanding: one statement. None: nothing was stored, since
    whoever writes, or where, is new, or it is no new message. ``commands``: the words that are commands."""
    if incoming.change is not None or incoming.new_thread:
        return None
    return await _store(session, incoming, attachments, commands)


async def receive(
    session: Session, incoming: Incoming, attachments: Sequence[Attachment] = (), commands: Container[str] = ()
) -> Received:
    """The same for every event, with what is missing made first."""
    if incoming.change is not None:
        if await _follow(session, incoming, attachments):
            return Received(None)
        incoming = replace(incoming, change=None)
    try:
        async with session.savepoint():
            placed = await _make_place(session, incoming)
            received = await _store(session, placed, attachments, commands, called=placed.in_thread)
            if received is None or received.message_id is None:
                raise _HeardBefore
            return received
    except _HeardBefore:
        return Received(None)


async def _follow(session: Session, incoming: Incoming, attachments: Sequence[Attachment]) -> bool:
    """Take the change into account. False: by it a message that was not heard became one for Legwork."""
    try:
        async with session.savepoint():
            first = await conversations.first_heard(
                session,
                platform=incoming.platform,
                workspace=incoming.workspace,
                event_key=incoming.event_key,
                chat=incoming.chat,
                message_id=None,
            )
            if first and not await follow_change(session, incoming, attachments) and incoming.new_if_unknown:
                raise _NotHeard
    except _NotHeard:
        return False
    return True


async def _store(
    session: Session,
    incoming: Incoming,
    attachments: Sequence[Attachment],
    commands: Container[str],
    *,
    called: bool = False,
) -> Received | None:
    """``called``: by this message Legwork is called into a thread that others began."""
    message_id = new_id()
    unfetched = any(file.key is None for file in attachments)
    stored = await hear(
        session,
        incoming,
        attachments,
        message_id=message_id,
        job=Command(
            queue=Queue.TASK,
            kind="understand",
            data={"message_id": str(message_id), "files": unfetched, **_beside(incoming, called=called)},
            priority=Priority.HIGH.rank,
        ),
        # what steers running work overtakes the queue: presses, commands, “stop”, and the answers tasks wait for;
        # words of others never do
        overtakes=incoming.press is not None or is_control(incoming.text, commands),
        urgent=Priority.URGENT.rank,
    )
    if not stored["known"]:
        return None
    return Received(message_id if stored["heard"] else None, stored["chat_id"])


def _beside(incoming: Incoming, *, called: bool) -> dict[str, str | bool]:
    """What is to be known of the message only until it is understood."""
    told: dict[str, str | bool] = {
        "comment": storable(incoming.comment or ""),
        "answers": storable(incoming.answers or ""),
        "untaken": storable(incoming.untaken),
        "earlier": called,
    }
    return {name: value for name, value in told.items() if value}


async def _make_place(session: Session, incoming: Incoming) -> Incoming:
    """Person, chat, membership and thread, each unless it is there. Returns the message as it belongs there:
    ``in_thread`` only where Legwork had no part in that thread."""
    found = await _locate(session, incoming)
    known: UUID | None = found["user_id"]
    user_id = known or await identity.find_or_add(
        session,
        platform=incoming.platform,
        workspace=incoming.workspace,
        platform_user_id=incoming.person,
        name=storable(incoming.person_name or "") or None,
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
        await orgs.join(session, found["org_id"], user_id, may_own=_is_named(incoming))
    if found["thread_id"] is None and incoming.private and await _is_awaited(session, incoming):
        return replace(incoming, thread=None, in_thread=False)
    if found["thread_id"] is None or incoming.new_thread:
        thread_id, afresh = await conversations.add_thread(
            session,
            chat_id=found["chat_id"],
            org_id=found["org_id"],
            user_id=user_id,
            person=incoming.person,
            platform_thread=incoming.thread,
        )
        if incoming.thread is None:
            await conversations.set_current_thread(session, found["chat_id"], thread_id)
        if afresh:  # what was said before was deleted, and is not read again where it still stands
            return replace(incoming, in_thread=False)
    return incoming if found["thread_id"] is None else replace(incoming, in_thread=False)


async def _is_awaited(session: Session, incoming: Incoming) -> bool:
    """Whether words that would begin a thread are what was asked for outside of any, in the chat's current one."""
    if incoming.thread is None or incoming.press is not None:
        return False
    current = await _locate(session, replace(incoming, thread=None))
    if current["thread_id"] is None or not current["waiting"]:
        return False
    return any(task["asks"] for task in await queries.open_in_thread(session, current["thread_id"]))


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
        return await orgs.own(session, user_id, storable(incoming.person_name or "") or None)
    slug = incoming.organization
    return await orgs.named(session, slug=slug, name=slug, user_id=user_id, may_own=_is_named(incoming))


def _is_named(incoming: Incoming) -> bool:
    return not incoming.person.startswith(NAMELESS)
