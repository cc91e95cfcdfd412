"""The database: a few connections a process, one Session a transaction, tables declared with a few shared columns.

What is built from expressions goes through SQLAlchemy, what is written out to asyncpg itself (``direct``), in one
transaction. Services take a Session and never commit; whoever opens the transaction does. What a transaction queues is
woken after its commit, never before.
"""

from domain.core.db.database import AWAY, RECONNECT_SECONDS, AfterCommit, Database, open_database
from domain.core.db.insert import Insert
from domain.core.db.session import Session
from domain.core.db.tables import (
    WORDS_GONE,
    Fate,
    Files,
    created_at,
    key,
    metadata,
    moment,
    nobodys,
    personal,
    reference,
    sealed,
    tenant,
    updated_at,
)

__all__ = [
    "AWAY",
    "RECONNECT_SECONDS",
    "WORDS_GONE",
    "AfterCommit",
    "Database",
    "Fate",
    "Files",
    "Insert",
    "Session",
    "created_at",
    "key",
    "metadata",
    "moment",
    "nobodys",
    "open_database",
    "personal",
    "reference",
    "sealed",
    "tenant",
    "updated_at",
]
