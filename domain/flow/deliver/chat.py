"""Fifth stage: outbox rows → gateway, in order within a chat; what is newly said goes before what has changed.

A row is marked before it is sent and after, each time only if nobody else has marked it meanwhile; one that is found
marked and not settled was cut off in between. Where the platform can say what became of it, it is asked; elsewhere
the row is marked unknown, never sent twice, and followed by a note (see ``lost``).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from time import monotonic
from typing import Literal
from uuid import UUID

from domain.conversations import lost, outbox
from domain.conversations.ports import ChatGateway, Moved, Posted
from domain.conversations.said import read
from domain.conversations.schemas import Outbound
from domain.core.db import AWAY, RECONNECT_SECONDS, Database
from domain.core.errors import Ambiguous, Invalid, LegworkError, NotFound, Unavailable
from domain.core.failpoints import reach
from domain.core.logging import logger
from domain.core.queue import Held, Snooze
from domain.flow.common.legwork import Legwork
from domain.flow.deliver.minted import minted, mints
from domain.flow.deliver.moved import move_chat
from domain.flow.deliver.turns import in_turn
from domain.flow.deliver.wide import set_apart

log = logger(__name__)

ATTEMPTS = 10
"""How often a row that the platform does not take is tried before it is marked failed."""

NOTING_SECONDS = 60.0
"""How long it is tried to note what became of a message while the database is away."""

SOMEBODY_ELSE = timedelta(seconds=1)
"""How long a terminal waits for another process that delivers its chat."""

OFF = timedelta(minutes=5)
"""How often it is looked whether a chat's platform is on again."""


@dataclass(frozen=True, slots=True)
class _Round:
    """What of a chat is sent next, in order."""

    rows: Sequence[Outbound] = ()
    wait: timedelta | None = None
    """How long the platform wants the chat to be left alone; nothing is sent before."""
    left: Literal["edits", "any"] | None = None
    """What else is open."""
    behind: timedelta | None = None
    """How long what waits for the answer to an earlier question may wait."""


async def deliver(legwork: Legwork, held: Held, chat_id: UUID) -> None:
    """Send what is waiting in a chat. What was said and shown changes only after the posts that wait in other chats.

    What is said from now on brings a job of its own. Raises Snooze when the platform asks for patience, is away or off:
    the rest keeps its order and waits. Raises LeaseLost when another worker has the job.
    """
    while True:
        try:
            return await _deliver_open(legwork, held, chat_id)
        except outbox.Overtaken as row:
            log.info("what is open in this chat is read anew", row=str(row))
            async with held.transaction():
                pass  # it has the job, or it came back late and will learn that it has lost it


async def _deliver_open(legwork: Legwork, held: Held, chat_id: UUID) -> None:
    rows = await _open(legwork.database, chat_id)
    if not rows:
        return
    gateway = legwork.gateways.get(rows[0].to.platform)
    if gateway is None:
        log.warning("a chat's platform is off; what is said there waits", chat_id=str(chat_id))
        raise Snooze(OFF)
    due = await _choose(legwork.database, rows, edits_apart=True)
    fitting = [await set_apart(legwork, row) for row in due.rows]
    if fitting != list(due.rows):
        due = replace(due, rows=fitting, left="any")  # what has no room there follows in rows of its own
    wait = due.wait or await _send_round(legwork.database, gateway, due, held)
    if wait is not None:
        raise Snooze(wait)
    if due.left is not None:
        async with held.transaction(done=True) as session:
            await outbox.wake_delivery(session, chat_id, rows[0].to.account, progress=due.left == "edits")
    elif due.behind is not None:
        raise Snooze(due.behind)  # what is said meanwhile brings it forward


async def deliver_chat(database: Database, gateway: ChatGateway, chat_id: UUID) -> timedelta | None:
    """Send every open row of the chat. Returns how long to wait where the platform does not take the next one."""
    while True:
        due = await _choose(database, await _open(database, chat_id))
        try:
            wait = due.wait or await _send_round(database, gateway, due)
        except outbox.Overtaken:
            return SOMEBODY_ELSE
        if wait is not None or not due.rows:
            return wait or due.behind


