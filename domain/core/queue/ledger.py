"""A claimed job's way through the ledger: every write of it is fenced by its epoch."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError

from domain.core.db import Database, Session
from domain.core.errors import LeaseLost
from domain.core.queue.commands import Command


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed row. Every write made on its behalf is fenced by ``epoch`` (see ``hold``)."""

    id: UUID
    queue: str
    kind: str
    data: dict[str, Any]
    task_id: UUID | None
    share: str | None
    lane: str | None
    priority: int
    attempts: int
    max_attempts: int
    crashes: int
    epoch: int
    org_id: UUID | None
    """Whose work it is; None: no one organization's."""


class Snooze(Exception):
    """It is not the time yet: run this job again after ``delay``; no attempt is spent."""

    def __init__(self, delay: timedelta) -> None:
        super().__init__(f"again in {delay}")
        self.delay = delay


# Looked up by their ids: where the planner took the few rows of a status for none, it would read them all instead.
_UNINDEXED = "status || ''"
_OURS = f"id = :job_id AND epoch = :job_epoch AND {_UNINDEXED} = 'running'"

_COLUMNS = "id, queue, kind, data, task_id, share, lane, priority, attempts, max_attempts, crashes, epoch, org_id"

SUSPECTS = 20
"""Jobs whose worker died once, that one worker takes at a time."""

# Only the first rows by rank are considered, so that one claim stays short however long the queue is; of those that may
# run, as many as others may be claiming at the same moment. Each is looked up by itself: a join may read the whole
# ledger, and does for as long as a connection keeps a plan that it made when the ledger was small.
_CLAIM = text(f"""
WITH candidates AS MATERIALIZED (
    SELECT id, lane, share, priority, turn, crashes FROM queue_jobs
    WHERE queue = :queue AND status = 'available'
    ORDER BY priority DESC, turn, id LIMIT 200
), sated AS MATERIALIZED (
    SELECT share FROM queue_jobs WHERE queue = :queue AND status = 'running' AND share IS NOT NULL
    GROUP BY share HAVING count(*) >= :share_slots
), suspects AS MATERIALIZED (
    SELECT count(*) AS once, count(*) FILTER (WHERE crashes > 1) AS twice FROM queue_jobs
    WHERE worker = :worker AND status = 'running' AND crashes > 0
), fit AS MATERIALIZED (
    SELECT c.id, c.priority, c.turn FROM candidates c
    WHERE (c.lane IS NULL OR NOT EXISTS (
          SELECT 1 FROM queue_jobs r WHERE r.lane = c.lane AND r.status = 'running'))
      AND (c.share IS NULL OR c.share NOT IN (SELECT share FROM sated))
      AND (c.crashes = 0 OR (c.crashes = 1 AND (SELECT once FROM suspects) < :suspects)
           OR (c.crashes > 1 AND (SELECT twice FROM suspects) < 1))
    ORDER BY c.priority DESC, c.turn, c.id LIMIT 24
), next AS (
    SELECT j.id FROM (SELECT id FROM fit ORDER BY priority DESC, turn, id) f, LATERAL (
        SELECT id FROM queue_jobs WHERE id = f.id AND {_UNINDEXED} = 'available' FOR UPDATE SKIP LOCKED) j
    LIMIT 1
)
UPDATE queue_jobs q
SET status = 'running', epoch = q.epoch + 1, attempts = q.attempts + 1, worker = :worker,
    lease_until = now() + :lease, started_at = coalesce(q.started_at, now())
FROM next WHERE q.id = next.id
RETURNING {", ".join("q." + name.strip() for name in _COLUMNS.split(","))}
""")  # noqa: S608 - the columns are the constant above


async def claim(database: Database, queue: str, *, worker: str, lease: timedelta, share_slots: int) -> Job | None:
    """Take the next job of a queue: highest priority first, then in turn among shares. None: nothing to do.

    A row whose lane is busy, or whose share already has ``share_slots`` jobs running, waits. Of those that were
    held by a worker that died, a worker takes ``SUSPECTS`` at a time, and of those that were so twice a single one: so
    the guilty one is found without its neighbours.
    """
    parameters = {
        "queue": queue,
        "worker": worker,
        "lease": lease,
        "share_slots": share_slots,
        "suspects": SUSPECTS,
    }
    for _ in range(3):
        try:
            async with database.system("the queue is everybody's", single=True) as session:
                row = (await session.execute(_CLAIM, parameters)).first()
        except IntegrityError:
            continue  # two workers took two jobs of one lane at once: the index let one of them through
        return Job(*row) if row is not None else None
    return None


