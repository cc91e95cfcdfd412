"""The columns that tables share, how constraints are called, and what each table says of the people in it.

Every table declares in its ``info`` whose its rows are and what becomes of them, by ``personal`` or ``nobodys``: the
export of a person's data, its erasure and docs/data-inventory.md go by that and by nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, ForeignKey, LargeBinary, MetaData, Table, Uuid, func

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


def tenant() -> Column[UUID]:
    """Whose row it is, in the row itself: what policies go by (``migrations/tenancy.py``). It has no foreign key: the
    row goes with what it is a part of, whose organization it is.
    """
    return Column("org_id", Uuid, nullable=False)


def moment(name: str, **options: Any) -> Column[Any]:
    """A timestamp with time zone, kept in UTC."""
    return Column(name, DateTime(timezone=True), **options)


def reference(name: str, target: str, *, nullable: bool = False, index: bool = True, on_delete: str = "CASCADE") -> Any:
    """A foreign key, with its index."""
    return Column(name, Uuid, ForeignKey(target, ondelete=on_delete), nullable=nullable, index=index)


_SEALED = "sealed"
"""What ``Column.info`` says of a column that holds secrets."""


def sealed(name: str) -> Column[Any]:
    """A secret, as ``domain.core.crypto`` seals it; null: none. Its table has ``org_id`` and ``key_version`` too, which
    together refer to ``data_keys``: a data key that something is sealed under cannot go.
    """
    return Column(name, LargeBinary, info={_SEALED: True})


@dataclass(frozen=True, slots=True)
class Sealed:
    """A table with secrets, and the columns that hold them."""

    table: str
    columns: tuple[str, ...]


def sealed_tables(of: MetaData) -> list[Sealed]:
    """Every table that declares a sealed column, in a fixed order."""
    found = [Sealed(table.name, _sealed_columns(table)) for table in of.sorted_tables]
    return [one for one in found if one.columns]


def _sealed_columns(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns if column.info.get(_SEALED))


class Fate(StrEnum):
    """What becomes of a person's rows when they have their data deleted."""

    ERASED = "erased"
    """The rows go."""
    ANONYMISED = "anonymised"
    """The rows stay for others, without a word of the person's."""
    KEPT = "kept"
    """They stay as they are: they hold no word, and their number leads to a person without a name."""


@dataclass(frozen=True, slots=True)
class Files:
    """Where a row names files in storage: a column of text that is the key of one, or one of JSON with an object (or a
    list of them) that has it as its ``key``; ``at`` is the member of the column's object that this is. Keys that do not
    begin with ``under`` are none."""

    column: str
    at: str | None = None
    key: str = "key"
    under: str = ""


@dataclass(frozen=True, slots=True)
class Personal:
    """What a table declares of the people in it; see ``personal``."""

    fate: Fate
    why: str
    of: Mapping[str, str]
    names: tuple[str, ...]
    place: tuple[str, ...]
    exported: str | None
    shared: bool
    left_out: tuple[str, ...]
    private: tuple[str, ...]
    blank: Mapping[str, Any]
    stays: tuple[str, ...]
    files: Files | None


@dataclass(frozen=True, slots=True)
class Declared:
    """A table with rows of people, and what it declares of them."""

    table: Table
    told: Personal


_PERSONAL, _NOBODYS = "personal", "nobodys"
WORDS_GONE = "(deleted)"
"""What stands where a person's words stood."""


def personal(
    fate: Fate,
    why: str,
    *,
    exported: str | None,
    of: Mapping[str, str] | None = None,
    names: Sequence[str] = (),
    place: str | Sequence[str] = (),
    shared: bool = True,
    left_out: Sequence[str] = (),
    private: Sequence[str] = (),
    blank: Mapping[str, Any] | None = None,
    stays: Sequence[str] = (),
    files: Files | None = None,
) -> dict[str, Any]:
    """The ``info`` of a table with rows of people.

    ``of``: the columns that say whose a row is, each with the table whose key it holds: “users”, or a table whose row
    is somebody's in turn. A row is theirs by any of them; exported by that of a person alone, where there is one.
    ``names``: columns that hold the number of another person, or of a row that is none's reason to be erased.
    ``place``: the column by which a row belongs to a chat (or a thread of one); what stands in a private chat is its
    person's, is exported, and goes with the chat.
    ``exported``: what the export holds of it, in words; None: nothing, and ``why`` says so. Without
    ``shared`` it holds no row of shared chats; ``left_out``: columns it leaves out (others' words, secrets);
    ``private``: columns it holds from private chats only.
    ``blank``: of what is anonymised, the columns with a person's words and what stands there afterwards; ``{id}`` in
    it is the row's own. ``stays``: the columns of words and of JSON that hold none of theirs.
    """
    told = Personal(
        fate,
        why,
        MappingProxyType(dict(of or {})),
        tuple(names),
        (place,) if isinstance(place, str) else tuple(place),
        exported,
        shared,
        tuple(left_out),
        tuple(private),
        MappingProxyType(dict(blank or {})),
        tuple(stays),
        files,
    )
    return {_PERSONAL: told}


def nobodys(why: str) -> dict[str, Any]:
    """The ``info`` of a table that holds nothing of anybody."""
    return {_NOBODYS: why}


def people_in(table: Table) -> Personal | str:
    """What a table has declared; for one that holds nothing of anybody, why.

    Raises:
        LookupError: it has declared nothing.
    """
    declared = table.info.get(_PERSONAL) or table.info.get(_NOBODYS)
    if declared is None:
        raise LookupError(f"the table {table.name} does not say whose its rows are: see personal() and nobodys()")
    return declared
