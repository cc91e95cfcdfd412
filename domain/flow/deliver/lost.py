"""A post whose answer was lost is followed later, once: by a note that it may not have arrived, and a button for it.

Where the platform can tell by then, it is asked first: what arrived is noted as sent, what did not is said again.
"""

from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

from domain.conversations import lost, service
from domain.conversations.lost import Lost
from domain.conversations.outbox import say, wake_delivery
from domain.conversations.ports import ChatGateway, Found, Posted
from domain.conversations.said import Button, Note
from domain.core.db import Session
from domain.core.ids import new_id
from domain.core.queue import Held
from domain.flow.common.legwork import Legwork
from domain.flow.understand.show_lost import SHOW, WORDS


async def follow(legwork: Legwork, held: Held, chat_id: UUID) -> None:
    """Tell of what was lost in a chat: one note in each place, however much it was."""
    async with legwork.database.system("one statement, of one chat", single=True) as session:
        rows = await lost.lost(session, chat_id)
    if not rows:
        return
    gateway = legwork.gateways.get(rows[0].to.platform)
    became = {row.id: await _find(gateway, row) for row in rows}
    async with held.transaction(done=True) as session:
        for row in rows:
            result = became[row.id]
            if result != "unknown":
                await lost.found(session, row.id, result.message_id if isinstance(result, Posted) else None)
        if "absent" in became.values():
            await wake_delivery(session, chat_id, rows[0].to.account, progress=False)
        open_rows = sorted((row for row in rows if became[row.id] == "unknown"), key=_place)
        for _, here in groupby(open_rows, key=_place):
            await _tell(session, list(here))


def _place(row: Lost) -> str:
    return row.to.thread or ""


async def _find(gateway: ChatGateway | None, row: Lost) -> Found:
    if gateway is None or not gateway.capabilities.finds:
        return "unknown"
    return await gateway.find(row.to, row.dedupe_key)


async def _tell(session: Session, rows: Sequence[Lost]) -> None:
    first, note_id = rows[0], new_id()
    thread, _, _ = await service.setting(session, first.thread_id, first.user_id)
    note = Note(text=f"{WORDS}:", buttons=(Button(label="Show it", action=SHOW, value=str(note_id)),))
    await say(session, thread, note, key=f"{lost.NOTE}{note_id}", reply_to=first.reply_to)
    await lost.told(session, [row.id for row in rows], note_id)
