"""who is let in: how people stand on their platform, what an organization waits for, and whom a chat belongs to

Revision ID: 0027
Revises: 0026
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("organizations", sa.Column("admission", sa.Text(), nullable=False, server_default="admitted"))
    _check("organizations", "admission", "admission IN ('admitted', 'waiting', 'refused')")
    op.add_column("organization_members", sa.Column("standing", sa.Text()))
    op.add_column("organization_members", sa.Column("told_at", sa.DateTime(timezone=True)))
    op.drop_constraint(op.f("ck_organization_members_status"), "organization_members")
    _check("organization_members", "status", "status IN ('active', 'waiting', 'stranger', 'suspended', 'removed')")
    op.add_column("chats", sa.Column("bound", sa.Boolean(), nullable=False, server_default="false"))
    op.add_column("chat_identities", sa.Column("name", sa.Text()))
    op.add_column("chat_identities", sa.Column("timezone", sa.Text()))


def downgrade() -> None:
    for name in ("timezone", "name"):
        op.drop_column("chat_identities", name)
    op.drop_column("chats", "bound")
    op.execute("UPDATE organization_members SET status = 'removed' WHERE status IN ('waiting', 'stranger')")
    op.drop_constraint(op.f("ck_organization_members_status"), "organization_members")
    _check("organization_members", "status", "status IN ('active', 'suspended', 'removed')")
    for name in ("told_at", "standing"):
        op.drop_column("organization_members", name)
    op.drop_column("organizations", "admission")


def _check(table: str, column: str, condition: str) -> None:
    """Rows are not read for it while others wait: that is done afterwards (``migrations.upgrade``)."""
    op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, condition, postgresql_not_valid=True)
