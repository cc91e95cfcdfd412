"""Agents at work: a board in whatever round, and the task around it."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from domain.core.ids import new_id
from domain.flow.common.board import Board
from domain.flow.common.outcome import Began, Done
from domain.tasks.schemas import Task
from domain.tasks.states import StepStatus, TaskStatus
from tests.factories.boards import NOW
from tests.factories.specs import Node, node, spec

GIVEN: dict[str, Any] = {"goal": "find out why", "rounds": 12, "budget": None, "minutes": 20.0, "past": 0, "legs": 0}


def agent(node_id: str = "n1", **config: Any) -> Node:
    return node(node_id, "agent", **({"goal": "find out why"} | config))


def task(status: TaskStatus = TaskStatus.RUNNING, **changes: Any) -> Task:
    """A task at work since ``NOW``, unless it is said otherwise."""
    given: dict[str, Any] = {
        "id": new_id(),
        "org_id": new_id(),
        "user_id": new_id(),
        "thread_id": new_id(),
        "message_id": new_id(),
        "title": "Hillside leads",
        "description": "find out why",
        "quoted": [],
        "status": status,
        "waiting_for": None,
        "priority": 1,
        "plan": None,
        "replans": 0,
        "card": 1,
        "cost": Decimal("0.03"),
        "budget": None,
        "tainted": False,
        "tainted_by": [],
        "started_at": NOW,
        "unheard": 0,
    }
    return Task(**(given | changes))


def begun(*nodes: Node, edges: list[list[Any]] | None = None, at: str = "n1", **given: Any) -> Board:
    """A plan whose agent ``at`` is at work: alone, unless there are other ``nodes``."""
    board = Board(spec(*(nodes or (agent(),)), edges=edges), {}, NOW)
    begin(board, at, **given)
    return board


def begin(board: Board, step_id: str, **given: Any) -> None:
    board.took(step_id, StepStatus.RUNNING, NOW)
    board.took(step_id, Began(GIVEN | given), NOW)


def call(name: str, number: int = 0, *, external: bool = False, **arguments: Any) -> dict[str, Any]:
    return {"id": f"c{number}", "name": name, "arguments": arguments, "external": external}


def thought(*calls: dict[str, Any], text: str = "", **more: Any) -> dict[str, Any]:
    return {"text": text, "calls": list(calls), "heard": [], "orders": []} | more


def answer(text: str = "Because.", ended: str = "answered", **more: Any) -> dict[str, Any]:
    return thought(text=text, ended=ended, **more)


def end(board: Board, step_id: str, output: dict[str, Any], now: datetime = NOW) -> None:
    """The step ran, and this came of it."""
    board.took(step_id, StepStatus.RUNNING, now)
    board.took(step_id, Done(output), now)


def go_round(board: Board, index: int, *calls: dict[str, Any], at: str = "n1") -> None:
    """A round in which all calls did what they should."""
    end(board, f"{at}[{index}].think", thought(*calls))
    for each in calls:
        if "told" not in each:
            end(board, f"{at}[{index}].{each['id']}", {"text": "done"})


def as_stored(board: Board) -> Board:
    """As another worker, or whoever asks how it stands, lays it out."""
    return Board(board.spec, board.steps, NOW)
