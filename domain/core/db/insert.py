"""Rows that are added together: what a transaction writes and does not ask about goes in one statement at its end."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Table, TextClause, text
from sqlalchemy.dialects.postgresql.asyncpg import dialect

_DIALECT = dialect()


class Insert:
    """An ``INSERT`` of any number of rows, for ``Session.add``. Names are those of columns; what is not named has its
    default. ``within`` names the column of what each row is a part of: its organization is that one's. ``otherwise``
    is an ``ON CONFLICT`` clause.
    """

    def __init__(self, table: Table, *names: str, within: str | None = None, otherwise: str = "") -> None:
        listed = ", ".join(names)
        typed = ", ".join(f"{name} {table.c[name].type.compile(_DIALECT)}" for name in names)
        into, values = listed, listed
        if within is not None:
            into, values = f"{into}, org_id", f"{values}, {_organization(table, within)}"
        self._sql = f"""
        INSERT INTO {table.name} ({into})
        SELECT {values} FROM json_to_recordset(CAST(:{{rows}} AS json)) AS given ({typed})
        {otherwise}"""  # noqa: S608 - of names that the program declares

    def reading(self, rows: str) -> str:
        """Its SQL, with the parameter of that name for the rows."""
        return self._sql.format(rows=rows)


def _organization(table: Table, within: str) -> str:
    [key] = table.c[within].foreign_keys
    whole, _, column = key.target_fullname.partition(".")
    return f"(SELECT w.org_id FROM {whole} w WHERE w.{column} = given.{within})"  # noqa: S608 - of declared names


@cache
def _statement(inserts: tuple[Insert, ...]) -> TextClause:
    """They may not ask for one another's rows, but may refer to them: references are checked at the end."""
    *first, last = (insert.reading(f"rows_{number}") for number, insert in enumerate(inserts))
    begins = [f"added_{number} AS ({insert})" for number, insert in enumerate(first)]
    return text(f"WITH {', '.join(begins)} {last}" if begins else last)


def together(rows: Mapping[Insert, Sequence[Mapping[str, Any]]]) -> tuple[TextClause, dict[str, str]]:
    """One statement for all of them, with its parameters. Rows of one table are added in their order."""
    statement = _statement(tuple(rows))
    return statement, {f"rows_{number}": _written(each) for number, each in enumerate(rows.values())}


def _written(rows: Sequence[Mapping[str, Any]]) -> str:
    return orjson.dumps(rows, default=str).decode()
