"""An agent's rounds, as its steps have them: what was thought, and what became of each call."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from domain.llm.prices import total
from domain.tasks.schemas import Step

BEGUN = "begun"
"""What the output of an agent says while it is at work."""
PAST = "past"
"""Of its input: the answers of how many rounds end nothing, because more was said after them."""

ENDED = "ended"
"""Of the output of an agent's last thought, and of its own: what it ended by."""
COST = "cost"
"""Of a thought's output: US dollars as text; None where that is not known."""
LEGS = "legs"
"""Of its input: how often a person has let it go on after it had come to a limit."""


@dataclass(frozen=True, slots=True)
class Round:
    """``calls`` are the entries of the thought's output in their order, each with its step; None: it was answered
    without being made.
    """

    index: int
    think: Step
    calls: tuple[tuple[Mapping[str, Any], Step | None], ...]
    worded: dict[Hashable, Sequence[Any]] = field(
        default_factory=dict[Hashable, Sequence[Any]], init=False, repr=False, compare=False
    )
    """How it was last put for the model, by the room it had for that. Nothing changes of a round that is over."""

    @property
    def is_over(self) -> bool:
        return all(step is None or step.status.final for step in (self.think, *(step for _, step in self.calls)))


def calls_of(think: Step) -> list[Mapping[str, Any]]:
    """All that a thought asked for."""
    return (think.output or {}).get("calls") or []


def made_by(think: Step) -> list[Mapping[str, Any]]:
    """What of it becomes steps."""
    return [call for call in calls_of(think) if "told" not in call]


def is_answer(think: Step) -> bool:
    """Whether a thought is its agent's last word; one that asked for nothing and is none is asked once more."""
    return ENDED in (think.output or {})


def heard_by(think: Step) -> list[Mapping[str, Any]]:
    """What the person had said meanwhile, as the thought heard it: ``{"id", "words"}`` of each note."""
    return (think.output or {}).get("heard") or []


def allowed(agent: Step) -> int:
    """How many rounds an agent may have, all its legs counted."""
    given = agent.input or {}
    return int(given.get("rounds") or 0) * (1 + int(given.get(LEGS) or 0))


LIMITS = ("rounds", "budget", "minutes")
"""What an agent may end by without having come to its answer."""


def limited_by(agent: Step) -> str | None:
    """The limit at which an agent ended; None for one that is at work, or has come to an answer."""
    ended = (agent.output or {}).get(ENDED)
    return ended if ended in LIMITS else None


def spent(rounds: Iterable[Round]) -> Decimal | None:
    """What the thoughts cost, in US dollars; None where that of one is not known."""
    costs = ((each.think.output or {}).get(COST, "0") for each in rounds)
    return total(Decimal(cost) if cost is not None else None for cost in costs)


_ANSWER = ("text", "data", "ended", "numbers", "facts", "removed", "cut", "open")


def answer_of(rounds: Sequence[Round]) -> dict[str, Any]:
    """What an agent puts out that has come to its end: its last thought's answer, and how far it went for it."""
    said = rounds[-1].think.output or {}
    calls = sum(step is not None for round_ in rounds for _, step in round_.calls)
    return {name: said[name] for name in _ANSWER if name in said} | {"rounds": len(rounds), "calls": calls}
