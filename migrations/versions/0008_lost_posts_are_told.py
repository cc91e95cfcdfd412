"""of a post whose answer was lost: by which note a person was told

Revision ID: 0008
Revises: 0007
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_INDEX = "ix_outbound_messages_lost"


def upgrade() -> None:
    op.add_column("outbound_messages", sa.Column("told_by", sa.Uuid()))
    op.create_index(_INDEX, "outbound_messages", ["chat_id"], postgresql_where=sa.text("status = 'unknown'"))


def downgrade() -> None:
    op.drop_index(_INDEX, "outbound_messages")
    op.drop_column("outbound_messages", "told_by")
