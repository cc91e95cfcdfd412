"""People, and the chat identities they are known by."""

from uuid import UUID

from sqlalchemy import text

from domain.core.db import Session
from domain.core.ids import new_id


async def find_or_add(
    session: Session, *, platform: str, workspace: str, platform_user_id: str, name: str | None, timezone: str | None
) -> UUID:
    """The person behind a chat identity; a new one is made the first time, in the caller's transaction."""
    identity = {"platform": platform, "workspace": workspace, "person": platform_user_id}
    # Two first messages at once must not make two people: the second waits for the first.
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))"), {"lock": "|".join(identity.values())}
    )
    known = await session.scalar(
        text("""SELECT user_id FROM chat_identities
        WHERE platform = :platform AND workspace = :workspace AND platform_user_id = :person"""),
        identity,
    )
    if known is not None:
        return known
    user_id = new_id()
    await session.execute(text("INSERT INTO users (id, name) VALUES (:id, :name)"), {"id": user_id, "name": name})
    await session.execute(
        text("INSERT INTO user_profiles (id, user_id, timezone) VALUES (:id, :user_id, coalesce(:timezone, 'UTC'))"),
        {"id": new_id(), "user_id": user_id, "timezone": timezone},
    )
    await session.execute(
        text("""INSERT INTO chat_identities (id, platform, workspace, platform_user_id, user_id)
        VALUES (:id, :platform, :workspace, :person, :user_id)"""),
        {"id": new_id(), "user_id": user_id, **identity},
    )
    return user_id
