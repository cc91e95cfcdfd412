"""What people do to tasks: stop, pause, resume, answer, decide, retry. Each locks the task's row first."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, and_, text, update

from domain.core.db import Session
from domain.core.ids import new_id
from domain.core.queue import give_jobs
from domain.tasks.ending import end
from domain.tasks.models import approvals, task_artifacts, task_feedback, task_logs, task_notes, task_steps, tasks
from domain.tasks.schemas import Step
from domain.tasks.states import PERSON, StepStatus, TaskStatus
from domain.tools.records import give_executions

_LOCK = text("""
SELECT id, org_id, user_id, thread_id, title, description, quoted, status, outcome, waiting_for, plan, priority, card,
       message_id, unheard
FROM tasks WHERE id = :task_id AND org_id = :org_id FOR UPDATE
""")


_IS_ASKED = task_steps.c.wake_at.is_(None)
_IS_OPEN = tasks.c.status.in_([status.value for status in TaskStatus if not status.final])


async def lock(session: Session, task_id: UUID, org_id: UUID) -> RowMapping | None:
    """The task of that organization, held against changes until the transaction ends."""
    return await session.first(_LOCK, {"task_id": task_id, "org_id": org_id})


async def pause(session: Session, task_id: UUID, why: str = PERSON) -> bool:
    """An open task stands still until a person lets it go on. ``why`` is one of ``HALTS``. False: it has ended, or
    stands still for that already.
    """
    goes_on = and_(_IS_OPEN, tasks.c.waiting_for.is_distinct_from(why))
    paused = update(tasks).where(tasks.c.id == task_id, goes_on).values(status="PAUSED", waiting_for=why)
    return await session.scalar(paused.returning(tasks.c.id)) is not None


async def go_on(session: Session, task_id: UUID, **answered: object) -> None:
    """An open task is to be taken on again; ``answered`` is what people have made of it, by column."""
    await session.execute(
        update(tasks).where(tasks.c.id == task_id, _IS_OPEN).values(status="PENDING", waiting_for=None, **answered)
    )


async def reword(
    session: Session,
    task_id: UUID,
    *,
    description: str,
    title: str,
    quoted: list[dict[str, Any]],
    cost: Decimal | None = Decimal(0),
) -> None:
    """It is to do something else; ``cost`` is what came on top, in US dollars, None where that is not known."""
    values = {"description": description, "title": title, "quoted": quoted, "cost": tasks.c.cost + cost}
    await session.execute(update(tasks).where(tasks.c.id == task_id).values(values))


async def give(session: Session, task_id: UUID, user_id: UUID) -> None:
    """It works for somebody else from here on, who is asked about each call anew."""
    await session.execute(update(tasks).where(tasks.c.id == task_id).values(user_id=user_id))
    await session.execute(
        update(task_steps)
        .where(
            task_steps.c.task_id == task_id, task_steps.c.status == "WAITING", task_steps.c.type == "tool", _IS_ASKED
        )
        .values(status="PENDING")
    )


async def prioritise(session: Session, task_id: UUID, rank: int) -> None:
    """``rank`` is 0 to 3, as queue rows are ordered by it."""
    await session.execute(update(tasks).where(tasks.c.id == task_id).values(priority=rank))


_OF_TASKS = (
    task_steps,
    task_notes,
    task_logs,
    task_artifacts,
    approvals,
    task_feedback,
)


async def give_tasks(session: Session, before: UUID, now: UUID) -> None:
    """The tasks of one organization become another's, with all that belongs to them, and the work on them."""
    for table in _OF_TASKS:
        await session.execute(
            update(table).where(table.c.task_id == tasks.c.id, tasks.c.org_id == before).values(org_id=now)
        )
    await give_executions(session, before, now)
    await session.execute(update(tasks).where(tasks.c.org_id == before).values(org_id=now))
    await give_jobs(session, before, now)


