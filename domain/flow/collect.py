"""Files that came as references are fetched before the message is understood, outside of any transaction."""

from dataclasses import replace
from uuid import UUID

from domain.conversations import repository as conversations
from domain.conversations.schemas import Attachment
from domain.core.errors import Unavailable
from domain.core.failpoints import reach
from domain.core.queue import Held
from domain.flow.legwork import Legwork


async def collect_files(legwork: Legwork, held: Held, message_id: UUID) -> None:
    """Stream every file the platform still holds into storage and note where it is.

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
            stored = await legwork.storage.add(platform, file.name, gateway.open_file(file.ref))
            file = replace(file, key=stored.key, size=stored.size, sha256=stored.sha256, ref=None)
        kept.append(file)
    reach("understand.fetched")
    async with held.transaction() as session:
        await conversations.set_attachments(session, message_id, [file.as_json() for file in kept])
