"""What a task has come to: the words that its plan's last nodes put out, and what has to be said besides."""

from collections.abc import Mapping
from typing import Any, cast

import orjson

from domain.flow.common.board import Board
from domain.flow.conclude.early import stopped_early
from domain.flow.show.cards import dealt_with
from domain.tasks.schemas import Step
from domain.tasks.states import StepStatus
from domain.workflows.graph import last_nodes
from domain.workflows.spec import NodeType

_STEERING = (NodeType.CONDITION, NodeType.DELAY, NodeType.APPROVAL)
"""Nodes that say when, and whether, a plan goes on, and nothing to a person."""


def put_out(board: Board) -> dict[str, Any]:
    """What the plan's last nodes put out, as one text (and how many of its numbers were checked)."""
    ends = [board.steps[node.id] for node in last_nodes(board.spec) if node.type not in _STEERING]
    told = [step for step in ends if step.status is StepStatus.SUCCEEDED and step.output is not None]
    parts = [*filter(None, (_text(step) for step in told)), *stopped_early(board)]
    if board.declined:
        parts.append(f"Not done, as you decided: {', '.join(board.declined)}.")
    if board.caught:
        parts.append(f"{dealt_with(board.caught)}.")
    result: dict[str, Any] = {"text": "\n\n".join(parts) or _left_out(board)}
    for name in ("numbers", "facts"):
        counts = [step.output[name] for step in told if step.output and isinstance(step.output.get(name), int)]
        if counts:
            result[name] = sum(counts)
    if any(step.output and step.output.get("cut") for step in told):
        result["cut"] = True
    return result


def _text(step: Step) -> str:
    output = step.output or {}
    text = output.get("text")
    if isinstance(text, str):
        return text
    if parts := _texts(output):
        return "\n\n".join(parts)
    if isinstance(output.get("file"), str) and isinstance(output.get("size"), int):
        return f"{output['file']} is ready ({output['size']:,} bytes)."
    return f"```json\n{orjson.dumps(output, option=orjson.OPT_INDENT_2).decode()}\n```"


def _texts(output: Mapping[str, Any]) -> list[str]:
    """What a loop's items put out, and those of a loop in the loop."""
    parts: list[str] = []
    results = output.get("results")
    for part in cast("list[Any]", results) if isinstance(results, list) else []:
        if isinstance(part, dict):  # a tool's results may be anything
            one = cast("dict[str, Any]", part)
            parts += [str(one["text"])] if "text" in one else _texts(one)
    return parts


def _left_out(board: Board) -> str:
    """Where nothing was put out: what was skipped on the way."""
    skipped = [node.label for node in board.spec.nodes if board.steps[node.id].status is StepStatus.SKIPPED]
    return f"Done, without: {', '.join(skipped)}." if skipped else "Done."
