"""What it costs to hand a step over, in processor time: tasks of three steps that do nothing, each carried on with in
another queue, beside the same tasks whose steps stay where they are; all processes together, and the worker alone.

The two are taken in turn, by one worker that serves both queues.
"""

import sys
from pathlib import Path
from typing import Any

from sqlalchemy import RowMapping

from domain.core.db import Database
from domain.core.queue import Queue
from domain.tools.registry import Arguments, Category, Effect, Output, Tool, ToolContext
from jobs.worker import main
from tests.bench import work
from tests.bench.measure import ROUNDS, Figure
from tests.bench.processes import READY, processes, servers_in, waking
from tests.bench.spent import servers_of, spent

TASKS = 200
HERE, APART = "nothing_here", "nothing_apart"


async def run(folder: Path) -> list[Figure]:
    place = folder / "hand_over"
    async with servers_in(place) as (servers, database), waking(servers, database):
        command = [sys.executable, "-m", "tests.bench.hand_over", "all"]
        async with processes(place, servers, {READY: command}) as [worker]:
            roots = {"worker": worker.pid, **await servers_of(place, servers)}
            persons = await work.people(database)
            for tool in (HERE, APART):  # connections are opened, statements prepared
                await _cost(database, persons, roots, tool)
            measured = [[await _cost(database, persons, roots, tool) for tool in (HERE, APART)] for _ in range(ROUNDS)]
    inline, handed = [pair[0] for pair in measured], [pair[1] for pair in measured]
    return [
        Figure("a no-op step in its task's own job, all processes", "ms", [sum(one) for one in inline]),
        Figure(
            "one that is handed over; the floor is the other",
            "ms",
            [sum(one) for one in handed],
            [sum(one) for one in inline],
        ),
        Figure("the same of the worker alone", "ms", [one[0] for one in handed], [one[0] for one in inline]),
    ]


async def _cost(database: Database, persons: list[RowMapping], roots: dict[str, int], tool: str) -> tuple[float, float]:
    """Milliseconds of processor time a step: the worker's, and that of its servers."""
    before = spent(roots)
    await work.add(database, persons, TASKS, plan=plan(tool))
    await work.done(database)
    cost = {name: (after - before[name]) * 1000 / (TASKS * work.STEPS) for name, after in spent(roots).items()}
    return cost["worker"], sum(cost.values()) - cost["worker"]


def plan(tool: str) -> dict[str, Any]:
    """Three calls of the tool, one after another."""
    nodes: list[dict[str, Any]] = [
        {"id": f"n{number}", "type": "tool", "name": tool, "config": {}} for number in range(work.STEPS)
    ]
    edges = [[f"n{number}", f"n{number + 1}"] for number in range(work.STEPS - 1)]
    return {"trigger": {"type": "manual"}, "nodes": nodes, "edges": edges}


class Nothing(Arguments):
    pass


async def _nothing(given: Nothing, context: ToolContext) -> Output:
    return {}


def _tool(name: str, queue: Queue) -> Tool:
    return Tool(name, name, "does nothing", Category.GENERAL, Effect.READ, Nothing, _nothing, queue=queue)


if __name__ == "__main__":
    sys.exit(main(besides=[_tool(HERE, Queue.TASK), _tool(APART, Queue.MEDIA)]))
