from sqlalchemy import Boolean, CheckConstraint, Column, Index, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from domain.core.db import Fate, created_at, key, metadata, moment, nobodys, personal, reference, tenant, updated_at

tools = Table(
    "tools",
    metadata,
    key(),
    Column("name", Text, nullable=False, unique=True),
    Column("display_name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("schema", JSONB, nullable=False),
    Column("effect", Text, nullable=False),
    Column("enabled", Boolean, nullable=False, server_default="true"),
    created_at(),
    updated_at(),
    CheckConstraint("effect IN ('read', 'write', 'external')", name="effect"),
    info=nobodys("the tools of this version"),
)

tool_executions = Table(
    "tool_executions",
    metadata,
    key(),
    tenant(),
    reference("tool_id", "tools.id", index=False),
    Column("task_id", Uuid),
    Column("node_id", Text),
    Column("input", JSONB, nullable=False),
    Column("output", JSONB(none_as_null=True)),
    Column("error", Text),
    Column("status", Text, nullable=False),
    Column("duration", Integer),  # milliseconds
    moment("started_at", nullable=False),
    moment("completed_at"),
    created_at(),
    CheckConstraint("status IN ('PENDING', 'RUNNING', 'COMPLETED', 'FAILED')", name="status"),
    Index("ix_tool_executions_tool", "tool_id", "id"),
    info=personal(
        Fate.ERASED,
        "it is how a person's task was done",
        exported="the calls of your tasks; what went in and came out in private chats",
        of={"task_id": "tasks"},
        private=("input", "output", "error"),
    ),
)
