"""Where a running plan stands: pure state, no I/O. The engine asks it what may start and tells it what came back.

``Board.took`` is the only way a step changes. It costs what hangs on that step, however large the plan is.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from domain.conversations.said import Said
from domain.flow.common.gathered import results, why
from domain.flow.common.outcome import Back, Failed, Opened, Outcome, apply, become
from domain.flow.common.outputs import Given
from domain.flow.common.rounds import BEGUN, ENDED, PAST, answer_of, is_answer, made_by
from domain.flow.common.stands import Stands
from domain.flow.common.tally import Standing
from domain.tasks.schemas import Step
from domain.tasks.states import STOPS, StepStatus
from domain.workflows import rounds
from domain.workflows.graph import Layout, Placed, last_nodes
from domain.workflows.spec import NodeType, Spec

MOST_STEPS = 20_000
"""Of one task, those of all its loops' items counted."""


class Board(Stands):
    """A plan that moves on.

    Steps that are new begin with ``group``, or with that of what holds them: what they ask and do is their own, even
    where an earlier plan called another step the same.
    """

    def __init__(self, spec: Spec, steps: Mapping[str, Step], now: datetime, *, group: int = 0) -> None:
        super().__init__(spec, dict(steps))
        self.added: set[str] = set()
        """Steps that have no row yet."""
        self.changed: set[str] = set()
        """Steps whose row is not as they are."""
        last = last_nodes(spec)
        self.answers = last[0].id if len(last) == 1 else None
        """The node whose output is the task's answer, where there is one alone."""
        self._group = group
        self._place([*Layout(spec).placed()])
        self._draw(now)

    # -- what may happen next ------------------------------------------------------------------------

    def startable(self, now: datetime, most: int | None = None) -> list[Placed]:
        """Nodes whose needs are met, and waits that are over, in the plan's order; ``most``: no more than so many."""
        return [self._tally.at[step_id].placed for step_id in self._tally.agenda.startable(now, most)]

    def scope(self, placed: Placed, given: Given) -> dict[str, Any]:
        """What the node's references can see, by the names they begin from (see ``Outputs.scope``)."""
        return self._tally.outputs.scope(placed, given)

    # -- what came back, and what follows from it ------------------------------------------------------

    def took(self, step_id: str, change: Outcome | Back | StepStatus, now: datetime) -> tuple[Said, ...]:
        """A step came to an outcome, or is in that status from now on. Every consequence that needs no work is drawn:
        branches not taken, loops that open or end. Returns what the node has to say.
        """
        at, said = self._tally.at[step_id], ()
        if change is StepStatus.RUNNING and step_id in self._opened:
            self._close(at)
            at.step.output = None  # what it goes through is looked for anew
        self._tally.leave(at)
        if isinstance(change, StepStatus):
            become(at.step, change, now)
        else:
            said = apply(at.step, change, now)
        at.tell()
        self._tally.enter(at)
        if change is not StepStatus.RUNNING:  # that somebody runs it is known to who does, and needs no row
            self.changed.add(step_id)
            self._open(at)
        self._draw(now)
        return said

    def came_back(self, states: Iterable[Mapping[str, Any]], now: datetime) -> bool:
        """What steps that were handed over have come to: their fields, as their jobs have stored them. Returns whether
        there is any.
        """
        back = False
        for state in states:
            back = True
            self.took(state["node_id"], Back(state), now)
            if self.steps[state["node_id"]].output is state["output"]:  # and not told its error since
                self.changed.discard(state["node_id"])
        return back

    def fits(self, step_id: str, outcome: Outcome) -> Outcome:
        """What came back, or that it is more than one task can hold."""
        at = self._tally.at[step_id]
        if not isinstance(outcome, Opened):
            return outcome
        steps = len(self._tally.at) + len(outcome.items) * len(at.placed.spot.body.spots)
        if steps <= MOST_STEPS:
            return outcome
        sentence = f"{at.placed.node.label} would come to {steps:,} steps; at most {MOST_STEPS:,} are possible."
        return Failed("too_many_steps", sentence, "Narrow the lists down.")

    def added_in_order(self) -> list[Step]:
        """Steps that have no row yet, in the plan's order."""
        return [self.steps[step_id] for step_id in sorted(self.added, key=lambda each: self.placed(each).place)]

    def cancel(self, now: datetime, about_to: Iterable[str] = ()) -> list[Step]:
        """A person stopped it: what has not begun, or waits, is not done, nor what was ``about_to`` be handed over. Of
        what runs, only a call whose intent is stored is seen through. Returns the steps that changed.
        """
        runs = [step for step in self._with(StepStatus.RUNNING) if step.idempotency_key is None]
        left = [*self._with(*STOPS), *runs, *(self.steps[step_id] for step_id in about_to)]
        for step in left:
            self.took(step.node_id, StepStatus.CANCELLED, now)
        return left

    def _draw(self, now: datetime) -> None:
        """Every consequence that needs no work."""
        while self._tally.touched:
            at = self._tally.touched.pop()
            if at.step.status is StepStatus.PENDING and at.open == 0:
                self._choose(at, now)
            elif at.step.status is StepStatus.WAITING and at.step.wake_at is not None:
                self._tally.agenda.wait(at.placed, at.step.wake_at)
            elif at.left == 0 and self.holds(at.step):
                self._finish(at, now)

    def _choose(self, at: Standing, now: datetime) -> None:
        """All it needs has ended: it may start, or it is on a branch that was not taken."""
        parent = at.placed.parent
        if at.alive == 0 and at.placed.spot.needs:
            self._change(at, StepStatus.SKIPPED, now)
        elif parent is None or self.holds(self.steps[parent.id]):
            self._tally.agenda.add(at.placed)

    def _finish(self, at: Standing, now: datetime) -> None:
        """All it holds is over."""
        if at.placed.spot.holds == "rounds":
            self._go_on(at, now)
            return
        items = self._tally.outputs.items[at.placed.id]
        failed = [one for one in at.held if one.step.status is StepStatus.FAILED and not one.placed.spot.catches]
        at.step.output = {"items": items, "results": results(at.held, len(items))}
        at.step.error = why(failed, len(items))
        self._change(at, StepStatus.FAILED if failed else StepStatus.SUCCEEDED, now)

    def _change(self, at: Standing, status: StepStatus, now: datetime) -> None:
        self._tally.leave(at)
        become(at.step, status, now)
        at.tell()
        self._tally.enter(at)
        self.changed.add(at.placed.id)

    # -- agents ------------------------------------------------------------------------------------

    def reopen(self, agent_id: str, now: datetime) -> None:
        """More was said after an agent's answer: it ends nothing, and another round follows."""
        at = self._tally.at[agent_id]
        at.step.input = (at.step.input or {}) | {PAST: len(self._opened[agent_id])}
        at.step.output, at.step.error, at.step.finished_at = {BEGUN: True}, None, None
        self._change(at, StepStatus.RUNNING, now)
        self._draw(now)

    def _go_on(self, at: Standing, now: datetime) -> None:
        """A round of the agent is over: another follows, or that was its last."""
        thoughts = self._opened[at.placed.id]
        think = thoughts[-1].step
        if think.status is StepStatus.FAILED:
            at.step.error = think.error
            self._change(at, StepStatus.FAILED, now)
        elif not is_answer(think) or len(thoughts) <= (at.step.input or {}).get(PAST, 0):
            self._place_round(at, len(thoughts))
        else:
            at.step.output = answer_of([self._round(thought) for thought in thoughts])
            self._change(at, StepStatus.SUCCEEDED, now)

    def _place_round(self, at: Standing, index: int) -> None:
        self._place([rounds.thought(at.placed, index)])

    # -- holders that open ---------------------------------------------------------------------------

    def _place(self, placed: list[Placed]) -> None:
        """Nodes that stand on the board from now on, with the steps they have come to."""
        standing = [self._tally.place(one, self._step(one)) for one in placed]
        for at in standing:
            if at.tell():
                self.changed.add(at.placed.id)
            self._tally.enter(at)
            self._open(at)

    def _step(self, placed: Placed) -> Step:
        step = self.steps.get(placed.id)
        if step is None:
            group = self._group if placed.parent is None else self.steps[placed.parent.id].attempt_group
            step = Step(placed.id, placed.node.type.value, placed.node.name, attempt_group=group)
            self.steps[placed.id] = step
            self.added.add(placed.id)
        return step

    def _open(self, at: Standing) -> None:
        """What it holds stands on the board: all that is done for each item, the next round, or what that asked for."""
        holds, output, opened = at.placed.spot.holds, at.step.output or {}, at.placed.id in self._opened
        if at.placed.node.type is NodeType.THINK:
            self._open_thought(at)
        elif holds == "items" and output.get("items") is not None and not opened:
            self._opened[at.placed.id] = []
            self._tally.outputs.items[at.placed.id] = items = output["items"]
            body = at.placed.spot.body
            self._place([one for index in range(len(items)) for one in body.placed(at.placed, index)])
        elif holds == "rounds" and (BEGUN in output or ENDED in output) and not opened:
            self._opened[at.placed.id] = []
            self._place_round(at, 0)
            while rounds.thought(at.placed, len(self._opened[at.placed.id])).id in self.steps:
                self._place_round(at, len(self._opened[at.placed.id]))

    def _open_thought(self, at: Standing) -> None:
        parent, index = at.placed.parent, at.placed.index
        assert parent is not None  # thoughts stand in rounds
        assert index is not None
        thoughts = self._opened[parent.id]
        if len(thoughts) == index:
            thoughts.append(at)
        if at.step.status is StepStatus.SUCCEEDED:
            self._place(rounds.called(parent, index, made_by(at.step)))

    def _close(self, at: Standing) -> None:
        """What it holds stands on the board no more. Its steps are kept for when they do again."""
        for one in at.held:
            if one.placed.id in self._opened:
                self._close(one)
            self._tally.remove(one)
        at.held, at.left = [], 0
        del self._opened[at.placed.id]
        self._tally.outputs.items.pop(at.placed.id, None)
