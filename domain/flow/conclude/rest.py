"""When nothing runs and nothing can start: the task is over, waits for a person, or for a moment."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from domain.core.db import Session
from domain.core.queue import enqueue
from domain.flow.common.advance import Advance
from domain.flow.common.board import Board
from domain.flow.common.commands import advance_command
from domain.flow.common.outcome import DIGEST
from domain.flow.conclude import answer as conclude
from domain.flow.conclude.early import outcome_of
from domain.flow.conclude.result import put_out
from domain.flow.show.cards import say_card
from domain.flow.show.place import ask_below
from domain.tasks import repository as tasks
from domain.tasks.ending import end
from domain.tasks.schemas import Step
from domain.tasks.states import TaskStatus


async def come_to_rest(
    session: Session,
    advance: Advance,
    board: Board,
    wake: datetime | None,
    halted: bool,
    spoken_to: bool,
) -> None:
    """Decide what the task is now, in the transaction that ends its job. ``wake``: the moment at which the next of its
    steps may go on; ``halted``: a person paused it; ``spoken_to``: they said something to it in this moment.
    """
    now, task = advance.legwork.clock.now(), advance.task
    if halted:  # whatever else it is comes to light when it goes on
        await say_card(session, advance, board, TaskStatus.PAUSED)
    elif (advance.held.stopping.is_set() or advance.yields) and board.startable(now, 1) and not board.failed:
        await _continue_at(session, advance, None)
    elif spoken_to:  # the next advance hears it
        await _continue_at(session, advance, None)
        await say_card(session, advance, board, TaskStatus.RUNNING)
    elif board.handed:
        await _wait_for_handed(session, advance, board, wake)
    elif board.unanswerable:
        await conclude.decline(session, advance, board)
    elif board.failed and not board.unknown:
        await conclude.fail(session, advance, board)
    elif board.asking:
        task.waiting_for = "outcome" if board.unknown else _kind_of_answer(board.asking)
        await ask_below(session, advance, board.unknown)
        await tasks.wait_for(session, task.id, task.waiting_for)
        if wake is not None:
            await _continue_at(session, advance, wake)
        await say_card(session, advance, board, TaskStatus.PAUSED)
    elif board.next_wake is not None:
        await _continue_at(session, advance, wake or board.next_wake)
        await say_card(session, advance, board, TaskStatus.RUNNING)
    elif board.startable(now, 1):  # it was held back for what was said, and that was taken back
        await _continue_at(session, advance, None)
    else:
        status = TaskStatus.CANCELLED if board.came_to_nothing else TaskStatus.SUCCEEDED
        result = put_out(board)
        if await end(session, task.id, status, outcome=outcome_of(board), result=result):
            await conclude.succeed(session, advance, board, status, result)
        elif task.unheard:  # it does not end before it has heard that
            await _continue_at(session, advance, None)


def result_of(advance: Advance, board: Board) -> dict[str, Any] | None:
    """What the task has put out, where everything is done; None: it comes to rest in another way."""
    waits = board.failed or board.asking or board.handed or board.next_wake is not None
    if waits or board.came_to_nothing or board.startable(advance.legwork.clock.now(), 1):
        return None
    return put_out(board)


async def _wait_for_handed(session: Session, advance: Advance, board: Board, wake: datetime | None) -> None:
    """The jobs of steps that were handed over queue the next advance; a moment that comes before is not missed."""
    if wake is not None:
        await _continue_at(session, advance, wake)
    await say_card(session, advance, board, TaskStatus.RUNNING)


def _kind_of_answer(asking: Sequence[Step]) -> str:
    return "approval" if any((step.input or {}).get(DIGEST) for step in asking) else "answer"


async def _continue_at(session: Session, advance: Advance, moment: datetime | None) -> None:
    task = advance.task
    delay = moment - advance.legwork.clock.now() if moment is not None else None
    await enqueue(session, advance_command(task.id, task.user_id, priority=task.priority, delay=delay))
