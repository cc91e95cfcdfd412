"""The columns that tables share, and how constraints are called."""

from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, ForeignKey, MetaData, Uuid, func

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
