"""What came back from running nodes, stored: steps, artifacts, calls of tools and of the model, logs, approvals."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.conversations.outbox import say
from domain.conversations.said import Said
from domain.core.db import Session
from domain.core.failpoints import reach
from domain.core.queue import Fence, enqueue
from domain.flow.common.advance import Advance
from domain.flow.common.board import Board
from domain.flow.common.commands import step_command
from domain.flow.common.keys import asked_key
from domain.flow.common.outcome import Asks, Began, Done, Failed, Handed, Lost, Opened, Outcome, Sleeps
from domain.flow.common.rounds import heard_by
from domain.flow.common.usage import store_replies
from domain.flow.conclude.early import outcome_of
from domain.flow.execute.agent.hearing import comes_too_late
from domain.flow.execute.nodes.running import Running
from domain.flow.execute.nodes.tool import APPROVAL_LASTS
from domain.flow.show.place import ask_below
from domain.flow.show.refresh import refresh_card
from domain.tasks import repository as tasks
from domain.tasks import rounds
from domain.tasks.rounds import Stored
from domain.tasks.schemas import Step
from domain.tasks.states import StepStatus
from domain.tools import records, taint

CameBack = Sequence[tuple[Running, Outcome]]
Words = tuple[Running, Said]


def is_plain(came_back: CameBack) -> bool:
    """Whether there is nothing to store of what came back but the steps themselves."""
    plain = Done | Opened | Began | Sleeps
    return all(isinstance(outcome, plain) and running.trace.empty for running, outcome in came_back)


async def store(
    fence: Fence,
    advance: Advance,
    board: Board,
    spent: Decimal | None,
    read: Sequence[str],
    result: Mapping[str, Any] | None = None,
    heard: Sequence[Step] = (),
) -> Stored:
    """Write every step that is new or changed, and how far the task has come, which is its end where there is a
    ``result``. ``read``: where nodes that came back have read what others wrote; ``heard``: thoughts that heard what
    the person said meanwhile. Raises LeaseLost.
    """
    task, steps = advance.task, board.steps
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
        outcome=outcome_of(board) if result is not None else None,
        taints=bool(read),
        read=taint.new(task.tainted_by, read),
        handed=[step.node_id for step in board.handed if step.node_id not in board.changed],
        heard=[UUID(note["id"]) for think in heard for note in heard_by(think)],
        by=", ".join(think.node_id for think in heard),
        leaving=result is not None and comes_too_late(board),
    )
    fence.more = stored.more
    advance.run.files |= bool(stored.back)
    task.tainted, task.tainted_by, task.unheard = stored.tainted, stored.tainted_by, stored.unheard
    tasks.add_steps(fence.session, task.id, board.added_in_order())
    board.added.clear()
    board.changed.clear()
    return stored


async def keep(
    session: Session, advance: Advance, board: Board, came_back: CameBack, said: Sequence[Words], *, stopped: bool
) -> None:
    """Store what else came back, and say what it says.

    Where people have stopped the task nothing more is asked or handed over, and the card shows what was seen through.
    """
    if stopped:
        about_to = [running.placed.id for running, outcome in came_back if isinstance(outcome, Handed)]
        await tasks.save_steps(session, advance.task.id, board.cancel(advance.legwork.clock.now(), about_to))
    await store_came_back(session, advance, came_back)
    for running, words in said:
        if running.step.status is not StepStatus.CANCELLED:
            await _say_of_step(session, advance, running, words)
    await ask_below(session, advance, [ran.step for ran, outcome in came_back if isinstance(outcome, Asks)])
    if stopped:
        await refresh_card(session, advance.task.id)


async def _say_of_step(session: Session, advance: Advance, running: Running, words: Said) -> None:
    task, step = advance.task, running.step
    key = asked_key(task.id, step.node_id, step.attempt_group, words.type)
    await say(session, advance.thread, words, key=key, task_id=task.id, reply_to=task.message_id)


async def store_came_back(session: Session, advance: Advance, came_back: CameBack) -> None:
    """Write what the nodes did on the way, and queue what is handed over."""
    for running, outcome in came_back:
        await _store_trace(session, advance, running)
        await _store_outcome(session, advance, running, outcome)


async def _store_trace(session: Session, advance: Advance, running: Running) -> None:
    task_id, trace = advance.task.id, running.trace
    advance.run.files |= bool(trace.artifacts)
    tasks.add_artifacts(session, task_id, advance.task.thread_id, running.placed.id, trace.artifacts)
    store_replies(session, advance, trace.replies, f"step {running.placed.id}")
    await records.record(session, task_id=task_id, node_id=running.placed.id, executions=trace.executions)


async def _store_outcome(session: Session, advance: Advance, running: Running, outcome: Outcome) -> None:
    task = advance.task
    if isinstance(outcome, Handed) and running.step.status is StepStatus.HANDED:
        on_card = running.placed.parent is None  # the items of a loop share its line
        limits, room = running.node.limits, running.room
        command = step_command(task, running.step, outcome.queue, limits, on_card=on_card, room=room)
        await enqueue(session, command)
        reach("hand_over.handing")
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
