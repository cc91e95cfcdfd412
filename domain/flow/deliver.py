"""Fifth stage: outbox rows → gateway, in order within a chat; what is newly said goes before what has changed.

A row is marked before it is sent and after; one that is found marked and not settled was cut off in between.
Where the platform can say what became of it, it is asked; elsewhere the row is marked unknown, never sent twice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal
from uuid import UUID

from domain.conversations import outbox
from domain.conversations.ports import ChatGateway, Posted
from domain.conversations.said import read
from domain.conversations.schemas import ChatPlace, Outbound
from domain.core.db import Database, Session
from domain.core.errors import Ambiguous, Invalid, LegworkError, NotFound, Unavailable
from domain.core.logging import logger
from domain.core.queue import Held, Snooze
from domain.flow.legwork import Legwork

log = logger(__name__)

ATTEMPTS = 10
"""How often a row that the platform does not take is tried before it is marked failed."""


@dataclass(frozen=True, slots=True)
class _Round:
    """What of a chat is sent next, in order. The first row is marked as being sent, or is found cut off."""

    rows: Sequence[Outbound] = ()
    target: str | None = None
    """The platform's id of the message that the first row edits."""
    wait: timedelta | None = None
    """How long the platform wants the chat to be left alone; nothing is sent before."""
    left: Literal["edits", "any"] | None = None
    """What else is open."""


async def deliver(legwork: Legwork, held: Held, chat_id: UUID) -> None:
    """Send what is waiting in a chat. What was said and shown changes only after the posts that wait in other chats.

    What is said from now on brings a job of its own. Raises Snooze when the platform asks for patience or is away:
    the rest keeps its order and waits.
    """
    async with legwork.database.transaction() as session:
        place = await outbox.place(session, chat_id)
        gateway = legwork.gateways.get(place.platform) if place is not None else None
        due = await _begin(session, chat_id, edits_apart=True) if gateway is not None else _Round()
    if place is None or gateway is None:
        log.warning("no gateway for a chat with waiting messages", chat_id=str(chat_id))
        return
    wait = due.wait or await _send_round(legwork.database, gateway, place, due, stopping=held.stopping.is_set)
    if wait is not None:
        raise Snooze(wait)
    if due.left is not None:
        async with held.transaction(done=True) as session:
            await outbox.wake_delivery(session, chat_id, progress=due.left == "edits")


async def deliver_chat(database: Database, gateway: ChatGateway, place: ChatPlace) -> timedelta | None:
    """Send every open row of the chat. Returns how long to wait where the platform does not take the next one."""
    while True:
        async with database.transaction() as session:
            due = await _begin(session, place.id)
        wait = due.wait or await _send_round(database, gateway, place, due)
        if wait is not None or not due.rows:
            return wait


async def _begin(session: Session, chat_id: UUID, *, edits_apart: bool = False) -> _Round:
    """Read what is open: posts in their order, then edits, or (``edits_apart``) posts alone where there are any."""
    rows = await outbox.open_rows(session, chat_id)
    if waits := [row.wait for row in rows if row.wait is not None]:
        return _Round(wait=max(waits))  # something new was said meanwhile, and the platform asked for patience
    full = len(rows) == outbox.OPEN_ROWS
    rows, dropped = _coalesced(rows)
    if dropped:
        await outbox.mark_superseded(session, dropped)
    posts, edits = ([row for row in rows if (row.kind == "edit") is edit] for edit in (False, True))
    apart = edits_apart and bool(posts)
    due = posts if apart else [*posts, *edits]
    target = await _mark(session, due[0]) if due and due[0].status != "sending" else None
    return _Round(due, target, left="any" if full else "edits" if apart and edits else None)


def _coalesced(rows: Sequence[Outbound]) -> tuple[list[Outbound], list[UUID]]:
    """Of several waiting edits of one message only the newest is sent."""
    newest = {row.target_key: row.id for row in rows if row.target_key is not None}
    dropped = [row.id for row in rows if row.target_key is not None and newest[row.target_key] != row.id]
    return [row for row in rows if row.id not in dropped], dropped


