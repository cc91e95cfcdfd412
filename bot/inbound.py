"""What every platform's listener ends in: one transaction, and only then the acknowledgement."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from bot.commands.table import WORDS
from domain.conversations.ports import Incoming
from domain.conversations.schemas import Attachment
from domain.core.db import Database
from domain.core.failpoints import reach
from domain.core.storage import Storage
from domain.flow.receive import message, pasted
from domain.flow.receive.door import OPEN, Door
from domain.flow.receive.message import Received, receive, receive_known
from domain.flow.receive.place import Doubted

T = TypeVar("T")


async def accept(database: Database, storage: Storage, incoming: Incoming, door: Door = OPEN) -> Received:
    """Store the event; when this returns it may be acknowledged. ``door``: who may come in.

    Files are streamed to storage first, outside of the transaction; those of whoever is not let in are not.

    Raises:
        Invalid: a file is too large, so nothing of the message was taken.
        Unavailable: a file could not be stored; the platform should deliver the event again.
    """
    turned_away = await turn_away(database, incoming, door)
    if turned_away is not None:
        return turned_away
    incoming, attachments = await keep(storage, incoming)
    reach("receive.heard")
    async with database.system("who speaks where is not known yet", single=True) as session:
        received = await receive_known(session, incoming, attachments, WORDS)
    if received is None:
        received = await surely(incoming, lambda incoming: _receive(database, incoming, attachments, door))
    reach("receive.received")
    return received


async def _receive(database: Database, incoming: Incoming, attachments: Sequence[Attachment], door: Door) -> Received:
    async with database.system("who speaks where is not known yet") as session:
        received = await receive(session, incoming, attachments, WORDS, door)
        reach("receive.stored")
        return received


async def turn_away(database: Database, incoming: Incoming, door: Door) -> Received | None:
    """Where there is something to keep, whoever is not let in is told so before it is. None: it may be kept."""
    if not pasted.holds_much(incoming) and all(file.open is None for file in incoming.files):
        return None
    return await surely(incoming, lambda incoming: _turn_away(database, incoming, door))


async def _turn_away(database: Database, incoming: Incoming, door: Door) -> Received | None:
    async with database.system("who speaks where is not known yet") as session:
        return await message.turn_away(session, incoming, WORDS, door)


async def surely(incoming: Incoming, take: Callable[[Incoming], Awaitable[T]]) -> T:
    """Take an event; where its person is somebody else by what was read of them a while ago, by what the platform says
    now."""
    try:
        return await take(incoming)
    except Doubted:
        assert incoming.afresh is not None
        now = await incoming.afresh(incoming)
    return await take(now)


async def keep(storage: Storage, incoming: Incoming) -> tuple[Incoming, Sequence[Attachment]]:
    """The event with what is too long in it as files, and its files: those the platform does not hold are stored.

    Raises as ``accept`` does.
    """
    if pasted.holds_much(incoming):  # reading through megabytes holds up nobody else
        incoming = await asyncio.to_thread(pasted.as_files, incoming, WORDS)
    return incoming, await _keep_files(storage, incoming)


async def _keep_files(storage: Storage, incoming: Incoming) -> Sequence[Attachment]:
    kept: list[Attachment] = []
    for file in incoming.files:
        if file.open is None:  # the platform holds it for now: a worker fetches it
            kept.append(Attachment(file.name, file.mime_type, file.size, ref=file.ref, of_others=file.of_others))
            continue
        stored = await storage.add(f"{incoming.platform}/{incoming.workspace}", file.name, file.open())
        kept.append(
            Attachment(file.name, file.mime_type, stored.size, stored.key, stored.sha256, of_others=file.of_others)
        )
    return kept
