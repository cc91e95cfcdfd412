"""One open transaction, as services and repositories see it."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

from sqlalchemy import Executable, Result, RowMapping, TextClause, text
from sqlalchemy.exc import DBAPIError

from domain.core.db.connections import Connection
from domain.core.db.direct import direct, saved
from domain.core.db.insert import Insert, together

# What it was stands before what it is made: both are read from left to right.
_GO_BY = text("SELECT current_setting('role') AS before, set_config('role', :role, true)")
_TURN_TO = text("SELECT set_config('legwork.org_id', :org_id, true)")
_GO_OVER = text("""
SELECT coalesce(current_setting('legwork.org_id', true), '') AS before, set_config('legwork.org_id', :org_id, true)
""")


class Session:
    """One open transaction. ``wakes`` counts the queues to wake once it has committed."""

    __slots__ = ("_added", "_connection", "_left", "signals", "wakes")

    def __init__(self, connection: Connection, *, single: bool = False) -> None:
        self._connection = connection
        self._left = 1 if single else None
        self._added: dict[Insert, list[Mapping[str, Any]]] = {}
        self.wakes: dict[str, int] = {}
        self.signals: list[str] = []

    async def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> Result[Any]:
        """Run a statement; it finds what was added before."""
        await self.flush()
        return await self._run(statement, parameters)

    def add(self, insert: Insert, row: Mapping[str, Any]) -> None:
        """A row that is written with the others before the next statement, or at the end."""
        self._added.setdefault(insert, []).append(row)

    async def flush(self) -> None:
        """Write what was added."""
        if self._added:
            statement, parameters = together(self._added)
            self._added = {}
            await self._run(statement, parameters)

    async def _run(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
    ) -> Result[Any]:
        if self._left is not None:
            if self._left == 0:
                raise RuntimeError("a second statement in a transaction that was opened for a single one")
            self._left -= 1
        if isinstance(statement, TextClause) and not isinstance(parameters, Sequence):
            return await direct(statement).ask(self._connection.driver, parameters)
        return await self._connection.sqlalchemy.execute(statement, parameters)

    async def scalar(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Any:
        return (await self.execute(statement, parameters)).scalar()

    async def first(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> RowMapping | None:
        return (await self.execute(statement, parameters)).mappings().first()

    async def all(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Sequence[RowMapping]:
        return (await self.execute(statement, parameters)).mappings().all()

    @asynccontextmanager
    async def savepoint(self) -> AsyncGenerator[None]:
        """Undo only what is done inside, if it fails."""
        await self.flush()
        async with saved(self._connection.driver):
            try:
                yield
            except BaseException:
                self._added = {}
                raise
            await self.flush()

    @asynccontextmanager
    async def system(self, reason: str) -> AsyncGenerator[None]:
        """Within a transaction of one organization, do what is not of that one alone: what the block runs sees all of
        them. ``reason`` says why it has to; the callers stand in one list with those of ``Database.system``.
        """
        before = await self.scalar(_GO_BY, {"role": "none"})
        try:
            yield
            await self.flush()
        except BaseException:
            self._added = {}
            with suppress(DBAPIError, OSError):  # a transaction that failed takes the role back where it is undone to
                await self._run(_GO_BY, {"role": before})
            raise
        await self._run(_GO_BY, {"role": before})

    @asynccontextmanager
    async def organization(self, org_id: UUID) -> AsyncGenerator[None]:
        """Within a transaction of one organization, do what is of another: the block sees that one's alone."""
        before = await self.scalar(_GO_OVER, {"org_id": org_id.hex})
        try:
            yield
            await self.flush()
        except BaseException:
            self._added = {}
            with suppress(DBAPIError, OSError):  # a transaction that failed is what it was where it is undone to
                await self._run(_TURN_TO, {"org_id": before})
            raise
        await self._run(_TURN_TO, {"org_id": before})

    async def turn_to(self, org_id: UUID) -> None:
        """What the transaction is about has become another organization's: from here on it is that one's."""
        await self.execute(_TURN_TO, {"org_id": org_id.hex})

    def wake(self, queue: str) -> None:
        """Wake one worker of that queue after the commit."""
        self.wakes[queue] = self.wakes.get(queue, 0) + 1

    def signal(self, channel: str) -> None:
        """Tell whoever listens on that channel, after the commit, to look at the database again."""
        if channel not in self.signals:
            self.signals.append(channel)