async def _mark(session: Session, row: Outbound) -> str | None:
    """Note that the row is being sent. Returns the platform's id of the message it edits."""
    await outbox.mark_sending(session, row.id)
    target = await outbox.posted_as(session, row.target_key) if row.target_key is not None else None
    return target[1] if target is not None else None


async def _send_round(
    database: Database,
    gateway: ChatGateway,
    place: ChatPlace,
    due: _Round,
    *,
    stopping: Callable[[], bool] | None = None,
) -> timedelta | None:
    """Send the rows. Returns how long to wait where the platform does not take the next one."""
    for number, row in enumerate(due.rows):
        target = due.target
        if number > 0 and stopping is not None and stopping():  # the first is marked already
            return timedelta(0)
        if row.status == "sending" and not await _was_cut_off(database, gateway, place, row):
            continue
        if number > 0 or row.status == "sending":
            async with database.transaction() as session:
                target = await _mark(session, row)
        wait = await _deliver_row(database, gateway, place, row, target)
        if wait is not None:
            return wait
    return None


async def _deliver_row(
    database: Database, gateway: ChatGateway, place: ChatPlace, row: Outbound, target: str | None
) -> timedelta | None:
    """Send one row that is marked, and note what became of it."""
    try:
        posted = await _send(gateway, place, row, target)
    except Unavailable as error:
        return await _put_back(database, row, error)
    except Invalid as error:
        if row.plain:
            await _note(database, row, "failed", error=error)
            return None
        await _note(database, row, "queued", error=error, plain=True)
        async with database.transaction() as session:
            await outbox.mark_sending(session, row.id)
        return await _deliver_row(database, gateway, place, replace(row, plain=True), target)
    except Ambiguous as error:
        await _note(database, row, "unknown", error=error)
    except LegworkError as error:
        await _note(database, row, "failed", error=error)
    else:
        await _note(database, row, "sent", posted=posted)
    return None


async def _send(gateway: ChatGateway, place: ChatPlace, row: Outbound, message_id: str | None) -> Posted:
    to, said = place.address(row), read(row.body)
    if row.kind == "edit" and message_id is not None and gateway.capabilities.edits:
        try:
            await gateway.edit(to, message_id, said, key=row.dedupe_key, plain=row.plain)
        except NotFound:
            log.info("the message to edit is gone", key=row.target_key)
        return Posted(message_id)
    if row.kind == "edit":
        return Posted(None)  # what it would change was never shown, or cannot be changed: the result will be
    return await gateway.post(to, said, key=row.dedupe_key, plain=row.plain)


async def _was_cut_off(database: Database, gateway: ChatGateway, place: ChatPlace, row: Outbound) -> bool:
    """Settle a row that was being sent when its process died. True: it was not accepted, send it."""
    if row.kind == "edit":
        return True  # replacing a message by the same state twice changes nothing
    found = await gateway.find(place.address(row), row.dedupe_key)
    if found == "absent":
        return True
    if isinstance(found, Posted):
        await _note(database, row, "sent", posted=found)
    else:
        await _note(database, row, "unknown")
    return False


async def _put_back(database: Database, row: Outbound, error: Unavailable) -> timedelta | None:
    if error.after is None and row.attempts + 1 >= ATTEMPTS:
        await _note(database, row, "failed", error=error)
        return None
    wait = error.after or timedelta(seconds=min(60, 2 ** min(row.attempts, 6)))
    await _note(database, row, "queued", error=error, wait=wait)
    return wait


async def _note(
    database: Database,
    row: Outbound,
    status: outbox.Settled,
    *,
    posted: Posted | None = None,
    error: LegworkError | None = None,
    plain: bool | None = None,
    wait: timedelta | None = None,
) -> None:
    async with database.transaction() as session:
        await outbox.mark(
            session,
            row.id,
            status,
            message_id=posted.message_id if posted is not None else None,
            error=str(error) if error is not None else None,
            plain=plain,
            wait=wait,
        )
