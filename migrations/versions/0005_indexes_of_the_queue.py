"""indexes of the queue

Each is good for the statements that are meant to use it, and for no other: which of them is short changes faster than
the planner hears of it.

Revision ID: 0005
Revises: 0004
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_PENDING = "status IN ('available', 'scheduled')"
_INDEXES = (
    ("ix_queue_jobs_turns", ("queue", "share", "turn"), "status = 'available'", "share IS NOT NULL"),
    ("ix_queue_jobs_first_turn", ("queue", "turn"), "status = 'available'", "turn >= 0"),
    ("uq_queue_jobs_dedupe_key", ("dedupe_key",), _PENDING, "dedupe_key IS NOT NULL"),
    ("uq_queue_jobs_lane", ("lane",), "status = 'running'", "lane IS NOT NULL"),
)
"""Name, columns, the rows that are in it, and what is now said of them besides."""


def upgrade() -> None:
    for name, columns, rows, besides in _INDEXES:
        _make_anew(name, columns, f"{rows} AND {besides}")


def downgrade() -> None:
    for name, columns, rows, _ in _INDEXES:
        _make_anew(name, columns, rows)


def _make_anew(name: str, columns: Sequence[str], where: str) -> None:
    op.drop_index(name, "queue_jobs")
    op.create_index(name, "queue_jobs", list(columns), unique=name.startswith("uq_"), postgresql_where=sa.text(where))
