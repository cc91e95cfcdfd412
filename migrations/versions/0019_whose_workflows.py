"""a kept plan is its person's, until it is shared

Revision ID: 0019
Revises: 0018
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # where the older ones came from is not known: they are their persons' until these share them
    op.add_column("workflows", sa.Column("chat_id", sa.Uuid()))
    op.add_column("workflows", sa.Column("shared", sa.Boolean(), nullable=False, server_default="false"))


def downgrade() -> None:
    for name in ("shared", "chat_id"):
        op.drop_column("workflows", name)
