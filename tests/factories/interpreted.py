"""How a plan stands with the interpreter: what follows from its steps, looked for among all of them each time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.core.errors import Unusable
from domain.reports.querying.result import UNANSWERABLE
from domain.tasks.schemas import Step
from domain.tasks.states import StepStatus, declined
from domain.workflows.spec import Node, NodeType, Spec

OVER = (StepStatus.SUCCEEDED, StepStatus.FAILED, StepStatus.SKIPPED, StepStatus.CANCELLED)


@dataclass(frozen=True)
class Laid:
    """One node where it stands. ``needs`` are pairs of a node's id and the outcome that is wanted of it."""

    id: str
    node: Node
    needs: tuple[tuple[str, Any], ...]
    parent: str | None
    index: int | None

    @property
    def prefix(self) -> str:
        return "" if self.parent is None else f"{self.parent}[{self.index}]."


class Interpreted:
    """``laid`` is every node where it stands, by its id, in the plan's order; ``opened`` what holders hold: a loop its
    items, an agent its thoughts."""

    spec: Spec
    steps: dict[str, Step]
    laid: dict[str, Laid]
    opened: dict[str, list[Any]]

    def is_over(self, one: Laid) -> bool:
        return self.steps[one.id].status in OVER

    def children(self, node_id: str) -> list[Laid]:
        return [one for one in self.laid.values() if one.parent == node_id]

    def catches(self, one: Laid) -> bool:
        """An edge leads out of it for when it fails, or an agent reads why."""
        return self.is_call(one) or any((one.id, "error") in other.needs for other in self.laid.values())

    def is_call(self, one: Laid) -> bool:
        return self.of_agent(one) and one.node.type is NodeType.TOOL

    def of_agent(self, one: Laid) -> bool:
        return one.parent is not None and self.laid[one.parent].node.type is NodeType.AGENT

    def caught(self, one: Laid) -> bool:
        """Its failure is dealt with: behind it, or behind what holds it."""
        return self.catches(one) or (one.parent is not None and self.caught(self.laid[one.parent]))

    def told(self, one: Laid) -> bool:
        status = self.steps[one.id].status
        caught = status is StepStatus.FAILED and self.caught(one)
        return caught or status in (StepStatus.SUCCEEDED, StepStatus.SKIPPED)

    def ended(self, node_id: str, _: Any) -> bool:
        return self.told(self.laid[node_id])

    def alive(self, node_id: str, outcome: Any) -> bool:
        step = self.steps[node_id]
        if outcome == "ended":
            return True
        if outcome == "error":
            return step.status is StepStatus.FAILED
        if step.status is not StepStatus.SUCCEEDED:
            return False
        return outcome is None or (step.output or {}).get("result") is outcome

    def startable(self, now: datetime) -> list[str]:
        return [one.id for one in self.laid.values() if self.may_start(one, now)]

    def may_start(self, one: Laid, now: datetime) -> bool:
        step = self.steps[one.id]
        if step.status is StepStatus.WAITING:
            return step.wake_at is not None and step.wake_at <= now
        if step.status is not StepStatus.PENDING:
            return False
        if one.parent is not None and self.steps[one.parent].status is not StepStatus.RUNNING:
            return False
        if not all(self.ended(*need) for need in one.needs):
            return False
        return not one.needs or any(self.alive(*need) for need in one.needs)

    def scope(self, step_id: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Everything that can be seen from a node: what was given, and the outputs beside it and around it."""
        one = self.laid[step_id]
        seen = dict(given) if one.parent is None else self.scope(one.parent, given)
        for other in self.laid.values():
            step = self.steps[other.id]
            told = self.told(other) and step.output is not None
            if other.parent == one.parent and other.index == one.index and told:
                seen[other.node.id] = {"output": step.output}
        if one.parent is not None and one.index is not None and not self.of_agent(one):
            outer = {"outer": {name: seen[name] for name in ("item", "index", "outer") if name in seen}}
            seen |= {"item": self.opened[one.parent][one.index], "index": one.index}
            seen |= outer if self.laid[one.parent].parent is not None else {}
        return seen

    def which(self, *statuses: StepStatus) -> list[Step]:
        return [self.steps[step_id] for step_id in self.laid if self.steps[step_id].status in statuses]

    @property
    def agents(self) -> list[str]:
        """Those at work."""
        running = [step.node_id for step in self.which(StepStatus.RUNNING)]
        return [each for each in running if each in self.opened and self.laid[each].node.type is NodeType.AGENT]

    @property
    def failed(self) -> list[str]:
        """What nobody deals with."""
        return [step.node_id for step in self.which(StepStatus.FAILED) if not self.caught(self.laid[step.node_id])]

    @property
    def caught_steps(self) -> list[str]:
        """What somebody deals with, each where it is."""
        failed = [self.laid[step.node_id] for step in self.which(StepStatus.FAILED)]
        return [one.id for one in failed if self.catches(one) and not self.of_agent(one)]

    @property
    def failed_by_model(self) -> bool:
        return any((self.steps[step_id].error or {}).get("code") == Unusable.code for step_id in self.failed)

    @property
    def unanswerable(self) -> bool:
        codes = {(self.steps[step_id].error or {}).get("code") for step_id in self.failed}
        told = self.which(StepStatus.SUCCEEDED, StepStatus.UNKNOWN, StepStatus.WAITING)
        return codes == {UNANSWERABLE} and not [step for step in told if step.type not in ("condition", "delay")]

    @property
    def done(self) -> int:
        return sum(self.steps[node.id].status in OVER for node in self.spec.nodes)

    @property
    def unknown(self) -> list[str]:
        return [step.node_id for step in self.which(StepStatus.UNKNOWN)]

    @property
    def handed(self) -> list[str]:
        return [step.node_id for step in self.which(StepStatus.HANDED)]

    @property
    def asking(self) -> list[str]:
        waiting = [step.node_id for step in self.which(StepStatus.WAITING) if step.wake_at is None]
        return waiting + self.unknown

    @property
    def declined(self) -> list[str]:
        labels: list[str] = []
        for node in self.spec.nodes:
            held = [one for one in self.laid.values() if one.id != node.id and self.root(one) == node.id]
            refused = [one for one in held if declined(self.steps[one.id].output)]
            labels += dict.fromkeys(one.node.label for one in refused if self.of_agent(one))
            count = sum(not self.of_agent(one) for one in refused)
            if count:
                labels.append(f"{node.label} ({count} of {sum(not self.of_agent(one) for one in held)})")
            elif declined(self.steps[node.id].output):
                labels.append(node.label)
        return labels

    def root(self, one: Laid) -> str:
        return one.id if one.parent is None else self.root(self.laid[one.parent])

    @property
    def came_to_nothing(self) -> bool:
        done = [step for step in self.which(StepStatus.SUCCEEDED) if step.node_id not in self.opened]
        return bool(self.declined) and not done

    @property
    def next_wake(self) -> datetime | None:
        moments = [step.wake_at for step in self.which(StepStatus.WAITING) if step.wake_at is not None]
        return min(moments, default=None)
