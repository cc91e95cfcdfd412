"""one end, one kit, one taint

What waits for the end of a task stands with the task; so does what it has read that others wrote. An organization
counts the changes of what its tasks may use. Each column begins with a constant, so that no row is written anew.

Revision ID: 0011
Revises: 0010
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("tasks", sa.Column("followers", JSONB(none_as_null=True)))
    op.add_column("tasks", sa.Column("tainted", sa.Boolean(), nullable=False, server_default="false"))
    op.add_column("tasks", sa.Column("tainted_by", JSONB(), nullable=False, server_default="[]"))
    op.add_column("organizations", sa.Column("kit_version", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("organizations", "kit_version")
    op.drop_column("tasks", "tainted_by")
    op.drop_column("tasks", "tainted")
    op.drop_column("tasks", "followers")
