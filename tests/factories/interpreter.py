"""A plan's board as it was first written: everything is laid out anew and looked at anew after every step.

It is slow and plain, and what ``domain/flow/common/board.py`` is held against.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.flow.common.outcome import Back, Outcome, apply
from domain.tasks.schemas import Step
from domain.tasks.states import StepStatus
from domain.workflows.spec import Node, NodeType, Spec, body_of
from tests.factories.interpreted import Interpreted, Laid


class Interpreter(Interpreted):
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
            begun = [one for one in left if self.has_begun(one)]
            left = list[Laid]()
            for holder in begun:
                if holder.node.type is NodeType.FOREACH:
                    self.opened[holder.id] = items = (self.steps[holder.id].output or {})["items"]
                    for index in range(len(items)):
                        left += self.place(body_of(holder.node), holder.id, index)
                else:
                    self.opened[holder.id] = self.place_rounds(holder)

    def has_begun(self, one: Laid) -> bool:
        output = self.steps[one.id].output or {}
        agent = one.node.type is NodeType.AGENT and ("begun" in output or "ended" in output)
        return agent or (one.node.type is NodeType.FOREACH and "items" in output)

    def place_rounds(self, agent: Laid) -> list[Step]:
        """Its rounds so far, at least one: in each a thought, and what that asked for. Returns the thoughts."""
        thoughts: list[Step] = []
        while not thoughts or f"{agent.id}[{len(thoughts)}].think" in self.steps:
            index = len(thoughts)
            prefix = f"{agent.id}[{index}]."
            think = Laid(f"{prefix}think", Node(id="think", type=NodeType.THINK, name="think"), (), agent.id, index)
            thoughts.append(self.enter(think))
            if thoughts[-1].status is not StepStatus.SUCCEEDED:
                continue
            before: tuple[tuple[str, Any], ...] = ()
            for call in (call for call in (thoughts[-1].output or {})["calls"] if "told" not in call):
                node = Node(id=call["id"], type=NodeType.TOOL, name=call["name"])
                made = Laid(prefix + call["id"], node, before if call["external"] else (), agent.id, index)
                self.enter(made)
                before = ((made.id, "ended"),) if call["external"] else before
        return thoughts

    def enter(self, one: Laid) -> Step:
        self.laid[one.id] = one
        if one.id not in self.steps:
            group = self.group if one.parent is None else self.steps[one.parent].attempt_group
            self.steps[one.id] = Step(one.id, one.node.type.value, one.node.name, attempt_group=group)
        return self.steps[one.id]

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
            self.enter(one)
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
            if self.laid[node_id].node.type is NodeType.AGENT:
                self.end_round(step, items, now)
                return True
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

    def end_round(self, agent: Step, thoughts: list[Step], now: datetime) -> None:
        """A round of the agent is over: another follows, or that was its last."""
        think = thoughts[-1]
        said = think.output or {}
        if think.status is StepStatus.FAILED:
            agent.status, agent.error, agent.finished_at = StepStatus.FAILED, think.error, now
            self.tell(agent)
        elif "ended" not in said or len(thoughts) <= (agent.input or {})["past"]:
            step_id = f"{agent.node_id}[{len(thoughts)}].think"
            self.steps[step_id] = Step(step_id, "think", "think", attempt_group=agent.attempt_group)
            self.lay_out()
        else:
            calls = len(self.children(agent.node_id)) - len(thoughts)
            told = {"text": said["text"], "ended": said["ended"], "rounds": len(thoughts), "calls": calls}
            agent.status, agent.output, agent.finished_at = StepStatus.SUCCEEDED, told, now

    def tell(self, step: Step) -> None:
        """Who deals with a failure can read of it."""
        if step.status is StepStatus.FAILED and self.caught(self.laid[step.node_id]):
            error = step.error or {}
            told = {"code": error.get("code"), "sentence": error.get("sentence")}
            step.output = (step.output or {}) | {"error": told}

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

    def listener(self) -> str | None:
        """Which agent hears what a person says to it."""
        answered = [one.id for one in self.laid.values() if self.has_just_answered(one)]
        answered.sort(key=lambda step_id: str(self.steps[step_id].finished_at))
        return self.agents[0] if self.agents else answered[-1] if answered else None

    def turn_to(self, agent_id: str, now: datetime) -> None:
        """It hears that: it goes on, and what any is about to do outside is not done."""
        if not self.agents:
            step = self.steps[agent_id]
            step.status, step.error, step.finished_at = StepStatus.RUNNING, None, None
            step.input, step.output = (step.input or {}) | {"past": len(self.opened[agent_id])}, {"begun": True}
            self.settle(now)
        for agent in self.agents:
            for call in [one for one in self.children(agent) if one.index == len(self.opened[agent]) - 1]:
                step, waits = self.steps[call.id], (StepStatus.PENDING, StepStatus.WAITING)
                if call.node.name == "send" and step.status in waits and step.idempotency_key is None:
                    step.status, step.finished_at, step.wake_at = StepStatus.SKIPPED, now, None
                    step.output = {"not_made": "The person wrote meanwhile."}
            self.settle(now)

    def has_just_answered(self, one: Laid) -> bool:
        step, around = self.steps[one.id], one.parent is None or self.steps[one.parent].status is StepStatus.RUNNING
        answered = step.status is StepStatus.SUCCEEDED and (step.output or {}).get("ended") == "answered"
        behind = [self.steps[other.id] for other in self.laid.values() if one.id in dict(other.needs)]
        open_ = all(other.status is StepStatus.PENDING for other in behind)
        return one.node.type is NodeType.AGENT and answered and around and open_
