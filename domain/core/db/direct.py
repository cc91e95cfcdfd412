"""SQL that is written out goes to asyncpg itself: compiled once, and then asked without SQLAlchemy in between.

That costs a process a third of what the same statement costs through SQLAlchemy's connection (docs/adr/0012). What is
built from expressions goes that way still.
"""

from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from typing import Any, Protocol, cast
from uuid import UUID

import asyncpg  # pyright: ignore[reportMissingTypeStubs]
from sqlalchemy import TextClause
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.engine import IteratorResult, Result
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection


class Driver(Protocol):
    """What is used of ``asyncpg.Connection``."""

    async def fetch(self, query: str, *args: Any) -> Sequence[Mapping[str, Any]]: ...
    async def execute(self, query: str) -> str: ...
    def terminate(self) -> None: ...
    def is_closed(self) -> bool: ...
    def is_in_transaction(self) -> bool: ...


_DIALECT = dialect()


class Direct:
    """A statement as asyncpg takes it: ``sql`` with ``$1``, ``$2``, …, and the names of what they stand for."""

    __slots__ = ("_columns", "_names", "sql")

    def __init__(self, statement: TextClause) -> None:
        compiled = statement.compile(dialect=_DIALECT)
        if any(value is not None for value in compiled.params.values()):
            raise TypeError("the values of a statement are given when it is run, not bound to it")
        self.sql = str(compiled)
        self._names = tuple(compiled.positiontup or ())
        self._columns = _NO_COLUMNS

    def values(self, parameters: Mapping[str, Any] | None) -> list[Any]:
        """The parameters in the order of their numbers."""
        return [parameters[name] for name in self._names] if parameters is not None else []

    async def ask(self, driver: Driver, parameters: Mapping[str, Any] | None) -> Result[Any]:
        """Run it. Raises what SQLAlchemy raises."""
        with translated(self.sql):
            rows = await driver.fetch(self.sql, *self.values(parameters))
        if rows and self._columns is _NO_COLUMNS:
            self._columns = SimpleResultMetaData(tuple(rows[0].keys()))
        return IteratorResult(self._columns, iter(rows))


_NO_COLUMNS = SimpleResultMetaData(("",))
"""Of a statement that has given no row yet: nobody knows its columns, and ``scalars()`` of nothing is nothing."""

_compiled: dict[str, Direct] = {}


def direct(statement: TextClause) -> Direct:
    """The statement compiled, for every time it is asked."""
    found = _compiled.get(statement.text)
    if found is None:
        found = _compiled[statement.text] = Direct(statement)
    return found


FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What asyncpg raises of its own."""


@contextmanager
def translated(sql: str) -> Generator[None]:
    """Raise what asyncpg raises as SQLAlchemy would: callers see one kind of error, whichever way a statement went."""
    try:
        yield
    except asyncpg.IntegrityConstraintViolationError as error:
        raise IntegrityError(sql, None, error) from error
    except FAILURES as error:
        raise DBAPIError(sql, None, error) from error


def driver_of(connection: AsyncConnection) -> Driver:
    """asyncpg's connection below SQLAlchemy's."""
    assert connection.sync_connection is not None  # it is open
    return cast(Driver, connection.sync_connection.connection.driver_connection)


BEGIN = "BEGIN"

TENANT = "legwork_tenant"
"""The role that transactions of one organization go by. For it policies count, which logins that own the tables, or are
superusers, pass. Migrations make it (``migrations/tenancy.py``)."""

# asyncpg refuses a transaction, and a savepoint, of its own after a BEGIN that was sent by hand: these are ours.


def begin_as(org_id: UUID) -> str:
    """What begins a transaction of one organization: it travels in the message of BEGIN, and ends with the transaction.

    As statements of their own role and organization would nearly double what a transaction costs.
    """
    return f"BEGIN; SET LOCAL ROLE {TENANT}; SET LOCAL legwork.org_id = '{org_id.hex}'"


def begun(driver: Driver, begin: str = BEGIN) -> AbstractAsyncContextManager[None]:
    """A transaction: kept when the block ends, undone when it fails."""
    return _kept(driver, begin, "COMMIT", "ROLLBACK")


def saved(driver: Driver) -> AbstractAsyncContextManager[None]:
    """The same within a transaction. One within another has its name, and is what is meant by it until it ends."""
    return _kept(driver, "SAVEPOINT s", "RELEASE SAVEPOINT s", "ROLLBACK TO SAVEPOINT s; RELEASE SAVEPOINT s")


@asynccontextmanager
async def _kept(driver: Driver, begin: str, keep: str, undo: str) -> AsyncGenerator[None]:
    with _whole(driver), translated(begin):
        await driver.execute(begin)
    try:
        yield
    except BaseException:
        # what failed first is what is told; a connection that is left so is given to nobody
        with suppress(*FAILURES, OSError), _whole(driver):
            await driver.execute(undo)
        raise
    with _whole(driver), translated(keep):
        await driver.execute(keep)


@contextmanager
def _whole(driver: Driver) -> Generator[None]:
    """Close a connection on which a transaction was cut off at its beginning or its end: asyncpg and the server may
    think differently of it, and what follows would be part of it.
    """
    try:
        yield
    except BaseException:
        driver.terminate()
        raise
