"""Two tables side by side: the rows of another file that share the value of a column, and what has no match."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import polars as pl

from domain.reports.querying import names
from domain.reports.querying.query import Join
from domain.reports.querying.source import Origin, Side, Source
from domain.reports.querying.values import written_date
from domain.reports.reading import Column, Table
from domain.reports.reading.table import blank, written

_MATCH = "match"


def joined(table: Table, other: Table, join: Join) -> tuple[Source, list[str]]:
    """Every row of a table, each with the rows of another that share its value of a column; and what is said of it.

    Raises:
        Invalid: one of the tables has no such column.
    """
    wanted = (join.on, join.on) if isinstance(join.on, str) else join.on
    notes: list[str] = []
    mine, theirs = _column(table, wanted[0], notes), _column(other, wanted[1], notes)
    left, right = _values(mine), _values(theirs)
    pairs = pl.DataFrame({_MATCH: left, "at": range(len(left))}, schema={_MATCH: pl.String, "at": pl.Int64}).join(
        pl.DataFrame({_MATCH: right, "at1": range(len(right))}, schema={_MATCH: pl.String, "at1": pl.Int64}),
        on=_MATCH,
        how="left",
        maintain_order="left_right",
    )
    sides = [
        Side(table, pairs["at"], bool(pairs["at"].is_duplicated().any())),
        Side(other, pairs["at1"], bool(pairs["at1"].drop_nulls().is_duplicated().any())),
    ]
    notes += _unmatched(table, mine, left, set(right), other.file)
    notes += _unmatched(other, theirs, right, set(left), table.file)
    notes += _repeated(table, other, left, right)
    return Source(sides, _columns(table, other, mine, theirs)), notes


def _column(table: Table, wanted: str, notes: list[str]) -> Column:
    known = [column.name for column in table.columns]
    found = names.find(wanted, known)
    if found is None:
        raise names.no_column(wanted, known, table.file)
    if found.guessed:
        notes.append(f"I took {found.name} of {table.file} for “{wanted}”.")
    return table.column(found.name)


def _columns(table: Table, other: Table, mine: Column, theirs: Column) -> dict[str, Origin]:
    """The columns of both; those of the other table that are called like one of the first bear its file's name."""
    out = {column.name: Origin(column, 0) for column in table.columns}
    taken = {names.plain(name) for name in out}
    for column in other.columns:
        if column is theirs and names.plain(column.name) == names.plain(mine.name):
            continue
        same = names.plain(column.name) in taken
        out[f"{column.name} ({other.file})" if same else column.name] = Origin(column, 1)
    return out


def _values(column: Column) -> list[str | None]:
    """The cells as what they are compared by: words whatever their case, numbers and dates whatever their writing."""
    if column.kind == "number":
        return [None if number is None else _number(number) for number in column.numbers]
    if column.kind == "date":
        return [None if at is None else _date(column, at) for at in column.moments]
    return [None if blank(cell) else written(cell).casefold() for cell in column.cells]


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)


def _date(column: Column, at: datetime) -> str:
    return written_date(column, at) if column.grain != "hour" else at.isoformat()


def _unmatched(table: Table, column: Column, values: list[str | None], there: set[str | None], file: str) -> list[str]:
    """How many rows have no match, and what they hold."""
    alone = [at for at, value in enumerate(values) if value is None or value not in there]
    if not alone:
        return []
    held = list(dict.fromkeys(written(column.cells[at]) or "nothing" for at in alone))
    count = f"1 row of {table.file} has" if len(alone) == 1 else f"{len(alone):,} rows of {table.file} have"
    return [f"{count} no match in {file} ({column.name}: {names.listed(held, 3)})."]


def _repeated(table: Table, other: Table, left: Sequence[str | None], right: Sequence[str | None]) -> list[str]:
    """What is said where one row matches several."""
    mine, theirs = (Counter(value for value in values if value is not None) for values in (left, right))
    several = sum(theirs[value] > 1 for value in left if value is not None)
    many = sum(count > 1 and value in theirs for value, count in mine.items())
    out: list[str] = []
    if several:
        rows = f"1 row of {table.file} matches" if several == 1 else f"{several:,} rows of {table.file} match"
        out.append(f"{rows} several rows of {other.file}; each counts once in every number, or once in each group.")
    if many and several:
        out.append(f"Rows of {other.file} also match several rows of {table.file}, and count likewise.")
    return out


def said_once(source: Source, sides: set[int]) -> list[str]:
    """What is said where numbers of the other table are asked for, and its rows match several."""
    if len(source.sides) < 2 or 1 not in sides or not source.sides[1].repeats:
        return []
    file = source.sides[1].table.file
    return [f"Each row of {file} counts once in a number of its columns, however many rows match it."]
