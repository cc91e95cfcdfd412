"""Where a running plan stands: pure state, no I/O. The engine asks it what may start and tells it what came back."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from domain.core.errors import Unusable
from domain.reports.querying.result import UNANSWERABLE
from domain.tasks.schemas import Step
from domain.tasks.states import StepStatus, declined
from domain.workflows.graph import Need, Placed, lay_out, scope
from domain.workflows.spec import NodeType, Spec

_SILENT = frozenset({NodeType.CONDITION.value, NodeType.DELAY.value})
"""Nodes that do nothing a person would miss."""


class Board:
    """A spec with the steps it has come to. ``steps`` holds one Step a placed node, by its id.

    Steps that are new begin with ``group``, or with that of their loop: what they ask and do is their own, even where
    an earlier plan called another step the same.
    """

    def __init__(self, spec: Spec, steps: Mapping[str, Step], *, group: int = 0) -> None:
        self.spec = spec
        self.steps: dict[str, Step] = dict(steps)
        self.added: set[str] = set()
        """Steps that have no row yet."""
        self._group = group
        self._lay_out()

    def _lay_out(self) -> None:
        self.opened: dict[str, list[Any]] = {
            node_id: (self.steps[node_id].output or {})["items"]
            for node_id in (node.id for node in self.spec.nodes if node.type is NodeType.FOREACH)
            if node_id in self.steps and "items" in (self.steps[node_id].output or {})
        }
        self.placed = lay_out(self.spec, self.opened)
        for node_id, placed in self.placed.items():
            if node_id not in self.steps:
                group = self._group if placed.parent is None else self.steps[placed.parent].attempt_group
                self.steps[node_id] = Step(node_id, placed.node.type.value, placed.node.name, attempt_group=group)
                self.added.add(node_id)

    # -- what may happen next ------------------------------------------------------------------------

    def startable(self, now: datetime) -> list[Placed]:
        """Nodes whose needs are met, and waits that are over, in the plan's order."""
        return [placed for placed in self.placed.values() if self._may_start(placed, now)]

    def _may_start(self, placed: Placed, now: datetime) -> bool:
        step = self.steps[placed.id]
        if step.status is StepStatus.WAITING:
            return step.wake_at is not None and step.wake_at <= now
        return step.status is StepStatus.PENDING and self._met(placed)

    def _met(self, placed: Placed) -> bool:
        if placed.parent is not None and self.steps[placed.parent].status is not StepStatus.RUNNING:
            return False
        if not all(self._ended(need) for need in placed.needs):
            return False
        return not placed.needs or any(self._alive(need) for need in placed.needs)

    def _ended(self, need: Need) -> bool:
        return self.steps[need.node_id].status in (StepStatus.SUCCEEDED, StepStatus.SKIPPED)

    def _alive(self, need: Need) -> bool:
        step = self.steps[need.node_id]
        if step.status is not StepStatus.SUCCEEDED:
            return False
        return need.outcome is None or (step.output or {}).get("result") is need.outcome

    def scope(self, placed: Placed, given: Mapping[str, Any]) -> dict[str, Any]:
        outputs = {
            node_id: step.output
            for node_id, step in self.steps.items()
            if step.output is not None and step.status in (StepStatus.SUCCEEDED, StepStatus.SKIPPED)
        }
        return scope(placed, outputs, given, self.opened)

    # -- what follows from what came back ------------------------------------------------------------

    def settle(self, now: datetime) -> set[str]:
        """Draw every consequence that needs no work: branches not taken, foreach nodes opened or finished.

        Returns the ids of the steps that changed.
        """
        self._lay_out()
        changed: set[str] = set()
        while True:
            new = self._skip_dead(now) | self._finish_loops(now)
            if not new:
                return changed
            changed |= new

    def cancel(self, now: datetime) -> set[str]:
        """A person stopped it: what has not begun, or waits, is not done. Returns the ids of the steps that changed."""
        left = self._with(StepStatus.PENDING, StepStatus.WAITING)
        for step in left:
            step.status, step.finished_at = StepStatus.CANCELLED, now
        return {step.node_id for step in left}

    def _skip_dead(self, now: datetime) -> set[str]:
        dead = {
            placed.id
            for placed in self.placed.values()
            if self.steps[placed.id].status is StepStatus.PENDING
            and placed.needs
            and all(self._ended(need) for need in placed.needs)
            and not any(self._alive(need) for need in placed.needs)
        }
        for node_id in dead:
            self.steps[node_id].status = StepStatus.SKIPPED
            self.steps[node_id].finished_at = now
        return dead

    def _finish_loops(self, now: datetime) -> set[str]:
        finished: set[str] = set()
        for node_id, items in self.opened.items():
            step = self.steps[node_id]
            children = [placed for placed in self.placed.values() if placed.parent == node_id]
            if step.status is StepStatus.RUNNING and all(self.steps[child.id].status.final for child in children):
                failed = [child for child in children if self.steps[child.id].status is StepStatus.FAILED]
                step.status = StepStatus.FAILED if failed else StepStatus.SUCCEEDED
                step.output = {"items": items, "results": self._results(children, len(items))}
                step.error = self._why(failed, len(items)) if failed else None
                step.finished_at = now
                finished.add(node_id)
        return finished

    def _why(self, failed: Sequence[Placed], count: int) -> dict[str, Any]:
        broken = {child.index for child in failed}
        first = self.steps[failed[0].id].error or {}
        sentence = f"{len(broken)} of {count} items could not be done: {first.get('sentence', 'it failed.')}"
        return {"sentence": sentence, "code": "items_failed", "remedy": first.get("remedy")}

    def _results(self, children: Iterable[Placed], count: int) -> list[Any]:
        """For each item, what its last node put out."""
        results: list[Any] = [None] * count
        for child in children:
            output = self.steps[child.id].output
            if child.index is not None and output is not None:
                results[child.index] = output
        return results

    # -- how it stands -------------------------------------------------------------------------------

    def _with(self, *statuses: StepStatus) -> list[Step]:
        return [step for step in self.steps.values() if step.status in statuses]

    @property
    def failed(self) -> list[Step]:
        return self._with(StepStatus.FAILED)

    @property
    def failed_by_model(self) -> bool:
        """Whether the model gave no answer: the same one would make the next plan."""
        return any((step.error or {}).get("code") == Unusable.code for step in self.failed)

    @property
    def unanswerable(self) -> bool:
        """Whether it came to nothing but that a table cannot answer what it was asked."""
        codes = {(step.error or {}).get("code") for step in self.failed}
        told = {StepStatus.SUCCEEDED, StepStatus.UNKNOWN, StepStatus.WAITING}
        done = [step for step in self.steps.values() if step.status in told and step.type not in _SILENT]
        return codes == {UNANSWERABLE} and not done

    @property
    def done(self) -> int:
        """How many steps of the plan itself are over."""
        return sum(self.steps[node.id].status.final for node in self.spec.nodes)

    @property
    def unknown(self) -> list[Step]:
        """External calls whose outcome was lost."""
        return self._with(StepStatus.UNKNOWN)

    @property
    def asking(self) -> list[Step]:
        """Steps that wait for a person."""
        waiting = [step for step in self._with(StepStatus.WAITING) if step.wake_at is None]
        return waiting + self.unknown

    @property
    def declined(self) -> list[str]:
        """What a person said no to: the labels of the plan's nodes, with how many of a loop's items."""
        labels: list[str] = []
        for node in self.spec.nodes:
            items = [step for name, step in self.steps.items() if name.startswith(f"{node.id}[")]
            refused = sum(declined(step.output) for step in items)
            if refused:
                labels.append(f"{node.label} ({refused} of {len(items)})")
            elif declined(self.steps[node.id].output):
                labels.append(node.label)
        return labels

    @property
    def came_to_nothing(self) -> bool:
        """Nothing was done, because a person said no."""
        done = [step for step in self._with(StepStatus.SUCCEEDED) if step.node_id not in self.opened]
        return bool(self.declined) and not done

    @property
    def next_wake(self) -> datetime | None:
        """When the next waiting step wants to go on."""
        moments = [step.wake_at for step in self._with(StepStatus.WAITING) if step.wake_at is not None]
        return min(moments, default=None)
