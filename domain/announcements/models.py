from sqlalchemy import CheckConstraint, Column, Index, Table, Text, UniqueConstraint, Uuid, text

from domain.core.db import Fate, created_at, key, metadata, moment, personal

announcements = Table(
    "announcements",
    metadata,
    key(),
    Column("words", Text, nullable=False),
    Column("only_org", Uuid),  # to whom belongs to that organization; null: to everybody
    Column("status", Text, nullable=False, server_default="sending"),
    Column("said_by", Uuid),
    created_at(),
    moment("ended_at"),
    CheckConstraint("status IN ('sending', 'sent', 'stopped')", name="status"),
    info=personal(
        Fate.KEPT,
        "it was said to everybody, for the installation",
        exported=None,
        of={"said_by": "users"},
        stays=("words", "status"),
    ),
)

announcement_recipients = Table(
    "announcement_recipients",
    metadata,
    key(),
    Column("announcement_id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    Column("status", Text, nullable=False, server_default="waits"),
    Column("why", Text),  # they were left out
    moment("not_before"),  # quiet hours
    moment("said_at"),
    UniqueConstraint("announcement_id", "user_id"),
    CheckConstraint("status IN ('waits', 'said', 'left out')", name="status"),
    Index("ix_announcement_recipients_user_id", "user_id"),
    Index("ix_announcement_recipients_waits", "announcement_id", "id", postgresql_where=text("status = 'waits'")),
    info=personal(
        Fate.ERASED,
        "whom something was told to; not exported, since it stands in their chat",
        exported=None,
        of={"user_id": "users"},
    ),
)
