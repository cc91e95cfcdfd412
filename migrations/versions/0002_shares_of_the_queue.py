"""Jobs take turns by share: a person's, or that of a bot or workspace.

Revision ID: 0002
Revises: 0001
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.drop_index("ix_queue_jobs_turns", table_name="queue_jobs")
    op.drop_index("ix_queue_jobs_persons", table_name="queue_jobs")
    op.alter_column("queue_jobs", "user_id", new_column_name="share", type_=sa.Text(), postgresql_using="user_id::text")
    op.create_index(
        "ix_queue_jobs_turns",
        "queue_jobs",
        ["queue", "share", "turn"],
        postgresql_where=sa.text("status = 'available'"),
    )
    op.create_index(
        "ix_queue_jobs_shares", "queue_jobs", ["queue", "share"], postgresql_where=sa.text("status = 'running'")
    )


def downgrade() -> None:
    op.drop_index("ix_queue_jobs_shares", table_name="queue_jobs")
    op.drop_index("ix_queue_jobs_turns", table_name="queue_jobs")
    op.execute("UPDATE queue_jobs SET share = NULL WHERE queue = 'DELIVER'")
    op.alter_column("queue_jobs", "share", new_column_name="user_id", type_=sa.Uuid(), postgresql_using="share::uuid")
    op.create_index(
        "ix_queue_jobs_turns",
        "queue_jobs",
        ["queue", "user_id", "turn"],
        postgresql_where=sa.text("status = 'available'"),
    )
    op.create_index(
        "ix_queue_jobs_persons", "queue_jobs", ["queue", "user_id"], postgresql_where=sa.text("status = 'running'")
    )
