"""how a membership stands, and what was done by whom

Revision ID: 0015
Revises: 0014
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("organization_members", sa.Column("status", sa.Text(), nullable=False, server_default="active"))
    op.add_column("organization_members", sa.Column("decided_by", sa.Uuid()))
    op.add_column("organization_members", sa.Column("decided_at", sa.DateTime(timezone=True)))
    op.create_check_constraint(
        op.f("ck_organization_members_status"),
        "organization_members",
        "status IN ('active', 'suspended', 'removed')",
        postgresql_not_valid=True,
    )
    op.create_table(
        "audit_logs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("org_id", sa.Uuid()),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("on_behalf_of", sa.Uuid()),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("resource_type", sa.Text()),
        sa.Column("resource_id", sa.Text()),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("permission", sa.Text()),
        sa.Column("details", postgresql.JSONB(none_as_null=True)),
        sa.Column("details_hash", sa.LargeBinary(), nullable=False),
        sa.Column("request_id", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seq", sa.BigInteger()),
        sa.Column("hash", sa.LargeBinary()),
        sa.CheckConstraint(
            "actor_kind IN ('person', 'key', 'system', 'operator')", name=op.f("ck_audit_logs_actor_kind")
        ),
        sa.CheckConstraint("outcome IN ('done', 'refused')", name=op.f("ck_audit_logs_outcome")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_logs")),
    )
    op.create_index("ix_audit_logs_org_id", "audit_logs", ["org_id", "id"])
    op.create_index(
        "ix_audit_logs_actor_id", "audit_logs", ["actor_id", "id"], postgresql_where=sa.text("actor_id IS NOT NULL")
    )
    op.create_index("ix_audit_logs_unsealed", "audit_logs", ["id"], postgresql_where=sa.text("seq IS NULL"))


def downgrade() -> None:
    op.drop_table("audit_logs")
    for name in ("decided_at", "decided_by", "status"):
        op.drop_column("organization_members", name)
