"""announcements: what whoever runs the installation tells everybody

Revision ID: 0035
Revises: 0034
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0035"
down_revision: str | None = "0034"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TABLE, _RECIPIENTS = "announcements", "announcement_recipients"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("only_org", sa.Uuid()),
        sa.Column("status", sa.Text(), server_default="sending", nullable=False),
        sa.Column("said_by", sa.Uuid()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("status IN ('sending', 'sent', 'stopped')", name=op.f("ck_announcements_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    op.create_table(
        _RECIPIENTS,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("announcement_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), server_default="waits", nullable=False),
        sa.Column("why", sa.Text()),
        sa.Column("not_before", sa.DateTime(timezone=True)),
        sa.Column("said_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("status IN ('waits', 'said', 'left out')", name=op.f("ck_announcement_recipients_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement_recipients")),
        sa.UniqueConstraint(
            "announcement_id", "user_id", name=op.f("uq_announcement_recipients_announcement_id_user_id")
        ),
    )
    op.create_index("ix_announcement_recipients_user_id", _RECIPIENTS, ["user_id"])
    op.create_index(
        "ix_announcement_recipients_waits",
        _RECIPIENTS,
        ["announcement_id", "id"],
        postgresql_where=sa.text("status = 'waits'"),
    )


def downgrade() -> None:
    op.drop_table(_RECIPIENTS)
    op.drop_table(_TABLE)
