"""A step that was handed over: carried on with in a slot of its tool's queue, behind the fence of a job of its own.

The task's own job has ended, or goes on with other steps. What comes of this one is stored in the transaction that ends
its job and queues the next advance, or tells the one that runs. Whoever stops the task has the step, unless a call is
under way that may change something outside: that is seen through.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.conversations import service as conversations
from domain.core import queue
from domain.core.db import AWAY
from domain.core.failpoints import reach
from domain.core.logging import logger
from domain.core.queue import Fence, Held
from domain.flow.common.advance import Advance
from domain.flow.common.commands import advance_command
from domain.flow.common.legwork import Legwork
from domain.flow.common.outcome import DECIDED, Asks, Done, Handed, Lost, Outcome, Sleeps, apply
from domain.flow.execute.access import hold_back
from domain.flow.execute.node import run_node
from domain.flow.execute.nodes.running import Running
from domain.flow.execute.record import store_came_back
from domain.flow.show.refresh import refresh_card
from domain.orgs.access import works
from domain.tasks import handed
from domain.tasks.states import StepStatus, TaskStatus
from domain.tools.kit import kit_of
from domain.workflows.graph import Placed, Spot
from domain.workflows.spec import Node, NodeType

log = logger(__name__)

PROGRESS_SECONDS = 1.0
"""How far a step is, is noted and shown at most this often."""

_AT_WORK = (TaskStatus.PENDING, TaskStatus.RUNNING)
"""A task that is to be taken on again, since something was answered meanwhile, is at work like one that runs."""

CUT_OFF = "The worker that had it is gone, and nobody knows what became of the call."


@dataclass(frozen=True, slots=True)
class Carried:
    """A step as its job names it (see ``step_command``)."""

    task_id: UUID
    node_id: str
    group: int
    limits: Mapping[str, Any]
    """What its node says of how often it is tried, and how long it may take."""
    on_card: bool
    """Whether the card has a line for it."""
    room: int | None = None
    """Bytes of JSON that it may put out, where it is a call of an agent's."""


async def carry_on(legwork: Legwork, held: Held, carried: Carried) -> None:
    """Take the step to its end, or to where its task has to decide."""
    running = await _take(legwork, held, carried)
    if running is None:
        return  # it is stopped, or was done already
    reach("hand_over.taken")
    if running.step.idempotency_key is not None:
        await _give_back(running, Lost(CUT_OFF))
    elif running.advance.task.status not in _AT_WORK:
        await _give_back(running, Sleeps(running.now()))
    elif not works(running.advance.kit.role):
        async with held.database.transaction(running.advance.task.org_id) as session:
            await hold_back(session, running.advance.task)
        await _give_back(running, Sleeps(running.now()))
    elif (outcome := await _see_through(running, on_card=carried.on_card)) is not None:
        await _give_back(running, outcome)


async def _take(legwork: Legwork, held: Held, carried: Carried) -> Running | None:
    """The step as it was handed over. None: it is not any more."""
    node_id = carried.node_id
    async with held.database.system("one statement, fenced by its job", single=True) as session:
        taken = await handed.take(session, held.job, node_id, carried.group)
    if taken is None:
        return None
    run, note = taken
    task, step = run.task, run.steps[node_id]
    async with held.database.system("one statement, of one task", single=True) as session:
        thread, person, address = await conversations.setting(session, task.thread_id, task.user_id, task.message_id)
    async with held.database.system("one statement, of one task", single=True) as session:
        kit = await kit_of(session, task.org_id, task.user_id)
    if note is not None:
        await _show(held, 0, None, task.id, shows=carried.on_card)
    given = {name: value for name, value in (step.input or {}).items() if name != DECIDED}
    # what it is called with is resolved: its place in the plan, and what it could refer to, are not needed
    tool = {"id": "step", "type": NodeType(step.type), "name": step.name, "config": given}
    node = Node.model_validate(tool | dict(carried.limits)).model_copy(update={"id": node_id})
    placed = Placed(node_id, Spot(node, 0), "", (0,), node_id)
    return Running(
        Advance(legwork, held, run, thread, person, address, kit), placed, step, {}, given=given, room=carried.room
    )


