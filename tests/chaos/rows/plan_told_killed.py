"""Workers that die while a plan hears what its person has said: as that is noted, as the model answers, as another plan
is stored, and on the way to its end.

One worker stays alive throughout. Each task reads a page that takes long; meanwhile its person says which other page
counts, and the plan is made anew for that.
"""

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count as numbers
from time import monotonic
from typing import Literal
from uuid import UUID

from domain.core.failpoints import Point
from tests.chaos import cases
from tests.chaos.cases import MODEL, REPLANNED, Script
from tests.chaos.ground import Ground
from tests.chaos.row import Outcome, Row
from tests.chaos.rows.agent_killed import PATIENCE, worker
from tests.chaos.victims import kill_at_each
from tests.fakes.openai import FakeOpenAI
from tests.fixtures.waiting import eventually

Kind = Literal["plan"]

BOUNDARIES: tuple[tuple[Kind, Point], ...] = (
    ("plan", "conclude.noting"),
    ("plan", "conclude.noted"),
    ("plan", "model.answered"),
    ("plan", "plan.replanned"),
    ("plan", "execute.recorded"),
    ("plan", "conclude.concluded"),
)
TIMES: dict[Point, int] = {"model.answered": 3, "conclude.concluded": 2}


@dataclass(slots=True)
class Told:
    """One task, from its message to its end."""

    number: int
    task_id: UUID
    began: float = field(default_factory=monotonic)
    ended: float = 0.0
    said: bool = False

    def path(self, page: str) -> str:
        return f"/{page}/{self.number:04}"


class Plans:
    """Those that were begun, each of a person of its own. ``died`` says when a victim did."""

    def __init__(self, ground: Ground) -> None:
        self.begun: list[Told] = []
        self.died: list[float] = []
        self._ground = ground
        self._numbers = numbers()

    async def run(self, _: Kind) -> None:
        """One more, to its end; it is counted whatever became of it."""
        number, crew, gates = next(self._numbers), self._ground.crew, self._ground.web.gates
        gates[f"/slow/{number:04}"] = asyncio.Event()
        message_id = await crew.say(cases.by_plan(number), f"mara-{number}")
        told = Told(number, await crew.task_of(message_id))
        self.begun.append(told)
        with suppress(TimeoutError):
            await eventually(lambda: self._is_over(told), PATIENCE, every=0.05)
        told.ended = monotonic()
        gates[told.path("slow")].set()

    async def _is_over(self, told: Told) -> bool:
        crew, web = self._ground.crew, self._ground.web
        if web.count(told.path("slow")) and not told.said:
            told.said = True
            await crew.say(cases.more(told.number), f"mara-{told.number}")
        if told.said and await crew.count(f"task_notes WHERE task_id = '{told.task_id}'"):
            web.gates[told.path("slow")].set()
        return (await crew.task(told.task_id))["status"] in ("SUCCEEDED", "FAILED", "CANCELLED")

    async def zeros(self, double: FakeOpenAI) -> dict[str, int]:
        """What must not have happened, of all that were begun."""
        crew, web, counts = self._ground.crew, self._ground.web, Counter[str]()
        asked = Counter(
            int(cases.CASE.findall(received.raw)[-1])
            for received in double.ledger
            if REPLANNED.encode() in received.raw
        )
        for told in self.begun:
            steps = await crew.steps(told.task_id)
            counts["tasks lost"] += (await crew.task(told.task_id))["status"] != "SUCCEEDED"
            counts["plans that are not the new one, done"] += steps != {"slow": "SUCCEEDED", "b": "SUCCEEDED"}
            counts["pages read that did not count"] += web.count(told.path("a"))
            counts["steps kept twice"] += await self._stored_again(told)
            heard = await crew.rows("SELECT heard_by FROM task_notes WHERE task_id = :id", id=told.task_id)
            counts["notes heard twice, or not"] += [str(row["heard_by"])[:5] for row in heard] != ["plan:"]
            died = sum(told.began <= moment <= told.ended for moment in self.died)
            counts["plans paid twice, beyond one a kill"] += max(asked[told.number] - 1 - died, 0)
            counts["attempts to mend spent"] += await crew.count(f"tasks WHERE id = '{told.task_id}' AND replans > 0")
            said = Counter(body["type"] for body in await crew.said(told.task_id))
            counts["ends told twice, or not"] += said["answer"] != 1
        return dict(counts)

    async def _stored_again(self, told: Told) -> int:
        rows = await self._ground.crew.rows(
            "SELECT count(*) AS times FROM tool_executions WHERE task_id = :id AND error IS NULL GROUP BY node_id",
            id=told.task_id,
        )
        return sum(row["times"] - 1 for row in rows)


async def drive(ground: Ground, count: int) -> Outcome:
    """So many times at each boundary."""
    async with FakeOpenAI(otherwise=Script(ground.web.url("")), validates=False) as double:
        ground.environment.update(OPENAI_API_KEY=double.key or "", OPENAI_BASE_URL=double.base_url, LEGWORK_MODEL=MODEL)
        plans = Plans(ground)
        survivor = await worker(ground, [], {})
        killed = await kill_at_each(BOUNDARIES, count, partial(worker, ground, plans.died), plans.run, TIMES)
        await ground.crew.settles()
        return Outcome(
            zero={
                **await plans.zeros(double),
                "jobs left over": await ground.crew.left(),
                "survivors that died": not survivor.alive,
                "boundaries at which nobody died": killed.short,
            },
            told={"killed": killed.at.total(), "tasks": len(plans.begun)},
            remarks=killed.missed,
        )


ROW = Row(
    name="plan-told-killed",
    fault="a worker killed (SIGKILL) at every boundary of a plan that hears what its person says",
    promise="it is heard once, the plan is changed once, what is done is kept, and nothing of the old plan begins",
    full=20,
    short=1,
    drive=drive,
)
