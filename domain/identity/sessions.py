"""Browsers that are signed in as somebody: for twelve hours, or until that is ended. The cookie is kept as a hash."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from domain.core.db import Session
from domain.core.db.moments import is_good
from domain.core.ids import new_id
from domain.core.tokens import hash_of, new_token

LASTS = timedelta(hours=12)

LONGEST_NAME = 200
"""Characters that are kept of what a browser calls itself."""


@dataclass(frozen=True, slots=True)
class WebSession:
    """One browser. ``user_id`` is whom it is signed in as: the person that user has become since."""

    id: UUID
    user_id: UUID
    browser: str
    created_at: datetime
    expires_at: datetime


async def begin(session: Session, user_id: UUID, browser: str) -> str:
    """Sign a browser in. Returns what its cookie holds, which is kept nowhere else."""
    token, token_hash = new_token()
    await session.execute(
        text("""INSERT INTO sessions (id, token_hash, user_id, data, expires_at)
        VALUES (:id, :hash, :user_id, jsonb_build_object('browser', CAST(:browser AS text)),
                now() + CAST(:lasts AS interval))"""),
        {
            "id": new_id(),
            "hash": token_hash,
            "user_id": user_id,
            "browser": browser[:LONGEST_NAME],
            "lasts": LASTS,
        },
    )
    return token


_SESSION = f"""
SELECT s.id, coalesce(u.merged_into, u.id) AS user_id, s.data ->> 'browser' AS browser, s.created_at, s.expires_at
FROM sessions s JOIN users u ON u.id = s.user_id
WHERE {is_good("s.")} AND u.deleted_at IS NULL
"""  # noqa: S608 - of a constant
_FOUND = text(f"{_SESSION} AND s.token_hash = :hash")
_OPEN = text(f"{_SESSION} AND s.user_id = ANY(:user_ids) ORDER BY s.id DESC")


async def find(session: Session, token: str) -> WebSession | None:
    """Who a browser is signed in as, by what its cookie holds."""
    row = await session.first(_FOUND, {"hash": hash_of(token)})
    return WebSession(**row) if row is not None else None


async def open_of(session: Session, user_ids: Collection[UUID]) -> Sequence[WebSession]:
    """Every browser that is signed in as that person, the newest first."""
    return [WebSession(**row) for row in await session.all(_OPEN, {"user_ids": list(user_ids)})]


async def end(session: Session, token: str) -> None:
    await session.execute(text("DELETE FROM sessions WHERE token_hash = :hash"), {"hash": hash_of(token)})


async def end_all(session: Session, user_ids: Collection[UUID]) -> int:
    """Sign every browser of that person out. Returns how many were signed in."""
    rows = await session.all(
        text("DELETE FROM sessions WHERE user_id = ANY(:user_ids) RETURNING expires_at > now() AS open"),
        {"user_ids": list(user_ids)},
    )
    return sum(row["open"] for row in rows)
