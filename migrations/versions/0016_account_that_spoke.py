"""which account spoke

Revision ID: 0016
Revises: 0015
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # What was stored before does not say which account spoke: until accounts could be linked a person had one of each
    # platform and workspace, and is found by that.
    op.add_column("messages", sa.Column("identity_id", sa.Uuid()))
    op.add_column("threads", sa.Column("identity_id", sa.Uuid()))
    op.add_column("chat_identities", sa.Column("first_user_id", sa.Uuid()))
    op.execute("UPDATE chat_identities SET first_user_id = user_id")
    op.alter_column("chat_identities", "first_user_id", nullable=False)
    op.create_foreign_key(
        op.f("fk_chat_identities_first_user_id_users"),
        "chat_identities",
        "users",
        ["first_user_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_index(op.f("ix_chat_identities_first_user_id"), "chat_identities", ["first_user_id"])


def downgrade() -> None:
    op.drop_column("chat_identities", "first_user_id")
    op.drop_column("threads", "identity_id")
    op.drop_column("messages", "identity_id")
