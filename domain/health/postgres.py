"""Whether Postgres answers, in the right version, with the right schema, and agrees on the time."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import DBAPIError

from domain.core.db import Database
from domain.core.db.refusals import refusal
from domain.health import queries
from domain.health.check import Finding, error, ok, warning

__all__ = ["clock", "postgres"]

_OLDEST_MAJOR = 15
"""The oldest that PostgreSQL still maintains, https://www.postgresql.org/support/versioning/"""
_SKEW_SECONDS = 2.0


async def postgres(
    database: Database, newest: str, at: Callable[[Database], Awaitable[str | None]], *, is_embedded: bool
) -> Sequence[Finding]:
    """``newest`` is the schema's version this code expects, ``at`` tells that of the database.

    Raises:
        Unavailable, Misconfigured: it does not answer, or lets nobody in.
    """
    try:
        before = datetime.now(UTC)
        row = await queries.server(database)
        after = datetime.now(UTC)
        version = await at(database)
    except (OSError, DBAPIError) as failure:
        raise refusal(failure) from failure
    return [_server(row), _schema(version, newest, is_embedded=is_embedded), clock(row["now"], before, after)]


def _server(row: Mapping[Any, Any]) -> Finding:
    major, minor = divmod(row["version"], 10_000)
    said = f"Postgres {major}.{minor}, {row['connections']} of {row['most_connections']} connections in use."
    if row["is_replica"]:
        return error("postgres", f"{said} It is a read-only replica.", "Name the primary in DATABASE_URL.")
    if major < _OLDEST_MAJOR:
        return warning("postgres", f"{said} That version is no longer maintained.", "Upgrade to a newer Postgres.")
    return ok("postgres", said)


def _schema(version: str | None, newest: str, *, is_embedded: bool) -> Finding:
    if version == newest:
        return ok("schema", f"Up to date, version {newest}.")
    if version is not None and version > newest:
        return error(
            "schema",
            f"The database is at version {version}, and this program knows versions up to {newest}.",
            "Use the newer program again, or another database or data directory.",
        )
    if is_embedded:
        return ok("schema", f"Version {newest} is set up when Legwork starts.")
    state = "The database is empty" if version is None else f"The database is at version {version}, not {newest}"
    return error("schema", f"{state}.", "Run “legwork migrate”.")


def clock(theirs: datetime, before: datetime, after: datetime) -> Finding:
    """The database's clock decides about leases and due times; ours is what people see."""
    ahead = max((theirs - after).total_seconds(), (before - theirs).total_seconds(), 0.0)
    if ahead > _SKEW_SECONDS:
        return warning(
            "clock", f"The database's clock and ours differ by {ahead:.1f} s.", "Keep both in step with NTP (chrony)."
        )
    return ok("clock", "The database's clock agrees with ours.")
