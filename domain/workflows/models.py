from sqlalchemy import Boolean, CheckConstraint, Column, Index, Integer, Table, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from domain.core.db import Fate, created_at, key, metadata, moment, personal, reference, tenant, updated_at

workflows = Table(
    "workflows",
    metadata,
    key(),
    reference("org_id", "organizations.id", index=False),
    reference("user_id", "users.id"),
    Column("chat_id", Uuid),  # the shared chat whose members it is for as well; null: its person's alone
    Column("shared", Boolean, nullable=False, server_default="false"),  # with the whole organization
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False, server_default=""),
    Column("spec_json", JSONB, nullable=False),
    Column("llm_prompt_version", Text),
    Column("status", Text, nullable=False, server_default="active"),
    Column("version", Integer, nullable=False, server_default="1"),
    moment("deleted_at"),
    created_at(),
    updated_at(),
    CheckConstraint("status IN ('draft', 'active', 'archived')", name="status"),
    Index("ix_workflows_name", "org_id", text("lower(name)"), "id", postgresql_where=text("deleted_at IS NULL")),
    Index("ix_workflows_org", "org_id", text("id DESC"), postgresql_where=text("deleted_at IS NULL")),
    info=personal(
        Fate.ERASED,
        "a plan that a person kept is theirs",
        exported="those you kept",
        of={"user_id": "users"},
        place="chat_id",
    ),
)

workflow_versions = Table(
    "workflow_versions",
    metadata,
    key(),
    tenant(),
    reference("workflow_id", "workflows.id", index=False),
    Column("version", Integer, nullable=False),
    Column("spec_json", JSONB, nullable=False),
    reference("author_id", "users.id"),
    Column("note", Text, nullable=False, server_default=""),
    created_at(),
    UniqueConstraint("workflow_id", "version"),
    info=personal(
        Fate.ERASED,
        "it goes with its workflow",
        exported="those of your workflows",
        of={"workflow_id": "workflows"},
        names=("author_id",),
    ),
)
