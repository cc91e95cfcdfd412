"""Fourth stage: ready node → tool → stored result, and again, until the plan is done or has to wait.

One claimed job advances one task. Each round is one short transaction that stores what came back, says how
the task stands, and decides what starts next; every call is made between transactions. What cannot be
continued here and now (a question, an approval, a delay, a stopping worker) ends the job: whatever clears
the way queues the next one.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import orjson

from domain.conversations import service as conversations
from domain.conversations.outbox import say
from domain.conversations.said import ApprovalCard, Button, Said
from domain.core.db import Session
from domain.core.queue import Command, Held, Queue, enqueue
from domain.flow import conclude
from domain.flow.advance import Advance
from domain.flow.board import Board
from domain.flow.cards import card_key, plan_card
from domain.flow.legwork import Legwork
from domain.flow.nodes import Running, run_node
from domain.flow.nodes.tool import APPROVAL_LASTS
from domain.flow.outcome import Asks, Done, Failed, Lost, Opened, Outcome, Sleeps
from domain.flow.plan import REPLANS, plan, replan
from domain.flow.presses import step_value
from domain.tasks import repository as tasks
from domain.tasks.schemas import Step
from domain.tasks.states import StepStatus, TaskStatus
from domain.tools import repository as tool_rows
from domain.tools.redaction import redacted
from domain.workflows.graph import Placed, last_nodes

AT_ONCE = 4
"""Nodes of one task that run side by side."""


async def advance(legwork: Legwork, held: Held, task_id: UUID) -> None:
    """Take the task as far as it goes now."""
    async with held.transaction() as session:
        run = await tasks.load_run(session, task_id)
        started_at = await tasks.mark_started(session, task_id) if run is not None else None
        setting = await conversations.setting(session, run.task.thread_id, run.task.user_id) if run else None
    if run is None or setting is None or started_at is None:
        return  # stopped, paused by a person, or over: nothing to do
    run.task.status, run.task.started_at = TaskStatus.RUNNING, started_at
    current = Advance(legwork, held, run, *setting)
    board = await plan(current)
    if board is not None:
        await Execution(current, board).run()


class Execution:
    """The rounds of one advance."""

    def __init__(self, advance: Advance, board: Board) -> None:
        self._advance = advance
        self._board = board
        self._running: dict[asyncio.Task[Outcome], Running] = {}
        self._changed: set[str] = set()
        self._spent = Decimal(0)
        self._halted = False

    async def run(self) -> None:
        try:
            self._pick_up()
            came_back: list[tuple[Running, Outcome]] = []
            while not await self._round(came_back):
                came_back = await self._next()
        finally:
            await self._abandon()

    # -- one round -----------------------------------------------------------------------------------

    def _pick_up(self) -> None:
        """What a dead worker left running: calls that may have changed something are asked about, the rest restarts."""
        for step in self._board.steps.values():
            if step.status is not StepStatus.RUNNING or step.node_id in self._board.opened:
                continue
            step.status = StepStatus.UNKNOWN if step.idempotency_key is not None else StepStatus.PENDING
            self._changed.add(step.node_id)

    async def _round(self, came_back: list[tuple[Running, Outcome]]) -> bool:
        """Store what came back and start what may start. True: the job has ended."""
        said = [(running, words) for running, outcome in came_back for words in self._apply(running, outcome)]
        self._changed |= self._board.settle(self._now())
        if self._board.failed and not self._running and await self._mended():
            self._changed |= self._board.settle(self._now())
        starting = self._startable()
        ending = not starting and not self._running
        stopped = False
        async with self._advance.held.transaction(done=ending) as session:
            await self._store(session, came_back)
            for running, words in said:
                await self._say_of_step(session, running, words)
            status, waiting_for = await self._progress(session)
            stopped = status.final
            self._halted = status is TaskStatus.PAUSED and waiting_for == "person"
            if ending and not stopped:
                await self._end(session)
            elif not stopped:
                await self._show(session, TaskStatus.PAUSED if self._halted else TaskStatus.RUNNING, starting)
        if ending:
            return True
        if stopped:
            return await self._give_up()
        self._start(starting if not self._halted else [])
        return not self._running and await self._give_up()

    async def _give_up(self) -> bool:
        """A person stopped or paused the task: calls that change something outside are seen through, others end."""
        external = {task: running for task, running in self._running.items() if running.step.idempotency_key}
        self._running = {task: running for task, running in self._running.items() if task not in external}
        await self._abandon()
        if external:
            await asyncio.wait(external)
        came_back = [(running, task.result()) for task, running in external.items()]
        for running, outcome in came_back:
            self._apply(running, outcome)
        async with self._advance.held.transaction(done=True) as session:
            await self._store(session, came_back)
        return True

    def _startable(self) -> list[Placed]:
        if self._halted or self._board.failed or self._advance.held.stopping.is_set():
            return []
        return self._board.startable(self._now())[: AT_ONCE - len(self._running)]

    def _start(self, starting: Iterable[Placed]) -> None:
        last = {node.id for node in last_nodes(self._board.spec)}
        for placed in starting:
            step = self._board.steps[placed.id]
            step.status, step.started_at = StepStatus.RUNNING, step.started_at or self._now()
            running = Running(
                self._advance,
                placed,
                step,
                self._board.scope(placed, self._advance.given),
                last=len(last) == 1 and placed.id in last,
            )
            self._running[asyncio.create_task(run_node(running), name=placed.id)] = running

    async def _next(self) -> list[tuple[Running, Outcome]]:
        """Wait until something comes back, or somebody changes the task."""
        poked = asyncio.create_task(self._advance.held.poked.wait())
        try:
            await asyncio.wait([*self._running, poked], return_when=asyncio.FIRST_COMPLETED)
        finally:
            poked.cancel()
        self._advance.held.poked.clear()
        done = [task for task in self._running if task.done()]
        return [(self._running.pop(task), task.result()) for task in done]

    async def _abandon(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._running.clear()

    # -- what an outcome means -----------------------------------------------------------------------

    def _apply(self, running: Running, outcome: Outcome) -> tuple[Said, ...]:
        step, now = running.step, self._now()
        self._changed.add(step.node_id)
        step.attempt_count += 1
        step.wake_at = None
        step.error = None
        match outcome:
            case Done():
                step.status, step.output, step.finished_at = StepStatus.SUCCEEDED, outcome.output, now
                return outcome.said
            case Opened():
                step.status, step.output = StepStatus.RUNNING, {"items": outcome.items}
            case Sleeps():
                step.status, step.wake_at = StepStatus.WAITING, outcome.until
                step.attempt_count -= 1
            case Asks():
                step.status, step.input = StepStatus.WAITING, outcome.input | {"digest": outcome.digest}
                step.attempt_count -= 1
                return (outcome.said,)
            case Failed():
                step.error = {"code": outcome.code, "sentence": outcome.sentence, "remedy": outcome.remedy}
                step.wake_at = outcome.again
                step.status = StepStatus.WAITING if outcome.again else StepStatus.FAILED
                step.finished_at = None if outcome.again else now
            case Lost():
                step.status = StepStatus.UNKNOWN
                step.error = {"code": "ambiguous", "sentence": outcome.sentence}
        return ()

    async def _mended(self) -> bool:
        """Whether another plan goes around what failed."""
        task = self._advance.task
        if task.replans >= REPLANS or task.message_id is None or self._advance.held.stopping.is_set():
            return False
        if self._board.unknown:  # first it has to be known what happened
            return False
        async with self._advance.held.transaction() as session:
            await self._store(session, [])
            fresh = await tasks.load_run(session, task.id)
        if fresh is not None:  # people may have answered and decided while this ran
            self._advance.run.approvals = fresh.approvals
            self._board = Board(self._board.spec, fresh.steps)
        board = await replan(self._advance, self._board)
        if board is None:
            return False
        self._board = board
        return True

    # -- storing and saying --------------------------------------------------------------------------

    async def _store(self, session: Session, came_back: list[tuple[Running, Outcome]]) -> None:
        task = self._advance.task
        board = self._board
        await tasks.add_steps(session, task.id, [board.steps[node_id] for node_id in sorted(board.added)])
        await tasks.save_steps(
            session, task.id, [board.steps[node_id] for node_id in sorted(self._changed - board.added)]
        )
        board.added.clear()
        self._changed.clear()
        for running, outcome in came_back:
            await self._store_trace(session, running, outcome)

    async def _store_trace(self, session: Session, running: Running, outcome: Outcome) -> None:
        task, trace = self._advance.task, running.trace
        await tasks.add_artifacts(session, task.id, running.placed.id, trace.artifacts)
        await conclude.record(session, self._advance, trace.replies, f"step {running.placed.id}")
        self._spent += sum((reply.usage.cost or Decimal(0) for reply in trace.replies), Decimal(0))
        for execution in trace.executions:
            await tool_rows.record(
                session,
                tool=execution.tool,
                task_id=task.id,
                node_id=running.placed.id,
                input=orjson.dumps(execution.input).decode(),
                output=orjson.dumps(execution.output).decode() if execution.output is not None else None,
                error=execution.error,
                started_at=execution.started_at,
                duration_ms=execution.duration_ms,
            )
        if isinstance(outcome, Failed | Lost):
            level = "WARN" if isinstance(outcome, Failed) and outcome.again else "ERROR"
            await tasks.add_log(session, task.id, level, outcome.sentence, step=running.placed.id)
        if isinstance(outcome, Asks) and outcome.digest is not None:
            await tasks.ask_approval(
                session,
                task.id,
                running.placed.id,
                outcome.digest,
                requested_of=task.user_id,
                expires_at=self._now() + APPROVAL_LASTS,
            )

    async def _progress(self, session: Session) -> tuple[TaskStatus, str | None]:
        task = self._advance.task
        spent, self._spent = self._spent, Decimal(0)
        task.cost += spent
        task.card += 1
        return await tasks.store_progress(
            session, task.id, done=self._board.done, total=len(self._board.spec.nodes), cost=spent, card=task.card
        )

    async def _say_of_step(self, session: Session, running: Running, words: Said) -> None:
        task, step = self._advance.task, running.step
        await say(
            session,
            self._advance.thread,
            words,
            key=f"step:{task.id}:{step.node_id}:{step.attempt_group}:{words.type}",
            task_id=task.id,
            reply_to=task.message_id,
        )

    async def _show(self, session: Session, status: TaskStatus, starting: Iterable[Placed] = ()) -> None:
        task = self._advance.task
        begun = [placed.id for placed in starting] + [running.placed.id for running in self._running.values()]
        card = plan_card(
            task,
            self._board.spec,
            self._board.steps,
            status=status,
            now=self._now(),
            spent=Decimal(0),
            running=begun,
        )
        await say(
            session,
            self._advance.thread,
            card,
            key=f"{card_key(task)}:{task.card}",
            task_id=task.id,
            reply_to=task.message_id,
            edits=card_key(task),
        )

    # -- the end of the job --------------------------------------------------------------------------

    async def _end(self, session: Session) -> None:
        """Nothing runs and nothing can start: the task is over, or waits."""
        board, task = self._board, self._advance.task
        if self._advance.held.stopping.is_set() and board.startable(self._now()) and not board.failed:
            await self._continue_at(session, None)
        elif board.failed and not board.unknown:
            await self._show(session, TaskStatus.FAILED)
            await conclude.fail(session, self._advance, board, Decimal(0))
        elif board.asking:
            waiting_for = await self._ask_people(session)
            await tasks.set_status(session, task.id, TaskStatus.PAUSED, waiting_for=waiting_for)
            if board.next_wake is not None:
                await self._continue_at(session, board.next_wake)
            await self._show(session, TaskStatus.PAUSED)
        elif board.next_wake is not None:
            await self._continue_at(session, board.next_wake)
            await self._show(session, TaskStatus.RUNNING)
        elif not self._halted:
            await self._show(session, TaskStatus.SUCCEEDED)
            await conclude.succeed(session, self._advance, board, Decimal(0))

    async def _ask_people(self, session: Session) -> str:
        """Ask about calls whose outcome is not known; returns what the task waits for."""
        task = self._advance.task
        for step in self._board.unknown:
            await say(
                session,
                self._advance.thread,
                _may_have_happened(task.id, step),
                key=f"unknown:{task.id}:{step.node_id}:{step.attempt_group}",
                task_id=task.id,
                reply_to=task.message_id,
            )
        if self._board.unknown:
            return "outcome"
        return "approval" if any((step.input or {}).get("digest") for step in self._board.asking) else "answer"

    async def _continue_at(self, session: Session, moment: datetime | None) -> None:
        task = self._advance.task
        await enqueue(session, advance_command(task.id, task.user_id, priority=task.priority, run_at=moment))

    def _now(self) -> datetime:
        return self._advance.legwork.clock.now()


def _may_have_happened(task_id: UUID, step: Step) -> ApprovalCard:
    value = step_value(task_id, step.node_id)
    given = redacted({name: part for name, part in (step.input or {}).items() if name != "digest"})
    return ApprovalCard(
        task_id=task_id,
        title=f"This may have happened: {step.name.replace('_', ' ')}",
        details=(
            *((name, part if isinstance(part, str) else orjson.dumps(part).decode()) for name, part in given.items()),
            ("Why I ask", "I was interrupted before I learned what became of it, and I do nothing twice unasked."),
        ),
        buttons=(
            Button(label="Do it again", action="redo", value=value, style="danger"),
            Button(label="It is done", action="done", value=value, style="primary"),
        ),
    )


def advance_command(task_id: UUID, user_id: UUID, *, priority: int = 1, run_at: datetime | None = None) -> Command:
    """The job that takes a task further. One is pending a task; a second is the same one."""
    return Command(
        queue=Queue.TASK,
        kind="advance",
        data={"task_id": str(task_id)},
        task_id=task_id,
        user_id=user_id,
        lane=f"task:{task_id}",
        dedupe_key=f"advance:{task_id}",
        priority=priority,
        run_at=run_at,
    )
