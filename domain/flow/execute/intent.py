"""Before an external call: what is about to be done is written down, so that it is never done twice unasked."""

from typing import Any

from domain.core.db import Session
from domain.core.failpoints import reach
from domain.flow.common.outcome import DECIDED
from domain.flow.execute.access import hold_back
from domain.flow.execute.nodes.running import Running
from domain.tasks import handed, rounds
from domain.tasks import repository as tasks
from domain.tasks.states import StepStatus


async def intend(running: Running, given: dict[str, Any]) -> bool:
    """Store the intent. False when a person has stopped or paused the task meanwhile, or said something that nobody
    has heard yet, or whom it works for may not have work done any more: then nothing may be done.
    Raises Refused, likewise with nothing stored, where an admin has switched the tool off.

    A worker that later finds an intent without an outcome asks a person (see ``rest``).
    """
    decided = (running.step.input or {}).get(DECIDED)
    reach("intent.intending")
    async with running.advance.held.transaction() as session:
        if not await _may_be_done(session, running):
            return False
        await running.advance.look_at_kit(session)
        running.advance.kit.take(running.advance.legwork.tools, running.node.name)
        running.step.input = given | ({DECIDED: decided} if decided else {})
        running.step.idempotency_key = running.idempotency_key
        await tasks.save_steps(session, running.advance.task.id, [running.step])
    reach("intent.intended")
    return True


async def _may_be_done(session: Session, running: Running) -> bool:
    task_id = running.advance.task.id
    may = await rounds.may_act(session, task_id, hearing=len(running.advance.hearing))
    if may == "access":
        await hold_back(session, running.advance.task)
    if may != "yes":
        return False
    return running.step.status is not StepStatus.HANDED or await handed.is_handed(session, task_id, running.step)
