from sqlalchemy import CheckConstraint, Column, Index, SmallInteger, Table, Text, Uuid

from domain.core.db import Fate, created_at, key, metadata, moment, personal, reference

mailed_links = Table(
    "mailed_links",
    metadata,
    key(),
    reference("org_id", "organizations.id"),  # where it was asked for
    reference("user_id", "users.id"),  # by whom
    Column("link_id", Uuid, nullable=False),  # of magic_links: its token is made as the mail is sent
    Column("kind", Text, nullable=False),  # what the mail says
    Column("address", Text, nullable=False),
    Column("status", Text, nullable=False, server_default="queued"),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    moment("decided_at"),
    created_at(),
    CheckConstraint("kind IN ('invitation', 'link')", name="kind"),
    CheckConstraint("status IN ('queued', 'sending', 'sent', 'refused', 'unknown', 'over')", name="status"),
    Index("ix_mailed_links_created_at", "created_at"),
    info=personal(
        Fate.ERASED,
        "it says whom somebody wrote to; it goes after thirty days",
        exported="where links were mailed to for you, when, and what became of it",
        of={"user_id": "users"},
        names=("link_id",),
    ),
)
