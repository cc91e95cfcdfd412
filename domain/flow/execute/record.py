"""What came back from running nodes, stored: steps, artifacts, calls of tools and of the model, logs, approvals."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson

from domain.core.db import Session
from domain.core.queue import Fence
from domain.flow.common.advance import Advance
from domain.flow.common.board import Board
from domain.flow.common.outcome import Asks, Done, Failed, Lost, Opened, Outcome, Sleeps
from domain.flow.common.usage import store_replies
from domain.flow.execute.nodes.running import Running
from domain.flow.execute.nodes.tool import APPROVAL_LASTS
from domain.tasks import repository as tasks
from domain.tasks import rounds
from domain.tasks.rounds import Stored
from domain.tools import repository as tool_rows
from domain.tools import taint

CameBack = Sequence[tuple[Running, Outcome]]


def is_plain(came_back: CameBack) -> bool:
    """Whether there is nothing to store of what came back but the steps themselves."""
    return all(isinstance(outcome, Done | Opened | Sleeps) and running.trace.empty for running, outcome in came_back)


async def store(
    fence: Fence,
    advance: Advance,
    board: Board,
    spent: Decimal | None,
    read: Sequence[str],
    result: Mapping[str, Any] | None = None,
) -> Stored:
    """Write every step that is new or changed, and how far the task has come, which is its end where there is a
    ``result``. ``read``: where nodes that came back have read what others wrote. Raises LeaseLost.
    """
    task, steps = advance.task, board.steps
    tainted_by = taint.together(task.tainted_by, read) if read else []
    stored = await rounds.store(
        fence.session,
        fence.job,
        task.id,
        done=board.done,
        total=len(board.spec.nodes),
        cost=spent,
        steps=[steps[node_id] for node_id in sorted(board.changed - board.added)],
        ends=fence.done,
        result=result,
        tainted_by=tainted_by,
    )
    fence.more = stored.more
    task.tainted, task.tainted_by = stored.tainted, tainted_by or task.tainted_by
    tasks.add_steps(fence.session, task.id, [steps[node_id] for node_id in sorted(board.added)])
    board.added.clear()
    board.changed.clear()
    return stored


async def store_came_back(session: Session, advance: Advance, came_back: CameBack) -> None:
    """Write what the nodes did on the way."""
    for running, outcome in came_back:
        await _store_trace(session, advance, running)
        await _store_outcome(session, advance, running, outcome)


async def _store_trace(session: Session, advance: Advance, running: Running) -> None:
    task_id, trace = advance.task.id, running.trace
    tasks.add_artifacts(session, task_id, advance.task.thread_id, running.placed.id, trace.artifacts)
    store_replies(session, advance, trace.replies, f"step {running.placed.id}")
    for execution in trace.executions:
        await tool_rows.record(
            session,
            tool=execution.tool,
            task_id=task_id,
            node_id=running.placed.id,
            input=orjson.dumps(execution.input).decode(),
            output=orjson.dumps(execution.output).decode() if execution.output is not None else None,
            error=execution.error,
            started_at=execution.started_at,
            duration_ms=execution.duration_ms,
        )


async def _store_outcome(session: Session, advance: Advance, running: Running, outcome: Outcome) -> None:
    task = advance.task
    if isinstance(outcome, Failed | Lost):
        level = "WARN" if isinstance(outcome, Failed) and outcome.again else "ERROR"
        tasks.add_log(session, task.id, level, outcome.sentence, step=running.placed.id)
    if isinstance(outcome, Asks) and outcome.digest is not None:
        await tasks.ask_approval(
            session,
            task.id,
            running.placed.id,
            outcome.digest,
            requested_of=task.user_id,
            expires_at=running.now() + APPROVAL_LASTS,
        )
