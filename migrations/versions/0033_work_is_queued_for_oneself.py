"""an organization queues work of its own alone

Revision ID: 0033
Revises: 0032
"""

from collections.abc import Sequence

from migrations.tenancy import protect_additions, unprotect

revision: str = "0033"
down_revision: str | None = "0032"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    protect_additions("queue_jobs")


def downgrade() -> None:
    unprotect("queue_jobs")
