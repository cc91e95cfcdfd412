"""A node while it runs: its place in the graph, its step, and its configuration once resolved."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.flow.common.advance import Advance
from domain.flow.common.outcome import Trace
from domain.tasks.schemas import Step
from domain.workflows.graph import Placed
from domain.workflows.references import resolve
from domain.workflows.spec import Node


@dataclass(slots=True)
class Running:
    """One node being run. ``scope`` is what its references can see."""

    advance: Advance
    placed: Placed
    step: Step
    scope: dict[str, Any]
    last: bool = False
    """What it puts out is the task's answer: it is shown while it is written."""
    trace: Trace = field(default_factory=Trace)

    @property
    def node(self) -> Node:
        return self.placed.node

    @property
    def idempotency_key(self) -> str:
        """The same for every attempt at one effect, until a person asks for another."""
        return f"{self.advance.task.id}:{self.placed.id}:{self.step.attempt_group}"

    def now(self) -> datetime:
        return self.advance.legwork.clock.now()

    def resolved(self, *names: str) -> dict[str, Any]:
        """The config with its references replaced; only the named parts, where names are given."""
        config = {name: part for name, part in self.node.config.items() if not names or name in names}
        return resolve(config, self.scope)
