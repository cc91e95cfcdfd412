from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, SmallInteger, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from domain.core.db import Fate, created_at, key, metadata, moment, personal

# The queue lengthens and empties faster than the planner hears of it. So that it cannot take an index for empty and
# read all of it, each has a condition that only the statements state which are meant to use it.
_AVAILABLE = text("status = 'available'")
_IN_SHARES = text("status = 'available' AND share IS NOT NULL")
_BY_TURN = text("status = 'available' AND turn >= 0")
_KEYED = text("status IN ('available', 'scheduled') AND dedupe_key IS NOT NULL")
_RUNNING = text("status = 'running'")
_IN_LANES = text("status = 'running' AND lane IS NOT NULL")

queue_jobs = Table(
    "queue_jobs",
    metadata,
    key(),
    Column("queue", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("data", JSONB, nullable=False, server_default="{}"),
    Column("org_id", Uuid),  # whose work it is; null: no one organization's
    Column("task_id", Uuid),
    Column("share", Text),  # whose share of the workers it takes
    Column("lane", Text),  # jobs of one lane run one at a time
    Column("dedupe_key", Text),  # one pending job a key
    Column("priority", SmallInteger, nullable=False, server_default="1"),
    Column("turn", BigInteger, nullable=False, server_default="0"),  # a share's place among the others
    Column("status", Text, nullable=False, server_default="available"),
    Column("progress", SmallInteger, nullable=False, server_default="0"),
    Column("note", Text),  # what is said of it while it waits or runs
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("max_attempts", Integer, nullable=False),
    Column("crashes", SmallInteger, nullable=False, server_default="0"),
    Column("epoch", BigInteger, nullable=False, server_default="0"),
    Column("worker", Text),
    moment("lease_until"),
    moment("run_at", nullable=False, server_default=text("now()")),
    Column("error", Text),
    Column("result", JSONB(none_as_null=True)),
    created_at(),
    moment("started_at"),
    moment("completed_at"),
    moment("failed_at"),
    CheckConstraint(
        "status IN ('available', 'scheduled', 'running', 'completed', 'failed', 'cancelled', 'quarantined')",
        name="status",
    ),
    CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
    Index("ix_queue_jobs_next", "queue", text("priority DESC"), "turn", "id", postgresql_where=_AVAILABLE),
    Index("ix_queue_jobs_turns", "queue", "share", "turn", postgresql_where=_IN_SHARES),
    Index("ix_queue_jobs_first_turn", "queue", "turn", postgresql_where=_BY_TURN),
    Index("ix_queue_jobs_due", "run_at", postgresql_where=text("status = 'scheduled'")),
    Index("ix_queue_jobs_shares", "queue", "share", postgresql_where=_RUNNING),
    Index("uq_queue_jobs_lane", "lane", unique=True, postgresql_where=_IN_LANES),
    Index("uq_queue_jobs_dedupe_key", "dedupe_key", unique=True, postgresql_where=_KEYED),
    Index("ix_queue_jobs_quarantined", "id", postgresql_where=text("status = 'quarantined'")),
    Index(
        "ix_queue_jobs_task_id",
        "task_id",
        postgresql_where=text("task_id IS NOT NULL AND status IN ('available', 'scheduled')"),
    ),
    info=personal(
        Fate.ERASED,
        "it is what was to be done for a person, by the numbers of other rows; not exported for that",
        exported=None,
        of={"share": "users", "task_id": "tasks"},
    ),
)
