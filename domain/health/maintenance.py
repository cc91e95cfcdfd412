"""Whether new work waits, since whoever runs the installation said so."""

from collections.abc import Sequence

from domain.core.db import AWAY, Database
from domain.core.errors import Unavailable
from domain.core.queue import put_off_count
from domain.health.check import Finding, ok, warning
from domain.maintenance import service

__all__ = ["NAME", "maintenance"]

NAME = "maintenance"
_REMEDY = "“legwork admin maintenance off” lets begin what waits."


async def maintenance(database: Database) -> Sequence[Finding]:
    """Raises Unavailable where the database does not answer."""
    try:
        async with database.system("a check of the installation") as session:
            if not await service.is_migrated(session):
                return [ok(NAME, "The schema is missing.")]
            period = await service.now(session)
            waits = await put_off_count(session) if period is not None else 0
    except AWAY as failure:
        raise Unavailable("It cannot be looked at.", remedy="See what is said about Postgres.") from failure
    if period is None:
        return [ok(NAME, "There is none: new work begins.")]
    count = f"{waits:,} message{'s' if waits != 1 else ''} by now"
    return [warning(NAME, f"New work waits since {period.begun_at:%d %b %H:%M %Z}: {count}.", _REMEDY)]
