"""What the engine reads and writes of a task: few statements, each prepared once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import TextClause, bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from domain.core.db import Insert, Session
from domain.core.ids import new_id
from domain.core.queue import HOLDS, Job, held_by, hold
from domain.tasks.models import approvals, task_artifacts, task_logs, task_steps, tasks
from domain.tasks.schemas import Artifact, Run, Step, Task
from domain.tasks.states import HALTED, StepStatus, TaskStatus
from domain.tools.kit import SWITCHES

_FIELDS = tuple(field.name for field in fields(Task))
_COLUMNS = ", ".join(_FIELDS)
_OF_TASK = ", ".join(f"tasks.{name}" for name in _FIELDS)
_TASK = text(f"SELECT {_COLUMNS} FROM tasks WHERE id = :task_id")  # noqa: S608
_START = text(f"""
WITH fence AS ({HOLDS})
UPDATE tasks SET status = 'RUNNING', waiting_for = NULL, started_at = coalesce(started_at, now()), updated_at = now()
FROM fence, ({SWITCHES}) kit
WHERE tasks.id = :task_id AND kit.org_id = tasks.org_id
  AND (status IN ('PENDING', 'RUNNING') OR (status = 'PAUSED' AND NOT {HALTED}))
RETURNING {_OF_TASK}, kit.kit_version, kit.off, started_at = now() AS first
""")  # noqa: S608
_STEPS = text("""
SELECT node_id, type, name, status, attempt_count, attempt_group, input, output, error, idempotency_key, wake_at,
       started_at, finished_at
FROM task_steps WHERE task_id = :task_id AND strpos(node_id, '@') = 0 ORDER BY id
""")
_APPROVALS = text("SELECT node_id, hash, decision FROM approvals WHERE task_id = :task_id")


_JSON = frozenset(column.name for column in tasks.c if isinstance(column.type, JSONB))


@cache
def _add(names: tuple[str, ...], *, started: bool) -> TextClause:
    given = {name: f"CAST(:{name} AS jsonb)" if name in _JSON else f":{name}" for name in names}
    if started:
        given |= {"status": "'RUNNING'", "started_at": "now()"}
    return text(
        f"INSERT INTO tasks ({', '.join(given)}) VALUES ({', '.join(given.values())}) RETURNING {_COLUMNS}"  # noqa: S608
    )


async def add(session: Session, *, started: bool = False, **values: Any) -> Task:
    """A new task: PENDING, or (``started``) RUNNING from this moment. ``values`` by the names of columns."""
    given = {"id": new_id(), **values}
    written = {name: orjson.dumps(value).decode() if name in _JSON else value for name, value in given.items()}
    return _task((await session.execute(_add(tuple(written), started=started), written)).one())


async def load(session: Session, task_id: UUID) -> Task | None:
    row = (await session.execute(_TASK, {"task_id": task_id})).first()
    return _task(row) if row is not None else None


def _task(row: Sequence[Any]) -> Task:
    task = Task(*row)
    task.status = TaskStatus(task.status)
    return task


async def load_run(session: Session, task_id: UUID) -> Run | None:
    """The task with its steps and approvals; None when there is no such task."""
    task = await load(session, task_id)
    return await _with_steps(session, task) if task is not None else None


async def start_run(session: Session, job: Job, task_id: UUID) -> Run | None:
    """The same, running from here on; None when it may not (stopped, paused by a person, finished). It is the fence of
    its transaction: raises LeaseLost where the job is no longer held.
    """
    row = (await session.execute(_START, {**held_by(job), "task_id": task_id})).first()
    if row is None:
        await hold(session, job)
        return None
    task = _task(row[: len(_FIELDS)])
    run = Run(task) if row.first else await _with_steps(session, task)
    run.switches = (row.kit_version, frozenset(row.off))
    return run


async def _with_steps(session: Session, task: Task) -> Run:
    run, task_id = Run(task), task.id
    if task.plan is None:
        return run
    for row in await session.execute(_STEPS, {"task_id": task_id}):
        step = Step(*row)
        step.status = StepStatus(step.status)
        run.steps[step.node_id] = step
    if not run.steps:
        return run
    run.files = True
    for row in await session.execute(_APPROVALS, {"task_id": task_id}):
        run.approvals[(row.node_id, row.hash)] = row.decision
    return run


KIT_VERSION = "(SELECT kit_version FROM organizations WHERE organizations.id = tasks.org_id) AS kit_version"
"""SQL: of what the task's organization lets it use, for statements that come back with it."""

_PLANNED = text(f"""
UPDATE tasks SET plan = CAST(:plan AS jsonb), prompt_version = :prompt_version, title = coalesce(:title, title),
       total_steps = :total, replans = :replans, cost = cost + :cost, card = greatest(card, :card),
       updated_at = now()
WHERE id = :task_id RETURNING status, {KIT_VERSION}, unheard
""")  # noqa: S608 - the fragment is the constant above


async def store_plan(
    session: Session,
    task_id: UUID,
    *,
    plan: Mapping[str, Any],
    title: str | None,
    prompt_version: str | None,
    total: int,
    replans: int,
    card: int,
    cost: Decimal | None,
) -> tuple[TaskStatus, int, int]:
    """Returns what people have made of it meanwhile, the version of what it may use, and how much it has not heard."""
    row = (
        await session.execute(
            _PLANNED,
            {
                "task_id": task_id,
                "plan": orjson.dumps(plan).decode(),
                "title": title,
                "prompt_version": prompt_version,
                "total": total,
                "replans": replans,
                "card": card,
                "cost": cost,
            },
        )
    ).one()
    return TaskStatus(row.status), row.kit_version, row.unheard


