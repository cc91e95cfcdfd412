"""one task, one place

What is whispered to one person is a kind of its own; and what was said last in a thread is found without going through
all that was said there.

Revision ID: 0010
Revises: 0009
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TABLE = "outbound_messages"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_outbound_messages_kind"), _TABLE)
    op.create_check_constraint(op.f("ck_outbound_messages_kind"), _TABLE, "kind IN ('post', 'edit', 'file', 'whisper')")
    op.drop_index("ix_outbound_messages_thread_id", _TABLE)
    op.create_index("ix_outbound_messages_thread", _TABLE, ["thread_id", "seq"])


def downgrade() -> None:
    op.drop_index("ix_outbound_messages_thread", _TABLE)
    op.create_index("ix_outbound_messages_thread_id", _TABLE, ["thread_id"])
    op.execute("DELETE FROM outbound_messages WHERE kind = 'whisper'")
    op.drop_constraint(op.f("ck_outbound_messages_kind"), _TABLE)
    op.create_check_constraint(op.f("ck_outbound_messages_kind"), _TABLE, "kind IN ('post', 'edit', 'file')")
