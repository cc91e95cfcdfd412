"""Rounds of an agent as they are stored, written down one by one."""

from typing import Any

from domain.flow.common.rounds import Round
from domain.tasks.schemas import Step
from domain.tasks.states import StepStatus


def call(number: int, name: str = "look", **arguments: Any) -> dict[str, Any]:
    return {"id": f"c{number}", "name": name, "arguments": arguments, "external": False}


def made(
    output: dict[str, Any] | None = None,
    status: StepStatus = StepStatus.SUCCEEDED,
    *,
    error: dict[str, Any] | None = None,
) -> Step:
    """What became of a call that was made."""
    return Step("n1[0].c0", "tool", "look", status, output=output, error=error)


def round_of(index: int, *calls: tuple[dict[str, Any], Step | None], text: str = "", **said: Any) -> Round:
    """``said``: what else the thought's output holds: heard, orders, ended."""
    output = {"text": text, "calls": [entry for entry, _ in calls], "heard": [], "orders": []} | said
    think = Step(f"n1[{index}].think", "think", "", StepStatus.SUCCEEDED, output=output)
    return Round(index, think, calls)


def heard(*words: str) -> list[dict[str, str]]:
    return [{"id": "6f1f9f0e-0d53-4b65-9a30-9f3f7f4a0a01", "words": each} for each in words]