async def _open(database: Database, chat_id: UUID) -> Sequence[Outbound]:
    async with database.system("one statement, of one chat", single=True) as session:
        return await outbox.open_rows(session, chat_id)


async def _choose(database: Database, rows: Sequence[Outbound], *, edits_apart: bool = False) -> _Round:
    """Of what is open: posts in their order, then edits, or (``edits_apart``) posts alone where there are any."""
    if waits := [row.wait for row in rows if row.wait is not None]:
        return _Round(wait=max(waits))  # something new was said meanwhile, and the platform asked for patience
    full = len(rows) == outbox.OPEN_ROWS
    rows, behind = in_turn(rows)
    rows, dropped = _coalesced(rows)
    if dropped:
        async with database.system("one statement, of one chat", single=True) as session:
            await outbox.mark_superseded(session, dropped)
    whispers, posts, edits = (
        [row for row in rows if (row.kind if row.kind in ("whisper", "edit") else "post") == kind]
        for kind in ("whisper", "post", "edit")
    )
    posts = [*whispers, *posts]  # a press is answered soon, or in vain
    apart = edits_apart and bool(posts)
    left = "any" if full and rows else "edits" if apart and edits else None
    return _Round(posts if apart else [*posts, *edits], left=left, behind=behind)


def _coalesced(rows: Sequence[Outbound]) -> tuple[list[Outbound], list[UUID]]:
    """Of several waiting edits of one message only the newest is sent, and none that something else is to stand over;
    neither is the message itself, where it was not shown yet.
    """
    newest = {row.target_key: row.id for row in rows if row.kind == "edit"}
    over = {row.target_key: row.seq for row in rows if row.is_over}
    dropped = [
        row.id
        for row in rows
        if (row.kind == "edit" and (newest[row.target_key] != row.id or row.seq < over.get(row.target_key, 0)))
        or (row.status == "queued" and row.seq < over.get(row.dedupe_key, 0))
    ]
    return [row for row in rows if row.id not in dropped], dropped


async def _send_round(
    database: Database, gateway: ChatGateway, due: _Round, held: Held | None = None
) -> timedelta | None:
    """Send the rows. Returns how long to wait where the platform does not take the next one."""
    for row in due.rows:
        if held is not None and held.stopping.is_set():
            return timedelta(0)
        if row.status == "sending" and row.target_key is None and not await _was_cut_off(database, gateway, row):
            continue
        wait = await _deliver_row(database, gateway, row, held)
        if wait is not None:
            return wait
    return None


async def _deliver_row(database: Database, gateway: ChatGateway, row: Outbound, held: Held | None) -> timedelta | None:
    """Mark one row, send it, and note what became of it. Raises Overtaken when another process is at it."""
    async with database.system("one row of the outbox", single=not mints(row)) as session:
        target = await outbox.mark_sending(session, row, held.job if held is not None else None)
        row = replace(row, attempts=row.attempts + 1, body=await minted(session, row))
    if row.target_key is None and target is not None:  # whoever is asked below the card finds it from there
        row, target = replace(row, to=replace(row.to, answers=target.split(",")[-1], crossed=True)), None
    if row.kind == "edit" and target is None and _asks(row):
        row = replace(row, kind="post")  # nobody knows of the card that it asks on: it is shown anew, as the card
    reach("deliver.sending")
    try:
        posted = await _send(gateway, row, target, cut_off=row.status == "sending")
        reach("deliver.posted")
    except Unavailable as error:
        if row.kind != "whisper":
            return await _put_back(database, row, error)
        await _note(database, row, "failed", error=error)
    except Invalid as error:
        if row.plain or row.kind == "whisper":
            await _note(database, row, "failed", error=error)
            return None
        await _note(database, row, "queued", error=error, plain=True)
        return await _deliver_row(database, gateway, replace(row, plain=True), held)
    except Moved as error:
        await _follow(database, row, error)
    except Ambiguous as error:
        await _note(database, row, "unknown", error=error)
    except LegworkError as error:
        await _note(database, row, "failed", error=error)
    else:
        await _note(database, row, "sent", posted=posted)
        reach("deliver.sent")
    return None


