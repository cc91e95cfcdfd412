"""When a plan is made anew: something failed that may be gone around, or the person said what no agent hears; and what
is not begun before somebody has heard them.
"""

from datetime import datetime

from domain.flow.common.advance import Advance
from domain.flow.common.board import Board
from domain.flow.common.outcome import DECIDED
from domain.flow.execute.agent import hearing
from domain.flow.plan.replan import REPLANS
from domain.tasks.schemas import Step
from domain.workflows.graph import Placed


def is_due(advance: Advance, board: Board) -> bool:
    """Whether another plan is asked for as soon as nothing runs."""
    return is_changed(advance, board) or _may_mend(advance, board)


def is_changed(advance: Advance, board: Board) -> bool:
    """Whether what the person has said meanwhile is for the plan; otherwise an agent hears it, or nobody any more."""
    return waits(advance, board) and hearing.listener(board) is None and not _held_up(advance, board)


def waits(advance: Advance, board: Board) -> bool:
    """Whether nothing is begun until another plan has been made for what the person said."""
    if not hearing.is_spoken_to(advance) or board.agents() or board.unknown:
        return False
    return not hearing.comes_too_late(board)


def startable(advance: Advance, board: Board, now: datetime, most: int) -> list[Placed]:
    """What may start now, of which so many can."""
    if not advance.task.unheard:
        return board.startable(now, most)
    return unless_held_back(advance, board, board.startable(now))[: max(most, 0)]


def unless_held_back(advance: Advance, board: Board, starting: list[Placed]) -> list[Placed]:
    """Those that begin: what was allowed to change something outside does not before all is heard that the person has
    said since, whoever hears it; and nothing does before a plan that has to be made anew for it.
    """
    if not advance.task.unheard:
        return starting
    if waits(advance, board):
        return []
    return [placed for placed in starting if not _was_allowed(board.steps[placed.id])]


def next_wake(advance: Advance, board: Board) -> datetime | None:
    """When the next waiting step may go on; None: no moment changes anything."""
    if board.failed or waits(advance, board):
        return None
    held_back = [step.node_id for step in board.asleep if _was_allowed(step)] if advance.task.unheard else ()
    return board.next_wake_besides(held_back)


def _was_allowed(step: Step) -> bool:
    return DECIDED in (step.input or {})


def _may_mend(advance: Advance, board: Board) -> bool:
    task = advance.task
    if not board.failed or board.failed_by_model or _held_up(advance, board):
        return False
    return task.replans < REPLANS and task.message_id is not None


def _held_up(advance: Advance, board: Board) -> bool:
    """First it has to be known what happened outside."""
    return advance.held.stopping.is_set() or bool(board.unknown)
