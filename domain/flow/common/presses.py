"""What a button's value says: which task, and which of its steps."""

from uuid import UUID

from domain.core import ids
from domain.core.errors import Invalid

CARD = "card"
"""What a value names instead of a step where the line that is left of the task's card is meant."""


def task_value(task_id: UUID) -> str:
    return ids.text("task", task_id)


def step_value(task_id: UUID, node_id: str) -> str:
    return f"{ids.text('task', task_id)}/{node_id}"


def read_value(value: str) -> tuple[UUID, str | None, str | None]:
    """Task, step and the chosen answer of a button's value. Raises Invalid."""
    task, _, rest = value.partition("/")
    node_id, _, answer = rest.partition(":")
    try:
        return ids.parse("task", task), node_id or None, answer or None
    except Invalid:
        raise Invalid("That button is no longer good.", remedy="Ask again in the thread.") from None
