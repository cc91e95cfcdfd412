"""First stage: one event of a chat becomes one stored message, and the work to understand it is queued.

Everything happens in the caller's transaction; the edge acknowledges the event once that has committed. An
event that comes again, or a message that arrives as two events, changes nothing.
"""

from collections.abc import Awaitable, Callable, Container, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeVar
from uuid import UUID

from domain.conversations import repository as conversations
from domain.conversations.hearing import hear
from domain.conversations.ports import Incoming
from domain.conversations.schemas import Attachment
from domain.core.db import Session
from domain.core.errors import Unavailable
from domain.core.ids import new_id
from domain.core.queue import Command, Queue
from domain.core.text import storable
from domain.flow.common.words import is_control
from domain.flow.receive import turned_away
from domain.flow.receive.changed import follow_change
from domain.flow.receive.door import OPEN, Door, opens
from domain.flow.receive.place import Overtaken, Place, make_place
from domain.tasks.states import Priority

T = TypeVar("T")

_LOOKS = 3
"""So often it is looked at how somebody stands, if that changes meanwhile."""


@dataclass(frozen=True, slots=True)
class Received:
    """``message_id`` is None for an event that was received before, that changes an earlier message, or of somebody who
    is not let in: they were ``turned_away``."""

    message_id: UUID | None = None
    turned_away: bool = False


class _NotHeard(Exception):
    """The message that was changed is not known: that the event was looked at is undone."""


class _LetIn(Exception):
    """Whoever speaks is let in: what was made to see that is undone, until what they sent is kept."""


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
    session: Session,
    incoming: Incoming,
    attachments: Sequence[Attachment] = (),
    commands: Container[str] = (),
    door: Door = OPEN,
) -> Received:
    """The same for every event, with what is missing made first. Whoever is not let in is told so (``turned_away``).

    Raises Unavailable where it changes again and again how they stand: the platform should deliver the event again;
    Doubted where the platform is to be asked first.
    """
    if incoming.change is not None:
        if await _follow(session, incoming, attachments):
            return Received()
        incoming = replace(incoming, change=None)
    return await _settled(lambda: _receive(session, incoming, attachments, commands, door))


async def _settled(look: Callable[[], Awaitable[T]]) -> T:
    """Look until nothing changes meanwhile. Raises Unavailable."""
    for _ in range(_LOOKS):
        with suppress(Overtaken):
            return await look()
    raise Unavailable("How somebody stands changed each time it was looked at.")


async def _receive(
    session: Session, incoming: Incoming, attachments: Sequence[Attachment], commands: Container[str], door: Door
) -> Received:
    """Raises Overtaken, having written nothing."""
    try:
        async with session.savepoint():
            place = await make_place(session, incoming, door)
            if place.shut is not None:
                return await _turn_away(session, incoming, place, commands, door)
            called = place.incoming.in_thread
            received = await _store(session, place.incoming, attachments, commands, called=called)
            if received is None:
                raise Overtaken
            if received.message_id is None:
                raise _HeardBefore
            return received
    except _HeardBefore:
        return Received()


async def turn_away(session: Session, incoming: Incoming, commands: Container[str], door: Door) -> Received | None:
    """Tell whoever is not let in, before anything is kept of what they sent. None: they are let in; nothing was made
    for it. Raises Doubted."""
    if (await conversations.locate(session, incoming.address))["role"] is not None:
        return None
    if incoming.change is not None and not incoming.new_if_unknown:
        return Received()  # of what is theirs nothing is changed any more
    incoming = replace(incoming, change=None)

    async def look() -> Received:
        async with session.savepoint():
            place = await make_place(session, incoming, door)
            if place.shut is None:
                raise _LetIn
            return await _turn_away(session, incoming, place, commands, door)

    try:
        return await _settled(look)
    except _LetIn:
        return None
    except _HeardBefore:
        return Received()


async def _turn_away(
    session: Session, incoming: Incoming, place: Place, commands: Container[str], door: Door
) -> Received:
    """Tell them, once an event. Raises _HeardBefore."""
    await _note(session, incoming)
    await turned_away.tell(session, incoming, place, door, commands)
    return Received(turned_away=True)


async def _note(session: Session, incoming: Incoming) -> None:
    """Note an event of which no message is made. Raises _HeardBefore."""
    if not await conversations.first_heard(session, incoming):
        raise _HeardBefore


async def _follow(session: Session, incoming: Incoming, attachments: Sequence[Attachment]) -> bool:
    """Take the change into account. False: by it a message that was not heard became one for Legwork."""
    try:
        async with session.savepoint():
            await _note(session, incoming)
            found = await conversations.locate(session, incoming.address)
            known = found["role"] is not None and await follow_change(session, incoming, found["user_id"], attachments)
            if not known and incoming.new_if_unknown:
                raise _NotHeard
    except _HeardBefore:
        return True
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
        opens=opens(incoming),
    )
    if not stored["known"]:
        return None
    return Received(message_id if stored["heard"] else None)


def _beside(incoming: Incoming, *, called: bool) -> dict[str, str | bool]:
    """What is to be known of the message only until it is understood."""
    told: dict[str, str | bool] = {
        "comment": storable(incoming.comment or ""),
        "answers": storable(incoming.answers or ""),
        "untaken": storable(incoming.untaken),
        "earlier": called,
    }
    return {name: value for name, value in told.items() if value}
