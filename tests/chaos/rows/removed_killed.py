"""Workers that die while a person is put out of an organization in the middle of what runs for them.

One worker stays alive throughout. Each time somebody who has just joined has a page read and two things changed
outside, one after the other. They are put out while the page is read, while the first of the two is under way, in the
moment in which they approve it, or as soon as that is decided. A call whose intent was committed before that may be on
its way; no other may be made, whoever dies, and whatever the person presses afterwards. At the end an admin stops what
stands still.
"""

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count as numbers
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import RowMapping

from bot.inbound import accept
from domain.audit import OPERATOR
from domain.core.failpoints import Point
from domain.core.queue import enqueue
from domain.flow.common.commands import advance_command
from domain.flow.common.presses import step_value, task_value
from domain.orgs import service as orgs
from domain.tasks import repository as tasks
from tests.chaos.ground import Ground
from tests.chaos.row import Outcome, Row
from tests.chaos.victims import kill_at_each, victims_beside
from tests.factories.incoming import incoming, pressed
from tests.fixtures.waiting import eventually

Kind = Literal["reading", "changing", "approving", "approved"]

BOUNDARIES: tuple[tuple[Kind, Point], ...] = (
    ("reading", "tool.called"),
    ("reading", "execute.recording"),
    ("reading", "execute.recorded"),
    ("changing", "intent.intended"),
    ("changing", "tool.called"),
    ("changing", "execute.recording"),
    ("changing", "execute.recorded"),
    ("approving", "understand.settled"),
    ("approving", "understand.understood"),
    ("approved", "intent.intending"),
    ("approved", "intent.intended"),
    ("approved", "tool.called"),
)
STEPS = {"read": "GET", "first": "POST", "second": "POST"}
OVER = ("SUCCEEDED", "FAILED", "CANCELLED")
WITHIN = 30.0
"""Seconds after which a task counts as one that runs on."""
TEAM: dict[str, Any] = {"platform": "console", "chat": "C-team", "organization": "T1", "private": False, "held": True}


@dataclass(slots=True)
class Errand:
    """One task of somebody who is put out. ``intended``: the steps that had an intent when that was committed."""

    number: int
    kind: Kind
    person: RowMapping
    task_id: UUID
    intended: set[str] = field(default_factory=set[str])
    held_back: bool = False

    def path(self, step: str) -> str:
        return f"/{step}/{self.number}"

    @property
    def name(self) -> str:
        return f"ben-{self.number}"


