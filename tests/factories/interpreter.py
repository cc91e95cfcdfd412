"""A plan's board as it was first written: everything is laid out anew and looked at anew after every step.

It is slow and plain, and what ``domain/flow/common/board.py`` is held against.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.core.errors import Unusable
from domain.flow.common.outcome import Back, Outcome, apply
from domain.reports.querying.result import UNANSWERABLE
from domain.tasks.schemas import Step
from domain.tasks.states import StepStatus, declined
from domain.workflows.spec import Node, NodeType, Spec, body_of

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


class Interpreter:
    def __init__(self, spec: Spec, steps: Mapping[str, Step], now: datetime, *, group: int = 0) -> None:
        self.spec, self.steps, self.group = spec, dict(steps), group
        self.lay_out()
        for one in self.laid.values():
            self.tell(self.steps[one.id])
        self.settle(now)

    # -- what there is, and what follows from it ---------------------------------------------------------

    def lay_out(self) -> None:
        """Every node, generation by generation: the plan's own, then those of its loops, then those of theirs."""
        self.laid: dict[str, Laid] = {}
        self.opened: dict[str, list[Any]] = {}
        self.place(self.spec, None, None)
        left = list(self.laid.values())
        while left:
            begun = [one for one in left if "items" in (self.steps[one.id].output or {})]
            left = []
            for loop in (one for one in begun if one.node.type is NodeType.FOREACH):
                self.opened[loop.id] = items = (self.steps[loop.id].output or {})["items"]
                for index in range(len(items)):
                    left += self.place(body_of(loop.node), loop.id, index)

    def place(self, spec: Spec, parent: str | None, index: int | None) -> list[Laid]:
        prefix = "" if parent is None else f"{parent}[{index}]."
        conditions = {node.id for node in spec.nodes if node.type is NodeType.CONDITION}
        placed: list[Laid] = []
        for node in spec.nodes:
            edges = [edge for edge in spec.edges if edge[1] == node.id]
            wanted = [edge[2] if len(edge) == 3 else True if edge[0] in conditions else None for edge in edges]
            needs = tuple((prefix + edge[0], want) for edge, want in zip(edges, wanted, strict=True))
            placed.append(Laid(prefix + node.id, node, needs, parent, index))
        for one in placed:
            self.laid[one.id] = one
            if one.id not in self.steps:
                group = self.group if parent is None else self.steps[parent].attempt_group
                self.steps[one.id] = Step(one.id, one.node.type.value, one.node.name, attempt_group=group)
        return placed

    def settle(self, now: datetime) -> None:
        self.lay_out()
        while self.skip(now) or self.finish(now):
            pass

    def skip(self, now: datetime) -> bool:
        dead = [one for one in self.laid.values() if self.is_dead(one)]
        for one in dead:
            self.steps[one.id].status, self.steps[one.id].finished_at = StepStatus.SKIPPED, now
        return bool(dead)

    def is_dead(self, one: Laid) -> bool:
        ended = all(self.ended(*need) for need in one.needs)
        pending = self.steps[one.id].status is StepStatus.PENDING
        return pending and bool(one.needs) and ended and not any(self.alive(*need) for need in one.needs)

    def finish(self, now: datetime) -> bool:
        for node_id, items in self.opened.items():
            step, children = self.steps[node_id], self.children(node_id)
            if step.status is not StepStatus.RUNNING or not all(self.is_over(child) for child in children):
                continue
            failed = [one for one in children if self.steps[one.id].status is StepStatus.FAILED]
            failed = [one for one in failed if not self.catches(one)]
            results: list[Any] = [None] * len(items)
            for child in children:
                output = self.steps[child.id].output
                if child.index is not None and output is not None:
                    results[child.index] = output
            step.status = StepStatus.FAILED if failed else StepStatus.SUCCEEDED
            step.output, step.finished_at = {"items": items, "results": results}, now
            step.error = None
            if failed:
                broken, first = {child.index for child in failed}, self.steps[failed[0].id].error or {}
                sentence = f"{len(broken)} of {len(items)} items could not be done: "
                sentence += first.get("sentence", "it failed.").split("items could not be done: ")[-1]
                step.error = {"sentence": sentence, "code": "items_failed", "remedy": first.get("remedy")}
            self.tell(step)
            return True
        return False

    def is_over(self, one: Laid) -> bool:
        return self.steps[one.id].status in OVER

    def children(self, node_id: str) -> list[Laid]:
        return [one for one in self.laid.values() if one.parent == node_id]

    def catches(self, one: Laid) -> bool:
        """An edge leads out of it for when it fails."""
        return any((one.id, "error") in other.needs for other in self.laid.values())

    def caught(self, one: Laid) -> bool:
        """Its failure is dealt with: behind it, or behind what holds it."""
        return self.catches(one) or (one.parent is not None and self.caught(self.laid[one.parent]))

    def tell(self, step: Step) -> None:
        """Who deals with a failure can read of it."""
        if step.status is StepStatus.FAILED and self.caught(self.laid[step.node_id]):
            error = step.error or {}
            told = {"code": error.get("code"), "sentence": error.get("sentence")}
            step.output = (step.output or {}) | {"error": told}

    def told(self, one: Laid) -> bool:
        status = self.steps[one.id].status
        caught = status is StepStatus.FAILED and self.caught(one)
        return caught or status in (StepStatus.SUCCEEDED, StepStatus.SKIPPED)

    def ended(self, node_id: str, _: Any) -> bool:
        return self.told(self.laid[node_id])

    def alive(self, node_id: str, outcome: Any) -> bool:
        step = self.steps[node_id]
        if outcome == "error":
            return step.status is StepStatus.FAILED
        if step.status is not StepStatus.SUCCEEDED:
            return False
        return outcome is None or (step.output or {}).get("result") is outcome

    # -- what happens to it --------------------------------------------------------------------------------

    def took(self, step_id: str, change: Outcome | Back | StepStatus, now: datetime) -> None:
        step = self.steps[step_id]
        if not isinstance(change, StepStatus):
            apply(step, change, now)
            self.tell(step)
        else:
            step.status = change
            if change is StepStatus.RUNNING:
                step.started_at = step.started_at or now
                step.output = None if step_id in self.opened else step.output  # its items are looked for anew
        self.settle(now)

    def cancel(self, now: datetime) -> None:
        for step in self.which(StepStatus.PENDING, StepStatus.WAITING, StepStatus.RUNNING):
            if step.status is not StepStatus.RUNNING or step.idempotency_key is None:
                step.status, step.finished_at = StepStatus.CANCELLED, now

    # -- how it stands -------------------------------------------------------------------------------------

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
        if one.parent is not None and one.index is not None:
            outer = {"outer": {name: seen[name] for name in ("item", "index", "outer") if name in seen}}
            seen |= {"item": self.opened[one.parent][one.index], "index": one.index}
            seen |= outer if self.laid[one.parent].parent is not None else {}
        return seen

    def which(self, *statuses: StepStatus) -> list[Step]:
        return [self.steps[step_id] for step_id in self.laid if self.steps[step_id].status in statuses]

    @property
    def failed(self) -> list[str]:
        """What nobody deals with."""
        return [step.node_id for step in self.which(StepStatus.FAILED) if not self.caught(self.laid[step.node_id])]

    @property
    def caught_steps(self) -> list[str]:
        """What somebody deals with, each where it is."""
        return [step.node_id for step in self.which(StepStatus.FAILED) if self.catches(self.laid[step.node_id])]

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
            inside = [
                self.steps[one.id] for one in self.laid.values() if one.id != node.id and self.root(one) == node.id
            ]
            refused = sum(declined(step.output) for step in inside)
            if refused:
                labels.append(f"{node.label} ({refused} of {len(inside)})")
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