def _asks(row: Outbound) -> bool:
    """Whether somebody has to see it: they are asked something."""
    said = read(row.body)
    return said.type == "plan" and bool(said.asks)


async def _send(gateway: ChatGateway, row: Outbound, message_id: str | None, *, cut_off: bool) -> Posted:
    """Change the message with that id, or say something new: in its place where there is one. ``cut_off``: this may
    have been done before, and a process died before it could note so.
    """
    said = read(row.body)
    if row.kind == "edit" and message_id is not None and gateway.capabilities.edits:
        try:
            await gateway.edit(row.to, message_id, said, key=row.dedupe_key, plain=row.plain)
        except NotFound:
            log.info("the message to edit is gone", key=row.target_key)
        return Posted(message_id)
    if row.kind == "edit":
        return Posted(None)  # what it would change was never shown, or cannot be changed: the result will be
    if message_id is not None and gateway.capabilities.edits:
        try:
            return await gateway.post(row.to, said, key=row.dedupe_key, plain=row.plain, over=message_id)
        except NotFound:
            log.info("the message to say it in the place of is gone", key=row.target_key)
    if row.is_over and cut_off:
        found = await gateway.find(row.to, row.dedupe_key)
        if isinstance(found, Posted):
            return found
        if found == "unknown":
            raise Ambiguous("Nobody can say whether it was said before.")
    return await gateway.post(row.to, said, key=row.dedupe_key, plain=row.plain)


async def _was_cut_off(database: Database, gateway: ChatGateway, row: Outbound) -> bool:
    """Settle something new that was being said when its process died. True: it was not accepted, send it.

    What changes a message is not asked about: replacing it by the same state twice changes nothing.
    """
    if row.kind == "whisper":  # it was for that moment, and is not worth being told twice
        await _note(database, row, "failed")
        return False
    found = await gateway.find(row.to, row.dedupe_key)
    if found == "absent":
        return True
    if isinstance(found, Posted):
        await _note(database, row, "sent", posted=found)
    else:
        await _note(database, row, "unknown")
    return False


async def _follow(database: Database, row: Outbound, moved: Moved) -> None:
    """Bring the chat, and with it the row, to where it goes on. Raises Overtaken: what is open is read anew there."""
    if row.attempts >= ATTEMPTS:
        return await _note(database, row, "failed", error=moved)
    async with database.system("a platform says that a chat has moved") as session:
        to = row.to
        await move_chat(session, platform=to.platform, workspace=to.workspace, before=to.chat, now=moved.chat)
        await outbox.mark(session, row, "queued")
    raise outbox.Overtaken(row.dedupe_key)


async def _put_back(database: Database, row: Outbound, error: Unavailable) -> timedelta | None:
    if error.after is None and row.attempts >= ATTEMPTS:
        await _note(database, row, "failed", error=error)
        return None
    wait = error.after or timedelta(seconds=min(60, 2 ** min(row.attempts - 1, 6)))
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
    """What became of the row. It is known here alone: while the database is away, this goes on trying for a while."""
    give_up = monotonic() + NOTING_SECONDS
    while True:
        try:
            async with database.system("a row of the outbox is marked", single=status != "unknown") as session:
                await outbox.mark(
                    session,
                    row,
                    status,
                    message_id=posted.message_id if posted is not None else None,
                    error=str(error) if error is not None else None,
                    plain=plain,
                    wait=wait,
                )
                if status == "unknown":
                    await lost.follow_row(session, row.id, row.to.account)
            return
        except AWAY as away:
            if monotonic() > give_up:
                raise
            log.warning("what became of a message could not be noted yet", row=row.dedupe_key, error=str(away)[:200])
            await asyncio.sleep(RECONNECT_SECONDS)
