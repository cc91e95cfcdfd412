"""Under which keys a task says what it says: once each, and found again to be edited."""

from uuid import UUID

_ANSWER = "answer:"


def card_key(task_id: UUID) -> str:
    return f"card:{task_id}"


def answer_key(task_id: UUID) -> str:
    """What previews of a task's answer are shown under, and what its final rows' keys begin with."""
    return f"{_ANSWER}{task_id}"


def answered(key: str) -> UUID | None:
    """Whose answer a preview shows: the task's id; None for what is no such key."""
    try:
        return UUID(key.removeprefix(_ANSWER)) if key.startswith(_ANSWER) else None
    except ValueError:
        return None


def asked_key(task_id: UUID, node_id: str, attempt_group: int, kind: str) -> str:
    """The key under which a step says or asks something of that kind."""
    return f"step:{task_id}:{node_id}:{attempt_group}:{kind}"
