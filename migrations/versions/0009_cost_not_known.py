"""cost not known

What a task cost is null where the price of one of its model calls is not known: it was taken for nothing.

Revision ID: 0009
Revises: 0008
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.alter_column("tasks", "cost", nullable=True)


def downgrade() -> None:
    op.execute("UPDATE tasks SET cost = 0 WHERE cost IS NULL")
    op.alter_column("tasks", "cost", nullable=False)
