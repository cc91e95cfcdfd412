"""When a plan is made anew: something failed that may be gone around, or the person said what no agent hears."""

from domain.flow.common.advance import Advance
from domain.flow.common.board import Board
from domain.flow.execute.agent import hearing
from domain.flow.plan.replan import REPLANS


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


def _may_mend(advance: Advance, board: Board) -> bool:
    task = advance.task
    if not board.failed or board.failed_by_model or _held_up(advance, board):
        return False
    return task.replans < REPLANS and task.message_id is not None


def _held_up(advance: Advance, board: Board) -> bool:
    """First it has to be known what happened outside."""
    return advance.held.stopping.is_set() or bool(board.unknown)
