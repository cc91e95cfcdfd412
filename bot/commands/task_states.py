"""How a task stands, in the words of lists."""

from sqlalchemy import RowMapping

from domain.tasks.states import Outcome, TaskStatus, word

_WAITING = {
    "answer": "asks you",
    "approval": "asks for approval",
    "outcome": "asks what happened",
    "access": "stands still",
}


def state(row: RowMapping) -> str:
    """By its status, outcome and what it waits for."""
    if is_partial(row):
        return "stopped early"
    return _WAITING.get(row["waiting_for"] or "") or word(TaskStatus(row["status"]))


def is_partial(row: RowMapping) -> bool:
    """Whether it came to a part of what was asked."""
    return row["status"] == TaskStatus.SUCCEEDED.value and row["outcome"] == Outcome.PARTIAL.value
