"""The rows of one person in any table, found by what the table has declared of itself.

A row is theirs by a column that names them, by a row it leads to, or by the private chat it stands in. They are read
and erased a few hundred at a time: whoever has much is no reason to hold anything for long.
"""

from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import orjson
from sqlalchemy import RowMapping, Table, Text, TextClause, text
from sqlalchemy.dialects.postgresql import dialect

from domain.core.db import Fate, Session
from domain.core.db.tables import Files, Personal, people_in
from domain.metadata import metadata
from domain.personal.inventory import CHATS, ORGANIZATIONS, PEOPLE, THREADS
from domain.personal.scope import Scope

MANY = 500
"""Rows that are read or written at once."""

Open = Callable[[], AbstractAsyncContextManager[Session]]
"""Opens a transaction for one batch."""

_DIALECT = dialect()


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one person in one table."""

    table: Table
    told: Personal
    scope: Scope

    # -- which they are ------------------------------------------------------------------------------

    def named(self) -> Iterator[str]:
        """SQL conditions of the rows that name the person."""
        for column, target in self.told.of.items():
            if target == PEOPLE:
                written = isinstance(self.table.c[column].type, Text)
                yield f"{column} = ANY(CAST(:written AS text[]))" if written else f"{column} = ANY(:people)"

    def own(self) -> Iterator[str]:
        """The same, and of those of an organization that is theirs alone."""
        yield from self.named()
        yield from (f"{column} = ANY(:orgs)" for column, target in self.told.of.items() if target == ORGANIZATIONS)
        if self.told.fate is Fate.ERASED and "org_id" in self.table.c:
            yield "org_id = ANY(:orgs)"

    def led(self) -> Iterator[tuple[str, Table]]:
        """The columns by which rows are the person's because of other rows, with the tables of those."""
        for column, target in self.told.of.items():
            if target not in (PEOPLE, ORGANIZATIONS):
                yield column, metadata.tables[target]

    def private(self) -> str | None:
        """The SQL condition of the rows that stand in private chats of the person's; None: none can."""
        return _private(self.table, self.told)

    # -- reading -------------------------------------------------------------------------------------

    async def exported(self, open_: Open, columns: str | None = None) -> AsyncGenerator[Sequence[RowMapping]]:
        """What the export holds of them, in batches, none twice; ``columns`` instead of those that it holds."""
        wanted = columns or ", ".join(self._exported_columns())
        theirs = " OR ".join(self.named())
        if theirs and self.told.shared:
            async for batch in self._batches(open_, wanted, theirs, {}):
                yield batch
        private = self.private() if self.told.place else None
        if private is not None:
            besides = f"{private} AND ({theirs}) IS NOT TRUE" if theirs and self.told.shared else private
            async for batch in self._batches(open_, wanted, besides, {}):
                yield batch
        if theirs or not self.told.shared:
            return
        for column, parent in self.led():
            led = f"{column} = ANY(:led)" + (f" AND ({private}) IS NOT TRUE" if private is not None else "")
            async for above in self._of(parent).exported(open_, "id"):
                async for batch in self._batches(open_, wanted, led, {"led": [row["id"] for row in above]}):
                    yield batch

    def _exported_columns(self) -> Iterator[str]:
        private = self.private()
        for column in self.table.columns:
            if column.name in self.told.left_out or column.name in self.told.names:
                continue
            if column.name in self.told.private:
                yield f"CASE WHEN {private} THEN {column.name} END AS {column.name}"
            else:
                yield column.name

    async def _batches(
        self, open_: Open, columns: str, where: str, more: Mapping[str, Any]
    ) -> AsyncGenerator[Sequence[RowMapping]]:
        statement = text(
            f"SELECT {columns} FROM {self.table.name} WHERE ({where}) AND id > :after ORDER BY id LIMIT :many"  # noqa: S608 - of names that the program declares
        )
        after = UUID(int=0)
        while True:
            async with open_() as session:
                batch = await session.all(statement, {**self.scope.values, "after": after, "many": MANY, **more})
            if batch:
                yield batch
            if len(batch) < MANY:
                return
            after = batch[-1]["id"]

    # -- erasing -------------------------------------------------------------------------------------

    async def condemned(self, open_: Open) -> AsyncGenerator[tuple[bool, Sequence[RowMapping]]]:
        """The rows that are to go (True) or to be blanked, in batches: ``id``, and the column that names files. Each
        batch has to be dealt with before the next is asked for: what is left is looked for from the beginning.
        """
        if self.told.fate is Fate.KEPT:
            return
        columns = f"id, {self.told.files.column}" if self.told.files else "id"
        if self.told.place and (private := self.private()) is not None:
            async for batch in self._left(open_, columns, private, {}):
                yield True, batch
        goes = self.told.fate is Fate.ERASED
        unless = "" if goes else f" AND ({self._unblanked()})"
        for condition in self.own():
            async for batch in self._left(open_, columns, f"{condition}{unless}", self._blanks()):
                yield goes, batch
        for column, parent in self.led():
            async for keys in self._of(parent).keys(open_):
                led = f"{column} = ANY(:led){unless}"
                async for batch in self._left(open_, columns, led, {"led": keys, **self._blanks()}):
                    yield goes, batch

    async def keys(self, open_: Open) -> AsyncGenerator[list[UUID]]:
        """The keys of all rows that are the person's in any way."""
        conditions = [*self.own()]
        if self.told.place and (private := self.private()) is not None:
            conditions.append(private)
        for condition in conditions:
            async for batch in self._batches(open_, "id", condition, {}):
                yield [row["id"] for row in batch]
        for column, parent in self.led():
            async for led in self._of(parent).keys(open_):
                async for batch in self._batches(open_, "id", f"{column} = ANY(:led)", {"led": led}):
                    yield [row["id"] for row in batch]

    async def erase(self, session: Session, keys: Sequence[UUID], *, goes: bool) -> None:
        """These rows go, or lose the person's words."""
        if goes:
            given = {"keys": list(keys)}
            await session.execute(text(f"DELETE FROM {self.table.name} WHERE id = ANY(:keys)"), given)  # noqa: S608 - of a name that the program declares
        else:
            await session.execute(self._blanking(), {"keys": list(keys), **self._blanks()})

    async def _left(
        self, open_: Open, columns: str, where: str, more: Mapping[str, Any]
    ) -> AsyncGenerator[Sequence[RowMapping]]:
        statement = text(f"SELECT {columns} FROM {self.table.name} WHERE ({where}) LIMIT :many")  # noqa: S608 - of names that the program declares
        while True:
            async with open_() as session:
                batch = await session.all(statement, {**self.scope.values, "many": MANY, **more})
            if not batch:
                return
            yield batch

    def _blanking(self) -> TextClause:
        sets = ", ".join(f"{name} = {self._blank(name)}" for name in self.told.blank)
        return text(f"UPDATE {self.table.name} SET {sets} WHERE id = ANY(:keys)")  # noqa: S608 - of names that the program declares

    def _unblanked(self) -> str:
        return " OR ".join(f"{name} IS DISTINCT FROM {self._blank(name)}" for name in self.told.blank)

    def _blank(self, name: str) -> str:
        """SQL of what stands in the column afterwards."""
        kind = self.table.c[name].type.compile(_DIALECT)
        if isinstance(value := self.told.blank[name], str) and "{id}" in value:
            return f"replace(CAST(:blank_{name} AS text), '{{id}}', CAST(id AS text))"
        return f"CAST(:blank_{name} AS {kind})" if value is not None else f"CAST(NULL AS {kind})"

    def _blanks(self) -> dict[str, Any]:
        return {
            f"blank_{name}": value if isinstance(value, str) else orjson.dumps(value).decode()
            for name, value in self.told.blank.items()
            if value is not None
        }

    def _of(self, table: Table) -> "Rows":
        told = people_in(table)
        assert isinstance(told, Personal)  # what leads to it is somebody's (tests/architecture/test_inventory.py)
        return Rows(table, told, self.scope)


