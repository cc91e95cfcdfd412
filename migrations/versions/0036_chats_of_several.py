"""chats.also_of: the organizations for which a private chat has worked before, and which still work in it

Revision ID: 0036
Revises: 0035
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import let_in_before, protect, unprotect

revision: str = "0036"
down_revision: str | None = "0035"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TABLE, _COLUMN = "chats", "also_of"


def upgrade() -> None:
    op.add_column(_TABLE, sa.Column(_COLUMN, sa.ARRAY(sa.Uuid()), nullable=False, server_default="{}"))
    op.execute("""
    UPDATE chats c SET also_of = o.ids FROM (
        SELECT t.chat_id, array_agg(DISTINCT t.org_id) AS ids FROM threads t JOIN chats k ON k.id = t.chat_id
        WHERE k.private AND t.org_id <> k.org_id GROUP BY t.chat_id
    ) o WHERE o.chat_id = c.id""")
    let_in_before(_TABLE, _COLUMN)


def downgrade() -> None:
    unprotect(_TABLE)
    op.drop_column(_TABLE, _COLUMN)
    protect(_TABLE)
