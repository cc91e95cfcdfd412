"""Beginning and ending it, and how it stands. What waits meanwhile lies in the ledger (``domain.core.queue``).

Whoever has work wait holds the period meanwhile (``held``), and its end has to wait for them: so what waits is
all there when it is brought back, and nothing is put off once it is over.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import RowMapping, text

from domain.core.db import Session
from domain.core.ids import new_id

JUST_OVER = timedelta(minutes=1)
"""For so long afterwards it is looked whether something that was said before still waits for its turn."""

MAY_WAIT = f"""EXISTS (
    SELECT 1 FROM maintenance_periods mp
    WHERE coalesce(mp.ended_at, 'infinity') > now() - interval '{JUST_OVER.total_seconds()} seconds')"""  # noqa: S608
"""SQL that says whether new work may have to wait: a period goes on, or was over only just now."""


@dataclass(frozen=True, slots=True)
class Period:
    """A time in which no new work begins."""

    id: UUID
    words: str
    """What people are told of it; may be empty."""
    begun_by: UUID | None
    begun_at: datetime


_COLUMNS = "id, words, begun_by, begun_at"
_NOW = f"SELECT {_COLUMNS} FROM maintenance_periods WHERE ended_at IS NULL"  # noqa: S608
_HELD = text(f"{_NOW} FOR SHARE")
_BEGIN = text(f"""
INSERT INTO maintenance_periods (id, words, begun_by) VALUES (:id, coalesce(:words, ''), :by)
ON CONFLICT ((ended_at IS NULL)) WHERE ended_at IS NULL DO UPDATE
SET words = coalesce(:words, maintenance_periods.words)
RETURNING {_COLUMNS}
""")  # noqa: S608 - constants
_END = text(f"""
UPDATE maintenance_periods SET ended_at = clock_timestamp(), ended_by = :by WHERE ended_at IS NULL
RETURNING {_COLUMNS}
""")  # noqa: S608


def _read(row: RowMapping | None) -> Period | None:
    return Period(row["id"], row["words"], row["begun_by"], row["begun_at"]) if row is not None else None


async def now(session: Session) -> Period | None:
    """The one that goes on; None: none does."""
    return _read(await session.first(text(_NOW)))


async def held(session: Session) -> Period | None:
    """The same, and it does not end before this transaction has. Waits for an end that is under way."""
    return _read(await session.first(_HELD))


async def begin(session: Session, words: str | None, by: UUID | None) -> tuple[Period, bool]:
    """Have new work wait from now on, and whether this began it. Where it goes on already, its words change, unless
    there are none (None)."""
    period_id = new_id()
    period = _read(await session.first(_BEGIN, {"id": period_id, "words": words, "by": by}))
    assert period is not None  # inserted, or in its way
    return period, period.id == period_id


async def end(session: Session, by: UUID | None) -> Period | None:
    """It is over; what waits has to be brought back in the same transaction. None: none goes on."""
    return _read(await session.first(_END, {"by": by}))


_MIGRATED = text("SELECT to_regclass('maintenance_periods') IS NOT NULL")


async def is_migrated(session: Session) -> bool:
    """Whether the table is there: a database of an older version is looked at, too."""
    return bool(await session.scalar(_MIGRATED))
