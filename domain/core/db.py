"""The database: one engine a process, one Session a transaction, tables declared with a few shared columns.

Legwork speaks SQL through SQLAlchemy Core. Services take a Session and never commit; whoever opens the
transaction does. What a transaction queues is woken after its commit, never before.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import (
    Column,
    CursorResult,
    DateTime,
    Executable,
    ForeignKey,
    MetaData,
    RowMapping,
    Uuid,
    func,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from domain.core.addresses import database_address
from domain.core.ids import new_id

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def key() -> Column[UUID]:
    """The primary key of every table: a UUIDv7."""
    return Column("id", Uuid, primary_key=True, default=new_id)


def created_at() -> Column[Any]:
    return Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now())


def updated_at() -> Column[Any]:
    """Set by the database's clock at every update that goes through SQLAlchemy."""
    return Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now(), onupdate=func.now())


def moment(name: str, **options: Any) -> Column[Any]:
    """A timestamp with time zone, kept in UTC."""
    return Column(name, DateTime(timezone=True), **options)


def reference(name: str, target: str, *, nullable: bool = False, index: bool = True, on_delete: str = "CASCADE") -> Any:
    """A foreign key, with its index."""
    return Column(name, Uuid, ForeignKey(target, ondelete=on_delete), nullable=nullable, index=index)


class Session:
    """One open transaction. ``wakes`` counts the queues to wake once it has committed."""

    __slots__ = ("_connection", "_left", "signals", "wakes")

    def __init__(self, connection: AsyncConnection, *, single: bool = False) -> None:
        self._connection = connection
        self._left = 1 if single else None
        self.wakes: dict[str, int] = {}
        self.signals: list[str] = []

    async def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[Any]:
        if self._left is not None:
            if self._left == 0:
                raise RuntimeError("a second statement in a transaction that was opened for a single one")
            self._left -= 1
        return await self._connection.execute(statement, parameters)

    async def scalar(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Any:
        return (await self.execute(statement, parameters)).scalar()

    async def first(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> RowMapping | None:
        return (await self.execute(statement, parameters)).mappings().first()

    async def all(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Sequence[RowMapping]:
        return (await self.execute(statement, parameters)).mappings().all()

    @asynccontextmanager
    async def savepoint(self) -> AsyncGenerator[None]:
        """Undo only what is done inside, if it fails."""
        async with self._connection.begin_nested():
            yield

    def wake(self, queue: str) -> None:
        """Wake one worker of that queue after the commit."""
        self.wakes[queue] = self.wakes.get(queue, 0) + 1

    def signal(self, channel: str) -> None:
        """Tell whoever listens on that channel, after the commit, to look at the database again."""
        if channel not in self.signals:
            self.signals.append(channel)


AWAY = (DBAPIError, PoolTimeout, OSError)
"""What is raised while the database does not answer."""

RECONNECT_SECONDS = 0.5
"""Between two attempts while it does not."""

AfterCommit = Callable[[Mapping[str, int], Sequence[str]], Awaitable[None]]


class Database:
    """The engine of one process. ``after_commit`` receives the wakes and signals of each transaction."""

    def __init__(self, engine: AsyncEngine, after_commit: AfterCommit | None = None) -> None:
        self.engine = engine
        self.after_commit = after_commit
        self._single = engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def transaction(self, *, single: bool = False) -> AsyncGenerator[Session]:
        """A transaction that commits when the block ends and rolls back, with all it queued, if it fails.

        ``single``: the block makes one statement, which is a transaction by itself: one round trip instead of three.
        """
        async with self._single.connect() if single else self.engine.begin() as connection:
            session = Session(connection, single=single)
            yield session
        if self.after_commit is not None and (session.wakes or session.signals):
            await self.after_commit(session.wakes, session.signals)

    async def close(self) -> None:
        await self.engine.dispose()


def _written(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()


def open_database(url: str, *, pool: int = 10) -> Database:
    """A Database for a normalised address (see ``addresses``)."""
    address = database_address(url)
    engine = create_async_engine(
        address.url,
        connect_args=address.connect_args,
        pool_size=pool,
        max_overflow=0,  # a connection more would be closed again after each use, and opening one takes milliseconds
        pool_pre_ping=False,
        pool_timeout=10,
        json_serializer=_written,
        json_deserializer=orjson.loads,
    )
    return Database(engine)
