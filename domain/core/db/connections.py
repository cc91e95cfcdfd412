"""The open connections of one process: taken and given back in a few microseconds, many times a message.

SQLAlchemy opens and closes them. Its own pool would begin a greenlet and a task for each loan, which costs as much as a
statement (docs/adr/0012).
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.core.db.direct import Driver, direct, driver_of

# Who stops between two messages of one statement is not idle: for that there is the limit of the whole, which servers
# before Postgres 17 do not have.
_LIMITS = text("""
SELECT set_config(name, CASE name WHEN 'transaction_timeout' THEN :lasts ELSE :idles END, false)
FROM pg_settings WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')
""")
LASTS = 4
"""How many times as long as it may stand still a transaction may last in all."""

WAIT_SECONDS = 10.0
"""How long a loan is waited for while all are out."""

PASSED_OVER = 16
"""How often in a row whoever waits for one role is passed over for others of the role that a connection had."""


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection, as SQLAlchemy's and as asyncpg's. Nothing is open on it between two loans."""

    sqlalchemy: AsyncConnection
    driver: Driver


class Connections:
    """At most ``size`` connections of an engine that keeps none itself (``NullPool``), opened when first needed.

    A transaction in which nothing is asked for as long as ``idles`` is ended by the server, with its connection: who
    stands still keeps nothing locked.
    """

    def __init__(
        self, engine: AsyncEngine, size: int, *, patience: float = WAIT_SECONDS, idles: timedelta | None = None
    ) -> None:
        self.engine = engine
        # Transactions are begun and ended on the driver: SQLAlchemy does not see all of their statements.
        self._opens = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._left = size
        self._waiting: dict[bool, deque[asyncio.Future[None]]] = {False: deque(), True: deque()}
        self._passed_over = 0
        self._patience = patience
        self._idles = idles
        self._size = size
        self._open = 0
        self._idle: dict[bool, list[Connection]] = {False: [], True: []}
        """What is not lent, by whether it was last a tenant's: what was prepared for one role is planned anew for the
        other."""

    @asynccontextmanager
    async def one(self, *, tenant: bool = False) -> AsyncGenerator[Connection]:
        """A connection that is open as far as is known: the one last given back by the same role (``tenant``: that of
        tenants), or a new one; where there is no room for another, one of the other role.

        Raises:
            sqlalchemy.exc.TimeoutError: all are out, for too long.
            OSError, DBAPIError: a new one cannot be opened.
        """
        await self._loan(tenant)
        try:
            connection = await self._take(tenant)
            try:
                yield connection
            finally:
                await self._give_back(connection, tenant)
        finally:
            self._pass_on(tenant)

    async def close(self) -> None:
        """Close what is idle. The next loan opens a connection anew."""
        for idle in self._idle.values():
            while idle:
                self._open -= 1
                await idle.pop().sqlalchemy.close()

    async def _loan(self, tenant: bool) -> None:
        if self._left:
            self._left -= 1
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiting[tenant].append(waiter)
        try:
            async with asyncio.timeout(self._patience):
                await waiter
        except BaseException as error:
            if waiter.done() and not waiter.cancelled():  # it came, too late
                self._pass_on(tenant)
            if isinstance(error, TimeoutError):
                raise PoolTimeout(f"no connection was free for {self._patience:g} s") from error
            raise

    def _pass_on(self, tenant: bool) -> None:
        """Whoever waits for the same role is first, and whoever for the other not passed over for long."""
        for waiting in self._waiting.values():
            while waiting and waiting[0].done():
                waiting.popleft()
        same, other = self._waiting[tenant], self._waiting[not tenant]
        if same and (not other or self._passed_over < PASSED_OVER):
            self._passed_over += bool(other)
            same.popleft().set_result(None)
        elif other:
            self._passed_over = 0
            other.popleft().set_result(None)
        else:
            self._left += 1

    async def _take(self, tenant: bool) -> Connection:
        while (idle := self._idle[tenant]) or (self._open >= self._size and (idle := self._idle[not tenant])):
            connection = idle.pop()
            if not connection.driver.is_closed():
                return connection
            self._open -= 1
            await connection.sqlalchemy.invalidate()  # the server has gone since
        self._open += 1
        try:
            return await self._opened()
        except BaseException:
            self._open -= 1
            raise

    async def _opened(self) -> Connection:
        opened = await self._opens.connect()
        connection = Connection(opened, driver_of(opened))
        if self._idles is not None:
            limits = {"idles": _milliseconds(self._idles), "lasts": _milliseconds(LASTS * self._idles)}
            try:
                await direct(_LIMITS).ask(connection.driver, limits)
            except BaseException:
                await asyncio.shield(opened.invalidate())
                raise
        return connection

    async def _give_back(self, connection: Connection, tenant: bool) -> None:
        if connection.driver.is_closed() or connection.driver.is_in_transaction():  # it could not be rolled back
            self._open -= 1
            await asyncio.shield(connection.sqlalchemy.invalidate())
        else:
            self._idle[tenant].append(connection)


def _milliseconds(span: timedelta) -> str:
    return f"{span // timedelta(milliseconds=1)}ms"
