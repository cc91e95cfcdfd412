from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, Table, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from domain.core.db import (
    Fate,
    Files,
    created_at,
    key,
    metadata,
    moment,
    nobodys,
    personal,
    reference,
    updated_at,
)

# All are the system's: one person is in several organizations, and it is all of theirs that goes.

data_exports = Table(
    "data_exports",
    metadata,
    key(),
    Column("user_id", Uuid, nullable=False),  # who asked
    Column("org_id", Uuid, nullable=False),  # where they asked, and are told
    Column("status", Text, nullable=False, server_default="collecting"),
    Column("state", JSONB, nullable=False, server_default="{}"),  # how far it is; see ``export``
    Column("size", BigInteger),  # bytes of the finished archive
    moment("ready_at"),
    moment("expires_at"),
    created_at(),
    CheckConstraint("status IN ('collecting', 'ready', 'expired', 'failed')", name="status"),
    Index("ix_data_exports_user_id", "user_id", "id"),
    Index("ix_data_exports_open", "id", postgresql_where=text("status IN ('collecting', 'ready')")),
    info=personal(
        Fate.ERASED,
        "it is one person's, and its archive with it",
        exported=None,
        of={"user_id": "users"},
        files=Files("state", at="files"),
    ),
)

erasures = Table(
    "erasures",
    metadata,
    key(),
    Column("user_id", Uuid, nullable=False),  # who asked. Bare: the journal outlives whom it tells of
    Column("org_id", Uuid, nullable=False),  # where they asked, and are told
    Column("scope", JSONB, nullable=False, server_default="{}"),  # whose, and from when it begins which, in numbers
    Column("erased", JSONB, nullable=False, server_default="{}"),  # how many rows of which table
    Column("waits_for", Text),  # why it has not begun although it is due
    moment("due_at", nullable=False),
    moment("cancelled_at"),
    moment("began_at"),
    moment("done_at"),
    created_at(),
    Index("ix_erasures_user_id", "user_id", "id"),
    Index("ix_erasures_due", "due_at", postgresql_where=text("done_at IS NULL AND cancelled_at IS NULL")),
    info=personal(
        Fate.KEPT,
        "it is the journal of what was erased: numbers without a word, applied again after a restore",
        exported="when you asked for it",
        of={"user_id": "users"},
        left_out=("scope", "erased"),
    ),
)

retention = Table(
    "retention",
    metadata,
    key(),
    reference("org_id", "organizations.id", nullable=True, index=False),  # null: of the installation
    Column("kind", Text, nullable=False),
    Column("days", Integer, nullable=False),
    created_at(),
    updated_at(),
    UniqueConstraint("org_id", "kind", postgresql_nulls_not_distinct=True),
    CheckConstraint("kind IN ('logs', 'events', 'messages', 'artifacts', 'audit')", name="kind"),
    CheckConstraint("days >= 2", name="days"),
    info=nobodys("for how long things are kept"),
)
