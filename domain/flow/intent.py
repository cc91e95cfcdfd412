"""Before an external call: what is about to be done is written down, so that it is never done twice unasked."""

from typing import Any

from domain.flow.nodes.running import Running
from domain.tasks import repository as tasks


async def intend(running: Running, given: dict[str, Any]) -> None:
    """Store the intent. A worker that later finds it without an outcome asks a person (see ``execute``)."""
    running.step.input = given
    running.step.idempotency_key = running.idempotency_key
    async with running.advance.held.transaction() as session:
        await tasks.save_steps(session, running.advance.task.id, [running.step])
