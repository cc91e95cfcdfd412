"""People, and the chat identities they are known by."""

from uuid import UUID

from domain.core.db import Session
from domain.identity import repository


async def find_or_add(
    session: Session, *, platform: str, workspace: str, platform_user_id: str, name: str | None, timezone: str | None
) -> UUID:
    """The person behind a chat identity; a new one is made the first time, in the caller's transaction. Of one who is
    known, what the platform says otherwise than before (None: it says nothing of it) goes along, unless they have set
    their own.
    """
    # two first messages at once must not make two people: the second waits for the first
    await repository.lock_identity(session, platform, workspace, platform_user_id)
    known = await repository.person_of(session, platform, workspace, platform_user_id)
    if known is None:
        return await repository.add_person(session, platform, workspace, platform_user_id, name, timezone)
    await repository.follow(session, platform, workspace, platform_user_id, name, timezone)
    return known


async def find(session: Session, platform: str, workspace: str, platform_user_id: str) -> UUID | None:
    """The person behind a chat identity; None where it is not known."""
    return await repository.person_of(session, platform, workspace, platform_user_id)
