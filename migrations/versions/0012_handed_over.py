"""steps that are handed over to another queue, and what is said of a job while it waits or runs

The check allows one status more: no row has to be read for it while others wait (see ``migrations.upgrade``).

Revision ID: 0012
Revises: 0011
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BEFORE = ("PENDING", "RUNNING", "WAITING", "UNKNOWN", "SUCCEEDED", "FAILED", "SKIPPED", "CANCELLED")
_NOW = ("PENDING", "RUNNING", "WAITING", "HANDED", *_BEFORE[3:])


def upgrade() -> None:
    op.add_column("queue_jobs", sa.Column("note", sa.Text()))
    _allow(_NOW)


def downgrade() -> None:
    op.execute("UPDATE task_steps SET status = 'PENDING' WHERE status = 'HANDED' AND idempotency_key IS NULL")
    op.execute("UPDATE task_steps SET status = 'UNKNOWN' WHERE status = 'HANDED'")
    _allow(_BEFORE)
    op.drop_column("queue_jobs", "note")


def _allow(statuses: Sequence[str]) -> None:
    listed = ", ".join(f"'{status}'" for status in statuses)
    op.execute("ALTER TABLE task_steps DROP CONSTRAINT ck_task_steps_status")
    op.execute(f"ALTER TABLE task_steps ADD CONSTRAINT ck_task_steps_status CHECK (status IN ({listed})) NOT VALID")
