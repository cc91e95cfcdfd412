"""The rounds of one advance: what came back is stored, and what may start next is started, until the plan is done or
has to wait.
"""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from time import monotonic
from typing import Any

from domain.conversations.said import Said
from domain.core.db import Session
from domain.core.failpoints import reach
from domain.core.queue import Fence
from domain.flow.common.advance import Advance
from domain.flow.common.board import Board
from domain.flow.common.outcome import Outcome
from domain.flow.common.rounds import heard_by
from domain.flow.conclude.answer import succeed
from domain.flow.conclude.rest import come_to_rest, result_of
from domain.flow.execute import anew
from domain.flow.execute.access import may_go_on
from domain.flow.execute.agent import hearing
from domain.flow.execute.node import run_node
from domain.flow.execute.nodes.running import Running, prepare
from domain.flow.execute.record import is_plain, keep, store
from domain.flow.plan.replan import replan
from domain.flow.show.cards import say_card
from domain.flow.show.refresh import refresh_card, withdraw
from domain.llm.prices import total
from domain.tasks import repository as tasks
from domain.tasks.rounds import Stored
from domain.tasks.schemas import Step
from domain.tasks.states import HALTS, StepStatus, TaskStatus
from domain.workflows.graph import Placed
from domain.workflows.spec import NodeType

CARD_SECONDS = 0.2
"""The card is edited at most this often; its last state is always shown."""

PROGRESS_SECONDS = 1.0
"""For how far a running step says it is alone, the card is edited at most this often."""


