"""each row is somebody's

Revision ID: 0025
Revises: 0024
"""

from collections.abc import Sequence

from alembic import op

from migrations.filling import CHECK, FILLED, JOBS
from migrations.tenancy import protect, unprotect

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for table in FILLED:
        op.alter_column(table, "org_id", nullable=False)  # the check, which was read through, spares another reading
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {CHECK.format(table=table)}")
        protect(table)
    op.execute(JOBS)


def downgrade() -> None:
    for table in FILLED:
        unprotect(table)
        op.alter_column(table, "org_id", nullable=True)
