"""Every table says whose its rows are, and no column that names a person is forgotten."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Column, ForeignKey, LargeBinary, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from domain.core.db.tables import Fate, Personal, nobodys, people_in, personal
from domain.metadata import metadata
from domain.personal.inventory import personal_tables
from tests.architecture.naming import names_a_person
from tests.docs import PAGES, ROOT

_PLACES = {"thread_id", "chat_id"}


def faults(tables: MetaData) -> Iterator[str]:
    """What is not declared, or declared of what is not there."""
    for name, table in sorted(tables.tables.items()):
        try:
            told = people_in(table)
        except LookupError as error:
            yield str(error)
            continue
        leads = {key.column.table.name: key.parent.name for key in table.foreign_keys}
        naming = [column.name for column in table.columns if names_a_person(column)]
        if isinstance(told, str):
            yield from (f"{name}.{column} names a person, and nobody is declared" for column in naming)
            for parent, column in leads.items():
                if isinstance(tables.tables[parent].info.get("personal"), Personal) and parent != "organizations":
                    yield f"{name}.{column} leads to {parent}, whose rows are people's"
            continue
        named = {*told.of, *told.names, *told.place, *told.blank}
        yield from (f"{name}.{column} names a person, and is not declared" for column in naming if column not in named)
        there = {column.name for column in table.columns}
        if not told.place:
            yield from (f"{name}.{column} is where it was said" for column in _PLACES & there - named)
        used = {*named, *told.left_out, *told.private, *told.stays, *([told.files.column] if told.files else [])}
        yield from (f"{name} declares {column}, which it has not" for column in used - there)
        yield from (f"{name} leads to {parent}, which is no table" for parent in {*told.of.values()} - {*tables.tables})
        if not told.of and not told.place:
            yield f"{name} does not say whose its rows are"
        if told.fate is Fate.ANONYMISED:
            words = {column.name for column in table.columns if isinstance(column.type, (Text, JSONB))}
            undecided = words - {*told.blank, *told.stays, *told.of, *told.names}
            yield from (f"{name}.{column} may hold a person's words" for column in undecided)
        elif told.blank:
            yield f"{name} is {told.fate}, and has columns to be blanked"


def test_every_table_says_whose_its_rows_are() -> None:
    assert list(faults(metadata)) == []


def test_nothing_that_opens_anything_is_exported() -> None:
    """Hashes and what is sealed are left out, by the name or the type of their columns."""
    for one in personal_tables():
        if one.told.exported is not None:
            secret = {column.name for column in one.table.columns if _is_secret(column)}
            assert not secret - {*one.told.left_out, *one.told.names}, one.table.name


def _is_secret(column: Column[Any]) -> bool:
    named = any(word in column.name for word in ("_hash", "token", "secret")) and "tokens" not in column.name
    return isinstance(column.type, LargeBinary) or named


def test_what_leads_to_a_row_comes_before_it() -> None:
    found = personal_tables()
    order = [one.table.name for one in found]
    for one in found:
        for parent in {*one.told.of.values()} - {one.table.name}:
            assert order.index(one.table.name) < order.index(parent), (one.table.name, parent)
    assert order.index("threads") < order.index("chats")


def _declared(*columns: Column[object], **info: object) -> MetaData:
    """A database of people, and of one table more."""
    tables = MetaData()
    people = personal(Fate.ERASED, "for a test", exported="all", of={"id": "users"})
    Table("users", tables, Column("id", Uuid, primary_key=True), info=people)
    Table("things", tables, Column("id", Uuid, primary_key=True), *columns, info=dict(info))
    return tables


_OWN = personal(Fate.ERASED, "for a test", exported="all", of={"user_id": "users"})
_BLANKED = personal(Fate.ANONYMISED, "for a test", exported="all", of={"user_id": "users"}, blank={"words": ""})


@pytest.mark.parametrize(
    ("columns", "info", "fault"),
    [
        ([], {}, "the table things does not say"),
        ([Column("user_id", Uuid)], nobodys("nothing"), "user_id names a person"),
        ([Column("person", Uuid, ForeignKey("users.id"))], nobodys("nothing"), "person names a person"),
        ([Column("user_id", Uuid), Column("approved_by", Uuid)], _OWN, "approved_by names a person"),
        ([Column("user_id", Uuid), Column("inviter_id", Uuid)], _OWN, "inviter_id names a person"),
        ([Column("user_id", Uuid), Column("email", Text)], _OWN, "email names a person"),
        ([Column("user_id", Uuid), Column("chat_id", Uuid)], _OWN, "chat_id is where it was said"),
        ([Column("user_id", Uuid), Column("words", Text), Column("more", JSONB)], _BLANKED, "more may hold"),
        ([], _OWN, "declares user_id, which it has not"),
    ],
)
def test_what_is_not_declared_is_found(columns: list[Column[object]], info: dict[str, object], fault: str) -> None:
    found = list(faults(_declared(*columns, **info)))
    assert any(fault in one for one in found), found


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_what_the_code_says(path: str) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == PAGES[path](), "write it anew with “make docs”"
