"""What people have said of themselves, as it is kept. For a transaction that sees every organization."""

from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, select, update

from domain.core.db import Session
from domain.identity.models import user_profiles, users


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
