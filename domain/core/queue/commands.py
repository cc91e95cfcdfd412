"""What is put on the ledger: a command, in the transaction that makes it necessary."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text

from domain.core.db import Session
from domain.core.errors import Misconfigured
from domain.core.ids import new_id


class Queue(StrEnum):
    """Kinds of work that scale on their own."""

    TASK = "TASK"
    BROWSER = "BROWSER"
    MEDIA = "MEDIA"
    EMAIL = "EMAIL"
    DELIVER = "DELIVER"
    UPKEEP = "UPKEEP"


SERVED = frozenset({Queue.TASK, Queue.DELIVER, Queue.BROWSER, Queue.MEDIA, Queue.UPKEEP})
"""Those whose jobs somebody knows how to do, in whichever worker."""


def served(queue: Queue) -> Queue:
    """The queue. Raises Misconfigured where a job of it would lie there for ever."""
    if queue not in SERVED:
        raise Misconfigured(
            f"Nothing works off the queue {queue}.",
            remedy=f"Queue it in one of {', '.join(sorted(SERVED))}.",
            code="queue_not_served",
        )
    return queue


@dataclass(frozen=True, slots=True)
class Command:
    """Work to be done once this transaction has committed."""

    queue: Queue
    kind: str
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])
    task_id: UUID | None = None
    org_id: UUID | None = None
    """Whose work it is; None: the organization of its task, or of the transaction that queues it; or no one's, as all
    upkeep is that does not say."""
    share: str | None = None
    """Whose share of the workers it takes: a person's, or that of a bot or workspace. Shares take turns."""
    lane: str | None = None
    """Jobs of one lane run one at a time, in the order they were queued."""
    dedupe_key: str | None = None
    """While a job with this key is pending, another is not added: the pending one is brought forward."""
    priority: int = 1
    """0 low, 1 medium, 2 high, 3 urgent: a higher one is always claimed first."""
    run_at: datetime | None = None
    """Not before this moment (the database's clock decides); None: at once."""
    delay: timedelta | None = None
    """Not before so much time has passed by the database's clock, however the clock of this process goes."""
    max_attempts: int = 8


# A share's next job takes the turn after its last pending one, and never one that is already past:
# claims go by turn, so everybody's first pending job comes before anybody's second.
TURN = """greatest((SELECT max(turn) + 1 FROM queue_jobs
                  WHERE queue = {queue} AND share = {share} AND status = 'available'),
                 (SELECT min(turn) FROM queue_jobs WHERE queue = {queue} AND status = 'available' AND turn >= 0), 0)"""
"""SQL of the turn that a job of that queue and share takes; for statements that queue a job among other things."""

_ORGANIZATION = f"""coalesce(CAST(:new_org_id AS uuid), CASE WHEN :new_queue <> '{Queue.UPKEEP}' THEN coalesce(
           (SELECT k.org_id FROM tasks k WHERE k.id = :new_task_id),
           nullif(current_setting('legwork.org_id', true), '')::uuid) END)"""  # noqa: S608 - of the constant

ENQUEUES = f"""
INSERT INTO queue_jobs (id, org_id, queue, kind, data, task_id, share, lane, dedupe_key, priority, max_attempts,
                        turn, status, run_at)
SELECT :new_id, {_ORGANIZATION}, :new_queue, :new_kind, CAST(:new_data AS jsonb), :new_task_id,
       :new_share, :new_lane, :new_dedupe_key, :new_priority, :new_max_attempts,
       {TURN.format(queue=":new_queue", share=":new_share")},
       CASE WHEN coalesce(CAST(:new_run_at AS timestamptz), now() + CAST(:new_delay AS interval)) > now()
            THEN 'scheduled' ELSE 'available' END,
       coalesce(CAST(:new_run_at AS timestamptz), now() + CAST(:new_delay AS interval), now())
{{source}}
ON CONFLICT (dedupe_key) WHERE status IN ('available', 'scheduled') AND dedupe_key IS NOT NULL DO UPDATE
SET run_at = least(queue_jobs.run_at, excluded.run_at),
    priority = greatest(queue_jobs.priority, excluded.priority),
    status = CASE WHEN least(queue_jobs.run_at, excluded.run_at) > now() THEN 'scheduled' ELSE 'available' END
RETURNING id, status
"""
"""SQL that adds a job to the ledger where ``source`` (a FROM clause, or nothing) has a row, to be part of a longer
statement: ``to_queue`` gives the values. Where its ``status`` is “available”, its queue has to be woken."""

_ENQUEUE = text(ENQUEUES.format(source=""))


async def enqueue(session: Session, command: Command) -> UUID:
    """Add the work to the ledger, in the caller's transaction; a worker is woken after its commit.

    Returns the id of the row: that of the pending one, where ``dedupe_key`` names one.

    Raises:
        Misconfigured: nobody serves that queue; nothing is added.
    """
    row = (await session.execute(_ENQUEUE, to_queue(command))).one()
    if row.status == "available":
        session.wake(command.queue.value)
    return row.id


def to_queue(command: Command) -> dict[str, Any]:
    """The values of ``ENQUEUES``. Raises Misconfigured: nobody serves that queue."""
    return {
        "new_id": new_id(),
        "new_queue": served(command.queue).value,
        "new_kind": command.kind,
        "new_data": orjson.dumps(dict(command.data)).decode(),
        "new_task_id": command.task_id,
        "new_org_id": command.org_id,
        "new_share": command.share,
        "new_lane": command.lane,
        "new_dedupe_key": command.dedupe_key,
        "new_priority": command.priority,
        "new_max_attempts": command.max_attempts,
        "new_run_at": command.run_at,
        "new_delay": command.delay,
    }


OPEN_JOBS = """
    SELECT id FROM queue_jobs WHERE status = 'available' UNION ALL
    SELECT id FROM queue_jobs WHERE status = 'scheduled' UNION ALL
    SELECT id FROM queue_jobs WHERE status = 'running' UNION ALL
    SELECT id FROM queue_jobs WHERE status = 'quarantined'"""
"""SQL of the ids of all work that is not over, by the indexes of what is open: most of the ledger is done."""

_GIVE = text(f"UPDATE queue_jobs SET org_id = :now WHERE org_id = :before AND id IN ({OPEN_JOBS})")  # noqa: S608


async def give_jobs(session: Session, before: UUID, now: UUID) -> None:
    """The open work of one organization becomes another's. Who works on it goes on for that one (``Held``)."""
    await session.execute(_GIVE, {"before": before, "now": now})


async def bring_forward(session: Session, task_id: UUID, priority: int) -> None:
    """Give a task's pending jobs another priority."""
    await session.execute(
        text("""UPDATE queue_jobs SET priority = :priority
        WHERE task_id = :task_id AND status IN ('available', 'scheduled')"""),
        {"task_id": task_id, "priority": priority},
    )
