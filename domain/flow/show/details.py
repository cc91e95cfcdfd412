"""All that an agent did, round by round, for who wants to read it: literal lines."""

from collections.abc import Iterator, Mapping
from typing import Any

from domain.flow.common.board import Board
from domain.flow.common.rounds import Round
from domain.flow.show.agents import LONGEST, named, outcome_of
from domain.tasks.schemas import Step
from domain.tasks.states import StepStatus, declined, word
from domain.tools.redaction import redacted
from domain.tools.wording import worded

_SAYS = ("sentence", "text", "title", "head", "result")
"""Of an output: the first of these is what is told of it."""
_LISTS = ("results", "facts", "rows", "files", "items")
"""Or else how many there are of these."""


def of_agent(board: Board, agent: Step) -> list[str]:
    """Of each round what was heard and ordered before it, what was thought, and each call with what came of it."""
    return [line for each in board.rounds(agent.node_id) for line in _of_round(board, each)]


def _of_round(board: Board, each: Round) -> Iterator[str]:
    output = each.think.output or {}
    for note in output.get("heard") or ():
        yield f"  heard: {_line(note['words'])}"
    for order in output.get("orders") or ():
        yield f"  told: {_line(order)}"
    yield f"  round {each.index + 1}: {_thought(each.think, output)}"
    for entry, call in each.calls:
        yield f"    - {_told(entry) if call is None else _called(board, call)}"


def _thought(think: Step, output: Mapping[str, Any]) -> str:
    if think.status is StepStatus.SUCCEEDED:
        said = _line(output.get("text"))
        return said or ("asked for this" if output.get("calls") else "no answer")
    return _line((think.error or {}).get("sentence")) or _state(think)


def _told(entry: Mapping[str, Any]) -> str:
    name = str(entry["name"])
    return f"not made: {worded(name, entry['arguments']) or name.replace('_', ' ')} ({_line(entry['told'])})"


def _called(board: Board, call: Step) -> str:
    outcome = outcome_of(call)
    if call.status is StepStatus.SUCCEEDED:
        outcome = "; ".join(filter(None, (outcome, _said(call.output or {}))))
    return f"{_state(call)}: {named(board, call)}" + (f" ({outcome})" if outcome else "")


def _state(step: Step) -> str:
    return "rejected" if declined(step.output) else word(step.status)


def _said(output: Mapping[str, Any]) -> str:
    """What is told of an output, in a line."""
    found = next((output[name] for name in _SAYS if isinstance(output.get(name), str | int | float)), None)
    if found is not None:
        return _line(found)
    return next((f"{len(output[name])} {name}" for name in _LISTS if isinstance(output.get(name), list)), "")


def _line(value: Any) -> str:
    line = " ".join(str(redacted(value or "")).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"
