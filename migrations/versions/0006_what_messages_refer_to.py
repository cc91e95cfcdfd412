"""what messages refer to

Words of others that came with a message stand beside its own, and so does a task's description: they are material, and
must never be taken for what the person says.

Revision ID: 0006
Revises: 0005
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for table in ("messages", "tasks"):
        op.add_column(table, sa.Column("quoted", JSONB(), nullable=False, server_default="[]"))


def downgrade() -> None:
    for table in ("tasks", "messages"):
        op.drop_column(table, "quoted")
