"""The ledger as whoever runs the installation looks at it, and what they may do with a job that went wrong."""

from collections.abc import Sequence
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import RowMapping, text

from domain.core.db import Session
from domain.core.queue.ledger import KEY

Which = Literal["quarantined", "failed", "running", "waiting", "scheduled"]
WHICH: tuple[Which, ...] = get_args(Which)

_WHERE: dict[Which, str] = {
    "quarantined": "status = 'quarantined'",
    "failed": "status = 'failed'",
    "running": "status = 'running'",
    "waiting": "status = 'available'",
    "scheduled": "status = 'scheduled'",
}

_COLUMNS = """id, queue, kind, status, attempts, max_attempts, crashes, error, note, task_id, worker, run_at,
created_at, started_at, completed_at, failed_at"""

NEWEST = 20_000
"""Of so many jobs, the newest, those that failed are found: there is no index of them."""

_LISTED = f"""
SELECT {_COLUMNS} FROM queue_jobs
WHERE {{where}} AND (CAST(:before AS uuid) IS NULL OR id < :before) ORDER BY id DESC LIMIT :limit
"""  # noqa: S608 - constants
_FAILED = f"""
SELECT * FROM (SELECT {_COLUMNS} FROM queue_jobs WHERE CAST(:before AS uuid) IS NULL OR id < :before
               ORDER BY id DESC LIMIT {NEWEST}) newest
WHERE status = 'failed' ORDER BY id DESC LIMIT :limit
"""  # noqa: S608 - constants
_LISTS = {which: text(_FAILED if which == "failed" else _LISTED.format(where=_WHERE[which])) for which in WHICH}

_ONE = text(f"SELECT {_COLUMNS} FROM queue_jobs WHERE id = :id")  # noqa: S608 - constants

# Back among the pending, a job leaves its key to the one that took it meanwhile.
_RETRY = text(f"""
UPDATE queue_jobs SET status = 'available', run_at = now(), attempts = 0, crashes = 0, epoch = epoch + 1,
       error = NULL, failed_at = NULL, {KEY}
WHERE id = :id AND status IN ('quarantined', 'failed') RETURNING queue
""")  # noqa: S608 - a constant
_SOON = text(
    "UPDATE queue_jobs SET status = 'available', run_at = now() WHERE id = :id AND status = 'scheduled' RETURNING queue"
)

# Whoever holds it loses its lease with the epoch, and writes nothing any more.
_SET_ASIDE = text("""
UPDATE queue_jobs SET status = 'quarantined', epoch = epoch + 1, worker = NULL, lease_until = NULL, failed_at = now(),
       error = :why
WHERE id = :id AND status IN ('available', 'scheduled', 'running') RETURNING id
""")


async def listed(session: Session, which: Which, *, before: UUID | None, limit: int) -> Sequence[RowMapping]:
    """Jobs of that kind, the newest first."""
    return await session.all(_LISTS[which], {"before": before, "limit": limit})


async def one(session: Session, job_id: UUID) -> RowMapping | None:
    """A job, without what it is to work on."""
    return await session.first(_ONE, {"id": job_id})


async def once_more(session: Session, job_id: UUID) -> bool:
    """Have a job that was given up tried again as if new, and one that is put off tried now. False: it is neither."""
    for statement in (_RETRY, _SOON):
        queue = await session.scalar(statement, {"id": job_id})
        if queue is not None:
            session.wake(queue)
            return True
    return False


async def set_aside(session: Session, job_id: UUID, why: str) -> bool:
    """Have nobody work on a job any more, also whoever does now. False: it has come to its end."""
    return await session.scalar(_SET_ASIDE, {"id": job_id, "why": why}) is not None
