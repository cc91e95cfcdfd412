"""One round of a task, stored in one statement: the job is held (or done), the progress noted, the steps saved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import TextClause, text

from domain.core.db import Session
from domain.core.queue import COMPLETES, HOLDS, Job, held_by, hold, lost
from domain.tasks import notes
from domain.tasks.ending import UNLESS_PAUSED, ended, ending, ends
from domain.tasks.repository import KIT_VERSION, state_of
from domain.tasks.schemas import Step
from domain.tasks.states import Outcome, StepStatus, TaskStatus

SAVES = """
UPDATE task_steps s SET status = n.status, attempt_count = n.attempt_count, attempt_group = n.attempt_group,
       input = n.input, output = n.output, error = n.error, idempotency_key = n.idempotency_key,
       wake_at = n.wake_at, started_at = n.started_at, finished_at = n.finished_at
FROM task, jsonb_to_recordset(CAST(:steps AS jsonb)) AS n (
    node_id text, status text, attempt_count smallint, attempt_group smallint, input jsonb, output jsonb,
    error jsonb, idempotency_key text, wake_at timestamptz, started_at timestamptz, finished_at timestamptz)
WHERE s.task_id = :task_id AND s.node_id = n.node_id
"""
"""SQL that writes the present state of steps that have rows (``as_rows`` gives them) where ``task`` has one."""

# The fence is first: what follows takes its rows from it, and so changes nothing where the job is no longer held.
_PROGRESS = """
current_step = :done, total_steps = :total, cost = tasks.cost + :cost, card = tasks.card + 1,
tainted = tasks.tainted OR :taints, tainted_by = tasks.tainted_by || CAST(:read AS jsonb)"""
_STANDS = f"""
tasks.id, tasks.user_id, tasks.status, tasks.waiting_for, tasks.card, tasks.followers, tasks.unheard, tasks.tainted,
tasks.tainted_by, {KIT_VERSION}, fence.more"""
_STORES = f"""
steps AS ({SAVES})
SELECT user_id, status, waiting_for, card, more, followers, unheard, tainted,
       CASE WHEN tainted THEN tainted_by END AS tainted_by, kit_version, ended{{back}}
FROM task
"""  # noqa: S608 - of the constant above
# What came of steps that were handed over: a second statement would be needed for them otherwise.
_BACK = """, (SELECT jsonb_agg(to_jsonb(b)) FROM (
    SELECT s.node_id, s.status, s.attempt_count, s.attempt_group, s.input, s.output, s.error, s.idempotency_key,
           s.wake_at, s.started_at, s.finished_at
    FROM task_steps s WHERE s.task_id = :task_id AND s.node_id = ANY(:handed) AND s.status <> 'HANDED') b) AS back
"""
_ROUND = f"""
WITH fence AS ({{fence}}),
task AS (
    UPDATE tasks SET {_PROGRESS}, updated_at = now()
    FROM fence WHERE tasks.id = :task_id RETURNING {_STANDS}, false AS ended
), {_STORES}
"""  # noqa: S608 - fragments of this file
_GOES_ON = text(_ROUND.format(fence=HOLDS, back=""))
_LOOKS = text(_ROUND.format(fence=HOLDS, back=_BACK))
_ENDS = text(_ROUND.format(fence=COMPLETES, back=""))
# Where people have paused or stopped the task meanwhile it stays as they want it, and only the progress is noted.
_ENDS_WELL = text(f"""
WITH fence AS ({COMPLETES}),
ends AS ({ends(_PROGRESS, source="FROM fence", where=UNLESS_PAUSED, returning=_STANDS)}),
stays AS (
    UPDATE tasks SET {_PROGRESS}, updated_at = now()
    FROM fence LEFT JOIN ends ON true WHERE tasks.id = :task_id AND ends.id IS NULL RETURNING {_STANDS}
),
task AS (SELECT *, true AS ended FROM ends UNION ALL SELECT *, false FROM stays),
{_STORES.format(back="")}
""")  # noqa: S608 - fragments of this file

_MOMENTS = ("wake_at", "started_at", "finished_at")


@dataclass(frozen=True, slots=True)
class Stored:
    """What people have made of the task meanwhile, and the number of its card's next state."""

    status: TaskStatus
    waiting_for: str | None
    card: int
    more: bool
    """Whether other work waits in the queue of the job that has ended with it."""
    ended: bool
    """Whether the task has ended with it."""
    tainted: bool
    """Whether the task has read what others wrote, now or before."""
    tainted_by: list[str]
    kit_version: int
    """Of what the organization's tasks may use; another than before: it has changed."""
    unheard: int
    """How much of what was said to the task it has not heard yet."""
    back: Sequence[dict[str, Any]] = ()
    """What has become of steps that were handed over: what changes of a step, by field."""