_WAITS = text(f"""
UPDATE tasks SET status = 'PAUSED', waiting_for = :waiting_for, cost = cost + :cost, updated_at = now()
WHERE id = :task_id AND status NOT IN ('SUCCEEDED', 'FAILED', 'CANCELLED')
  AND NOT (status = 'PAUSED' AND {HALTED})
RETURNING id
""")  # noqa: S608 - of the constant


async def wait_for(session: Session, task_id: UUID, what: str, *, cost: Decimal | None = Decimal(0)) -> bool:
    """Pause a task until people have given it an ``answer``, an ``approval`` or the ``outcome`` of a call; False where
    it has ended, or a person has paused it. ``cost`` is what came on top, in US dollars, None where it is not known.
    """
    paused = await session.scalar(_WAITS, {"task_id": task_id, "waiting_for": what, "cost": cost})
    return paused is not None


_STEP_FIELDS = (
    "status",
    "attempt_count",
    "attempt_group",
    "input",
    "output",
    "error",
    "idempotency_key",
    "wake_at",
    "started_at",
    "finished_at",
)
_ADD_STEPS = Insert(
    task_steps,
    *("id", "task_id", "node_id", "type", "name", *_STEP_FIELDS),
    within="task_id",
    otherwise="ON CONFLICT (task_id, node_id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _STEP_FIELDS),
)
_UPDATE_STEPS = (
    task_steps.update()
    .where(task_steps.c.task_id == bindparam("b_task"), task_steps.c.node_id == bindparam("b_node"))
    .values({name: bindparam(name) for name in _STEP_FIELDS})
)


def state_of(step: Step) -> dict[str, Any]:
    """What changes of a step, by column."""
    return {
        "status": step.status.value,
        "attempt_count": step.attempt_count,
        "attempt_group": step.attempt_group,
        "input": step.input,
        "output": step.output,
        "error": step.error,
        "idempotency_key": step.idempotency_key,
        "wake_at": step.wake_at,
        "started_at": step.started_at,
        "finished_at": step.finished_at,
    }


def add_steps(session: Session, task_id: UUID, steps: Iterable[Step]) -> None:
    for step in steps:
        names = {"id": new_id(), "task_id": task_id, "node_id": step.node_id, "type": step.type, "name": step.name}
        session.add(_ADD_STEPS, names | state_of(step))


async def save_steps(session: Session, task_id: UUID, steps: Iterable[Step]) -> None:
    """Write the present state of steps that have rows."""
    rows = [{"b_task": task_id, "b_node": step.node_id} | state_of(step) for step in steps]
    if rows:
        await session.execute(_UPDATE_STEPS, rows)


_ADD_ARTIFACTS = Insert(
    task_artifacts,
    *("id", "task_id", "thread_id", "step", "type", "name", "description", "url", "size", "mime_type", "checksum"),
    within="task_id",
)


def add_artifacts(session: Session, task_id: UUID, thread_id: UUID, step: str, artifacts: Iterable[Artifact]) -> None:
    for artifact in artifacts:
        session.add(
            _ADD_ARTIFACTS,
            {
                "id": new_id(),
                "task_id": task_id,
                "thread_id": thread_id,
                "step": step,
                "type": artifact.type,
                "name": artifact.name,
                "description": artifact.description,
                "url": artifact.key,
                "size": artifact.size,
                "mime_type": artifact.mime_type,
                "checksum": artifact.checksum,
            },
        )


_ADD_LOG = Insert(task_logs, "id", "task_id", "level", "message", "step", "metadata", within="task_id")


def add_log(
    session: Session, task_id: UUID, level: str, message: str, *, step: str | None = None, **metadata: Any
) -> None:
    session.add(
        _ADD_LOG,
        {"id": new_id(), "task_id": task_id, "level": level, "message": message, "step": step, "metadata": metadata},
    )


async def ask_approval(
    session: Session, task_id: UUID, node_id: str, digest: str, *, requested_of: UUID, expires_at: datetime
) -> None:
    asked = upsert(approvals).values(
        id=new_id(),
        org_id=select(tasks.c.org_id).where(tasks.c.id == task_id).scalar_subquery(),
        task_id=task_id,
        node_id=node_id,
        hash=digest,
        requested_of=requested_of,
        expires_at=expires_at,
    )
    await session.execute(
        asked.on_conflict_do_update(
            index_elements=["task_id", "node_id", "hash"],
            set_={"expires_at": asked.excluded.expires_at},
            where=approvals.c.decision.is_(None),
        )
    )


async def next_card(session: Session, task_id: UUID) -> int:
    """The number of the next state of the task's card."""
    return await session.scalar(
        text("UPDATE tasks SET card = card + 1 WHERE id = :task_id RETURNING card"), {"task_id": task_id}
    )


async def now(session: Session) -> datetime:
    """The database's present moment."""
    return await session.scalar(text("SELECT now()"))


async def status_of(session: Session, task_id: UUID) -> TaskStatus:
    """The task's status, held against changes until the transaction ends."""
    return TaskStatus(
        await session.scalar(text("SELECT status FROM tasks WHERE id = :task_id FOR UPDATE"), {"task_id": task_id})
    )
