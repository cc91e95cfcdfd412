"""How far an agent may go: rounds, money and minutes, each given again whenever a person lets it go on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal

from domain.core.errors import Invalid
from domain.flow.common.outcome import ASKED
from domain.flow.common.rounds import Round
from domain.tasks.schemas import Step

Limit = Literal["rounds", "budget", "minutes"]

LONGEST_THOUGHT = timedelta(minutes=10)
"""So much of a thought counts as the agent's time: what is more, the model was away."""


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of one allowance, and how much one of those is. ``enough`` for another round, which is the
    ``last`` there is enough for."""

    of: Limit
    enough: bool
    last: bool
    half: bool
    """Half of it or more is used."""
    told: str
    """How much is left, for the model."""


def allowances(
    agent_input: Mapping[str, Any],
    rounds: Sequence[Round],
    *,
    spent: Decimal | None,
    greatest_price: Decimal | None,
) -> list[Left]:
    """What is left of each. ``spent`` and ``greatest_price`` (of the next thought) are in US dollars, None where that
    is not known."""
    legs = 1 + int(agent_input.get("legs") or 0)
    found = [_rounds(int(agent_input["rounds"]), legs, rounds)]
    if agent_input.get("budget") is not None:
        found.append(_money(Decimal(str(agent_input["budget"])), legs, spent, greatest_price, first=not rounds))
    if agent_input.get("minutes") is not None:
        found.append(_minutes(float(agent_input["minutes"]), legs, worked(rounds), first=not rounds))
    return found


def check_budget(agent_input: Mapping[str, Any], greatest_price: Decimal | None, model: str) -> None:
    """Raises Invalid where a budget is given, and nobody knows what the model costs."""
    if agent_input.get("budget") is not None and greatest_price is None:
        raise Invalid(
            f"I do not know what {model} costs, so I cannot keep to a budget of ${_dollars(agent_input['budget'])}.",
            remedy="Leave the budget out, or choose a model whose price is known (“/models” lists them).",
            code="no_price",
        )


def _rounds(each: int, legs: int, rounds: Sequence[Round]) -> Left:
    left = each * legs - len(rounds)
    told = f"{left} rounds are left, this one counted."
    return Left("rounds", left > 0, left <= 1, 2 * left <= each, told)


def _money(each: Decimal, legs: int, spent: Decimal | None, greatest: Decimal | None, *, first: bool) -> Left:
    if spent is None or greatest is None:  # nobody knows whether there is enough
        return Left("budget", enough=False, last=True, half=True, told="")
    left = each * legs - spent
    told = f"${_dollars(left)} of ${_dollars(each)} is left."
    return Left("budget", left >= greatest, left < 2 * greatest and not first, 2 * left <= each, told)


def _minutes(each: float, legs: int, spent: timedelta, *, first: bool) -> Left:
    left = each * legs - spent / timedelta(minutes=1)
    told = f"About {max(1, round(left))} of {each:g} minutes are left."
    return Left("minutes", left > 0, left <= each / 10 and not first, 2 * left <= each, told)


def worked(rounds: Sequence[Round]) -> timedelta:
    """How long an agent was at work: not while its task stood still, or a person was being asked."""
    return sum((_span(each) for each in rounds), timedelta())


def _span(each: Round) -> timedelta:
    calls = [step for _, step in each.calls if step is not None and ASKED not in (step.input or {})]
    return min(_took(each.think), LONGEST_THOUGHT) + max((_took(step) for step in calls), default=timedelta())


def _took(step: Step) -> timedelta:
    if step.started_at is None or step.finished_at is None:
        return timedelta()
    return max(step.finished_at - step.started_at, timedelta())


def _dollars(value: Any) -> str:
    """To the cent, or to the first two places that are not zero."""
    amount = Decimal(str(value))
    if amount == amount.quantize(Decimal("0.01")) or abs(amount) >= 1:
        return f"{amount:.2f}"
    return f"{amount:.4f}".rstrip("0")
