"""The schema's history. ``upgrade`` brings a database to the newest version; ``drift`` compares it with the code."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from domain.core.db import Database
from domain.core.db.direct import TENANT
from domain.core.db.refusals import refusal
from domain.core.db.wall import ASKS, Wall
from domain.core.errors import Misconfigured, Outdated
from domain.core.logging import logger

if TYPE_CHECKING:
    from alembic.config import Config

log = logger(__name__)

_T = TypeVar("_T")

# Alembic takes half a second to load, and every start asks for the revision alone: it is loaded when it is needed.

# Two processes that start at once must not migrate at once: the second waits here and finds it done.
_LOCK = 5_047_411_908

_FILLS = "0024"
"""The revision after which rows are told whose they are; the next one asks for it."""

_NOT_VALID = text("""
SELECT quote_ident(relname), quote_ident(conname) FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
WHERE contype = 'c' AND NOT convalidated AND connamespace = current_schema()::regnamespace
""")


def configuration(connection: Connection | None = None) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """The revision this code expects: files are numbered, and the number is the revision."""
    return max(path.name.partition("_")[0] for path in (Path(__file__).parent / "versions").glob("[0-9]*_*.py"))


def _upgrade(connection: Connection, to: str | None = None) -> None:
    from alembic import command

    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    at = _revision(connection)
    if _is_behind(at) and (to is None or (at or "") < to):
        command.upgrade(configuration(connection), to or "head")


def _revision(connection: Connection) -> str | None:
    if connection.execute(text("SELECT to_regclass('alembic_version')")).scalar() is None:
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _is_behind(at: str | None) -> bool:
    """Whether migrations are missing there. Raises Outdated where it has some that this program does not know."""
    if at is not None and at > newest():
        raise Outdated(
            f"The database is at version {at}, and this program knows versions up to {newest()}.",
            remedy="Use the newer program again, or another database or data directory.",
        )
    return at != newest()


async def upgrade(database: Database) -> None:
    """Apply every missing migration, in one transaction; then read through what a new check has to hold for, in
    another, while others go on reading and writing. Raises Outdated where the database is newer.

    Where rows are there that do not say whose they are, they are filled in between, in many transactions: who is
    interrupted goes on where they stopped.
    """
    at = await _do(database, _revision)
    if at is not None and at <= _FILLS:
        await _do(database, lambda connection: _upgrade(connection, _FILLS))
        await _fill(database)
    for step in (_upgrade, _validate, _build):
        await _do(database, step)


async def _fill(database: Database) -> None:
    from migrations import filling

    for table in filling.FILLED:
        after = await _do(database, partial(filling.batch, table=table, after=None))
        while after is not None:
            after = await _do(database, partial(filling.batch, table=table, after=after))
        for step in (filling.ask, filling.rest, filling.check):
            await _do(database, partial(step, table=table))


async def _do(database: Database, step: Callable[[Connection], _T]) -> _T:
    """One step in a transaction of its own."""
    async with database.connections.engine.begin() as connection:
        return await connection.run_sync(step)


def _build(connection: Connection) -> None:
    """The role of tenants, and what it may. Raises Misconfigured where an administrator has to make it."""
    from migrations import tenancy  # brings alembic

    statements = tenancy.build(connection)
    if statements:
        raise Misconfigured(
            f"The schema is up to date, but this login has no role {TENANT} to go by, and may not make one.",
            remedy=f"Have an administrator run “{'; '.join(statements)};”, and then “legwork migrate” again.",
        )


def _validate(connection: Connection) -> None:
    """What a migration left ``NOT VALID``: under its own lock the whole table would have been read."""
    for table, name in connection.execute(_NOT_VALID).all():
        connection.execute(text(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}"))


async def revision(database: Database) -> str | None:
    """The revision the database is at; None for an empty one.

    Raises:
        Unavailable: the database does not answer. Misconfigured: it lets us in nowhere.
    """
    return await _asked(database, _revision)


async def wall(database: Database) -> Wall:
    """How the role that keeps organizations apart stands for this login. Raises as ``revision`` does."""
    return await _asked(database, _wall)


def _wall(connection: Connection) -> Wall:
    return Wall.of(connection.execute(ASKS, {"role": TENANT}).mappings().one())


async def _asked(database: Database, ask: Callable[[Connection], _T]) -> _T:
    try:
        async with database.connections.engine.connect() as connection:
            return await connection.run_sync(ask)
    except (OSError, DBAPIError) as error:
        raise refusal(error) from error


async def ready(database: Database, *, embedded: bool) -> None:
    """See to it that the schema is the newest: an embedded database is brought up to date, another is checked.

    Raises:
        Misconfigured: it has to be migrated first, or has no role that keeps organizations apart.
        Outdated: it is newer than this program.
        Unavailable: it does not answer.
    """
    at, stands = await _asked(database, lambda connection: (_revision(connection), _wall(connection).stands))
    if not _is_behind(at) and stands:
        return
    if not embedded and not _is_behind(at):
        raise Misconfigured(
            f"The login of DATABASE_URL has no role {TENANT} to go by, which keeps organizations apart.",
            remedy="Run “legwork migrate”: it makes the role, or prints what an administrator has to run.",
        )
    if not embedded:
        state = "is empty" if at is None else f"is at version {at}, this program needs {newest()}"
        raise Misconfigured(f"The database at DATABASE_URL {state}.", remedy="Run “legwork migrate”.")
    log.info("bringing the database up to date", version=newest(), before=at)
    await upgrade(database)


async def drift(database: Database) -> list[Any]:
    """What differs between the migrated database and the tables the code declares."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from domain.metadata import metadata

    async with database.connections.engine.connect() as connection:
        return await connection.run_sync(
            lambda it: list(compare_metadata(MigrationContext.configure(it, opts={"compare_type": True}), metadata))
        )