class Errands:
    """Those that were begun."""

    def __init__(self, ground: Ground) -> None:
        self.begun: list[Errand] = []
        self._ground = ground
        self._numbers = numbers()

    async def hear(self, person: str) -> RowMapping:
        """Somebody speaks in the team's channel, and belongs to it from then on: org_id, user_id, thread_id."""
        ground = self._ground
        received = await accept(ground.database, ground.storage, incoming("/about", person=person, **TEAM))
        [known] = await ground.crew.rows(
            """SELECT t.org_id, m.user_id, t.id AS thread_id FROM messages m JOIN threads t ON t.id = m.thread_id
            WHERE m.id = :id""",
            id=received.message_id,
        )
        return known

    async def run(self, kind: Kind) -> None:
        """One more; it is counted whatever became of it."""
        web, number = self._ground.web, next(self._numbers)
        person = await self.hear(f"ben-{number}")
        await self._ground.crew.settles()
        gated = {"reading": "read", "changing": "first"}.get(kind)
        gate = asyncio.Event()
        if gated is not None:
            web.gates[f"/{gated}/{number}"] = gate
        errand = Errand(number, kind, person, await self._begin(number, person))
        self.begun.append(errand)
        with suppress(TimeoutError):
            await eventually(lambda: self._is_time(errand, gated), WITHIN, every=0.02)
        if kind == "approving":
            await asyncio.gather(self._press(errand, "approve", "first"), self._put_out(errand))
        else:
            await self._put_out(errand)
        gate.set()
        with suppress(TimeoutError):
            await eventually(lambda: self._stands_still(errand), WITHIN, every=0.05)
            await self._try_all(errand)
            await self._stop(errand)

    async def _begin(self, number: int, person: RowMapping) -> UUID:
        web = self._ground.web
        nodes = [
            {
                "id": step,
                "type": "tool",
                "name": "http_request",
                "config": {"method": method, "url": web.url(f"/{step}/{number}")},
            }
            for step, method in STEPS.items()
        ]
        edges = [["read", "first"], ["first", "second"]]
        plan: dict[str, Any] = {"trigger": {"type": "manual"}, "nodes": nodes, "edges": edges}
        async with self._ground.database.system("a test") as session:
            task = await tasks.add(session, **person, title="it", description="it", plan=plan, total_steps=3)
            await enqueue(session, advance_command(task.id, person["user_id"]))
        return task.id

    async def _is_time(self, errand: Errand, gated: str | None) -> bool:
        """Whether it has come to where its person is put out; what has to be approved before is."""
        task = await self._ground.crew.task(errand.task_id)
        if errand.kind == "approving":
            return task["waiting_for"] == "approval"
        if task["waiting_for"] == "approval":
            await self._press(errand, "approve", "first")
        if errand.kind == "approved":
            return (
                await self._ground.crew.count(f"approvals WHERE task_id = '{errand.task_id}' AND decision = 'approved'")
                > 0
            )
        assert gated is not None
        return self._ground.web.count(errand.path(gated)) > 0 or task["waiting_for"] == "outcome"

    async def _put_out(self, errand: Errand) -> None:
        person = errand.person
        async with self._ground.database.system("a test") as session:
            await orgs.remove(session, person["org_id"], person["user_id"], by=OPERATOR)
        rows = await self._ground.crew.rows(
            "SELECT node_id FROM task_steps WHERE task_id = :id AND idempotency_key IS NOT NULL", id=errand.task_id
        )
        errand.intended = {row["node_id"] for row in rows}

    async def _stands_still(self, errand: Errand) -> bool:
        crew = self._ground.crew
        task = await crew.task(errand.task_id)
        errand.held_back = errand.held_back or task["waiting_for"] == "access"
        at_rest = task["status"] in (*OVER, "PAUSED")
        return at_rest and await crew.at_rest()

    async def _try_all(self, errand: Errand) -> None:
        """Whatever the person presses is in vain by now."""
        for action in ("approve", "redo", "resume"):
            for step in ("first", "second"):
                await self._press(errand, action, step)
        await eventually(lambda: self._stands_still(errand), WITHIN, every=0.05)

    async def _stop(self, errand: Errand) -> None:
        event = pressed("stop", task_value(errand.task_id), person="mara", **TEAM)
        await accept(self._ground.database, self._ground.storage, event)
        await eventually(lambda: self._is_over(errand), WITHIN, every=0.05)

    async def _is_over(self, errand: Errand) -> bool:
        return (await self._ground.crew.task(errand.task_id))["status"] in OVER

    async def _press(self, errand: Errand, action: str, step: str) -> None:
        event = pressed(action, step_value(errand.task_id, step), person=errand.name, **TEAM)
        await accept(self._ground.database, self._ground.storage, event)

    async def zeros(self) -> dict[str, int]:
        """What must not have happened."""
        web, counts = self._ground.web, Counter[str]()
        for errand in self.begun:
            changes = {step: web.count(errand.path(step)) for step in ("first", "second")}
            after = [step for step, count in changes.items() if count and step not in errand.intended]
            counts["calls outside after somebody was put out"] += len(after)
            counts["calls outside made twice"] += sum(count > 1 for count in changes.values())
            counts["second calls made"] += changes["second"]
            counts["tasks that an admin could not stop"] += not await self._is_over(errand)
        return dict(counts)


async def drive(ground: Ground, count: int) -> Outcome:
    """So many times at each boundary."""
    crew = ground.crew
    [survivor] = await crew.muster(1)
    errands = Errands(ground)
    await errands.hear("mara")  # who owns the team
    await crew.settles()
    victims = victims_beside(crew, survivor)
    killed = await kill_at_each(BOUNDARIES, count, victims, errands.run, at_once=1)
    await crew.settles()
    return await killed.outcome(
        crew,
        survivor,
        await errands.zeros(),
        {
            "people put out": len(errands.begun),
            "tasks held back": sum(errand.held_back for errand in errands.begun),
            "calls that were on their way": sum(len(errand.intended & {"first"}) for errand in errands.begun),
        },
    )


ROW = Row(
    name="removed-killed",
    fault="a worker killed (SIGKILL) while a person is put out in the middle of what runs for them",
    promise="nothing outside is changed for them any more, and what stands still can be stopped",
    full=20,
    short=1,
    drive=drive,
)