# Loops and agents run without anybody who would end them; a call whose intent is stored is seen through.
_CANCEL_STEPS = text("""
UPDATE task_steps SET status = 'CANCELLED', finished_at = now()
WHERE task_id = :task_id
  AND (status IN ('PENDING', 'WAITING') OR (status IN ('RUNNING', 'HANDED') AND idempotency_key IS NULL))
""")
# Whoever finds the intent of a call that was cut off has to say so: such a job is left.
_CANCEL_JOBS = text("""
UPDATE queue_jobs SET status = 'cancelled'
WHERE task_id = :task_id AND status IN ('available', 'scheduled')
  AND NOT (kind = 'step' AND EXISTS (
      SELECT 1 FROM task_steps s WHERE s.task_id = queue_jobs.task_id AND s.node_id = queue_jobs.data ->> 'node_id'
                                   AND s.status = 'HANDED' AND s.idempotency_key IS NOT NULL))
""")


_CANCEL_HANDED = text("""
WITH left_out AS (
    UPDATE task_steps SET status = 'CANCELLED', finished_at = now()
    WHERE task_id = :task_id AND status = 'HANDED' AND idempotency_key IS NULL RETURNING node_id
)
UPDATE queue_jobs SET status = 'cancelled'
WHERE task_id = :task_id AND status IN ('available', 'scheduled') AND kind = 'step'
  AND data ->> 'node_id' IN (SELECT node_id FROM left_out)
""")


async def cancel_handed(session: Session, task_id: UUID) -> None:
    """What was handed over to other queues is not done, unless it is a call that may be under way."""
    await session.execute(_CANCEL_HANDED, {"task_id": task_id})


async def cancel(session: Session, task_id: UUID) -> bool:
    """No further step begins; the worker that runs one notices at its next boundary. False: it had ended already."""
    await session.execute(_CANCEL_JOBS, {"task_id": task_id})  # those it has now, not what follows its end
    if not await end(session, task_id, TaskStatus.CANCELLED):
        return False
    await session.execute(_CANCEL_STEPS, {"task_id": task_id})
    return True


async def step(session: Session, task_id: UUID, node_id: str) -> RowMapping | None:
    return await session.first(
        text(
            """SELECT node_id, name, type, status, input, attempt_group FROM task_steps
            WHERE task_id = :t AND node_id = :n FOR UPDATE"""
        ),
        {"t": task_id, "n": node_id},
    )


_HOLDER = text("""
SELECT true FROM task_steps WHERE task_id = :task_id AND type IN ('agent', 'llm') AND :node_id LIKE node_id || '[%]._%'
""")


async def is_agents(session: Session, task_id: UUID, node_id: str) -> bool:
    """Whether a step is a call of an agent's."""
    return bool(await session.scalar(_HOLDER, {"task_id": task_id, "node_id": node_id}))


async def waiting_steps(session: Session, task_id: UUID) -> list[RowMapping]:
    """Steps that wait for a person, in the plan's order."""
    rows = await session.all(
        text("""SELECT node_id, name, type, status, input, attempt_group FROM task_steps
        WHERE task_id = :t AND (status = 'UNKNOWN' OR (status = 'WAITING' AND wake_at IS NULL)) ORDER BY id"""),
        {"t": task_id},
    )
    return list(rows)


async def asked_back(session: Session, task_id: UUID) -> int | None:
    """The card of a task that was answered with a question, for as long as that waits for an answer."""
    return await session.scalar(
        text("""SELECT card FROM tasks WHERE id = :id AND status = 'PAUSED' AND waiting_for = 'answer'
        AND plan IS NULL"""),
        {"id": task_id},
    )


async def set_step(session: Session, task_id: UUID, node_id: str, status: StepStatus, **values: object) -> None:
    await session.execute(
        update(task_steps)
        .where(task_steps.c.task_id == task_id, task_steps.c.node_id == node_id)
        .values(status=status.value, **values)
    )


_DECIDE = text("""
UPDATE approvals SET decision = :decision, decided_by = :person, decided_at = now()
WHERE task_id = :task_id AND node_id = :node_id AND hash = :hash AND decision IS NULL AND expires_at > now()
RETURNING id
""")


async def decide(session: Session, task_id: UUID, node_id: str, digest: str, *, approved: bool, person: UUID) -> bool:
    """Note the decision; False when it was decided before, or came too late."""
    return (
        await session.scalar(
            _DECIDE,
            {
                "task_id": task_id,
                "node_id": node_id,
                "hash": digest,
                "decision": "approved" if approved else "rejected",
                "person": person,
            },
        )
        is not None
    )


