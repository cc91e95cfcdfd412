"""The job that takes a task further."""

from datetime import timedelta
from uuid import UUID

from domain.core.queue import Command, Queue


def advance_command(task_id: UUID, user_id: UUID, *, priority: int = 1, delay: timedelta | None = None) -> Command:
    """One is pending a task; a second is the same one."""
    return Command(
        queue=Queue.TASK,
        kind="advance",
        data={"task_id": str(task_id)},
        task_id=task_id,
        share=str(user_id),
        lane=f"task:{task_id}",
        dedupe_key=f"advance:{task_id}",
        priority=priority,
        delay=delay,
    )