HELD = f"EXISTS (SELECT 1 FROM queue_jobs WHERE {_OURS})"  # noqa: S608
"""SQL that is true while a job is held, for statements that are transactions of their own: ``held_by`` gives the
values. It does not renew the lease."""


def held_by(job: Job) -> dict[str, Any]:
    return {"job_id": job.id, "job_epoch": job.epoch}


def lost(job: Job) -> LeaseLost:
    """What is raised where a statement that should hold the job found it held no more."""
    return LeaseLost(f"job {job.id} is no longer held at epoch {job.epoch}")


HOLDS = f"SELECT false AS more FROM queue_jobs WHERE {_OURS} FOR NO KEY UPDATE"  # noqa: S608
"""SQL that locks a held job and gives no row where it is held no more, to be part of a longer statement."""

_HOLD = text(f"SELECT org_id FROM queue_jobs WHERE {_OURS} FOR NO KEY UPDATE")  # noqa: S608
_RENEW = text(f"UPDATE queue_jobs SET lease_until = now() + :lease WHERE {_OURS} RETURNING id")  # noqa: S608


async def hold(session: Session, job: Job) -> None:
    """Fence the caller's transaction: it goes on only while the job is still ours, and nobody takes it meanwhile.

    Raises:
        LeaseLost: another worker has it.
        Snooze: it has become another organization's since it was claimed.
    """
    row = (await session.execute(_HOLD, held_by(job))).first()
    if row is None:
        raise lost(job)
    _stays(job, row.org_id)


def _stays(job: Job, org_id: UUID | None) -> None:
    """A chat may be bound to another organization, with the work that is under way there: what a worker still did for
    the one before would find nothing."""
    if org_id != job.org_id:
        raise Snooze(timedelta())


_GIVE = text(f"UPDATE queue_jobs SET org_id = :org_id WHERE {_OURS}")  # noqa: S608


async def give_job(session: Session, job: Job, org_id: UUID) -> None:
    """What it is about has become another organization's."""
    await session.execute(_GIVE, {**held_by(job), "org_id": org_id})


async def renew(session: Session, job: Job, lease: timedelta) -> None:
    """The lease starts anew. Raises LeaseLost."""
    if await session.scalar(_RENEW, {**held_by(job), "lease": lease}) is None:
        raise lost(job)


_NOTE = text(f"UPDATE queue_jobs SET progress = :percent, note = :note WHERE {_OURS} RETURNING id")  # noqa: S608


async def note(session: Session, job: Job, percent: int, words: str | None) -> None:
    """How far the job is, of 100, and what is to be said of it. Raises LeaseLost."""
    if await session.scalar(_NOTE, {**held_by(job), "percent": percent, "note": words}) is None:
        raise lost(job)


# The row keeps its turn and its epoch: who holds it has held it all along.
_BECOME = text(f"""
UPDATE queue_jobs SET kind = :kind, data = CAST(:data AS jsonb), task_id = :task_id, lane = :lane,
       dedupe_key = :dedupe_key, priority = :priority, max_attempts = :max_attempts, attempts = 1,
       lease_until = now() + :lease
WHERE {_OURS}
RETURNING {_COLUMNS}, EXISTS (SELECT 1 FROM queue_jobs WHERE queue = :queue AND status = 'available') AS more
""")  # noqa: S608 - the columns are the constant above


async def become(session: Session, job: Job, command: Command, lease: timedelta) -> Job:
    """Go on as another job of the same queue and person, in the same row. Others of the lane it leaves are woken.

    Raises:
        LeaseLost: another worker has it.
    """
    row = (
        await session.execute(
            _BECOME,
            {
                **held_by(job),
                "queue": job.queue,
                "kind": command.kind,
                "data": orjson.dumps(dict(command.data)).decode(),
                "task_id": command.task_id,
                "lane": command.lane,
                "dedupe_key": command.dedupe_key,
                "priority": command.priority,
                "max_attempts": command.max_attempts,
                "lease": lease,
            },
        )
    ).first()
    if row is None:
        raise lost(job)
    *columns, more = row
    if more:
        session.wake(job.queue)
    return Job(*columns)


