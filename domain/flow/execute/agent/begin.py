"""An agent begins: what it is to find out, with what, and within which limits."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from domain.core.errors import Invalid
from domain.flow.common.outcome import Began, Outcome
from domain.flow.common.rounds import PAST
from domain.flow.execute.agent.limits import check_budget
from domain.flow.execute.nodes.llm import listed
from domain.flow.execute.nodes.running import Running
from domain.llm.model import OFFLINE
from domain.llm.prices import cost
from domain.workflows.agents import LONGEST_GOAL, MINUTES, ROUNDS
from domain.workflows.spec import NodeType

READING_ROUNDS = 8
"""Of a node of a model that may only read."""


async def run(running: Running) -> Outcome:
    """Its input is what it goes by from here on (see docs/agents-at-work.md). One that begins again, after a retry or
    because a person lets it go on, goes by what it had.
    """
    before = running.step.input or {}
    return Began(before if PAST in before else _input(running))


def _input(running: Running) -> dict[str, Any]:
    config, reads = running.resolved(), running.node.type is NodeType.LLM
    goal = str(config.get("prompt" if reads else "goal") or "").strip()
    if not goal:
        raise Invalid(f"{running.node.label} was given nothing to find out.", remedy="Say what is to be found out.")
    if len(goal) > LONGEST_GOAL:
        raise Invalid(
            f"What {running.node.label} should find out has {len(goal):,} characters; {LONGEST_GOAL:,} are possible.",
            remedy="Say it in fewer words, and send what is to be read as a file.",
        )
    given: dict[str, Any] = {
        "goal": goal,
        "inputs": listed(config.get("inputs")),
        "tools": config.get("tools"),
        "rounds": int(config.get("rounds") or (READING_ROUNDS if reads else ROUNDS)),
        "budget": config.get("budget"),
        "minutes": float(config.get("minutes") or MINUTES),
        "reads": reads,
        PAST: 0,
        "legs": 0,
        "begun_at": running.now().isoformat(),
    }
    given |= {name: config[name] for name in ("schema", "model") if config.get(name) is not None}
    for model in models_of(running, given):
        price = Decimal(0) if running.advance.legwork.model.name == OFFLINE else cost(model, 1, 1)
        check_budget(given, price, model)
    return given


def models_of(running: Running, given: Mapping[str, Any]) -> list[str]:
    """The names of those that may be asked for an agent of this input: its model, and what is asked where that is
    away."""
    fallback = running.advance.legwork.settings.fallback_model
    return [model_of(running, given), *([fallback] if fallback is not None else [])]


def model_of(running: Running, given: Mapping[str, Any]) -> str:
    """The name of the model that an agent of this input asks."""
    advance = running.advance
    return str(given.get("model") or advance.thread.model or advance.legwork.settings.model)
