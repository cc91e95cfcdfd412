"""What running one node can end in, and what that makes of its step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from domain.conversations.said import ApprovalCard, Question, Said
from domain.core.queue import Queue
from domain.flow.common.rounds import BEGUN
from domain.llm.model import Reply
from domain.llm.prices import total
from domain.tasks.schemas import Artifact, Step
from domain.tasks.states import StepStatus
from domain.tools.records import Execution

DIGEST, ASKED, DECIDED = "digest", "asked", "decided"
"""What a step that asks keeps beside its input: exactly what is to be approved, how people were asked, and what one of
them has said to it, in words."""


@dataclass(slots=True)
class Trace:
    """What a node did on the way, whatever it ended in: kept even when it failed."""

    artifacts: list[Artifact] = field(default_factory=list[Artifact])
    executions: list[Execution] = field(default_factory=list[Execution])
    replies: list[Reply] = field(default_factory=list[Reply])
    read: list[str] = field(default_factory=list[str])
    """Where its calls have read what others wrote."""

    @property
    def empty(self) -> bool:
        return not (self.artifacts or self.executions or self.replies)

    @property
    def plain(self) -> bool:
        """Nothing but calls of tools."""
        return not (self.artifacts or self.replies)

    @property
    def cost(self) -> Decimal | None:
        """What its model calls cost, in US dollars; None where the price of one of them is not known."""
        return total(reply.usage.cost for reply in self.replies)


@dataclass(frozen=True, slots=True)
class Done:
    output: dict[str, Any]
    said: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """A foreach has its items; they run next."""

    items: list[Any]


@dataclass(frozen=True, slots=True)
class Began:
    """An agent is at work; its first round runs next. ``input`` is its configuration, resolved, and what it keeps."""

    input: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sleeps:
    """Nothing to do before this moment."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Asks:
    """A person has to answer. ``digest`` names exactly what is to be approved."""

    said: ApprovalCard | Question
    input: dict[str, Any]
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Handed:
    """A worker of another queue carries on with it. ``input`` is its configuration, resolved."""

    queue: Queue
    input: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Failed:
    """It did not work. ``again`` is when another attempt is worth it; None: it will fail again."""

    code: str
    sentence: str
    remedy: str | None = None
    again: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """An external call was made and what became of it is not known."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Back:
    """A step that was handed over has come to something; ``state`` are its fields, as its job has stored them."""

    state: Mapping[str, Any]


Outcome = Done | Opened | Began | Sleeps | Asks | Handed | Failed | Lost


def become(step: Step, status: StepStatus, now: datetime) -> None:
    """The step is in another status, without having come to an outcome."""
    step.status = status
    if status is StepStatus.RUNNING:
        step.started_at = step.started_at or now
    elif status.final:
        step.finished_at = now


def apply(step: Step, outcome: Outcome | Back, now: datetime) -> tuple[Said, ...]:
    """What an outcome makes of the step. Returns what the node has to say."""
    if isinstance(outcome, Back):
        for name, value in outcome.state.items():
            setattr(step, name, value)
        return ()
    step.attempt_count += 1
    step.wake_at = None
    step.error = None
    match outcome:
        case Done():
            step.status, step.output, step.finished_at = StepStatus.SUCCEEDED, outcome.output, now
            return outcome.said
        case Opened():
            step.status, step.output = StepStatus.RUNNING, {"items": outcome.items}
        case Began():
            step.status, step.input, step.output = StepStatus.RUNNING, outcome.input, {BEGUN: True}
        case Sleeps():
            step.status, step.wake_at = StepStatus.WAITING, outcome.until
            step.attempt_count -= 1
        case Asks():
            asked = outcome.said.model_dump(mode="json")
            step.status, step.input = StepStatus.WAITING, outcome.input | {DIGEST: outcome.digest, ASKED: asked}
            step.attempt_count -= 1
        case Handed():
            decided = (step.input or {}).get(DECIDED)
            step.status, step.input = StepStatus.HANDED, outcome.input | ({DECIDED: decided} if decided else {})
            step.attempt_count -= 1
        case Failed():
            step.error = {"code": outcome.code, "sentence": outcome.sentence, "remedy": outcome.remedy}
            step.wake_at = outcome.again
            step.status = StepStatus.WAITING if outcome.again else StepStatus.FAILED
            step.finished_at = None if outcome.again else now
        case Lost():
            step.status = StepStatus.UNKNOWN
            step.error = {"code": "ambiguous", "sentence": outcome.sentence}
    return ()
