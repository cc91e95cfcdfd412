"""The schema and what a new database starts with, as the command line brings them about."""

import migrations
from domain.core.db import Database
from domain.core.errors import Misconfigured, Unavailable
from domain.core.settings import Settings
from domain.core.web import GuardedClient
from domain.reports.tools import report_tools
from domain.tools import service as tools
from domain.tools.builtin import builtin_tools
from domain.tools.registry import Registry


async def prepare(settings: Settings, database: Database) -> None:
    """Migrate and seed, unless it is done already. Raises Unavailable when the database does not answer."""
    try:
        at = await migrations.revision(database)
    except OSError as error:
        raise unreachable() from error
    if at != migrations.newest():
        await migrations.upgrade(database)
        await seed(settings, database)


async def seed(settings: Settings, database: Database) -> None:
    """Bring the tools table in step with the tools of this version."""
    registry = Registry([*builtin_tools(settings, GuardedClient(settings)), *report_tools()])
    async with database.transaction() as session:
        await tools.seed(session, registry)


async def require_newest(database: Database) -> None:
    """Raises Misconfigured unless the database is at the version this code expects."""
    try:
        at = await migrations.revision(database)
    except OSError as error:
        raise unreachable() from error
    if at != migrations.newest():
        state = "is empty" if at is None else f"is at version {at}, this program needs {migrations.newest()}"
        raise Misconfigured(f"The database at DATABASE_URL {state}.", remedy="Run “legwork migrate”.")


def unreachable() -> Unavailable:
    return Unavailable(
        "The database at DATABASE_URL does not answer.",
        remedy="Start it, or unset DATABASE_URL to use the embedded one.",
    )
