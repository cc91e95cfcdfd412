"""How each check stands, kept from minute to minute."""

from collections.abc import Sequence
from dataclasses import asdict, replace

from sqlalchemy import RowMapping, text

from domain.core.db import Insert, Session
from domain.core.ids import new_id
from domain.health.check import Level
from domain.health.models import health_checks
from domain.health.observed import Observed

_NAMES = ("name", "status", "message", "remedy", "response_time", "standing", "turned_at", "streak")
_COLUMNS = ", ".join(_NAMES)

_KEPT = text(f"SELECT {_COLUMNS} FROM health_checks FOR UPDATE")  # noqa: S608 - a constant

_KEEP = Insert(
    health_checks,
    "id",
    *_NAMES,
    otherwise=f"""ON CONFLICT (name) DO UPDATE
    SET {", ".join(f"{name} = excluded.{name}" for name in _NAMES if name != "name")}, last_checked = now()""",  # noqa: S608 - names of columns
)

_FORGET = text("DELETE FROM health_checks WHERE NOT name = ANY(CAST(:names AS text[]))")

_LISTED = text(f"""
SELECT {_COLUMNS}, last_checked FROM health_checks ORDER BY standing, status = 'ok', name
""")  # noqa: S608 - a constant


async def kept(session: Session) -> dict[str, Observed]:
    """How each check stood the last time, by name; nobody else changes that until the transaction ends."""
    rows = await session.all(_KEPT)
    found = [Observed(**row) for row in rows]
    return {one.name: replace(one, status=Level(one.status)) for one in found}


async def keep(session: Session, observed: Sequence[Observed]) -> None:
    """How they stand now; others are forgotten."""
    for one in observed:
        session.add(_KEEP, {"id": new_id(), **asdict(one)})
    await session.execute(_FORGET, {"names": [one.name for one in observed]})


async def listed(session: Session) -> Sequence[RowMapping]:
    """Every check, what is down first: the columns of ``health_checks`` without its id."""
    return await session.all(_LISTED)
