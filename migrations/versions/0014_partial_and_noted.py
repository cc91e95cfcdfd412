"""a task may come to a part of what was asked, and a message to a note for another task

The check allows two outcomes more: no row has to be read for it while others wait (see ``migrations.upgrade``).

Revision ID: 0014
Revises: 0013
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BEFORE = ("answer", "talk", "help", "not_understood")
_NOW = ("answer", "partial", "noted", "talk", "help", "not_understood")


def upgrade() -> None:
    _allow(_NOW)


def downgrade() -> None:
    op.execute("UPDATE tasks SET outcome = 'answer' WHERE outcome = 'partial'")
    op.execute("UPDATE tasks SET outcome = 'talk' WHERE outcome = 'noted'")
    _allow(_BEFORE)


def _allow(outcomes: Sequence[str]) -> None:
    listed = ", ".join(f"'{outcome}'" for outcome in outcomes)
    op.execute("ALTER TABLE tasks DROP CONSTRAINT ck_tasks_outcome")
    op.execute(f"ALTER TABLE tasks ADD CONSTRAINT ck_tasks_outcome CHECK (outcome IN ({listed})) NOT VALID")
