"""The steps of a task as ``/tasks show`` lists them, a page at a time: below an agent's, what it did in its rounds."""

from collections.abc import Sequence

from sqlalchemy import RowMapping

from domain.conversations.said import Button
from domain.core import ids
from domain.core.db import Session
from domain.flow.common.board import Board
from domain.flow.show.details import of_agent
from domain.tasks import queries
from domain.tasks import repository as tasks
from domain.tasks.states import StepStatus, declined, word
from domain.tools.wording import worded
from domain.workflows.spec import NodeType, Spec, read_spec

PAGE = 40
"""Lines that are shown at once."""


async def lines_of(session: Session, task: RowMapping) -> list[str]:
    """A line a step, and those of agents."""
    rows = await queries.steps_of(session, task["id"])
    spec = read_spec(task["plan"]) if task["plan"] is not None else None
    labels = {node.id: node.label for node in spec.nodes} if spec is not None else {}
    board = await _board(session, task, spec) if _has_agents(rows) else None
    placed = {one.id: one for one in board.everything()} if board is not None else {}
    lines: list[str] = []
    for row in rows:
        one = placed.get(row["node_id"])
        if one is not None and one.of_agent:
            continue
        label = labels.get(row["node_id"]) or (one.node.label if one is not None else _name(row))
        lines.append(f"- {_state(row)}: {label}" + (f" ({row['error']['sentence']})" if row["error"] else ""))
        if board is not None and one is not None:
            lines += of_agent(board, board.steps[one.id])
    return lines


def page(lines: Sequence[str], first: int) -> str:
    """What is shown from the line ``first`` on."""
    return "\n".join(lines[first : first + PAGE])


def rest(task: RowMapping, lines: Sequence[str], first: int) -> tuple[Button, ...]:
    """The button to what comes after that page."""
    after = first + PAGE
    command = f"tasks show {ids.text('task', task['id'])} from {after}"
    return (Button(label="More", action="command", value=command),) if len(lines) > after else ()


def first_line(words: Sequence[str]) -> int:
    """Where the page begins that such a button asks for."""
    return int(words[-1]) if len(words) >= 2 and words[-2] == "from" and words[-1].isdecimal() else 0


def _has_agents(rows: Sequence[RowMapping]) -> bool:
    return any(row["type"] == NodeType.THINK.value for row in rows)


async def _board(session: Session, task: RowMapping, spec: Spec | None) -> Board | None:
    run = await tasks.load_run(session, task["id"])
    return Board(spec, run.steps, await tasks.now(session)) if run is not None and spec is not None else None


def _state(row: RowMapping) -> str:
    return "rejected" if declined(row["output"]) else word(StepStatus(row["status"]))


def _name(row: RowMapping) -> str:
    """Of a step that was opened while the task ran."""
    return worded(row["name"], row["input"] or {}) or row["name"].replace("_", " ") or row["type"]
