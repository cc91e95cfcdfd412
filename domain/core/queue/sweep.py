"""What time does to the ledger: due rows become available, lost leases are rescued or quarantined."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from domain.core.db import Session

MANY = 1_000
"""Jobs that one sweep takes at most, of those that are due and of those of dead workers."""

CRASHES = 3
"""A job that took its worker down this often is quarantined."""

_DUE = text("""
UPDATE queue_jobs SET status = 'available'
WHERE id IN (SELECT id FROM queue_jobs WHERE status = 'scheduled' AND run_at <= now()
             ORDER BY run_at LIMIT :many FOR UPDATE SKIP LOCKED)
RETURNING queue
""")

# A dead worker's attempt is given back: what counts against the job is the crash. Back among the pending, it leaves
# its key to the one that took it meanwhile; the lane keeps them apart.
_RESCUE = text("""
WITH lapsed AS MATERIALIZED (
    SELECT id, dedupe_key FROM queue_jobs WHERE status = 'running' AND lease_until < now()
    ORDER BY lease_until LIMIT :many FOR UPDATE SKIP LOCKED
), placed AS MATERIALIZED (
    SELECT id, row_number() OVER (PARTITION BY dedupe_key ORDER BY id) AS place FROM lapsed
)
UPDATE queue_jobs
SET crashes = crashes + 1, epoch = epoch + 1, worker = NULL, lease_until = NULL,
    attempts = greatest(attempts - 1, 0),
    dedupe_key = CASE WHEN placed.place > 1 OR EXISTS (
        SELECT 1 FROM queue_jobs p WHERE p.dedupe_key = queue_jobs.dedupe_key AND p.status IN ('available', 'scheduled')
    ) THEN NULL ELSE dedupe_key END,
    status = CASE WHEN crashes + 1 >= :crashes THEN 'quarantined' ELSE 'available' END,
    failed_at = CASE WHEN crashes + 1 >= :crashes THEN now() END,
    error = CASE WHEN crashes + 1 >= :crashes THEN 'its worker died ' || (crashes + 1) || ' times' ELSE error END
FROM placed WHERE queue_jobs.id = placed.id
RETURNING queue_jobs.id, queue, kind, status, task_id, data
""")

_WAITING = text("""
SELECT queue, count(*) AS jobs FROM queue_jobs WHERE status = 'available' AND queue = ANY(:queues) GROUP BY queue
""")

# Of a queue that somebody serves one is running, or else none waits for so long.
_UNSERVED = text("""
UPDATE queue_jobs
SET note = 'no worker serves the queue ' || queue || ': start “python -m jobs.worker ' || lower(queue) || '”'
WHERE id IN (
    SELECT id FROM queue_jobs q
    WHERE status = 'available' AND queue = ANY(:queues) AND kind = 'step' AND note IS NULL
      AND NOT EXISTS (SELECT FROM queue_jobs r WHERE r.queue = q.queue AND r.status = 'running')
    ORDER BY priority DESC, turn, id LIMIT :many FOR UPDATE SKIP LOCKED)
RETURNING task_id
""")


async def unserved(session: Session, queues: Sequence[str]) -> Sequence[UUID]:
    """Note of steps that wait in these queues that no worker serves those, unless one does. Returns their tasks, once a
    step.
    """
    return [row["task_id"] for row in await session.all(_UNSERVED, {"queues": list(queues), "many": MANY})]


_NEXT_DUE = """
SELECT extract(epoch FROM min(moment) - now()) AS seconds, {besides} AS besides FROM (
    (SELECT run_at AS moment FROM queue_jobs WHERE status = 'scheduled' ORDER BY run_at LIMIT 1)
    UNION ALL
    (SELECT lease_until FROM queue_jobs WHERE status = 'running' ORDER BY lease_until LIMIT 1)
) moments
"""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A job that will not be tried again until an admin says so."""

    id: UUID
    kind: str
    task_id: UUID | None
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep found: how many jobs became due or were rescued, and which are now quarantined."""

    due: int = 0
    rescued: int = 0
    quarantined: Sequence[Quarantined] = field(default_factory=tuple[Quarantined, ...])


async def sweep(session: Session, *, rescue: bool = True) -> Swept:
    """Make due jobs available and, with ``rescue``, take back those whose lease ran out.

    Safe to run in any number of processes.
    """
    due = (await session.execute(_DUE, {"many": MANY})).all()
    rescued: Sequence[Row[Any]] = (
        (await session.execute(_RESCUE, {"crashes": CRASHES, "many": MANY})).all() if rescue else []
    )
    for row in (*due, *(row for row in rescued if row.status == "available")):
        session.wake(row.queue)
    return Swept(
        due=len(due),
        rescued=sum(row.status == "available" for row in rescued),
        quarantined=tuple(
            Quarantined(row.id, row.kind, row.task_id, row.data) for row in rescued if row.status == "quarantined"
        ),
    )


async def waiting(session: Session, queues: Sequence[str]) -> dict[str, int]:
    """How many jobs of each queue nobody has claimed yet."""
    return {row["queue"]: row["jobs"] for row in await session.all(_WAITING, {"queues": list(queues)})}


async def next_due(session: Session, besides: str = "NULL") -> tuple[float | None, Any]:
    """Seconds until the next scheduled job is due or a lease runs out, None when there is neither; and the value of the
    SQL expression ``besides``, which is asked for in the same breath.
    """
    row = await session.first(text(_NEXT_DUE.format(besides=besides)))
    assert row is not None  # it is an aggregate
    return None if row["seconds"] is None else max(0.0, float(row["seconds"])), row["besides"]
