"""buttons are of a chat, and end

Revision ID: 0031
Revises: 0030
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import protect, unprotect

revision: str = "0031"
down_revision: str | None = "0030"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TABLE = "button_values"


def upgrade() -> None:
    for name in ("org_id", "chat_id", "user_id"):
        op.add_column(_TABLE, sa.Column(name, sa.Uuid()))
    # a default that is one moment for all rows is written nowhere: what is there is good for as long as what comes
    op.add_column(
        _TABLE,
        sa.Column(
            "expires_at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default=sa.text("now() + interval '30 days'"),
        ),
    )
    protect(_TABLE)


def downgrade() -> None:
    unprotect(_TABLE)
    for name in ("expires_at", "user_id", "chat_id", "org_id"):
        op.drop_column(_TABLE, name)