async def _see_through(running: Running, *, on_card: bool) -> Outcome | None:
    """What the step comes to. None: a person has stopped it."""
    held, meter = running.advance.held, _Meter(running, on_card=on_card)
    running.told = meter.move
    work = asyncio.create_task(run_node(running), name=running.placed.id)
    poked = asyncio.create_task(held.poked.wait())
    try:
        while True:
            await asyncio.wait((work, poked), return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                return work.result()
            held.poked.clear()
            if await _is_taken_away(running):
                return None
            poked = asyncio.create_task(held.poked.wait())
    finally:
        for task in (work, poked):
            task.cancel()
        await asyncio.gather(work, poked, return_exceptions=True)
        await meter.stop()


async def _is_taken_away(running: Running) -> bool:
    try:
        async with running.advance.held.database.system("one statement, of one task", single=True) as session:
            return not await handed.is_handed(session, running.advance.task.id, running.step)
    except AWAY:
        return False  # it is seen when what came of the step is stored


async def _give_back(running: Running, outcome: Outcome) -> None:
    """Store what came of it; the job ends, and the task goes on with that."""
    advance, step, trace = running.advance, running.step, running.trace
    held = advance.held
    if isinstance(outcome, Asks | Handed | Sleeps):  # not to be done here and now: the task looks at it anew
        step.status, outcome = StepStatus.PENDING, Sleeps(running.now())
    else:
        apply(step, outcome, running.now())
    reach("hand_over.giving")
    plain = isinstance(outcome, Done | Sleeps) and step.idempotency_key is None and trace.plain
    if not (plain and await _store_plain(running)):
        async with held.fenced_within(done=True) as fence:
            given = await _store(fence, running, anyway=True)
            if given is not None and given.stored:
                trace.executions.clear()  # they are stored with it
                await store_came_back(fence.session, advance, [(running, outcome)])
                if not given.goes_on:
                    await refresh_card(fence.session, advance.task.id)  # nobody else shows it
            reach("hand_over.storing")
    reach("hand_over.stored")


class _HeldUp(Exception):
    """People have stopped or paused the task, or the job is held no more."""


async def _store_plain(running: Running) -> bool:
    """In one statement, where there is nothing else to keep or to show. False: nothing was written."""
    with suppress(_HeldUp):
        async with running.advance.held.fenced_within(done=True, single=True) as fence:
            if await _store(fence, running, anyway=False) is None:
                raise _HeldUp
        return True
    return False


async def _store(fence: Fence, running: Running, *, anyway: bool) -> handed.GivenBack | None:
    task, trace = running.advance.task, running.trace
    given = await handed.give_back(
        fence.session,
        fence.job,
        task.id,
        running.step,
        cost=trace.cost,
        executions=trace.executions,
        read=trace.read,
        then=advance_command(task.id, task.user_id, priority=task.priority),
        anyway=anyway,
    )
    fence.more = given is not None and given.more
    return given


async def _show(held: Held, percent: int, note: str | None, task_id: UUID, *, shows: bool) -> None:
    """Note how far the step is, and have the card of its task say so, where that shows it. Raises LeaseLost."""
    async with held.opened() as session:
        await queue.note(session, held.job, percent, note)
        if shows and await handed.may_show(session, task_id):
            await refresh_card(session, task_id)


class _Meter:
    """Shows how far a step is, at most once a second. What is not shown when the step ends need not be any more."""

    def __init__(self, running: Running, *, on_card: bool) -> None:
        self._running = running
        self._on_card = on_card
        self._moving: asyncio.Task[None] | None = None
        self._ended = asyncio.Event()

    def move(self) -> None:
        if self._moving is None or self._moving.done():
            self._moving = asyncio.create_task(self._follow(), name="progress")

    async def stop(self) -> None:
        self._ended.set()
        if self._moving is not None:
            await asyncio.gather(self._moving, return_exceptions=True)

    async def _follow(self) -> None:
        shown: tuple[int, str] | None = None
        while not self._ended.is_set() and (so_far := self._running.so_far) is not None and so_far != shown:
            shown = so_far
            await self._show(*so_far)
            with suppress(TimeoutError):
                async with asyncio.timeout(PROGRESS_SECONDS):
                    await self._ended.wait()

    async def _show(self, percent: int, note: str) -> None:
        held, task_id = self._running.advance.held, self._running.advance.task.id
        try:
            await _show(held, percent, note or None, task_id, shows=self._on_card)
        except AWAY as error:
            log.debug("how far a step is could not be noted", error=str(error)[:200])
