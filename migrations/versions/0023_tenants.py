"""what the database keeps apart by itself

Tables that have an organization's id of their own get the policy of tenants.

Revision ID: 0023
Revises: 0022
"""

from collections.abc import Sequence

from migrations.tenancy import protect, unprotect

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_OWN = ("audit_logs", "chats", "organization_members", "task_notes", "tasks", "threads", "usages", "workflows")


def upgrade() -> None:
    for table in _OWN:
        protect(table)
    protect("organizations", "id")


def downgrade() -> None:
    for table in (*_OWN, "organizations"):
        unprotect(table)
