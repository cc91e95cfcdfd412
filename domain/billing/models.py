from sqlalchemy import CheckConstraint, Column, Index, Integer, Numeric, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from domain.core.db import Fate, created_at, key, metadata, personal, reference

usages = Table(
    "usages",
    metadata,
    key(),
    reference("org_id", "organizations.id"),
    reference("user_id", "users.id", index=False),
    Column("task_id", Uuid),
    Column("provider", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("tokens_in", Integer, nullable=False),
    Column("tokens_out", Integer, nullable=False),
    Column("tokens_total", Integer, nullable=False),
    Column("cost", Numeric(12, 6)),  # null: the model has no known price
    Column("currency", Text, nullable=False, server_default="usd"),
    Column("duration_ms", Integer, nullable=False),
    Column("metadata", JSONB, nullable=False, server_default="{}"),
    created_at(),
    CheckConstraint("type IN ('chat', 'image', 'embeddings')", name="type"),
    # with what is added up, so that a month's sum reads the index alone
    Index("ix_usages_user_created_at", "user_id", "created_at", postgresql_include=["org_id", "tokens_total", "cost"]),
    Index("ix_usages_provider_model", "provider", "model"),
    info=personal(
        Fate.KEPT,
        "what was spent has to add up, and holds no word",
        exported="what your work has used and cost",
        of={"user_id": "users"},
        names=("task_id",),
    ),
)
