"""The one end of a task: whoever ends it, or takes an end back, does so here.

``end`` is refused to all but the first, whoever comes at the same moment; what waits for the end is queued once, in
the same transaction. A task that failed, was stopped or came to a part of what was asked may be taken back, and then
ends anew.

A task does not succeed while something said to it is unheard (``tasks.unheard``, see ``notes``). That is a column: a
note that is written while the statement waits for the row is seen by it, and would not be by a subquery. What is
unheard where a task ends all the same is left to a job of its own.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text

from domain.core.db import Session
from domain.core.errors import NotFound
from domain.core.queue import Command, Queue, enqueue
from domain.tasks.states import Outcome, TaskStatus

_IS_OPEN = "tasks.status IN ('PENDING', 'RUNNING', 'PAUSED')"
UNLESS_PAUSED = "tasks.status IN ('PENDING', 'RUNNING')"
"""SQL: it is open, and nobody has paused it."""
_HEARS_ALL = "(tasks.unheard = 0 OR CAST(:leaving AS boolean))"
_STANDING = "tasks.id, tasks.followers, tasks.unheard, tasks.user_id"
LEFT = "left"
"""The kind of the job that deals with what a task has not heard; its data holds ``task_id``."""


def ends(sets: str, *, source: str = "", where: str = _IS_OPEN, returning: str = _STANDING) -> str:
    """SQL that ends the task, and gives a row only where it was this statement that ended it. Its parameters are those
    of ``ending``. ``sets`` is what it changes besides, ``source`` a FROM clause, ``where`` which tasks it may end.
    """
    return f"""
    UPDATE tasks SET status = :status, waiting_for = NULL, outcome = :outcome, completed_at = now(), updated_at = now(),
           result = coalesce(CAST(:result AS jsonb), tasks.result), error = CAST(:error AS jsonb), {sets}
    {source} WHERE tasks.id = :task_id AND {where} AND {_HEARS_ALL} RETURNING {returning}"""  # noqa: S608 - fragments of the program's


def ending(
    task_id: UUID,
    status: TaskStatus,
    *,
    outcome: Outcome = Outcome.ANSWER,
    result: Mapping[str, Any] | None = None,
    error: Mapping[str, Any] | None = None,
    leaving: bool = False,
) -> dict[str, Any]:
    """The values of a statement that ``ends`` a task. What has failed or was stopped ends whatever is unheard; success
    waits until all is heard, unless it is ``leaving`` the rest to become work of its own.
    """
    return {
        "task_id": task_id,
        "status": status.value,
        "outcome": outcome.value,
        "result": _json(result),
        "error": _json(error),
        "leaving": leaving or status is not TaskStatus.SUCCEEDED,
    }


_END = text(ends("cost = cost + :cost"))


async def end(
    session: Session,
    task_id: UUID,
    status: TaskStatus,
    *,
    outcome: Outcome = Outcome.ANSWER,
    result: Mapping[str, Any] | None = None,
    error: Mapping[str, Any] | None = None,
    cost: Decimal | None = Decimal(0),
) -> bool:
    """End a task that is open, paused or not; False when it had ended already, or was to succeed with something
    unheard (see ``ending``). ``status`` is a final one; ``cost`` is what came on top, in US dollars, None where that
    is not known.
    """
    given = ending(task_id, status, outcome=outcome, result=result, error=error)
    row = (await session.execute(_END, {**given, "cost": cost})).first()
    if row is None:
        return False
    await ended(session, task_id, status, row.followers, row.user_id if row.unheard else None)
    return True


_FORGET = text("UPDATE tasks SET followers = NULL WHERE id = :task_id")


async def ended(
    session: Session, task_id: UUID, status: TaskStatus, followers: Mapping[str, Any] | None, unheard_of: UUID | None
) -> None:
    """Queue what waits for the end that this transaction has brought about; nothing is written where nobody waits.
    ``unheard_of``: the task's person, where something is unheard.
    """
    if unheard_of is not None:
        await enqueue(session, _left(task_id, unheard_of))
    if not followers:
        return
    await session.execute(_FORGET, {"task_id": task_id})
    for key, written in followers.items():
        await enqueue(session, _following(key, written, task_id, status))


_STANDS = text("SELECT status FROM tasks WHERE id = :task_id FOR NO KEY UPDATE")
_FOLLOW = text("""
UPDATE tasks
SET followers = coalesce(followers, '{}') || jsonb_build_object(CAST(:key AS text), CAST(:command AS jsonb))
WHERE id = :task_id
""")


async def follow(session: Session, task_id: UUID, command: Command) -> None:
    """Have the command queued once when the task ends: at once, where it has ended. Its data then holds ``ended``: the
    task's id and its final status. Its ``dedupe_key`` says which follower it is: the same one waits but once. One that
    has been queued does not wait for the end of another attempt.

    Raises:
        NotFound: there is no such task.
        ValueError: the command has no key, or wants to wait for a moment besides.
    """
    if command.dedupe_key is None or command.run_at is not None or command.delay is not None:
        raise ValueError("what follows a task has a key, and begins when the task ends")
    stands: str | None = await session.scalar(_STANDS, {"task_id": task_id})
    if stands is None:
        raise NotFound("There is no such task.")
    written = _written(command)
    if TaskStatus(stands).final:
        await enqueue(session, _following(command.dedupe_key, written, task_id, TaskStatus(stands)))
    else:
        values = {"task_id": task_id, "key": command.dedupe_key, "command": _json(written)}
        await session.execute(_FOLLOW, values)


_TAKE_BACK = text("""
UPDATE tasks SET status = 'PENDING', waiting_for = NULL, outcome = 'answer', error = NULL, completed_at = NULL,
       card = card + 1, updated_at = now()
WHERE id = :task_id AND (status IN ('FAILED', 'CANCELLED') OR (status = 'SUCCEEDED' AND outcome = 'partial'))
RETURNING id
""")


async def take_back(session: Session, task_id: UUID) -> bool:
    """A task that failed, was stopped or came to a part of its answer is open once more; False for any other."""
    return await session.scalar(_TAKE_BACK, {"task_id": task_id}) is not None


def _left(task_id: UUID, user_id: UUID) -> Command:
    key = f"{LEFT}:{task_id}"
    return Command(
        queue=Queue.TASK, kind=LEFT, data={"task_id": str(task_id)}, share=str(user_id), lane=key, dedupe_key=key
    )


def _written(command: Command) -> dict[str, Any]:
    return {
        "queue": command.queue.value,
        "kind": command.kind,
        "data": dict(command.data),
        "task_id": str(command.task_id) if command.task_id is not None else None,
        "org_id": str(command.org_id) if command.org_id is not None else None,
        "share": command.share,
        "lane": command.lane,
        "priority": command.priority,
        "max_attempts": command.max_attempts,
    }


def _following(key: str, written: Mapping[str, Any], task_id: UUID, status: TaskStatus) -> Command:
    return Command(
        queue=Queue(written["queue"]),
        kind=written["kind"],
        data=written["data"] | {"ended": {"task_id": str(task_id), "status": status.value}},
        task_id=UUID(written["task_id"]) if written["task_id"] is not None else None,
        org_id=UUID(written["org_id"]) if written.get("org_id") is not None else None,
        share=written["share"],
        lane=written["lane"],
        dedupe_key=key,
        priority=written["priority"],
        max_attempts=written["max_attempts"],
    )


def _json(value: Mapping[str, Any] | None) -> str | None:
    return orjson.dumps(value).decode() if value is not None else None
