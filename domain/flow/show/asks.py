"""What a task asks people, as its waiting steps keep it: the same on the card, below it, and asked for again."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import orjson

from domain.conversations.said import ApprovalCard, Button, Question, read
from domain.flow.common.outcome import ASKED, DECIDED, DIGEST
from domain.flow.common.presses import step_value
from domain.tasks.schemas import Step
from domain.tasks.states import StepStatus
from domain.tools.redaction import redacted

Ask = ApprovalCard | Question

MOST = 5
"""So many a card asks at once; the next come when one of them is settled."""


def asks_of(task_id: UUID, steps: Iterable[Step]) -> list[Ask]:
    """What the steps wait for people to say, in their order."""
    asked = (
        ask_of(task_id, step.node_id, step.name, step.status, step.input) for step in steps if step.wake_at is None
    )
    return [ask for ask in asked if ask is not None]


def ask_of(task_id: UUID, node_id: str, name: str, status: StepStatus, given: Mapping[str, Any] | None) -> Ask | None:
    """What one step asks; None where it does not."""
    if status is StepStatus.UNKNOWN:
        return _may_have_happened(task_id, node_id, name, given or {})
    asked = (given or {}).get(ASKED) if status is StepStatus.WAITING else None
    said = read(asked) if asked is not None else None
    return said if isinstance(said, ApprovalCard | Question) else None


def ask_kind(step: Step, ask: Ask) -> str:
    """What kind of asking it is, for ``asked_key``."""
    return "unknown" if step.status is StepStatus.UNKNOWN else ask.type


def on_card(asks: list[Ask]) -> tuple[tuple[Ask, ...], tuple[Button, ...]]:
    """The first of them without their buttons, and these: numbered where there are several to choose from."""
    shown = asks[:MOST]
    many = len(asks) > 1
    buttons = [
        button.model_copy(update={"label": f"{button.label} {number}" if many else button.label})
        for number, ask in enumerate(shown, start=1)
        for button in ask.buttons
    ]
    return tuple(ask.model_copy(update={"buttons": ()}) for ask in shown), tuple(buttons)


def briefly(ask: Ask) -> Ask:
    """The same in a line, for who can read the rest of it on the card."""
    return ask.model_copy(update={"details": ()}) if isinstance(ask, ApprovalCard) else ask


def _may_have_happened(task_id: UUID, node_id: str, name: str, given: Mapping[str, Any]) -> ApprovalCard:
    value = step_value(task_id, node_id)
    input_ = redacted({key: part for key, part in given.items() if key not in (DIGEST, ASKED, DECIDED)})
    return ApprovalCard(
        task_id=task_id,
        title=f"This may have happened: {name.replace('_', ' ')}",
        details=(
            *((key, part if isinstance(part, str) else orjson.dumps(part).decode()) for key, part in input_.items()),
            ("Why I ask", "I was interrupted before I learned what became of it, and I do nothing twice unasked."),
        ),
        buttons=(
            Button(label="Do it again", action="redo", value=value, style="danger"),
            Button(label="It is done", action="done", value=value, style="primary"),
        ),
    )
