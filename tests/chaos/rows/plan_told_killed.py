"""Workers that die while a plan hears what its person has said: as that is noted, as the model answers, as another plan
is stored, and on the way to its end.

One worker stays alive throughout. Each task reads a page that takes long; meanwhile its person says which other page
counts, and the plan is made anew for that.
"""

from collections import Counter
from functools import partial
from typing import Literal

from domain.core.failpoints import Point
from tests.chaos import cases
from tests.chaos.cases import MODEL, REPLANNED, Script
from tests.chaos.ground import Ground
from tests.chaos.row import Outcome, Row
from tests.chaos.spoken import SpokenTo, worker
from tests.chaos.victims import kill_at_each
from tests.fakes.openai import FakeOpenAI

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


class Plans(SpokenTo):
    """Plans that run."""

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground, cases.by_plan)

    async def zeros(self, double: FakeOpenAI) -> dict[str, int]:
        """What must not have happened, of all that were begun."""
        crew, web, counts = self.ground.crew, self.ground.web, Counter[str]()
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
            counts["steps kept twice"] += await self.stored_again(told)
            counts["notes heard twice, or not"] += [by[:5] for by in await self.heard_by(told)] != ["plan:"]
            again = asked[told.number] - 1 - self.deaths_during(told)
            counts["plans paid twice, beyond one a kill"] += max(again, 0)
            counts["attempts to mend spent"] += await crew.count(f"tasks WHERE id = '{told.task_id}' AND replans > 0")
            said = Counter(body["type"] for body in await crew.said(told.task_id))
            counts["ends told twice, or not"] += said["answer"] != 1
        return dict(counts)


async def drive(ground: Ground, count: int) -> Outcome:
    """So many times at each boundary."""
    async with FakeOpenAI(otherwise=Script(ground.web.url("")), validates=False) as double:
        ground.environment.update(OPENAI_API_KEY=double.key or "", OPENAI_BASE_URL=double.base_url, LEGWORK_MODEL=MODEL)
        plans = Plans(ground)
        survivor = await worker(ground, [], {})
        killed = await kill_at_each(BOUNDARIES, count, partial(worker, ground, plans.died), plans.run, TIMES)
        await ground.crew.settles()
        return await killed.outcome(ground.crew, survivor, await plans.zeros(double), {"tasks": len(plans.begun)})


ROW = Row(
    name="plan-told-killed",
    fault="a worker killed (SIGKILL) at every boundary of a plan that hears what its person says",
    promise="it is heard once, the plan is changed once, what is done is kept, and nothing of the old plan begins",
    full=20,
    short=1,
    drive=drive,
)
