"""A process' way to the database: its connections, and the transactions on them."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import NullPool
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import create_async_engine

from domain.core.addresses import database_address
from domain.core.db.connections import Connections
from domain.core.db.direct import begun
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

    @asynccontextmanager
    async def transaction(self, *, single: bool = False) -> AsyncGenerator[Session]:
        """A transaction that commits when the block ends and rolls back, with all it queued, if it fails.

        ``single``: the block makes one statement, which is a transaction by itself: one round trip instead of three.
        """
        async with self.connections.one() as connection:
            session = Session(connection, single=single)
            if single:
                yield session
                await session.flush()
            else:
                async with begun(connection.driver):
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
