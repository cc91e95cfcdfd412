"""Workers that die at each boundary of an agent's work: before its model is asked, as it has answered, before and after
a round is stored, at the intent of a call, as a call has ended, while a step is handed over, as what a person says
meanwhile is noted, and at the end.

One worker stays alive throughout. Beside it run victims that are armed with one failpoint; when one has come by and is
dead, the next takes its place. They die at the first thought, the second, … in turn. The model stands beside them and
says the same whoever asks; it notes what it was sent, the web what was called. People approve what is asked, say
something while a page is read, and where Legwork asks whether a call has happened, they look in the ledger of the web.
"""

import asyncio
import signal
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count as numbers
from time import monotonic
from typing import Literal
from uuid import UUID

from bot.inbound import accept
from domain.core.failpoints import Point
from domain.flow.common.presses import step_value
from tests.chaos import cases
from tests.chaos.cases import HEARING, LAST, MODEL, READS, SENDS, Ledger, Script
from tests.chaos.crew import Process
from tests.chaos.ground import Ground
from tests.chaos.row import Outcome, Row
from tests.chaos.victims import kill_at_each
from tests.factories.incoming import pressed
from tests.fakes.openai import FakeOpenAI
from tests.fixtures.waiting import eventually

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

PATIENCE = 60.0
"""Seconds after which a case counts as lost."""


@dataclass(slots=True)
class Case:
    """One task, from its message to its end. ``began`` and ``ended`` by the steady clock, in seconds."""

    number: int
    task_id: UUID
    began: float = field(default_factory=monotonic)
    ended: float = 0.0
    said: bool = False
    pressed: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    """Buttons, each with the attempt it was for."""

    def path(self, page: str) -> str:
        return f"/{page}/{self.number:04}"

    @property
    def person(self) -> str:
        return f"mara-{self.number}"

    @property
    def noted(self) -> bool:
        """Whether a person had to say that the call has happened."""
        return any(action == "done" for action, _ in self.pressed)