class Execution:
    """The rounds of one advance. ``fresh``: the plan was made just now, and is stored and shown as it stands."""

    def __init__(self, advance: Advance, board: Board, *, fresh: bool) -> None:
        self._advance = advance
        self._board = board
        self._running: dict[asyncio.Task[Outcome], Running] = {}
        self._spent: Decimal | None = Decimal(0)
        self._read: list[str] = []
        self._heard: list[Step] = []
        self._withdrawn: list[Step] = []
        self._halted = False
        self._fresh = fresh
        self._shown_at = monotonic() if fresh else 0.0
        self._stale = self._back = False
        self._thought = False
        self._turn_ends = monotonic() + advance.legwork.settings.turn_seconds
        self._moves: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        try:
            self._pick_up()
            self._hear()
            if self._fresh:
                self._start(self._startable())
            came_back = await self._next() if self._running else []
            while not await self._round(came_back):
                came_back = await self._next()
        finally:
            if self._moves is not None:
                self._moves.cancel()
            await self._abandon()

    def _pick_up(self) -> None:
        """What a dead worker left running: calls that may have changed something are asked about, the rest restarts."""
        for step in self._board.running:
            intended = step.idempotency_key is not None
            self._board.took(step.node_id, StepStatus.UNKNOWN if intended else StepStatus.PENDING, self._now())

    async def _round(self, came_back: list[tuple[Running, Outcome]]) -> bool:
        """Store what came back and start what may start. True: the job has ended."""
        said = [(running, words) for running, outcome in came_back for words in self._apply(running, outcome)]
        self._hear()
        if not self._running and not self._board.handed and anew.is_due(self._advance, self._board):
            await self._mend(came_back, said)
            came_back, said = [], []
        starting = self._in_turn(self._startable())
        ending = not starting and not self._running
        unheard = self._advance.task.unheard - sum(len(heard_by(think)) for think in self._heard)
        plain = not (said or self._board.added or self._withdrawn) and is_plain(came_back)
        single = plain and not ending and not self._card_is_due
        result = result_of(self._advance, self._board) if ending else None
        stopped = False
        async with self._advance.held.fenced_within(done=ending, single=single) as fence:
            stored = await self._store(fence, result)
            stopped = stored.status.final and not stored.ended
            self._advance.task.waiting_for = stored.waiting_for
            self._halted = stored.status is TaskStatus.PAUSED and stored.waiting_for in HALTS
            starting = [] if self._halted else anew.unless_held_back(self._advance, self._board, starting)
            if single:
                self._stale = True
            else:
                await keep(fence.session, self._advance, self._board, came_back, said, stopped=stopped)
                await self._withdraw(fence.session)
            if stored.ended and result is not None:
                await succeed(fence.session, self._advance, self._board, TaskStatus.SUCCEEDED, result)
            elif ending and not stopped:
                spoken_to = stored.unheard > (0 if self._advance.held.stopping.is_set() else unheard)
                rest = anew.next_wake(self._advance, self._board), self._halted, spoken_to
                await come_to_rest(fence.session, self._advance, self._board, *rest)
            elif not stopped and not single:
                await self._show(fence.session, starting)
            if not single:
                reach("conclude.concluding" if ending else "execute.recording")
        reach("conclude.concluded" if ending else "execute.recorded")
        if ending:
            return True
        if stopped:
            return await self._give_up()
        if self._halted:
            await self._abandon(thoughts=True)
        if not self._halted and not await may_go_on(self._advance, stored.kit_version):
            return await self._round([])  # it stands still from here on
        if self._hear():
            starting = self._startable()
        if not (starting or self._running or self._halted or anew.is_changed(self._advance, self._board)):
            return await self._round([])  # what was to start is held back
        self._start(starting)
        if anew.is_changed(self._advance, self._board) and not self._halted:
            self._back = self._back or not self._running  # the next round hears it
            return False
        return not self._running and await self._give_up()

    def _in_turn(self, starting: list[Placed]) -> list[Placed]:
        """What starts now: where that is nothing but a thought, and it has had the slot for so long, nothing, because
        others may wait for it. It goes on behind them.
        """
        thinks = bool(starting) and all(placed.node.type is NodeType.THINK for placed in starting)
        self._advance.yields = thinks and self._thought and not self._running and monotonic() > self._turn_ends
        return [] if self._advance.yields else starting

    def _hear(self) -> bool:
        """Whether an agent will hear what a person has said meanwhile, which may change what starts next."""
        listener = hearing.listener(self._board) if hearing.is_spoken_to(self._advance) else None
        if listener is not None:
            self._withdrawn += hearing.turn_to(self._board, listener, self._now())
        return listener is not None

    async def _give_up(self) -> bool:
        """A person stopped or paused the task: calls that change something outside are seen through, others end."""
        seen = {task: ran for task, ran in self._running.items() if ran.step.idempotency_key or task.done()}
        self._running = {task: running for task, running in self._running.items() if task not in seen}
        await self._abandon()
        if seen:
            await asyncio.wait(seen)
        came_back = [(running, task.result()) for task, running in seen.items()]
        for running, outcome in came_back:
            self._apply(running, outcome)
        async with self._advance.held.fenced_within(done=True) as fence:
            status = (await self._store(fence)).status
            await keep(fence.session, self._advance, self._board, came_back, [], stopped=status.final)
            await self._withdraw(fence.session)
            if not status.final:
                await refresh_card(fence.session, self._advance.task.id)
        return True

    def _startable(self) -> list[Placed]:
        if self._halted or self._board.failed or self._advance.held.stopping.is_set():
            return []
        most = self._board.spec.at_once - len(self._running)
        return anew.startable(self._advance, self._board, self._now(), most)

    def _start(self, starting: Iterable[Placed]) -> None:
        for placed in starting:
            self._board.took(placed.id, StepStatus.RUNNING, self._now())
            running = prepare(self._advance, self._board, placed, told=self._moved)
            self._thought |= placed.node.type is NodeType.THINK
            self._running[asyncio.create_task(run_node(running), name=placed.id)] = running

    async def _next(self) -> list[tuple[Running, Outcome]]:
        """Wait until something comes back, somebody changes the task, or the card is due."""
        await asyncio.sleep(0)
        if self._back or any(task.done() for task in self._running):  # what took no time is not waited for
            return self._came_back()
        poked = asyncio.create_task(self._advance.held.poked.wait())
        due = max(0.0, self._shown_at + CARD_SECONDS - monotonic()) if self._stale else None
        try:
            await asyncio.wait([*self._running, poked], timeout=due, return_when=asyncio.FIRST_COMPLETED)
        finally:
            poked.cancel()
        self._advance.held.poked.clear()
        return self._came_back()

    def _came_back(self) -> list[tuple[Running, Outcome]]:
        done = [task for task in self._running if task.done()]
        ended = [(self._running.pop(task), task.result()) for task in done]
        return [(running, self._board.fits(running.placed.id, outcome)) for running, outcome in ended]

    def _moved(self) -> None:
        """A step says how far it is: the next edit of the card shows it, which comes for its sake alone if need be."""
        if self._moves is None:
            after = max(0.0, self._shown_at + PROGRESS_SECONDS - monotonic())
            self._moves = asyncio.get_running_loop().call_later(after, self._show_moves)

    def _show_moves(self) -> None:
        self._moves = None
        self._advance.held.poked.set()

    async def _abandon(self, *, thoughts: bool = False) -> None:
        """Leave what runs, or its ``thoughts`` alone. A model that was asked has to be paid: nobody knows how much."""
        left = dict(self._running)
        if thoughts:
            left = {task: ran for task, ran in left.items() if ran.node.type is NodeType.THINK and not task.done()}
        for task, running in left.items():
            if not task.done() and running.asked:
                self._spent = None
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        for task, running in left.items():
            del self._running[task]
            self._advance.unhear(running.placed.id, heard=False)
            if thoughts:
                self._board.took(running.placed.id, StepStatus.PENDING, self._now())

    def _apply(self, running: Running, outcome: Outcome) -> tuple[Said, ...]:
        self._spent = total((self._spent, running.trace.cost))
        self._read += running.trace.read
        said = self._board.took(running.step.node_id, outcome, self._now())
        if running.node.type is NodeType.THINK and heard_by(running.step):
            self._heard.append(running.step)
        else:
            self._advance.unhear(running.placed.id, heard=False)
        return said

    async def _mend(self, came_back: list[tuple[Running, Outcome]], said: list[tuple[Running, Said]]) -> None:
        """Go around what failed, if there is a way, or to what the person said; what came back is stored before the
        model is asked."""
        async with self._advance.held.fenced_within() as fence:
            session = fence.session
            status = (await self._store(fence)).status
            await keep(session, self._advance, self._board, came_back, said, stopped=status.final)
            if status is TaskStatus.RUNNING:  # the model may take its time, or be away
                await say_card(session, self._advance, self._board, status)
                self._shown_at, self._stale = monotonic(), False
            fresh = await tasks.load_run(session, self._advance.task.id)
        if fresh is None or fresh.task.status.final or fresh.task.waiting_for in HALTS:
            return
        self._advance.run.approvals = fresh.approvals  # people may have answered and decided while this ran
        self._board = Board(self._board.spec, fresh.steps, self._now())
        if anew.is_due(self._advance, self._board):  # what was said may have been taken back
            self._board = await replan(self._advance, self._board) or self._board

    async def _withdraw(self, session: Session) -> None:
        withdrawn, self._withdrawn = self._withdrawn, []
        if withdrawn:
            await withdraw(session, self._advance.task, withdrawn, "Withdrawn: you wrote meanwhile.")

    # -- storing and saying --------------------------------------------------------------------------

    async def _store(self, fence: Fence, result: Mapping[str, Any] | None = None) -> Stored:
        """Store the steps as they are now; returns what people have made of the task meanwhile."""
        task = self._advance.task
        spent, self._spent = self._spent, Decimal(0)
        read, self._read = self._read, []
        task.cost = total((task.cost, spent))
        heard, self._heard = self._heard, []
        self._withdrawn = await hearing.heed(fence, self._advance, self._board, self._withdrawn)
        stored = await store(fence, self._advance, self._board, spent, read, result, heard)
        for think in heard:
            self._advance.unhear(think.node_id, heard=True)
        task.card = stored.card
        self._back = self._board.came_back(stored.back, self._now())  # what follows from it is for the next round
        return stored

    async def _show(self, session: Session, starting: Iterable[Placed]) -> None:
        """Bring the card up to date, unless it just was: what is left out then is shown a moment later."""
        if not self._card_is_due:
            self._stale = True
            return
        begun = [placed.id for placed in starting] + [running.placed.id for running in self._running.values()]
        status = TaskStatus.PAUSED if self._halted else TaskStatus.RUNNING
        await say_card(session, self._advance, self._board, status, begun)
        self._shown_at, self._stale = monotonic(), False

    @property
    def _card_is_due(self) -> bool:
        return monotonic() >= self._shown_at + CARD_SECONDS

    def _now(self) -> datetime:
        return self._advance.legwork.clock.now()
