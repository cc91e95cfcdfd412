"""Fifth stage: outbox rows → gateway, in order within a chat.

A row is marked before it is sent and after; one that is found marked and not settled was cut off in between.
Where the platform can say what became of it, it is asked; elsewhere the row is marked unknown, never sent twice.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from domain.conversations import outbox
from domain.conversations.ports import ChatGateway, Posted
from domain.conversations.said import read
from domain.conversations.schemas import ChatPlace, Outbound
from domain.core.db import Database
from domain.core.errors import Ambiguous, Invalid, LegworkError, NotFound, Unavailable
from domain.core.logging import logger
from domain.core.queue import Held, Snooze
from domain.flow.legwork import Legwork

log = logger(__name__)

ATTEMPTS = 10
"""How often a row that the platform does not take is tried before it is marked failed."""


async def deliver(legwork: Legwork, held: Held, chat_id: UUID) -> None:
    """Send what is waiting in a chat.

    Raises Snooze when the platform asks for patience or is away: the rest keeps its order and waits.
    """
    async with legwork.database.transaction() as session:
        place = await outbox.place(session, chat_id)
    gateway = legwork.gateways.get(place.platform) if place is not None else None
    if place is None or gateway is None:
        log.warning("no gateway for a chat with waiting messages", chat_id=str(chat_id))
        return
    wait = await deliver_chat(legwork.database, gateway, place, stopping=held.stopping.is_set)
    if wait is not None:
        raise Snooze(wait)


async def deliver_chat(
    database: Database, gateway: ChatGateway, place: ChatPlace, *, stopping: Callable[[], bool] | None = None
) -> timedelta | None:
    """Send every open row of the chat. Returns how long to wait where the platform does not take the next one."""
    while True:
        async with database.transaction() as session:
            rows = await outbox.open_rows(session, place.id)
            if waits := [row.wait for row in rows if row.wait is not None]:
                return max(waits)  # something new was said meanwhile, and the platform asked for patience
            rows, dropped = _coalesced(rows)
            if dropped:
                await outbox.mark_superseded(session, dropped)
        if not rows:
            return None
        for row in rows:
            if stopping is not None and stopping():
                return timedelta(0)
            wait = await _deliver_row(database, gateway, place, row)
            if wait is not None:
                return wait


def _coalesced(rows: Sequence[Outbound]) -> tuple[list[Outbound], list[UUID]]:
    """Of several waiting edits of one message only the newest is sent."""
    newest = {row.target_key: row.id for row in rows if row.target_key is not None}
    dropped = [row.id for row in rows if row.target_key is not None and newest[row.target_key] != row.id]
    return [row for row in rows if row.id not in dropped], dropped


async def _deliver_row(database: Database, gateway: ChatGateway, place: ChatPlace, row: Outbound) -> timedelta | None:
    """Send one row and note what became of it."""
    if row.status == "sending" and not await _was_cut_off(database, gateway, place, row):
        return None
    async with database.transaction() as session:
        target = await outbox.posted_as(session, row.target_key) if row.target_key is not None else None
        await outbox.mark_sending(session, row.id)
    try:
        posted = await _send(gateway, place, row, target[1] if target is not None else None)
    except Unavailable as error:
        return await _put_back(database, row, error)
    except Invalid as error:
        if row.plain:
            await _note(database, row, "failed", error=error)
            return None
        await _note(database, row, "queued", error=error, plain=True)
        return await _deliver_row(database, gateway, place, replace(row, status="queued", plain=True))
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