def _private(table: Table, told: Personal) -> str | None:
    if table.name == CHATS:
        return "id = ANY(:chats)"
    if told.place == ("chat_id",):
        return "chat_id = ANY(:chats)"
    if told.place == ("thread_id",):
        return f"thread_id IN (SELECT id FROM {THREADS} WHERE chat_id = ANY(:chats))"  # noqa: S608 - of a constant
    if told.place:
        place = ", ".join(told.place)
        return f"({place}) IN (SELECT {place} FROM {CHATS} WHERE id = ANY(:chats))"  # noqa: S608 - of names that the program declares
    for column, target in told.of.items():
        if target in (PEOPLE, ORGANIZATIONS):
            continue
        above = people_in(metadata.tables[target])
        within = _private(metadata.tables[target], above) if isinstance(above, Personal) else None
        if within is not None:
            return f"{column} IN (SELECT id FROM {target} WHERE {within})"  # noqa: S608 - of names that the program declares
    return None


def files_in(files: Files, row: RowMapping, *, own: bool = False) -> Iterator[str]:
    """The keys of the files that a row names; with ``own`` without those that came with others' words."""
    value = row[files.column]
    if isinstance(value, str):
        yield value
        return
    if files.at is not None:
        value = cast("Mapping[str, Any]", value or {}).get(files.at)
    for found in cast("Sequence[Any]", value if isinstance(value, list) else [value]):
        if not isinstance(found, dict):
            continue
        file = cast("Mapping[str, Any]", found)
        key = file.get(files.key)
        if isinstance(key, str) and key.startswith(files.under) and not (own and file.get("of_others")):
            yield key