_REJECTED = text("""
SELECT node_id, type, name, status, input, output FROM task_steps
WHERE task_id = :task_id AND status = 'SKIPPED' AND output -> 'rejected' = 'true' ORDER BY id
""")


async def rejected(session: Session, task_id: UUID) -> list[Step]:
    """The calls of a task that a person has said no to, with what they were asked and what they put out."""
    rows = await session.all(_REJECTED, {"task_id": task_id})
    return [
        Step(row["node_id"], row["type"], row["name"], StepStatus.SKIPPED, input=row["input"], output=row["output"])
        for row in rows
    ]


# What a person said no to is remembered for as long as the task is, under an id that no plan has.
_PUT_ASIDE = text("""
UPDATE task_steps SET node_id = node_id || '@' || attempt_group
WHERE task_id = :task_id AND node_id = ANY(:ids) AND status = 'SKIPPED' AND output -> 'rejected' = 'true'
""")
# A yes was for the one call that was made with it.
_USE_UP = text("""
UPDATE approvals a SET node_id = a.node_id || '@' || s.attempt_group FROM task_steps s
WHERE s.task_id = :task_id AND s.node_id = ANY(:ids) AND s.status = 'SUCCEEDED' AND s.idempotency_key IS NOT NULL
  AND a.task_id = s.task_id AND a.node_id = s.node_id AND a.decision = 'approved'
RETURNING s.node_id, a.hash
""")
_DROP_STEPS = text("DELETE FROM task_steps WHERE task_id = :task_id AND node_id = ANY(:ids)")


async def drop_steps(session: Session, task_id: UUID, node_ids: Iterable[str]) -> list[tuple[str, str]]:
    """Steps a new plan no longer holds. What was said no to is kept aside (see ``rejected``). Returns the
    approvals that hold no more, as step and hash: those of calls that were made."""
    given = {"task_id": task_id, "ids": list(node_ids)}
    used = await session.all(_USE_UP, given)
    await session.execute(_PUT_ASIDE, given)
    await session.execute(_DROP_STEPS, given)
    return [(row["node_id"], row["hash"]) for row in used]


_RETRY_STEPS = text("""
UPDATE task_steps SET status = 'PENDING', attempt_count = 0, attempt_group = attempt_group + 1, error = NULL,
       idempotency_key = NULL, wake_at = NULL, finished_at = NULL
WHERE task_id = :task_id AND (status = 'CANCELLED' OR (status = 'FAILED' AND NOT coalesce(output ? 'error', false)))
RETURNING id
""")


async def retry_steps(session: Session, task_id: UUID) -> int:
    """Failed and cancelled steps may run again; what is done stays done, and so is what failed and was dealt
    with (whose output has the error). Returns how many there are."""
    return len(await session.all(_RETRY_STEPS, {"task_id": task_id}))


_REDO = text("""
UPDATE task_steps SET status = 'PENDING', attempt_group = attempt_group + 1, idempotency_key = NULL, error = NULL
WHERE task_id = :task_id AND node_id = :node_id AND status = 'UNKNOWN'
""")


async def change_unknown(session: Session, task_id: UUID, node_id: str) -> None:
    """A call whose outcome is not known may be made once more, under a new idempotency key."""
    await session.execute(_REDO, {"task_id": task_id, "node_id": node_id})


async def set_feedback(session: Session, task_id: UUID, user_id: UUID, value: int) -> None:
    """What a person thinks of a result: 1 or -1; a later one replaces an earlier one."""
    await session.execute(
        text("""INSERT INTO task_feedback (id, org_id, task_id, user_id, value)
        SELECT :id, org_id, id, :user_id, CAST(:value AS smallint) FROM tasks WHERE id = :task_id
        ON CONFLICT (task_id, user_id) DO UPDATE SET value = excluded.value, updated_at = now()"""),
        {"id": new_id(), "task_id": task_id, "user_id": user_id, "value": value},
    )


_GIVE_BACK = text("""
UPDATE tasks k SET user_id = :now FROM messages m
WHERE k.user_id = :before AND m.id = k.message_id AND m.identity_id = :identity_id
""")


async def give_back(session: Session, *, identity_id: UUID, before: UUID, now: UUID) -> None:
    """What somebody has begun by that account is another's from now on."""
    await session.execute(_GIVE_BACK, {"identity_id": identity_id, "before": before, "now": now})
