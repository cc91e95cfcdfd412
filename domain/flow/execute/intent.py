"""Before an external call: what is about to be done is written down, so that it is never done twice unasked."""

from typing import Any

from domain.core.db import Session
from domain.core.failpoints import reach
from domain.flow.common.outcome import DECIDED
from domain.flow.execute.access import hold_back
from domain.flow.execute.nodes.running import Running
from domain.orgs.access import works
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
        running.advance.kit.take(running.advance.legwork.tools, running.node.name)
        running.step.input = given | ({DECIDED: decided} if decided else {})
        running.step.idempotency_key = running.idempotency_key
        await tasks.save_steps(session, running.advance.task.id, [running.step])
    reach("intent.intended")
    return True


async def _may_be_done(session: Session, running: Running) -> bool:
    advance = running.advance
    if not await rounds.may_act(session, advance.task.id, hearing=len(advance.hearing)):
        return False
    # once the task is held: what was decided while that was waited for counts, and what is decided from here on waits
    await advance.look_at_kit(session, held=True)
    if not works(advance.kit.role):
        await hold_back(session, advance.task)
        return False
    step = running.step
    return step.status is not StepStatus.HANDED or await handed.is_handed(session, advance.task.id, step)
