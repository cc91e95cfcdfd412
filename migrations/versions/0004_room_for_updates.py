"""room for updates

Rows that change often are updated in place where their page has room and no index names what changes.

Revision ID: 0004
Revises: 0003
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BUSY = ("queue_jobs", "tasks", "task_steps", "outbound_messages")


def upgrade() -> None:
    op.drop_index("ix_queue_jobs_leases", table_name="queue_jobs")  # the few that run are found by another
    for table in _BUSY:
        op.execute(f"ALTER TABLE {table} SET (fillfactor = 70)")


def downgrade() -> None:
    for table in _BUSY:
        op.execute(f"ALTER TABLE {table} RESET (fillfactor)")
    op.create_index(
        "ix_queue_jobs_leases", "queue_jobs", ["lease_until"], postgresql_where=sa.text("status = 'running'")
    )
