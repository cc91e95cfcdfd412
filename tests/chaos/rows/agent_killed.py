"""Workers that die at each boundary of an agent's work: before its model is asked, as it has answered, before and after
a round is stored, at the intent of a call, as a call has ended, while a step is handed over, as what a person says
meanwhile is noted, and at the end.

One worker stays alive throughout. Beside it run victims that are armed with one failpoint; when one has come by and is
dead, the next takes its place. They die at the first thought, the second, … in turn. The model stands beside them and
says the same whoever asks; it notes what it was sent, the web what was called. People approve what is asked, say
something while a page is read, and where Legwork asks whether a call has happened, they look in the ledger of the web.
"""

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Literal

from bot.inbound import accept
from domain.core.failpoints import Point
from domain.flow.common.presses import step_value
from tests.chaos import cases
from tests.chaos.cases import HEARING, LAST, MODEL, READS, SENDS, Ledger, Script
from tests.chaos.ground import Ground
from tests.chaos.row import Outcome, Row
from tests.chaos.spoken import Spoken, SpokenTo, worker
from tests.chaos.victims import kill_at_each
from tests.factories.incoming import pressed
from tests.fakes.openai import FakeOpenAI

Kind = Literal["case"]

TIMES: Mapping[Point, int] = {
    "think.thinking": 5,
    "model.answered": 7,
    "execute.recording": 6,
    "execute.recorded": 6,
    "tool.called": 7,
    "conclude.concluding": 2,
    "conclude.concluded": 3,
}
"""The points that one case comes by more than once, and how often a victim lives through them at the most."""
ONCE: tuple[Point, ...] = (
    "intent.intending",
    "intent.intended",
    "hand_over.handing",
    "hand_over.taken",
    "hand_over.giving",
    "hand_over.stored",
    "conclude.noting",
    "conclude.noted",
)
BOUNDARIES: tuple[tuple[Kind, Point], ...] = tuple(("case", point) for point in (*TIMES, *ONCE))


class Cases(SpokenTo):
    """Agents at work."""

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground, cases.words)

    async def answer(self, spoken: Spoken, waits_for: str | None) -> None:
        if waits_for == "approval":
            await self._press(spoken, "approve")
        elif waits_for == "outcome":
            await self._press(spoken, "done" if self.ground.web.count(spoken.path("send")) else "redo")

    async def _press(self, case: Spoken, action: str) -> None:
        [step] = await self.ground.crew.rows(
            "SELECT attempt_group FROM task_steps WHERE task_id = :id AND node_id = :step", id=case.task_id, step=SENDS
        )
        press = action, step["attempt_group"]
        if press not in case.pressed:
            case.pressed.append(press)
            event = pressed(action, step_value(case.task_id, SENDS), person=case.person, platform="console", held=True)
            await accept(self.ground.database, self.ground.storage, event)

    # -- what became of it ---------------------------------------------------------------------------

    async def zeros(self, ledger: Ledger) -> dict[str, int]:
        """What must not have happened, of all that were begun."""
        crew, web, counts = self.ground.crew, self.ground.web, Counter[str]()
        first, *_ = self.begun
        for case in self.begun:
            counts["tasks lost"] += (await crew.task(case.task_id))["status"] != "SUCCEEDED"
            counts["steps lost"] += set((await crew.steps(case.task_id)).values()) != {"SUCCEEDED"}
            counts["external calls made twice, or not"] += web.count(case.path("send")) != 1
            counts["files kept twice, or not"] += (
                await crew.count(f"task_artifacts WHERE task_id = '{case.task_id}'") != 1
            )
            counts["pages not read"] += sum(not web.count(case.path(page)) for page in READS)
            counts["calls made again though they were stored"] += await self.stored_again(case)
            counts["approvals asked twice, or not"] += await self._asked(case) != 1
            again = ledger.again(case.number).total() - self.deaths_during(case)
            counts["thoughts paid twice, beyond one a kill"] += max(again, 0)
            counts["thoughts noted twice, or not"] += await self._thoughts(case) != LAST + 1
            counts["notes heard twice, or not"] += ledger.heard(case.number) != 1
            counts["notes heard by another"] += await self.heard_by(case) != [f"n1[{HEARING}].think"]
            counts["transcripts that are not as without kills"] += ledger.transcripts(
                case.number, noted=_noted(case)
            ) != ledger.transcripts(first.number, noted=_noted(case))
            told = Counter(body["type"] for body in await crew.said(case.task_id))
            counts["ends told twice, or not"] += told["answer"] != 1
        return dict(counts)

    async def _asked(self, case: Spoken) -> int:
        return await self.ground.crew.count(f"approvals WHERE task_id = '{case.task_id}'")

    async def _thoughts(self, case: Spoken) -> int:
        """How many of an agent's thoughts were noted as paid."""
        return await self.ground.crew.count(
            f"usages WHERE task_id = '{case.task_id}' AND metadata ->> 'purpose' LIKE 'step %think'"
        )

    def told(self, ledger: Ledger) -> dict[str, int | str]:
        again = Counter[int]()
        for case in self.begun:
            again += ledger.again(case.number)
        presses = Counter(action for case in self.begun for action, _ in case.pressed)
        return {
            "cases": len(self.begun),
            "thoughts paid twice": again.total(),
            "of the rounds": ", ".join(f"{again[index]} of the {place}" for index, place in enumerate(_PLACES)),
            "“this may have happened”, done": presses["done"],
            "“this may have happened”, not done": presses["redo"],
        }


def _noted(case: Spoken) -> bool:
    """Whether a person had to say that the call has happened."""
    return any(action == "done" for action, _ in case.pressed)


_PLACES = ("first", "second", "third", "fourth", "last")


async def drive(ground: Ground, count: int) -> Outcome:
    """So many times at each boundary, after one case in which nobody dies."""
    ground.web.gate.set()
    async with FakeOpenAI(otherwise=Script(ground.web.url("")), validates=False) as double:
        ground.environment.update(OPENAI_API_KEY=double.key or "", OPENAI_BASE_URL=double.base_url, LEGWORK_MODEL=MODEL)
        return await _drive(ground, count, double)


async def _drive(ground: Ground, count: int, double: FakeOpenAI) -> Outcome:
    crew, worked = ground.crew, Cases(ground)
    survivor = await worker(ground, [], {})
    await worked.run()
    killed = await kill_at_each(BOUNDARIES, count, partial(worker, ground, worked.died), worked.run, TIMES)
    await crew.settles()
    ledger = Ledger(double)
    return await killed.outcome(crew, survivor, await worked.zeros(ledger), worked.told(ledger))


ROW = Row(
    name="agent-killed",
    fault="a worker killed (SIGKILL) at every boundary of an agent's rounds, calls, notes and end",
    promise="no call outside twice, nothing stored done again, one thought a kill paid twice; the model reads the same",
    full=20,
    short=1,
    drive=drive,
)