async def store(
    session: Session,
    job: Job,
    task_id: UUID,
    *,
    done: int,
    total: int,
    cost: Decimal | None,
    steps: Iterable[Step],
    ends: bool,
    result: Mapping[str, Any] | None = None,
    outcome: Outcome | None = None,
    taints: bool = False,
    read: Sequence[str] = (),
    handed: Sequence[str] = (),
    heard: Sequence[UUID] = (),
    by: str = "",
    leaving: bool = False,
) -> Stored:
    """Note how far the task has come, and the present state of steps that have rows. Its row is locked by it, as by
    people's commands. ``ends``: the job is completed with it; and the task has succeeded with the ``result``, if there
    is one and people have not decided otherwise; ``outcome`` is what it came to. ``taints``: what others wrote was
    read; ``read`` is where it stood, so far as that is new. ``handed``: the ids of steps whose jobs may have ended
    since. ``heard``: the ids of notes that this round has heard, and ``by`` what; a result is no end while another is
    unheard, unless the task is ``leaving`` that.

    Raises:
        LeaseLost: another worker has the job; nothing is written.
    """
    given = {
        **held_by(job),
        "queue": job.queue,
        "task_id": task_id,
        "done": done,
        "total": total,
        "cost": cost,
        "taints": taints,
        "read": orjson.dumps(read).decode(),
        "steps": as_rows(steps),
        "handed": handed,
    }
    if result is not None:
        given |= ending(
            task_id, TaskStatus.SUCCEEDED, outcome=outcome or Outcome.ANSWER, result=result, leaving=leaving
        )
    if heard:
        await hold(session, job)  # first, as in every round
        await notes.heard(session, task_id, heard, by)
    row = (await session.execute(_statement(ends=ends, result=result, handed=handed), given)).first()
    if row is None:
        raise lost(job)
    status = TaskStatus(row.status)
    if row.ended:
        await ended(session, task_id, status, row.followers, row.user_id if row.unheard else None)
    back = (row.back or ()) if handed and not ends else ()
    return Stored(
        status,
        row.waiting_for,
        row.card,
        bool(row.more),
        row.ended,
        row.tainted,
        row.tainted_by or [],
        row.kit_version,
        row.unheard,
        _states(back),
    )


_MAY_ACT = text(f"""
SELECT {UNLESS_PAUSED} AND unheard <= :hearing FROM tasks WHERE id = :task_id FOR UPDATE
""")  # noqa: S608 - of the constant


async def may_act(session: Session, task_id: UUID, *, hearing: int) -> bool:
    """Whether the task may change something outside: nobody has stopped or paused it (that it is to be taken on again,
    since something was approved meanwhile, does not keep it), and no more of what was said to it is unheard than is
    being heard. Held against changes until the transaction ends.
    """
    return bool(await session.scalar(_MAY_ACT, {"task_id": task_id, "hearing": hearing}))


def _statement(*, ends: bool, result: Mapping[str, Any] | None, handed: Sequence[str]) -> TextClause:
    if ends:
        return _ENDS if result is None else _ENDS_WELL
    return _LOOKS if handed else _GOES_ON


def _states(rows: Iterable[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """What changes of steps, by field."""
    return [
        row
        | {name: datetime.fromisoformat(row[name]) for name in _MOMENTS if row[name] is not None}
        | {"status": StepStatus(row["status"])}
        for row in rows
    ]


def as_rows(steps: Iterable[Step]) -> str:
    """The steps as JSON text."""
    return orjson.dumps([{"node_id": step.node_id, **state_of(step)} for step in steps], default=str).decode()
