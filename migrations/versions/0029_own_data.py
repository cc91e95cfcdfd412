"""exports and erasures of one's own data

Revision ID: 0029
Revises: 0028
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def _moment(name: str, *, given: bool = False) -> sa.Column[datetime]:
    default = sa.text("now()") if given else None
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not given, server_default=default)


def upgrade() -> None:
    op.create_table(
        "data_exports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False, server_default="collecting"),
        sa.Column("state", postgresql.JSONB(), nullable=False, server_default="{}"),
        sa.Column("size", sa.BigInteger()),
        _moment("ready_at"),
        _moment("expires_at"),
        _moment("created_at", given=True),
        sa.CheckConstraint(
            "status IN ('collecting', 'ready', 'expired', 'failed')", name=op.f("ck_data_exports_status")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_exports")),
    )
    op.create_index("ix_data_exports_user_id", "data_exports", ["user_id", "id"])
    op.create_index(
        "ix_data_exports_open", "data_exports", ["id"], postgresql_where=sa.text("status IN ('collecting', 'ready')")
    )
    op.create_table(
        "erasures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("scope", postgresql.JSONB(), nullable=False, server_default="{}"),
        sa.Column("erased", postgresql.JSONB(), nullable=False, server_default="{}"),
        sa.Column("waits_for", sa.Text()),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        _moment("cancelled_at"),
        _moment("began_at"),
        _moment("done_at"),
        _moment("created_at", given=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index("ix_erasures_user_id", "erasures", ["user_id", "id"])
    op.create_index(
        "ix_erasures_due",
        "erasures",
        ["due_at"],
        postgresql_where=sa.text("done_at IS NULL AND cancelled_at IS NULL"),
    )
    op.create_table(
        "retention",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("org_id", sa.Uuid()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        _moment("created_at", given=True),
        _moment("updated_at", given=True),
        sa.CheckConstraint(
            "kind IN ('logs', 'events', 'messages', 'artifacts', 'audit')", name=op.f("ck_retention_kind")
        ),
        sa.CheckConstraint("days >= 2", name=op.f("ck_retention_days")),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organizations.id"], name=op.f("fk_retention_org_id_organizations"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention")),
        sa.UniqueConstraint(
            "org_id", "kind", name=op.f("uq_retention_org_id_kind"), postgresql_nulls_not_distinct=True
        ),
    )


def downgrade() -> None:
    op.drop_table("retention")
    op.drop_table("erasures")
    op.drop_table("data_exports")
