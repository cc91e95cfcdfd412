"""Steps that were handed over to another queue: what their jobs read and write, behind the fence of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import RowMapping, text

from domain.core.db import Session
from domain.core.queue import COMPLETES_WITH, ENQUEUES, HOLDS, Command, Job, held_by, lost, to_queue
from domain.tasks import repository
from domain.tasks.rounds import SAVES, as_rows
from domain.tasks.schemas import Run, Step, Task
from domain.tasks.states import HALTED, StepStatus, TaskStatus
from domain.tools.records import RECORDS, Execution, to_record
from domain.tools.taint import KEPT

# The plan is not needed, and may be long.
_TASK = ", ".join("NULL" if field.name == "plan" else f"t.{field.name}" for field in fields(Task))
_TAKE = text(f"""
WITH fence AS ({HOLDS})
SELECT s.node_id, s.type, s.name, s.status, s.attempt_count, s.attempt_group, s.input, s.output, s.error,
       s.idempotency_key, s.wake_at, s.started_at, s.finished_at,
       (SELECT note FROM queue_jobs WHERE id = :job_id) AS note,
       (SELECT jsonb_object_agg(a.hash, a.decision) FROM approvals a
        WHERE a.task_id = :task_id AND a.node_id = :node_id) AS decisions, {_TASK}
FROM fence, tasks t JOIN task_steps s ON s.task_id = t.id
WHERE t.id = :task_id AND s.node_id = :node_id AND s.attempt_group = :group AND s.status = 'HANDED'
""")  # noqa: S608 - of the names of columns
_STEP = 13
"""Columns of the step, which come first."""


async def take(session: Session, job: Job, node_id: str, group: int) -> tuple[Run, str | None] | None:
    """The task with the one step that was handed over to the job, and the note that is shown of it so far. None: the
    step is no longer handed over, or the job no longer held.
    """
    given = {**held_by(job), "task_id": job.task_id, "node_id": node_id, "group": group}
    row = (await session.execute(_TAKE, given)).first()
    if row is None:
        return None
    columns: list[Any] = list(row)
    step, task = Step(*columns[:_STEP]), Task(*columns[_STEP + 2 :])
    step.status, task.status = StepStatus(step.status), TaskStatus(task.status)
    decisions: dict[str, str | None] = row.decisions or {}
    return Run(task, {node_id: step}, {(node_id, digest): said for digest, said in decisions.items()}), row.note


_IS_HANDED = text("""
SELECT true FROM task_steps
WHERE task_id = :task_id AND node_id = :node_id AND attempt_group = :group AND status = 'HANDED'
""")


async def is_handed(session: Session, task_id: UUID, step: Step) -> bool:
    """Whether the step is still its job's to end."""
    given = {"task_id": task_id, "node_id": step.node_id, "group": step.attempt_group}
    return bool(await session.scalar(_IS_HANDED, given))


_GOES_ON = f"({{status}} IN ('PENDING', 'RUNNING') OR ({{status}} = 'PAUSED' AND NOT {{waits}}{HALTED}))"
_MAY_GO_ON = _GOES_ON.format(status="tasks.status", waits="tasks.")
_MAY = _GOES_ON.format(status="task.stands", waits="task.")

_TAINTED_BY = f"""
CASE WHEN tainted_by @> CAST(:read AS jsonb) OR jsonb_array_length(tainted_by) >= {KEPT} THEN tainted_by
     ELSE tainted_by || CAST(:read AS jsonb) END"""  # of several steps at once, each adds its own

# Who stops or pauses the task meanwhile has its row; what they made of the step counts.
_STORE = f"""
WITH held AS ({HOLDS}), task AS (
    UPDATE tasks SET cost = cost + :cost, updated_at = now(), tainted = tainted OR :taints, tainted_by = {_TAINTED_BY}
    FROM held WHERE tasks.id = :task_id AND {{only}}
    RETURNING tasks.status AS stands, tasks.waiting_for
), done AS ({COMPLETES_WITH.format(source="task")}
), step AS ({SAVES} AND s.status = 'HANDED' AND s.attempt_group = n.attempt_group RETURNING s.node_id
), recorded AS ({RECORDS.format(source="task, step, ")}
), queued AS ({ENQUEUES.format(source=f"FROM task, step WHERE {_MAY}")})
SELECT task.stands, {_MAY} AS goes_on, done.more, EXISTS (SELECT FROM step) AS stored,
       EXISTS (SELECT FROM queued WHERE status = 'available') AS queued,
       EXISTS (SELECT FROM queue_jobs WHERE lane = :new_lane AND status = 'running') AS running
FROM task, done
"""  # noqa: S608 - of the constants above
_STORE_ANYWAY, _STORE_IF_IT_GOES_ON = text(_STORE.format(only="true")), text(_STORE.format(only=_MAY_GO_ON))


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What became of a job's step."""

    stored: bool
    """It was still the job's to end."""
    goes_on: bool
    """Its task goes on with it; False: people have stopped or paused that."""
    more: bool
    """Whether other work waits in the queue of the job that has ended with it."""


