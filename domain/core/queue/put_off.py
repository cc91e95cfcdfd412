"""What is put off until somebody says so: it lies in the ledger as what is due in a thousand years."""

from datetime import timedelta

from sqlalchemy import text

from domain.core.db import Session
from domain.core.queue.ledger import Job, snooze

_FAR = timedelta(days=365_000)
_BEYOND = "now() + interval '200000 days'"
PUT_OFF = f"status = 'scheduled' AND run_at > {_BEYOND}"
"""SQL that says of a job whether it was put off."""

# In front of all that is waiting, in the order in which it was queued: in turn among shares, as it would have been, but
# nothing of a lane before what was queued there earlier.
_BRING_BACK = text(f"""
WITH waits AS MATERIALIZED (
    SELECT id, lane, row_number() OVER (PARTITION BY coalesce(share, lane, CAST(id AS text)) ORDER BY id) AS place
    FROM queue_jobs WHERE {PUT_OFF} AND queue = :queue
), placed AS MATERIALIZED (
    SELECT id, max(place) OVER (PARTITION BY coalesce(lane, CAST(id AS text)) ORDER BY id) AS turn FROM waits
), front AS MATERIALIZED (
    SELECT least(0, (SELECT min(turn) FROM queue_jobs WHERE queue = :queue AND status = 'available'))
           - (SELECT coalesce(max(turn), 0) FROM placed) - 1 AS turn
), back AS (
    UPDATE queue_jobs q SET status = 'available', run_at = now(), turn = front.turn + placed.turn
    FROM placed, front WHERE q.id = placed.id AND q.status = 'scheduled' RETURNING 1
)
SELECT count(*) FROM back
""")  # noqa: S608 - constants
_COUNT = text(f"SELECT count(*) FROM queue_jobs WHERE {PUT_OFF}")  # noqa: S608

# What was brought back itself comes in its turn, which is before zero.
_BEHIND = text("""
SELECT EXISTS (
    SELECT 1 FROM queue_jobs me JOIN queue_jobs q
        ON q.queue = me.queue AND q.status = 'available' AND q.lane = me.lane AND q.turn < 0 AND q.id < me.id
    WHERE me.id = :id AND me.turn >= 0)
""")


async def put_off(session: Session, job: Job) -> bool:
    """A held job waits until it is brought back. Returns whether more work waits in the queue. Raises LeaseLost."""
    return await snooze(session, job, _FAR)


async def bring_back(session: Session, queue: str) -> int:
    """Have everything of a queue that was put off begin, before what is waiting there and in its own order. Returns how
    much that is."""
    count = int(await session.scalar(_BRING_BACK, {"queue": queue}) or 0)
    if count:
        session.wake(queue)
    return count


async def put_off_count(session: Session) -> int:
    """How much waits so."""
    return int(await session.scalar(_COUNT) or 0)


async def is_behind(session: Session, job: Job) -> bool:
    """Whether something that was queued earlier in the job's lane has not had its turn, since it was put off."""
    return bool(await session.scalar(_BEHIND, {"id": job.id}))
