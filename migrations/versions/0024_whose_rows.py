"""whose rows they are

Every table with an organization's rows gets the organization's id of its own; what is there is filled in afterwards, in
batches (``migrations/filling.py``), and asked for by the next revision.

Revision ID: 0024
Revises: 0023
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations.filling import FILLED

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for table in (*FILLED, "queue_jobs"):
        op.add_column(table, sa.Column("org_id", sa.Uuid()))


def downgrade() -> None:
    for table in (*FILLED, "queue_jobs"):
        op.drop_column(table, "org_id")
