"""A process' way to the database: its connections, and the transactions on them."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import NullPool
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import create_async_engine

from domain.core.addresses import database_address
from domain.core.db.connections import Connections
from domain.core.db.direct import BEGIN, begin_as, begun
from domain.core.db.session import Session

AWAY = (DBAPIError, PoolTimeout, OSError)
"""What is raised while the database does not answer."""

RECONNECT_SECONDS = 0.5
"""Between two attempts while it does not."""

AfterCommit = Callable[[Mapping[str, int], Sequence[str]], Awaitable[None]]


class Database:
    """The database as one process sees it. ``after_commit`` receives the wakes and signals of each transaction."""

    def __init__(self, connections: Connections, after_commit: AfterCommit | None = None) -> None:
        self.connections = connections
        self.after_commit = after_commit

    def transaction(self, org_id: UUID) -> AbstractAsyncContextManager[Session]:
        """A transaction of one organization's work: commits when the block ends and rolls back, with all it queued, if
        it fails.
        """
        return self.opened(org_id)

    def system(self, reason: str, *, single: bool = False) -> AbstractAsyncContextManager[Session]:
        """A transaction of no one organization, which sees all of them. ``reason`` says why it has to be one; the
        callers stand in a list (``tests/architecture/test_tenancy.py``).

        ``single``: the block makes one statement, which is a transaction by itself: one round trip instead of three.
        No organization can be set for it, so that it is fenced by what it is given.
        """
        return self.opened(None, single=single)

    @asynccontextmanager
    async def opened(self, org_id: UUID | None, *, single: bool = False) -> AsyncGenerator[Session]:
        """Either of them: of an organization, or of the system."""
        async with self.connections.one(tenant=org_id is not None) as connection:
            session = Session(connection, single=single)
            if single:
                yield session
                await session.flush()
            else:
                async with begun(connection.driver, BEGIN if org_id is None else begin_as(org_id)):
                    yield session
                    await session.flush()
        if self.after_commit is not None and (session.wakes or session.signals):
            await self.after_commit(session.wakes, session.signals)

    async def close(self) -> None:
        await self.connections.close()


def _written(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()


def open_database(url: str, *, pool: int = 10, idles: timedelta | None = None) -> Database:
    """A Database for a normalised address (see ``addresses``), with at most ``pool`` connections. ``idles``: for how
    long a transaction may stand still."""
    address = database_address(url)
    engine = create_async_engine(
        address.url,
        # a statement is prepared once a connection; asyncpg would do it anew every five minutes
        connect_args=address.connect_args | {"max_cached_statement_lifetime": 0},
        poolclass=NullPool,
        json_serializer=_written,
        json_deserializer=orjson.loads,
    )
    return Database(Connections(engine, pool, idles=idles))
