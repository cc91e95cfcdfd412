"""What people have said of themselves, as it is kept. For a transaction that sees every organization."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, select, text, update

from domain.core.clock import zone_of
from domain.core.db import Session
from domain.identity.models import user_profiles, users
from domain.identity.notifications import Notifications, read


async def of(session: Session, user_id: UUID) -> RowMapping | None:
    """Names, mail address and all fields of the profile."""
    return await session.first(
        select(users.c.name, users.c.first_name, users.c.last_name, users.c.email, user_profiles)
        .join(user_profiles, user_profiles.c.user_id == users.c.id)
        .where(users.c.id == user_id)
    )


async def change(session: Session, user_id: UUID, **values: Any) -> None:
    """Set fields of the profile."""
    await session.execute(update(user_profiles).where(user_profiles.c.user_id == user_id).values(**values))


async def rename(session: Session, user_id: UUID, **values: Any) -> None:
    """Set what somebody is called: name, first_name, last_name."""
    await session.execute(update(users).where(users.c.id == user_id).values(**values))


@dataclass(frozen=True, slots=True)
class Telling:
    """What somebody wants to be told, where they are, and the database's clock."""

    notifications: Notifications
    zone: tzinfo
    now: datetime


_TELLING = text("""
SELECT p.notifications, p.timezone, now() AS now FROM users u
JOIN user_profiles p ON p.user_id = coalesce(u.merged_into, u.id) WHERE u.id = :user_id
""")


async def telling(session: Session, user_id: UUID) -> Telling | None:
    """Of the person whom that user has become."""
    row = await session.first(_TELLING, {"user_id": user_id})
    return Telling(read(row["notifications"]), zone_of(row["timezone"]), row["now"]) if row is not None else None
