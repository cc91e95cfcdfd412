"""A row of any table, with what has to be there: for tests that hold of all tables."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Boolean, CheckConstraint, Column, DateTime, LargeBinary, Numeric, Table, Text, Uuid
from sqlalchemy.types import Integer

from domain.core.db import Session
from domain.core.ids import new_id
from domain.metadata import metadata
from migrations.tenancy import OWN

Rows = Mapping[str, UUID]
"""The id of one row by table."""


def _value(table: Table, column: Column[Any], made: Rows, word: str) -> Any:
    """Something that the column takes: of what the organization has already, or of its own."""
    for key in column.foreign_keys:
        return made[key.column.table.name]
    for check in table.constraints:
        if isinstance(check, CheckConstraint) and (
            one := re.match(rf"\(*{column.name} (?:IN \(|= ANY \(+ARRAY\[)'?(.+?)(?:'|[,)])", str(check.sqltext))
        ):
            return int(one[1]) if isinstance(column.type, Integer) else one[1]
    match column.type:
        case Uuid():
            return new_id()
        case Text():
            return f"{word}{new_id()}"
        case DateTime():
            return datetime.now(UTC)
        case Boolean():
            return False
        case Integer() | Numeric():
            return 2
        case LargeBinary():
            return uuid4().bytes
        case _:
            return {}


async def add(session: Session, table: Table, made: Rows, word: str = "", /, **given: Any) -> UUID:
    """A row with what has to be there; ``made`` is what the organization has by now, ``word`` stands in each text."""
    row = {
        column.name: _value(table, column, made, word)
        for column in table.columns
        if not column.nullable and column.server_default is None and column.identity is None
    }
    if "org_id" in table.columns and table.name != "organizations":
        row["org_id"] = made["organizations"]
    row |= {"id": new_id()} | given
    await session.execute(table.insert().values(row))
    return row["id"]


async def everything(session: Session, org_id: UUID, word: Callable[[str], str] = lambda name: "") -> Rows:
    """A row more of every table of an organization, and of those that they refer to; ``word`` by the table's name."""
    made = {"organizations": org_id}
    needed = {*OWN}
    for table in reversed(metadata.sorted_tables):
        if table.name in needed:
            needed |= {key.column.table.name for key in table.foreign_keys}
    for table in metadata.sorted_tables:
        if table.name in needed - made.keys():
            made[table.name] = await add(session, table, made, word(table.name))
    return made
