"""what a task came to: an answer, talk, help, or not understood

Revision ID: 0007
Revises: 0006
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("tasks", sa.Column("outcome", sa.Text(), nullable=False, server_default="answer"))
    op.create_check_constraint("outcome", "tasks", "outcome IN ('answer', 'talk', 'help', 'not_understood')")
    op.create_index(
        "ix_tasks_told",
        "tasks",
        ["thread_id"],
        postgresql_where=sa.text("outcome IN ('help', 'not_understood')"),
    )


def downgrade() -> None:
    op.drop_index("ix_tasks_told", "tasks")
    op.drop_constraint("outcome", "tasks", type_="check")
    op.drop_column("tasks", "outcome")
