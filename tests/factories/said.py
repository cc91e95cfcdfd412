"""What Legwork might say, for the tests of how it is shown."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.conversations.said import CardStep, PlanCard, StepState

TASK = UUID(int=1)


def card(*steps: CardStep, **changes: Any) -> PlanCard:
    """A task that has been at work for a minute."""
    given = {
        "task_id": TASK,
        "title": "Look at the leads",
        "status": "running",
        "steps": steps,
        "elapsed_ms": 65_000,
        "cost": Decimal("0.002"),
    }
    return PlanCard.model_validate(given | changes)


def every_step(label: str = "{}") -> tuple[CardStep, ...]:
    """A step in each state, whose name stands in its label."""
    return tuple(
        CardStep(label=label.format(state.value), state=state, note="1,204 rows" if state is StepState.DONE else "")
        for state in StepState
    )
