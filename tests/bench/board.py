"""What the board of a plan costs the processor: a node of small plans and of large ones, a step of short loops and of
long ones. A node is looked for, started with what it can see, and comes back; nothing is called and nothing stored.

The floor of a large one is the small one of the same run.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Any

from domain.flow.common.board import Board
from domain.flow.common.outcome import Done, Opened
from domain.tasks.states import StepStatus
from domain.workflows.spec import Spec
from tests.bench.measure import ROUNDS, Figure
from tests.factories.specs import node, spec, tool

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
GIVEN = {"input": {"message": "hi"}}
AS_LONG = 0.2
"""Seconds of processor time that a figure is taken from at least."""


async def run(folder: Path) -> list[Figure]:
    return [
        *_figures("a node of a plan of {} nodes side by side, four at once", _wide, 51, 200, 4),
        *_figures("a node of a plan of {} nodes in a row, one at a time", _chain, 51, 200, 1),
        *_figures("a step of a loop of {} items, four at once", _loop, 20, 200, 4),
    ]


def _wide(count: int) -> Spec:
    """All but one side by side, and one that waits for all."""
    names = [f"n{number}" for number in range(count - 1)]
    nodes = [tool(name, "note", text="{{ input.message }}") for name in names]
    last = node("last", "llm", prompt="Sum up.", inputs=["{{ n0.output }}", "{{ n1.output }}"])
    return spec(*nodes, last, edges=[[name, "last"] for name in names])


def _chain(count: int) -> Spec:
    first = tool("n0", "note", text="{{ input.message }}")
    others = [tool(f"n{number}", "note", text=f"{{{{ n{number - 1}.output.text }}}}") for number in range(1, count)]
    return spec(first, *others, edges=[[f"n{number - 1}", f"n{number}"] for number in range(1, count)])


def _loop(count: int) -> Spec:
    body = {
        "nodes": [tool("a", "note", text="{{ item }}"), tool("b", "note", text="{{ a.output.text }}")],
        "edges": [["a", "b"]],
    }
    return spec(node("loop", "foreach", items=[f"item {number}" for number in range(count)], do=body))


def _figures(what: str, made: Callable[[int], Spec], small: int, large: int, at_once: int) -> list[Figure]:
    plans = made(small), made(large)
    measured = [(_cost(plans[0], at_once), _cost(plans[1], at_once)) for _ in range(ROUNDS)]
    floor, costs = [cost for cost, _ in measured], [cost for _, cost in measured]
    return [Figure(what.format(small), "ms", floor), Figure(what.format(large), "ms", costs, floor)]


def _cost(plan: Spec, at_once: int) -> float:
    """Milliseconds of the processor for one step, laying the plan out included."""
    steps, begun = 0, process_time()
    while process_time() - begun < AS_LONG:
        steps += _play(plan, at_once)
    return (process_time() - begun) / steps * 1000


def _play(plan: Spec, at_once: int) -> int:
    """The plan from its first step to its last, in rounds as the engine has them. Returns how many steps there were."""
    board, running = Board(plan, {}, NOW), list[str]()
    while True:
        if running:
            _comes_back(board, running.pop(0))
        assert not board.failed
        starting = board.startable(NOW, at_once - len(running))
        board.changed.clear()
        for placed in starting:
            board.took(placed.id, StepStatus.RUNNING, NOW)
            board.scope(placed, lambda: GIVEN)
            running.append(placed.id)
        if not running:
            assert board.done == len(plan.nodes)
            return len(board.steps)


def _comes_back(board: Board, step_id: str) -> None:
    items: list[Any] | None = board.placed(step_id).node.config.get("items")
    board.took(step_id, Done({"text": "done"}) if items is None else Opened(items), NOW)
