"""Where a running plan stands: pure state, no I/O. The engine asks it what may start and tells it what came back.

``Board.took`` is the only way a step changes. It costs what hangs on that step, however large the plan is.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from domain.conversations.said import Said
from domain.core.errors import Unusable
from domain.flow.common.gathered import results, why
from domain.flow.common.outcome import Back, Failed, Opened, Outcome, apply, become
from domain.flow.common.rounds import BEGUN, PAST, Round, answer_of, calls_of, made_by
from domain.flow.common.tally import Standing, Tally, in_order
from domain.reports.querying.result import UNANSWERABLE
from domain.tasks.schemas import Step
from domain.tasks.states import STOPS, StepStatus, declined
from domain.workflows import rounds
from domain.workflows.graph import Layout, Placed, last_nodes
from domain.workflows.spec import NodeType, Spec

MOST_STEPS = 20_000
"""Of one task, those of all its loops' items counted."""

_SILENT = frozenset({NodeType.CONDITION.value, NodeType.DELAY.value})
"""Nodes that do nothing a person would miss."""


class Board:
    """A spec with the steps it has come to. ``steps`` holds one Step a placed node, by its id; and those of items that
    are not gone through yet, or no more.

    Steps that are new begin with ``group``, or with that of their loop: what they ask and do is their own, even where
    an earlier plan called another step the same.
    """

    def __init__(self, spec: Spec, steps: Mapping[str, Step], now: datetime, *, group: int = 0) -> None:
        self.spec = spec
        self.steps: dict[str, Step] = dict(steps)
        self.added: set[str] = set()
        """Steps that have no row yet."""
        self.changed: set[str] = set()
        """Steps whose row is not as they are."""
        last = last_nodes(spec)
        self.answers = last[0].id if len(last) == 1 else None
        """The node whose output is the task's answer, where there is one alone."""
        self._group = group
        self._open_ones: dict[str, list[Standing]] = {}
        """Holders whose work has begun, by their ids; with the thoughts of those that are agents."""
        self._tally = Tally()
        self._place([*Layout(spec).placed()])
        self._draw(now)

    # -- what may happen next ------------------------------------------------------------------------

    def placed(self, step_id: str) -> Placed:
        """Where a step stands."""
        return self._tally.at[step_id].placed

    def everything(self) -> list[Placed]:
        """Every node that stands on the board."""
        return [at.placed for at in self._tally.at.values()]

    def startable(self, now: datetime, most: int | None = None) -> list[Placed]:
        """Nodes whose needs are met, and waits that are over, in the plan's order; ``most``: no more than so many."""
        return [self._tally.at[step_id].placed for step_id in self._tally.agenda.startable(now, most)]

    def scope(self, placed: Placed, given: Mapping[str, Any]) -> dict[str, Any]:
        """What the node's references can see, by the names they begin from (see ``Outputs.scope``)."""
        return self._tally.outputs.scope(placed, given)

    def holds(self, step: Step) -> bool:
        """Whether it runs without anybody running it: its work is that of the steps it holds."""
        return step.status is StepStatus.RUNNING and step.node_id in self._open_ones

    def rounds(self, agent_id: str) -> list[Round]:
        """All rounds of an agent, in their order; none of one that has not begun."""
        return [self._round(at) for at in self._open_ones.get(agent_id, ())]

    def agents(self) -> list[Step]:
        """Agents that are at work, in the plan's order."""
        return [step for step in self._with(StepStatus.RUNNING) if self._open_ones.get(step.node_id)]

    # -- what came back, and what follows from it ------------------------------------------------------

    def took(self, step_id: str, change: Outcome | Back | StepStatus, now: datetime) -> tuple[Said, ...]:
        """A step came to an outcome, or is in that status from now on. Every consequence that needs no work is drawn:
        branches not taken, loops that open or end. Returns what the node has to say.
        """
        at, said = self._tally.at[step_id], ()
        if change is StepStatus.RUNNING and step_id in self._open_ones:
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
        """A person stopped it: what has not begun, or waits, is not done, nor what was ``about_to`` be handed over.
        Returns the steps that changed.
        """
        left = [*self._with(*STOPS), *(self.steps[step_id] for step_id in about_to)]
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
        at.step.input = (at.step.input or {}) | {PAST: len(self._open_ones[agent_id])}
        at.step.output, at.step.error, at.step.finished_at = {BEGUN: True}, None, None
        self._change(at, StepStatus.RUNNING, now)
        self._draw(now)

    def _go_on(self, at: Standing, now: datetime) -> None:
        """A round of the agent is over: another follows, or that was its last."""
        thoughts = self._open_ones[at.placed.id]
        think = thoughts[-1].step
        if think.status is StepStatus.FAILED:
            at.step.error = think.error
            self._change(at, StepStatus.FAILED, now)
        elif calls_of(think) or len(thoughts) <= (at.step.input or {}).get(PAST, 0):
            self._place_round(at, len(thoughts))
        else:
            at.step.output = answer_of([self._round(thought) for thought in thoughts])
            self._change(at, StepStatus.SUCCEEDED, now)

    def _place_round(self, at: Standing, index: int) -> None:
        self._place([rounds.thought(at.placed, index)])

    def _round(self, at: Standing) -> Round:
        prefix = at.placed.prefix
        calls = tuple((call, self.steps.get(prefix + call["id"])) for call in calls_of(at.step))
        return Round(at.placed.index or 0, at.step, calls)

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
        holds, output, opened = at.placed.spot.holds, at.step.output or {}, at.placed.id in self._open_ones
        if at.placed.node.type is NodeType.THINK:
            self._open_thought(at)
        elif holds == "items" and output.get("items") is not None and not opened:
            self._open_ones[at.placed.id] = []
            self._tally.outputs.items[at.placed.id] = items = output["items"]
            body = at.placed.spot.body
            self._place([one for index in range(len(items)) for one in body.placed(at.placed, index)])
        elif holds == "rounds" and (BEGUN in output or "ended" in output) and not opened:
            self._open_ones[at.placed.id] = []
            self._place_round(at, 0)
            while rounds.thought(at.placed, len(self._open_ones[at.placed.id])).id in self.steps:
                self._place_round(at, len(self._open_ones[at.placed.id]))

    def _open_thought(self, at: Standing) -> None:
        parent, index = at.placed.parent, at.placed.index
        assert parent is not None and index is not None  # thoughts stand in rounds
        thoughts = self._open_ones[parent.id]
        if len(thoughts) == index:
            thoughts.append(at)
        if at.step.status is StepStatus.SUCCEEDED:
            self._place(rounds.called(parent, index, made_by(at.step)))

    def _close(self, at: Standing) -> None:
        """What it holds stands on the board no more. Its steps are kept for when they do again."""
        for one in at.held:
            if one.placed.id in self._open_ones:
                self._close(one)
            self._tally.remove(one)
        at.held, at.left = [], 0
        del self._open_ones[at.placed.id]
        self._tally.outputs.items.pop(at.placed.id, None)

    # -- how it stands -------------------------------------------------------------------------------

    def _with(self, *statuses: StepStatus) -> list[Step]:
        return self._tally.with_status(*statuses)

    @property
    def done(self) -> int:
        """How many steps of the plan itself are over."""
        return self._tally.done

    @property
    def failed(self) -> list[Step]:
        """What failed, and nobody deals with."""
        return in_order(self._tally.failed.values())

    @property
    def caught(self) -> list[Step]:
        """What failed and is dealt with, each where that is done: a loop, not its items, if it is behind the loop."""
        return [step for step in self._with(StepStatus.FAILED) if self.deals_with(step)]

    def deals_with(self, step: Step) -> bool:
        """Whether it failed, and an edge leads on from there. What fails in an agent's hands is part of its work."""
        placed = self.placed(step.node_id)
        return step.status is StepStatus.FAILED and placed.spot.catches and not placed.of_agent

    @property
    def failed_by_model(self) -> bool:
        """Whether the model gave no answer: the same one would make the next plan."""
        return any((step.error or {}).get("code") == Unusable.code for step in self.failed)

    @property
    def unanswerable(self) -> bool:
        """Whether it came to nothing but that a table cannot answer what it was asked."""
        codes = {(step.error or {}).get("code") for step in self.failed}
        told = self._with(StepStatus.SUCCEEDED, StepStatus.UNKNOWN, StepStatus.WAITING)
        return codes == {UNANSWERABLE} and all(step.type in _SILENT for step in told)

    @property
    def unknown(self) -> list[Step]:
        """External calls whose outcome was lost."""
        return self._with(StepStatus.UNKNOWN)

    @property
    def running(self) -> list[Step]:
        """Steps that somebody runs, or was running; holders run by what they hold."""
        return [step for step in self._with(StepStatus.RUNNING) if not self.holds(step)]

    @property
    def handed(self) -> list[Step]:
        """Steps that jobs of other queues carry on with."""
        return self._with(StepStatus.HANDED)

    @property
    def asking(self) -> list[Step]:
        """Steps that wait for a person."""
        waiting = [step for step in self._with(StepStatus.WAITING) if step.wake_at is None]
        return waiting + self.unknown

    @property
    def declined(self) -> list[str]:
        """What a person said no to: the labels of the plan's nodes, with how many of a loop's steps."""
        labels: list[str] = []
        for node in self.spec.nodes:
            inside = self.inside(node.id)
            refused = [step for step in inside if declined(step.output)]
            if refused and node.id in self._open_ones and self._open_ones[node.id]:
                labels += dict.fromkeys(self.placed(step.node_id).node.label for step in refused)
            elif refused:
                labels.append(f"{node.label} ({len(refused)} of {len(inside)})")
            elif declined(self.steps[node.id].output):
                labels.append(node.label)
        return labels

    def inside(self, step_id: str) -> list[Step]:
        """The steps that one holds, each followed by those that it holds."""
        found: list[Step] = []
        for one in self._tally.at[step_id].held:
            found += [one.step, *self.inside(one.placed.id)]
        return found

    @property
    def came_to_nothing(self) -> bool:
        """Nothing was done, because a person said no."""
        done = [step for step in self._with(StepStatus.SUCCEEDED) if step.node_id not in self._open_ones]
        return bool(self.declined) and not done

    @property
    def next_wake(self) -> datetime | None:
        """When the next waiting step wants to go on."""
        return self._tally.agenda.next_wake
