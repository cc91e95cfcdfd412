"""A row in every table for some people, with a word of its own in every column that can hold one."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Integer,
    LargeBinary,
    Numeric,
    SmallInteger,
    Table,
    Text,
    Uuid,
    insert,
)
from sqlalchemy.dialects.postgresql import JSONB

from domain.core.db import Session
from domain.core.db.tables import Personal, people_in
from domain.core.ids import new_id
from domain.metadata import metadata
from domain.personal.inventory import personal_tables
from tests.architecture.naming import names_a_person

_MOMENT = datetime(2026, 11, 30, 9, tzinfo=UTC)
_LED = {"task": "tasks", "message": "messages", "thread": "threads", "chat": "chats", "org": "organizations"}
"""Tables that bare keys lead to, by how their columns begin."""
_GIVEN: Mapping[tuple[str, str], Any] = {
    ("tasks", "followers"): None,
    ("tasks", "unheard"): 0,
    ("maintenance_periods", "ended_at"): _MOMENT,
}
"""What is read by whoever ends a task, and so cannot be any word; and a time after which work begins again."""
_ONE_OF = re.compile(r"(\w+) (?:IN \(|= ANY \(ARRAY\[)'([^']+)'")


def word_of(table: str, column: str, whose: str) -> str:
    """The word in that column of that person's rows: nothing else looks like it."""
    return f"Kanarie~{whose}~{table}~{column}?"


@dataclass(slots=True)
class RowsOf:
    """The rows of one person in one chat."""

    whose: str
    """In the words of the rows."""
    user_id: UUID
    org_id: UUID
    private: bool
    made: dict[str, UUID] = field(default_factory=dict[str, UUID])
    files: dict[str, str] = field(default_factory=dict[str, str])
    """Keys of files, by table."""

    async def add(self, session: Session, *, but: frozenset[str] = frozenset()) -> None:
        """A row in each table but those, and but those that have theirs."""
        theirs = [one.table for one in reversed(personal_tables())]
        referred = {key.column.table for table in theirs for key in table.foreign_keys if key.column.primary_key}
        for table in [*(table for table in metadata.sorted_tables if table in referred - {*theirs}), *theirs]:
            if table.name in but or table.name in self.made:
                continue
            row = dict(self._row(table))
            self.made[table.name] = row["id"]
            await session.execute(insert(table).values(**row))

    def _row(self, table: Table) -> Iterator[tuple[str, Any]]:
        allowed = dict(_allowed(table))
        for column in table.columns:
            if column.computed is None and column.identity is None:
                yield column.name, self._value(table, column, allowed)

    def _value(self, table: Table, column: Column[Any], allowed: Mapping[str, str]) -> Any:
        told = people_in(table)
        if column.primary_key:
            return new_id()
        if (table.name, column.name) in _GIVEN:
            return _GIVEN[table.name, column.name]
        if column.name in allowed:
            return allowed[column.name]
        if isinstance(told, Personal) and len(told.place) > 1 and column.name in told.place:
            return self._words("chats", column.name)
        if isinstance(told, Personal) and told.files is not None and told.files.column == column.name:
            return self._file(table, column, told)
        for key in column.foreign_keys:
            target = key.column.table.name
            if not key.column.primary_key:
                continue  # a part of another key: it is what its type says
            return {"users": self.user_id, "organizations": self.org_id, **self.made}[target]
        match column.type:
            case Uuid():
                return self._key(column)
            case Text():
                if column.name == "share":
                    return str(self.user_id)
                return self._words(table.name, column.name)
            case ARRAY(item_type=Uuid()):
                return []
            case JSONB() | ARRAY():
                return [self._words(table.name, column.name)]
            case Boolean():
                return self.private if column.name == "private" else False
            case LargeBinary():
                return self._words(table.name, column.name).encode()
            case SmallInteger() | Integer() | BigInteger() | Numeric():
                return None if column.nullable else 1
            case DateTime():
                return None if column.nullable else _MOMENT
            case _:
                raise AssertionError(f"what stands in {table.name}.{column.name}? {column.type!r}")

    def _words(self, table: str, column: str) -> str:
        told = people_in(metadata.tables[table])
        shared = not self.private and isinstance(told, Personal) and not told.of
        whose = "everybody" if shared else "nobody" if isinstance(told, str) else self.whose
        return f"{word_of(table, column, whose)} {self.whose} {'private' if self.private else 'shared'}"

    def _key(self, column: Column[Any]) -> UUID | None:
        if names_a_person(column):
            return self.user_id
        if column.name == "reply_to":
            return self.made["messages"]
        target = _LED.get(column.name.partition("_")[0])
        if target == "organizations":
            return self.org_id
        return self.made.get(target or "", None if column.nullable else new_id())

    def _file(self, table: Table, column: Column[Any], told: Personal) -> Any:
        assert told.files is not None
        key = f"{told.files.under}{table.name}/{self.whose}-{'private' if self.private else 'shared'}.txt"
        self.files[table.name] = key
        if isinstance(column.type, Text):
            return key
        words = word_of(table.name, column.name, self.whose)
        file = {told.files.key: key, "name": words, "words": words}
        if told.files.at is not None:
            return {"type": "note", "text": words, told.files.at: [file] if told.files.at == "files" else file}
        return [file] if told.files.key == "key" else file


def _allowed(table: Table) -> Iterator[tuple[str, str]]:
    """Columns that hold one of a few words, with the first of those."""
    for check in table.constraints:
        if isinstance(check, CheckConstraint):
            yield from (found.groups() for found in _ONE_OF.finditer(str(check.sqltext)))  # type: ignore[misc]
