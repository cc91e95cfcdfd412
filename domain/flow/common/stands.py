"""How a plan stands: what its steps have come to, and what that means for the task."""

from collections.abc import Collection
from datetime import datetime

from domain.core.errors import Unusable
from domain.flow.common.rounds import Round, calls_of, limited_by
from domain.flow.common.tally import Standing, Tally, in_order
from domain.reports.querying.result import UNANSWERABLE
from domain.tasks.schemas import Step
from domain.tasks.states import StepStatus, declined
from domain.workflows.graph import Placed
from domain.workflows.spec import NodeType, Spec

_SILENT = frozenset({NodeType.CONDITION.value, NodeType.DELAY.value})
"""Nodes that do nothing a person would miss."""


class Stands:
    """A spec with the steps it has come to, to be asked. ``steps`` holds one Step a placed node, by its id; and those
    of items that are not gone through yet, or no more.
    """

    def __init__(self, spec: Spec, steps: dict[str, Step]) -> None:
        self.spec = spec
        self.steps = steps
        self._tally = Tally()
        self._opened: dict[str, list[Standing]] = {}
        """Holders whose work has begun, by their ids; with the thoughts of those that are agents."""
        self._rounds: dict[str, tuple[object, Round]] = {}
        """The rounds that were asked for, by their thoughts' ids, with what those had put out."""

    def placed(self, step_id: str) -> Placed:
        """Where a step stands."""
        return self._tally.at[step_id].placed

    def everything(self) -> list[Placed]:
        """Every node that stands on the board."""
        return [at.placed for at in self._tally.at.values()]

    def holds(self, step: Step) -> bool:
        """Whether it runs without anybody running it: its work is that of the steps it holds."""
        return step.status is StepStatus.RUNNING and step.node_id in self._opened

    def rounds(self, agent_id: str) -> list[Round]:
        """All rounds of an agent, in their order; none of one that has not begun."""
        return [self._round(at) for at in self._opened.get(agent_id, ())]

    def agents(self) -> list[Step]:
        """Agents that are at work, in the plan's order."""
        return [step for step in self._with(StepStatus.RUNNING) if self._opened.get(step.node_id)]

    @property
    def limited(self) -> list[Step]:
        """Agents that ended at a limit, in the plan's order."""
        opened = [self._tally.at[step_id] for step_id in self._opened]
        return in_order([at for at in opened if at.step.status is StepStatus.SUCCEEDED and limited_by(at.step)])

    def _round(self, at: Standing) -> Round:
        output, known = self._rounds.get(at.placed.id, (None, None))
        if known is not None and output is at.step.output:
            return known
        prefix = at.placed.prefix
        calls = tuple((call, self.steps.get(prefix + call["id"])) for call in calls_of(at.step))
        made = Round(at.placed.index or 0, at.step, calls)
        if at.step.output is not None:
            self._rounds[at.placed.id] = at.step.output, made
        return made

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
        """What a person said no to: labels of agents' calls and the plan's nodes, with how many of a loop's steps."""
        labels: list[str] = []
        for node in self.spec.nodes:
            called, inside = self._apart(node.id)
            refused = [step for step in inside if declined(step.output)]
            labels += dict.fromkeys(self.placed(step.node_id).node.label for step in called if declined(step.output))
            if refused:
                labels.append(f"{node.label} ({len(refused)} of {len(inside)})")
            elif declined(self.steps[node.id].output):
                labels.append(node.label)
        return labels

    def _apart(self, step_id: str) -> tuple[list[Step], list[Step]]:
        """What a step holds: what agents do, and the rest of it."""
        inside = self.inside(step_id)
        called = [step for step in inside if self.placed(step.node_id).of_agent]
        return called, [step for step in inside if not self.placed(step.node_id).of_agent] if called else inside

    def inside(self, step_id: str) -> list[Step]:
        """The steps that one holds, each followed by those that it holds."""
        found: list[Step] = []
        for one in self._tally.at[step_id].held:
            found += [one.step, *self.inside(one.placed.id)]
        return found

    @property
    def came_to_nothing(self) -> bool:
        """Nothing was done, because a person said no."""
        done = [step for step in self._with(StepStatus.SUCCEEDED) if step.node_id not in self._opened]
        return bool(self.declined) and not done

    @property
    def asleep(self) -> list[Step]:
        """Steps that wait for a moment, also one that has come."""
        return [step for step in self._with(StepStatus.WAITING) if step.wake_at is not None]

    @property
    def next_wake(self) -> datetime | None:
        """When the next waiting step wants to go on."""
        return self._tally.agenda.next_wake

    def next_wake_besides(self, step_ids: Collection[str]) -> datetime | None:
        """The same, of those that are none of these."""
        if not step_ids:
            return self.next_wake
        moments = [step.wake_at for step in self.asleep if step.wake_at is not None and step.node_id not in step_ids]
        return min(moments, default=None)
