"""Workers that die at each boundary of the end of a task, while another task waits for that end.

One worker stays alive throughout. Beside it runs a victim that is armed with one failpoint; when it has come by and is
dead, the next takes its place. Tasks end because their last step is done, because one fails, and because a person stops
them; each is followed by another that begins with its end.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count as numbers
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import RowMapping

from bot.inbound import accept
from domain.core.db import Session
from domain.core.failpoints import Point
from domain.core.queue import enqueue
from domain.flow.common.commands import advance_command
from domain.flow.common.presses import task_value
from domain.tasks import repository as tasks
from domain.tasks.ending import follow
from tests.chaos.crew import Process
from tests.chaos.ground import Ground
from tests.chaos.row import Outcome, Row
from tests.chaos.victims import kill_at_each
from tests.factories.incoming import pressed
from tests.fixtures.waiting import eventually

Kind = Literal["done", "failed", "stopped"]

BOUNDARIES: tuple[tuple[Kind, Point], ...] = (
    ("done", "conclude.concluding"),
    ("done", "conclude.concluded"),
    ("failed", "conclude.concluding"),
    ("failed", "conclude.concluded"),
    ("stopped", "understand.settled"),
    ("stopped", "understand.understood"),
)
STATUS: Mapping[Kind, str] = {"done": "SUCCEEDED", "failed": "FAILED", "stopped": "CANCELLED"}
SAID: Mapping[Kind, Counter[str]] = {
    "done": Counter(answer=1),
    "failed": Counter(problem=1),
    "stopped": Counter(),
}
"""What is said of an end, each once."""

PERSON = "mara"


@dataclass(frozen=True, slots=True)
class Chain:
    """A task that ends, and the one that begins with its end."""

    number: int
    kind: Kind
    first: UUID
    after: UUID


class Chains:
    """Those that were begun, all of one person."""

    def __init__(self, ground: Ground, person: RowMapping) -> None:
        self.begun: list[Chain] = []
        self._ground = ground
        self._person = person
        self._numbers = numbers()

    async def run(self, kind: Kind) -> None:
        """One more, to its end and that of what follows it; it is counted whatever became of it."""
        number = next(self._numbers)
        async with self._ground.database.system("a test") as session:
            after = await self._add(session, self._last(number, "after", ("condition", {"if": "`true`"})))
            first = await self._add(session, self._last(number, "first", _ENDS[kind]))
            await follow(session, first, advance_command(after, self._person["user_id"]))
            await enqueue(session, advance_command(first, self._person["user_id"]))
        self.begun.append(Chain(number, kind, first, after))
        crew = self._ground.crew
        if kind == "stopped":
            await eventually(lambda: self._waits(first), 30)
            event = pressed("stop", task_value(first), person=PERSON, platform="console", held=True)
            await accept(self._ground.database, self._ground.storage, event)
        await crew.ends_as(first, STATUS[kind])
        await crew.ends_as(after, "SUCCEEDED")

    async def _waits(self, task_id: UUID) -> bool:
        return bool(
            await self._ground.crew.rows(
                "SELECT 1 FROM queue_jobs WHERE task_id = :id AND status = 'scheduled'", id=task_id
            )
        )

    def _last(self, number: int, name: str, last: tuple[str, dict[str, Any]]) -> dict[str, Any]:
        """A page is read and stored; the step that the task ends with reaches nothing outside."""
        kind, config = last
        page = {"url": self._ground.web.url(f"/{name}/{number}")}
        nodes = [
            {"id": "n1", "type": "tool", "name": "http_request", "config": page},
            {"id": "n2", "type": kind, "name": "last", "config": config},
        ]
        return {"trigger": {"type": "manual"}, "nodes": nodes, "edges": [["n1", "n2"]]}

    async def _add(self, session: Session, plan: dict[str, Any]) -> UUID:
        whose = {name: self._person[name] for name in ("org_id", "user_id", "thread_id")}
        task = await tasks.add(session, **whose, title="it", description="it", plan=plan, total_steps=2)
        return task.id

    async def zeros(self) -> dict[str, int]:
        """What must not have happened, of all that were begun."""
        crew, web, counts = self._ground.crew, self._ground.web, Counter[str]()
        for chain in self.begun:
            counts["tasks lost"] += (await crew.task(chain.first))["status"] != STATUS[chain.kind]
            counts["tasks that wait for an end lost"] += (await crew.task(chain.after))["status"] != "SUCCEEDED"
            counts["steps done twice, or not"] += web.count(f"/first/{chain.number}") != 1
            counts["steps done twice, or not"] += web.count(f"/after/{chain.number}") != 1
            told = Counter(body["type"] for body in await crew.said(chain.first))
            counts["ends told twice, or not"] += told & Counter(answer=9, problem=9) != SAID[chain.kind]
            counts["followers queued twice, or not"] += len(await crew.jobs(chain.after)) != 1
        return dict(counts)


_ENDS: Mapping[Kind, tuple[str, dict[str, Any]]] = {
    "done": ("condition", {"if": "`true`"}),
    "failed": (
        "foreach",
        {"items": "{{ n1.output.url }}", "node": {"id": "b", "type": "condition", "config": {"if": "`true`"}}},
    ),
    "stopped": ("delay", {"seconds": 3_600}),
}


async def drive(ground: Ground, count: int) -> Outcome:
    """So many times at each boundary."""
    crew = ground.crew
    [survivor] = await crew.muster(1)
    person = await crew.acquainted(PERSON)
    chains = Chains(ground, person)

    async def victim(variables: dict[str, str]) -> Process:
        worker = await crew.start("jobs.worker", **variables)
        await worker.says("worker is ready")
        return worker

    killed = await kill_at_each(BOUNDARIES, count, victim, chains.run, at_once=1)
    await crew.settles()
    return await killed.outcome(crew, survivor, await chains.zeros(), {"tasks that ended": 2 * len(chains.begun)})


ROW = Row(
    name="ending-killed",
    fault="a worker killed (SIGKILL) at every boundary of the end of a task that another waits for",
    promise="one end, told once; no step done twice, nothing lost, and what follows begins once",
    full=20,
    short=1,
    drive=drive,
)