class Cases:
    """Those that were begun, each of a person of its own. ``died`` says when a victim did."""

    def __init__(self, ground: Ground) -> None:
        self.begun: list[Case] = []
        self.died: list[float] = []
        self._ground = ground
        self._numbers = numbers()

    async def run(self, _: Kind = "case") -> None:
        """One more, to its end; it is counted whatever became of it."""
        number, crew = next(self._numbers), self._ground.crew
        path = f"/slow/{number:04}"
        self._ground.web.gates[path] = asyncio.Event()
        message_id = await crew.say(cases.words(number), f"mara-{number}")
        case = Case(number, await crew.task_of(message_id))
        self.begun.append(case)
        with suppress(TimeoutError):
            await eventually(lambda: self._is_over(case), PATIENCE, every=0.05)
        case.ended = monotonic()
        self._ground.web.gates[path].set()

    async def _is_over(self, case: Case) -> bool:
        """Whether it has ended; what it asks meanwhile is answered, and said what there is to say."""
        crew, web = self._ground.crew, self._ground.web
        if web.count(case.path("slow")) and not case.said:
            case.said = True
            await crew.say(cases.more(case.number), case.person)
        if case.said and await crew.count(f"task_notes WHERE task_id = '{case.task_id}'"):
            web.gates[case.path("slow")].set()
        task = await crew.task(case.task_id)
        if task["waiting_for"] == "approval":
            await self._press(case, "approve")
        elif task["waiting_for"] == "outcome":
            await self._press(case, "done" if web.count(case.path("send")) else "redo")
        return task["status"] in ("SUCCEEDED", "FAILED", "CANCELLED")

    async def _press(self, case: Case, action: str) -> None:
        [step] = await self._ground.crew.rows(
            "SELECT attempt_group FROM task_steps WHERE task_id = :id AND node_id = :step", id=case.task_id, step=SENDS
        )
        press = action, step["attempt_group"]
        if press not in case.pressed:
            case.pressed.append(press)
            event = pressed(action, step_value(case.task_id, SENDS), person=case.person, platform="console", held=True)
            await accept(self._ground.database, self._ground.storage, event)

    # -- what became of it ---------------------------------------------------------------------------

    async def zeros(self, ledger: Ledger) -> dict[str, int]:
        """What must not have happened, of all that were begun."""
        crew, web, counts = self._ground.crew, self._ground.web, Counter[str]()
        first, *_ = self.begun
        for case in self.begun:
            counts["tasks lost"] += (await crew.task(case.task_id))["status"] != "SUCCEEDED"
            counts["steps lost"] += set((await crew.steps(case.task_id)).values()) != {"SUCCEEDED"}
            counts["external calls made twice, or not"] += web.count(case.path("send")) != 1
            counts["files kept twice, or not"] += (
                await crew.count(f"task_artifacts WHERE task_id = '{case.task_id}'") != 1
            )
            counts["pages not read"] += sum(not web.count(case.path(page)) for page in READS)
            counts["calls made again though they were stored"] += await self._stored_again(case)
            counts["approvals asked twice, or not"] += await self._asked(case) != 1
            again = ledger.again(case.number).total() - self._deaths_during(case)
            counts["thoughts paid twice, beyond one a kill"] += max(again, 0)
            counts["thoughts noted twice, or not"] += await self._thoughts(case) != LAST + 1
            counts["notes heard twice, or not"] += ledger.heard(case.number) != 1
            counts["notes heard by another"] += await self._heard_by(case) != [f"n1[{HEARING}].think"]
            counts["transcripts that are not as without kills"] += ledger.transcripts(
                case.number, noted=case.noted
            ) != ledger.transcripts(first.number, noted=case.noted)
            told = Counter(body["type"] for body in await crew.said(case.task_id))
            counts["ends told twice, or not"] += told["answer"] != 1
        return dict(counts)

    async def _stored_again(self, case: Case) -> int:
        """How many outcomes of calls were kept besides the first of each."""
        rows = await self._ground.crew.rows(
            """SELECT count(*) AS times FROM tool_executions WHERE task_id = :id AND error IS NULL GROUP BY node_id""",
            id=case.task_id,
        )
        return sum(row["times"] - 1 for row in rows)

    async def _asked(self, case: Case) -> int:
        return await self._ground.crew.count(f"approvals WHERE task_id = '{case.task_id}'")

    def _deaths_during(self, case: Case) -> int:
        return sum(case.began <= died <= case.ended for died in self.died)

    async def _thoughts(self, case: Case) -> int:
        """How many of an agent's thoughts were noted as paid."""
        return await self._ground.crew.count(
            f"usages WHERE task_id = '{case.task_id}' AND metadata ->> 'purpose' LIKE 'step %think'"
        )

    async def _heard_by(self, case: Case) -> list[str]:
        rows = await self._ground.crew.rows(
            "SELECT heard_by FROM task_notes WHERE task_id = :id ORDER BY id", id=case.task_id
        )
        return [row["heard_by"] for row in rows]

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
    return Outcome(
        zero={
            **await worked.zeros(ledger),
            "jobs left over": await crew.left(),
            "survivors that died": not survivor.alive,
            "boundaries at which nobody died": killed.short,
        },
        told={"killed": killed.at.total(), **worked.told(ledger)},
        remarks=killed.missed,
    )


async def worker(ground: Ground, died: list[float], variables: Mapping[str, str]) -> Process:
    worker = await ground.crew.start("tests.chaos.apart", **variables)
    await worker.says("worker is ready")
    _WATCHED.add(watch := asyncio.create_task(_note_death(worker, died)))
    watch.add_done_callback(_WATCHED.discard)
    return worker


_WATCHED = set[asyncio.Task[None]]()


async def _note_death(worker: Process, died: list[float]) -> None:
    if await worker.process.wait() == -signal.SIGKILL:
        died.append(monotonic())


ROW = Row(
    name="agent-killed",
    fault="a worker killed (SIGKILL) at every boundary of an agent's rounds, calls, notes and end",
    promise="no call outside twice, nothing stored done again, one thought a kill paid twice; the model reads the same",
    full=20,
    short=1,
    drive=drive,
)
