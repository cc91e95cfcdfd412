"""What came as a reference is fetched before the message is understood, outside of any transaction: files, and what was
said in a thread before Legwork was called into it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping

from domain.conversations import messages
from domain.conversations import quoted as quotations
from domain.conversations.ports import Address, ChatGateway, Earlier, IncomingFile
from domain.conversations.quoted import Quoted, bounded
from domain.conversations.schemas import Attachment
from domain.core.errors import Invalid, LegworkError, NotFound, Refused, Unavailable
from domain.core.failpoints import reach
from domain.core.logging import logger
from domain.core.queue import Held
from domain.core.text import storable_json
from domain.flow.common.legwork import Legwork

log = logger(__name__)

UNREAD = Quoted("earlier", "(What was said in this thread before could not be read.)")


UNNAMED = "file"


def is_due(beside: Mapping[str, Any]) -> bool:
    """Whether there is something to fetch, by the data of the job that understands a message."""
    return bool(beside.get("files") or beside.get("earlier"))


async def collect(legwork: Legwork, held: Held, message_id: UUID) -> None:
    """Stream every file the platform still holds into storage, read the thread, and note both with the message.

    A file that came only with what the message refers to, and cannot be had, is left out: its name is told all the
    same. A thread that cannot be read is asked for once, and then it is told that it was not read. Nothing is fetched
    for whoever is not let in.

    Raises:
        Invalid: a file is too large.
        NotFound: the platform no longer has it.
        Unavailable: the platform or the store did not answer; the job is tried again.
    """
    async with held.opened() as session:
        row = await messages.pending(session, message_id)
    if row is None:
        return
    gateway = legwork.gateways.get(row["platform"])
    if gateway is None:
        raise Unavailable(f"Files from {row['platform']} cannot be fetched by this worker.")
    said = quotations.read(row["quoted"])
    files = [Attachment(**file) for file in row["attachments"]]
    if held.job.data.get("earlier") and not any(piece.kind == "earlier" for piece in said):
        before = await _earlier(gateway, row)
        said = bounded((*before.quoted, *said))
        files += await _taken(legwork, row["platform"], before.files)
    kept = [file for file in [await _fetched(legwork, gateway, row["platform"], file) for file in files] if file]
    said = _named(said, [file.name for file in kept if file.of_others])
    reach("understand.fetched")
    async with held.transaction() as session:
        await messages.set_collected(
            session,
            message_id,
            attachments=[file.as_json() for file in kept],
            quoted=storable_json([piece.as_json() for piece in said]),
        )


async def problem_of(legwork: Legwork, held: Held, message_id: UUID) -> LegworkError | None:
    """The same; what cannot be fetched is told instead. Raises Unavailable to try again."""
    try:
        await collect(legwork, held, message_id)
    except (Invalid, NotFound, Refused) as error:
        return error
    return None


async def _earlier(gateway: ChatGateway, row: RowMapping) -> Earlier:
    to = Address(row["platform"], row["workspace"], row["chat"], row["platform_thread"])
    try:
        return await gateway.earlier(to, row["platform_message_id"] or "")
    except LegworkError as error:
        log.warning("what was said in a thread before could not be read", error=str(error))
        return Earlier((UNREAD,))


def _named(said: Sequence[Quoted], names: Sequence[str]) -> tuple[Quoted, ...]:
    """Pieces whose files had no names, with those that are known now, in their order."""
    left = [name for name in names if not any(name in piece.files for piece in said)]
    return tuple(
        replace(piece, files=tuple(name or (left.pop(0) if left else UNNAMED) for name in piece.files))
        for piece in said
    )


async def _taken(legwork: Legwork, platform: str, files: Sequence[IncomingFile]) -> list[Attachment]:
    """The files as those of a message; what the platform does not hold itself is stored at once."""
    taken: list[Attachment] = []
    for file in files:
        given = Attachment(file.name, file.mime_type, file.size, ref=file.ref, of_others=True)
        if file.open is not None:
            stored = await legwork.storage.add(platform, file.name, file.open())
            given = replace(given, key=stored.key, size=stored.size, sha256=stored.sha256)
        taken.append(given)
    return taken


async def _fetched(legwork: Legwork, gateway: ChatGateway, platform: str, file: Attachment) -> Attachment | None:
    """The file, stored; None where it is of others and cannot be had."""
    ref = file.ref
    if file.key is not None or ref is None:
        return replace(file, name=file.name or UNNAMED)
    try:
        if not file.name:
            told = await gateway.about_file(ref)
            file = replace(file, name=(told.name if told else "") or UNNAMED)
            file = replace(file, mime_type=told.mime_type, size=told.size) if told else file
        stored = await legwork.storage.add(platform, file.name, gateway.open_file(ref))
    except (Invalid, NotFound, Refused) as error:
        if not file.of_others:
            raise
        log.info("a file that a message refers to could not be had", name=file.name, error=str(error))
        return None
    return replace(file, key=stored.key, size=stored.size, sha256=stored.sha256, ref=None)
