"""When the model is away, the work waits instead of failing, and the person is told once."""

from datetime import timedelta

from domain.conversations.outbox import say
from domain.conversations.said import Note
from domain.core.errors import Unavailable
from domain.flow.common.advance import Advance

PROBE = timedelta(seconds=60)
"""How long a task waits before it asks again, where the model's service named no time itself."""


async def park(advance: Advance, error: Unavailable) -> timedelta:
    """Say that the task waits for the model; returns how long."""
    look = f" {error.remedy}" if error.remedy else ""
    async with advance.held.transaction() as session:
        await say(
            session,
            advance.thread,
            Note(text=f"{error.sentence} Your task is kept and goes on by itself as soon as the model answers.{look}"),
            key=f"parked:{advance.task.id}",
            task_id=advance.task.id,
            reply_to=advance.task.message_id,
        )
    return error.after or PROBE
