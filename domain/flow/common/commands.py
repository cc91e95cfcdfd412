"""The jobs that take a task further."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from domain.core.queue import Command, Queue
from domain.tasks.handed import lane_of
from domain.tasks.schemas import Step, Task


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


def step_command(
    task: Task, step: Step, queue: Queue, limits: Mapping[str, Any], *, on_card: bool, room: int | None
) -> Command:
    """The step is carried on with in that queue: many of one task at once, and each by one at a time. ``limits`` are
    those its node says of itself; ``on_card``: the card has a line for it; ``room``: bytes of JSON that it may put out.
    """
    place = {"task_id": str(task.id), "node_id": step.node_id, "group": step.attempt_group}
    return Command(
        queue=queue,
        kind="step",
        data=place | {"limits": limits, "on_card": on_card, "room": room},
        task_id=task.id,
        share=str(task.user_id),
        lane=lane_of(task.id, step),
        dedupe_key=lane_of(task.id, step),
        priority=task.priority,
    )
