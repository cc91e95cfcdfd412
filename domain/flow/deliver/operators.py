"""What whoever runs the installation has to know is told to each of them, in a private chat where that can be read."""

from uuid import UUID

from domain.conversations import chats, service
from domain.conversations.outbox import say
from domain.conversations.said import Said
from domain.core.db import Session
from domain.core.logging import logger
from domain.core.settings import Settings
from domain.orgs import operators

log = logger(__name__)


async def tell_operators(
    session: Session, settings: Settings, said: Said, *, key: str, besides: str | None = None
) -> int:
    """Say it to each platform admin once a ``key``, by another platform than ``besides``. Returns how many of them have
    a private chat where that can be; for a transaction of the system.
    """
    told = 0
    for user_id in await operators.people(session, settings.platform_admins):
        thread_id = await _way_to(session, user_id, besides)
        if thread_id is None:
            log.warning("a platform admin has no private chat to be told in", person=str(user_id), besides=besides)
            continue
        thread, _, _ = await service.setting(session, thread_id, user_id)
        await say(session, thread, said, key=f"{key}:{user_id}")
        told += 1
    return told


async def _way_to(session: Session, user_id: UUID, besides: str | None) -> UUID | None:
    """A thread of a private chat of theirs: one that is delivered to by itself before a terminal's."""
    ways: list[tuple[bool, UUID]] = []
    for row in await chats.private_threads(session, user_id):
        thread, _, address = await service.setting(session, row["thread_id"], row["user_id"])
        if address.platform != besides:
            ways.append((thread.held, thread.id))
    return min(ways, default=(False, None), key=lambda way: way[0])[1]
