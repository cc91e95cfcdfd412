"""Money set aside for a thought before its model is asked, where its agent has a budget: what may have been spent
counts as spent until it is known, whatever becomes of the worker.
"""

from decimal import Decimal
from typing import Any

from domain.flow.execute.nodes.running import Running
from domain.tasks import repository as tasks

RESERVED = "reserved"
"""Of a thought's input: US dollars as text, for each time its model was asked and did not come back so far."""


async def reserve(running: Running, price: Decimal) -> None:
    """Write down that a thought may cost so much. Raises LeaseLost."""
    running.step.input = {RESERVED: [*_set_aside(running), str(price)]}
    async with running.advance.held.transaction() as session:
        await tasks.save_steps(session, running.advance.task.id, [running.step])


def give_back(running: Running) -> None:
    """The model was away: the last of it was not spent."""
    if set_aside := _set_aside(running):
        running.step.input = {RESERVED: set_aside[:-1]}


def reserved(running: Running) -> Decimal:
    """What this thought may have cost before, in US dollars."""
    return sum((Decimal(price) for price in _set_aside(running)), Decimal(0))


def not_known_of(running: Running) -> Decimal:
    """The same, of all times but the one that has come back now."""
    return sum((Decimal(price) for price in _set_aside(running)[:-1]), Decimal(0))


def _set_aside(running: Running) -> list[str]:
    given: dict[str, Any] = running.step.input or {}
    return given.get(RESERVED) or []