# Whether something else of the queue is waiting is asked in the same breath: the worker then goes straight on.
_MORE = "RETURNING EXISTS (SELECT 1 FROM queue_jobs WHERE queue = :queue AND status = 'available') AS more"
_ENDED = f", worker = NULL, lease_until = NULL WHERE {_OURS} {_MORE}"
# Back among the pending, a job leaves its key to the one that took it meanwhile; the lane keeps them apart.
KEY = """dedupe_key = CASE WHEN EXISTS (
    SELECT 1 FROM queue_jobs p WHERE p.dedupe_key = queue_jobs.dedupe_key AND p.status IN ('available', 'scheduled')
) THEN NULL ELSE dedupe_key END"""
_COMPLETED = "UPDATE queue_jobs SET status = 'completed', progress = 100, completed_at = now()"
COMPLETES = f"{_COMPLETED} {_ENDED}"
"""SQL that completes a held job, likewise."""
COMPLETES_WITH = f"{_COMPLETED}, worker = NULL, lease_until = NULL FROM {{source}} WHERE {_OURS} {_MORE}"
"""SQL that completes a held job where ``source`` has a row."""

_COMPLETE = text(f"{COMPLETES}, org_id")
_FAIL = text(f"UPDATE queue_jobs SET status = 'failed', failed_at = now(), error = :error {_ENDED}")  # noqa: S608
_RETRY = text(
    f"UPDATE queue_jobs SET status = 'scheduled', run_at = now() + :delay, error = :error, {KEY} {_ENDED}"  # noqa: S608
)
# A row without its key has been brought forward as another meanwhile, which runs on its own.
_TAKEN = """(dedupe_key IS NULL OR EXISTS (SELECT 1 FROM queue_jobs p
    WHERE p.dedupe_key = queue_jobs.dedupe_key AND p.status IN ('available', 'scheduled')))"""
_AGAIN = text(f"""
UPDATE queue_jobs SET status = CASE WHEN {_TAKEN} THEN 'completed' ELSE 'scheduled' END, run_at = now() + :delay,
       attempts = 0, crashes = 0, progress = 0, error = :error,
       completed_at = CASE WHEN CAST(:error AS text) IS NULL THEN now() ELSE completed_at END {_ENDED}""")  # noqa: S608
_SPEND_NOTHING = "attempts = greatest(attempts - 1, 0)"
_SNOOZE = text(
    f"UPDATE queue_jobs SET status = 'scheduled', run_at = now() + :delay, {_SPEND_NOTHING}, {KEY} {_ENDED}"  # noqa: S608
)
_RELEASE = text(f"UPDATE queue_jobs SET status = 'available', {_SPEND_NOTHING}, {KEY} {_ENDED}")  # noqa: S608


async def _ended(session: Session, job: Job, statement: Any, **parameters: Any) -> Row[Any]:
    row = (await session.execute(statement, {**held_by(job), "queue": job.queue, **parameters})).first()
    if row is None:
        raise lost(job)
    return row


async def _end(session: Session, job: Job, statement: Any, **parameters: Any) -> bool:
    return bool((await _ended(session, job, statement, **parameters)).more)


async def complete(session: Session, job: Job, *, held: bool = False) -> bool:
    """The work is done, in the same transaction as what it wrote. Returns whether more work waits in the queue. Raises
    as ``hold``. ``held``: it has been held in this transaction, which alone may have given it to another organization.
    """
    row = await _ended(session, job, _COMPLETE)
    if not held:
        _stays(job, row.org_id)
    return bool(row.more)


async def fail(session: Session, job: Job, error: str) -> bool:
    """It will not succeed; nothing tries again."""
    return await _end(session, job, _FAIL, error=error)


async def retry(session: Session, job: Job, delay: timedelta, error: str) -> bool:
    """It failed for a passing reason: once more after ``delay``; the attempt counts."""
    return await _end(session, job, _RETRY, delay=delay, error=error)


async def snooze(session: Session, job: Job, delay: timedelta) -> bool:
    """It is not the time yet: once more after ``delay``; no attempt is spent."""
    return await _end(session, job, _SNOOZE, delay=delay)


async def again(session: Session, job: Job, delay: timedelta, error: str | None) -> bool:
    """It has run and comes back after ``delay`` (see ``recurring``): nothing of this run counts against the next."""
    return await _end(session, job, _AGAIN, delay=delay, error=error)


async def release(session: Session, job: Job) -> bool:
    """A stopping worker hands its job back; no attempt is spent."""
    return await _end(session, job, _RELEASE)
