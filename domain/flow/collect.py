"""Files that came as references are fetched before the message is understood, outside of any transaction."""

from dataclasses import replace
from uuid import UUID

from domain.conversations import repository as conversations
from domain.conversations.schemas import Attachment
from domain.core.errors import Invalid, NotFound, Refused, Unavailable
from domain.core.failpoints import reach
from domain.core.logging import logger
from domain.core.queue import Held
from domain.flow.legwork import Legwork

log = logger(__name__)


async def collect_files(legwork: Legwork, held: Held, message_id: UUID) -> None:
    """Stream every file the platform still holds into storage and note where it is.

    One that came only with what the message refers to, and cannot be had, is left out: its name is told all the same.

    Raises:
        Invalid: a file is too large.
        NotFound: the platform no longer has it.
        Unavailable: the platform or the store did not answer; the job is tried again.
    """
    async with legwork.database.transaction() as session:
        platform, attachments = await conversations.pending_files(session, message_id)
    gateway = legwork.gateways.get(platform)
    if gateway is None:
        raise Unavailable(f"Files from {platform} cannot be fetched by this worker.")
    kept: list[Attachment] = []
    for file in attachments:
        if file.key is None and file.ref is not None:
            try:
                stored = await legwork.storage.add(platform, file.name, gateway.open_file(file.ref))
            except (Invalid, NotFound, Refused) as error:
                if not file.of_others:
                    raise
                log.info("a file that a message refers to could not be had", name=file.name, error=str(error))
                continue
            file = replace(file, key=stored.key, size=stored.size, sha256=stored.sha256, ref=None)
        kept.append(file)
    reach("understand.fetched")
    async with held.transaction() as session:
        await conversations.set_attachments(session, message_id, [file.as_json() for file in kept])
