from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text

from domain.core.db import Session
from domain.core.ids import new_id


async def person_of(session: Session, platform: str, workspace: str, platform_user_id: str) -> UUID | None:
    return await session.scalar(
        text("""SELECT user_id FROM chat_identities
        WHERE platform = :platform AND workspace = :workspace AND platform_user_id = :person"""),
        {"platform": platform, "workspace": workspace, "person": platform_user_id},
    )


async def names(session: Session, user_ids: Collection[UUID]) -> dict[UUID, str]:
    """What these people are called; without those of whom no name is known."""
    rows = await session.all(
        text("SELECT id, name FROM users WHERE id = ANY(:ids) AND name IS NOT NULL"), {"ids": [*user_ids]}
    )
    return {row["id"]: row["name"] for row in rows}


async def called(session: Session, name: str) -> list[UUID]:
    """Everybody of that name, a hundred at most."""
    rows = await session.all(text("SELECT id FROM users WHERE lower(name) = lower(:name) LIMIT 100"), {"name": name})
    return [row["id"] for row in rows]


async def lock_identity(session: Session, platform: str, workspace: str, platform_user_id: str) -> None:
    """Whoever else makes a person of this identity waits until the transaction ends."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))"),
        {"lock": f"{platform}|{workspace}|{platform_user_id}"},
    )


async def add_person(
    session: Session, platform: str, workspace: str, platform_user_id: str, name: str | None, timezone: str | None
) -> UUID:
    user_id = new_id()
    await session.execute(text("INSERT INTO users (id, name) VALUES (:id, :name)"), {"id": user_id, "name": name})
    await session.execute(
        text("INSERT INTO user_profiles (id, user_id, timezone) VALUES (:id, :user_id, coalesce(:timezone, 'UTC'))"),
        {"id": new_id(), "user_id": user_id, "timezone": timezone},
    )
    await session.execute(
        text("""INSERT INTO chat_identities (id, platform, workspace, platform_user_id, user_id, first_user_id, name,
            timezone)
        VALUES (:id, :platform, :workspace, :person, :user_id, :user_id, :name, :timezone)"""),
        {
            "id": new_id(),
            "platform": platform,
            "workspace": workspace,
            "person": platform_user_id,
            "user_id": user_id,
            "name": name,
            "timezone": timezone,
        },
    )
    return user_id


async def ids_of(session: Session, user_id: UUID) -> frozenset[UUID]:
    """All that one person is known as: theirs, and those of accounts that were linked to it."""
    rows = await session.execute(
        text("SELECT id FROM users WHERE id = :user_id OR merged_into = :user_id"), {"user_id": user_id}
    )
    return frozenset(row.id for row in rows)


async def name_of(session: Session, user_id: UUID) -> str | None:
    return await session.scalar(text("SELECT name FROM users WHERE id = :user_id"), {"user_id": user_id})


# What somebody has set themselves is not what the platform said before, and stays.
_FOLLOW = text("""
WITH before AS (
    SELECT id, user_id, name, timezone FROM chat_identities
    WHERE platform = :platform AND workspace = :workspace AND platform_user_id = :person FOR UPDATE
), kept AS (
    UPDATE chat_identities i SET name = coalesce(:name, i.name), timezone = coalesce(:timezone, i.timezone)
    FROM before WHERE i.id = before.id
), called AS (
    UPDATE users u SET name = :name, updated_at = now() FROM before
    WHERE u.id = before.user_id AND CAST(:name AS text) IS NOT NULL
      AND (u.name IS NULL OR u.name IS NOT DISTINCT FROM before.name)
)
UPDATE user_profiles p SET timezone = :timezone, updated_at = now() FROM before
WHERE p.user_id = before.user_id AND CAST(:timezone AS text) IS NOT NULL
  AND p.timezone = coalesce(before.timezone, 'UTC')
""")


async def follow(
    session: Session, platform: str, workspace: str, platform_user_id: str, name: str | None, timezone: str | None
) -> None:
    """The platform says what somebody is called, and their time zone (None: it says nothing of it)."""
    given = {"platform": platform, "workspace": workspace, "person": platform_user_id}
    await session.execute(_FOLLOW, {**given, "name": name, "timezone": timezone})
