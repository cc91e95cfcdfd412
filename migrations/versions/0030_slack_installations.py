"""workspaces that have installed the Slack app by themselves

Revision ID: 0030
Revises: 0029
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import protect, unprotect

revision: str = "0030"
down_revision: str | None = "0029"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "oauth_states",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oauth_states")),
        sa.UniqueConstraint("hash", name=op.f("uq_oauth_states_hash")),
    )
    op.create_table(
        "slack_installations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("team_name", sa.Text(), nullable=False),
        sa.Column("enterprise", sa.Text()),
        sa.Column("app", sa.Text(), nullable=False),
        sa.Column("bot", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("token", sa.LargeBinary()),
        sa.Column("refresh_token", sa.LargeBinary()),
        sa.Column("key_version", sa.Integer()),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("refreshing_until", sa.DateTime(timezone=True)),
        sa.Column("installed_by", sa.Uuid()),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status IN ('active', 'revoked', 'uninstalled', 'lapsed')", name=op.f("ck_slack_installations_status")
        ),
        sa.ForeignKeyConstraint(
            ["org_id"],
            ["organizations.id"],
            name=op.f("fk_slack_installations_org_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "key_version"],
            ["data_keys.org_id", "data_keys.version"],
            name=op.f("fk_slack_installations_org_id_data_keys"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slack_installations")),
        sa.UniqueConstraint("team", name=op.f("uq_slack_installations_team")),
    )
    op.create_index("ix_slack_installations_org_id", "slack_installations", ["org_id"])
    op.create_index(
        "ix_slack_installations_expires_at",
        "slack_installations",
        ["expires_at"],
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )
    protect("slack_installations")


def downgrade() -> None:
    unprotect("slack_installations")
    op.drop_table("slack_installations")
    op.drop_table("oauth_states")
