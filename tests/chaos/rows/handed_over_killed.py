"""Workers that die at each boundary of a hand-over: of the round that hands a step over, of its call's intent, and of
what is stored of it, with which the next advance is queued.

One worker stays alive throughout. Beside it run victims that are armed with one failpoint; when one has come by and is
dead, the next takes its place. Some steps read a page, others change something outside, which a person approves; where
Legwork then asks whether it happened, they look in the ledger of the web and say so.
"""

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import count as numbers
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import RowMapping

from bot.inbound import accept
from domain.core.failpoints import Point
from domain.core.queue import enqueue
from domain.flow.common.commands import advance_command
from domain.flow.common.presses import step_value
from domain.tasks import repository as tasks
from tests.chaos.apart import NAME
from tests.chaos.crew import Process
from tests.chaos.ground import Ground
from tests.chaos.row import Outcome, Row
from tests.chaos.victims import kill_at_each
from tests.factories.incoming import pressed
from tests.fixtures.waiting import eventually

Kind = Literal["reads", "changes"]

BOUNDARIES: tuple[tuple[Kind, Point], ...] = (
    ("reads", "hand_over.handing"),
    ("reads", "conclude.concluded"),
    ("reads", "hand_over.taken"),
    ("reads", "hand_over.giving"),
    ("reads", "hand_over.stored"),
    ("changes", "intent.intending"),
    ("changes", "intent.intended"),
    ("changes", "tool.called"),
    ("changes", "hand_over.giving"),
    ("changes", "hand_over.storing"),
    ("changes", "hand_over.stored"),
)

PERSON = "mara"


@dataclass(frozen=True, slots=True)
class Errand:
    """One task whose first step is handed over."""

    kind: Kind
    path: str
    task_id: UUID


class Errands:
    """Those that were begun, all of one person."""

    def __init__(self, ground: Ground, person: RowMapping) -> None:
        self.begun: list[Errand] = []
        self.asked = Counter[str]()
        self._ground = ground
        self._person = person
        self._numbers = numbers()

    async def run(self, kind: Kind) -> None:
        """One more, to its end; it is counted whatever became of it."""
        path = f"/{kind}/{next(self._numbers)}"
        method = "GET" if kind == "reads" else "POST"
        nodes = [
            {"id": "n1", "type": "tool", "name": NAME, "config": {"method": method, "url": self._ground.web.url(path)}},
            {"id": "n2", "type": "condition", "name": "after", "config": {"if": "`true`"}},
        ]
        plan: dict[str, Any] = {"trigger": {"type": "manual"}, "nodes": nodes, "edges": [["n1", "n2"]]}
        async with self._ground.database.system("a test") as session:
            whose = {name: self._person[name] for name in ("org_id", "user_id", "thread_id")}
            task = await tasks.add(session, **whose, title="it", description="it", plan=plan, total_steps=2)
            await enqueue(session, advance_command(task.id, self._person["user_id"]))
        errand = Errand(kind, path, task.id)
        self.begun.append(errand)
        with suppress(TimeoutError):
            await eventually(lambda: self._is_over(errand), 30.0, every=0.05)

    async def _is_over(self, errand: Errand) -> bool:
        """Whether it has ended; what it asks meanwhile is answered."""
        task = await self._ground.crew.task(errand.task_id)
        if task["waiting_for"] == "approval":
            await self._press(errand, "approve")
        elif task["waiting_for"] == "outcome":
            await self._press(errand, "done" if self._ground.web.count(errand.path) else "redo")
        return task["status"] in ("SUCCEEDED", "FAILED", "CANCELLED")

    async def _press(self, errand: Errand, action: str) -> None:
        self.asked[action] += 1
        event = pressed(action, step_value(errand.task_id, "n1"), person=PERSON, platform="console", held=True)
        await accept(self._ground.database, self._ground.storage, event)

    async def zeros(self) -> dict[str, int]:
        """What must not have happened, of all that were begun."""
        crew, web, counts = self._ground.crew, self._ground.web, Counter[str]()
        for errand in self.begun:
            counts["tasks lost"] += (await crew.task(errand.task_id))["status"] != "SUCCEEDED"
            counts["steps lost"] += set((await crew.steps(errand.task_id)).values()) != {"SUCCEEDED"}
            counts["steps stored twice"] += await self._stored(errand) > 1
            if errand.kind == "changes":
                counts["external calls made twice, or not"] += web.count(errand.path) != 1
            told = Counter(body["type"] for body in await crew.said(errand.task_id))
            counts["ends told twice, or not"] += told["answer"] != 1
        return dict(counts)

    async def _stored(self, errand: Errand) -> int:
        """How often an outcome of its first step was kept."""
        return await self._ground.crew.count(
            f"tool_executions WHERE task_id = '{errand.task_id}' AND node_id = 'n1' AND error IS NULL"
        )


async def drive(ground: Ground, count: int) -> Outcome:
    """So many times at each boundary."""
    crew = ground.crew
    ground.web.gate.set()
    survivor = await _worker(ground, {})
    person = await crew.acquainted(PERSON)
    errands = Errands(ground, person)
    killed = await kill_at_each(BOUNDARIES, count, partial(_worker, ground), errands.run)
    await crew.settles()
    return await killed.outcome(
        crew,
        survivor,
        await errands.zeros(),
        {
            "tasks": len(errands.begun),
            "“this may have happened”, done": errands.asked["done"],
            "“this may have happened”, not done": errands.asked["redo"],
        },
    )


async def _worker(ground: Ground, variables: Mapping[str, str]) -> Process:
    worker = await ground.crew.start("tests.chaos.apart", **variables)
    await worker.says("worker is ready")
    return worker


ROW = Row(
    name="handed-over-killed",
    fault="a worker killed (SIGKILL) at every boundary of the hand-over of a step",
    promise="no step stored twice, none lost, no external call repeated; each ambiguous one is asked about",
    full=20,
    short=1,
    drive=drive,
)