async def give_back(
    session: Session,
    job: Job,
    task_id: UUID,
    step: Step,
    *,
    cost: Decimal | None,
    executions: Sequence[Execution],
    read: Sequence[str],
    then: Command,
    anyway: bool,
) -> GivenBack | None:
    """The job ends: its step is stored as it is now, with the calls it made, and where the task may go on ``then`` is
    queued, and told to whoever is at it already. One statement, the fence of its transaction. ``read``: where it has
    read what others wrote.

    Unless ``anyway`` it is None, and nothing is written, where people have stopped or paused the task, or the job is
    held no more. With it, raises LeaseLost: another worker has the job; nothing is written.
    """
    row = (
        await session.execute(
            _STORE_ANYWAY if anyway else _STORE_IF_IT_GOES_ON,
            {
                **held_by(job),
                "queue": job.queue,
                "task_id": task_id,
                "node_id": step.node_id,
                "cost": cost,
                "steps": as_rows([step]),
                "executions": to_record(executions),
                "taints": bool(read),
                "read": orjson.dumps(read).decode(),
                **to_queue(then),
            },
        )
    ).first()
    if row is None:
        if anyway:
            raise lost(job)
        return None
    if row.queued:
        session.wake(then.queue)
    if row.running:
        session.signal(f"legwork:task:{task_id}")
    return GivenBack(row.stored, row.goes_on, bool(row.more))


_SHOWN = text("SELECT status = 'RUNNING' FROM tasks WHERE id = :task_id FOR UPDATE")


async def may_show(session: Session, task_id: UUID) -> bool:
    """Whether the card shows the task at work; held against changes until the transaction ends."""
    return bool(await session.scalar(_SHOWN, {"task_id": task_id}))


_PROGRESS = text("""
SELECT data ->> 'node_id' AS node_id, status, progress, note FROM queue_jobs
WHERE lane = ANY(:lanes) AND status = 'running'
UNION ALL
SELECT data ->> 'node_id', status, progress, note FROM queue_jobs
WHERE task_id = :task_id AND status IN ('available', 'scheduled') AND kind = 'step'
""")


async def progress(session: Session, task_id: UUID, steps: Sequence[Step]) -> Sequence[RowMapping]:
    """How far the jobs of handed-over steps are: ``node_id``, ``status``, ``progress`` of 100, and ``note``."""
    return await session.all(_PROGRESS, {"task_id": task_id, "lanes": [lane_of(task_id, step) for step in steps]})


_GIVE_UP = text("""
UPDATE task_steps SET status = CASE WHEN idempotency_key IS NULL THEN 'FAILED' ELSE 'UNKNOWN' END,
       error = CAST(:error AS jsonb), finished_at = CASE WHEN idempotency_key IS NULL THEN now() END
WHERE task_id = :task_id AND node_id = :node_id AND attempt_group = :group AND status = 'HANDED' RETURNING id
""")


async def give_up(
    session: Session, task_id: UUID, node_id: str, group: int, *, error: Mapping[str, Any]
) -> Task | None:
    """The step's job is given up: the step has failed, or, where a call was begun, nobody knows what became of it.
    Returns its task; None where the step had ended otherwise.
    """
    await repository.status_of(session, task_id)  # whoever else changes steps begins with the task
    given = {"task_id": task_id, "node_id": node_id, "group": group, "error": orjson.dumps(error).decode()}
    if await session.scalar(_GIVE_UP, given) is None:
        return None
    return await repository.load(session, task_id)


def lane_of(task_id: UUID, step: Step) -> str:
    """The lane, and the dedupe key, of the job that a step is handed over to."""
    return f"step:{task_id}:{step.node_id}:{step.attempt_group}"
