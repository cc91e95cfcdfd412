"""how the services stand, looked at each minute

Revision ID: 0022
Revises: 0021
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "health_checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text()),
        sa.Column("response_time", sa.Integer()),
        sa.Column("last_checked", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("turned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("streak", sa.Integer(), nullable=False),
        sa.CheckConstraint("status IN ('ok', 'warning', 'error')", name=op.f("ck_health_checks_status")),
        sa.CheckConstraint("standing IN ('up', 'down')", name=op.f("ck_health_checks_standing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_health_checks")),
        sa.UniqueConstraint("name", name=op.f("uq_health_checks_name")),
    )


def downgrade() -> None:
    op.drop_table("health_checks")
