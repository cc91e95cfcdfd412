"""A node while it runs: its place in the graph, its step, and its configuration once resolved."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.flow.common.advance import Advance
from domain.flow.common.board import Board
from domain.flow.common.outcome import Trace
from domain.flow.common.rounds import Round
from domain.flow.show.progress import one_line, worded
from domain.tasks.schemas import Step
from domain.workflows.graph import Placed
from domain.workflows.references import resolve
from domain.workflows.spec import Node, NodeType


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
    given: dict[str, Any] | None = None
    """Its configuration, where that was resolved before it was handed over."""
    so_far: tuple[int, str] | None = None
    """How far it said it is, of 100, and of what."""
    told: Callable[[], None] | None = None
    """Called whenever the step says how far it is."""
    steps: Mapping[str, Step] = field(default_factory=dict[str, Step])
    """All steps of the task, by their ids."""
    agent: Step | None = None
    """Whose thought or call it is."""
    rounds: Sequence[Round] = ()
    """Those of its agent before this step; of a call, its own is the last."""
    room: int | None = None
    """Bytes of JSON that a call of an agent's may put out; None: it is none."""
    asked: bool = False
    """A model is being asked, who has to be paid whatever becomes of it."""

    @property
    def node(self) -> Node:
        return self.placed.node

    @property
    def idempotency_key(self) -> str:
        """The same for every attempt at one effect, until a person asks for another."""
        return f"{self.advance.task.id}:{self.placed.id}:{self.step.attempt_group}"

    def progress(self, percent: float, note: str = "") -> None:
        """The step is so far, of 100; what the note says is shown on one line."""
        self.so_far = round(max(0.0, min(100.0, percent))), one_line(note)
        self.step.progress = worded(*self.so_far)
        if self.told is not None:
            self.told()

    def now(self) -> datetime:
        return self.advance.legwork.clock.now()

    def resolved(self, *names: str) -> dict[str, Any]:
        """The config with its references replaced; only the named parts, where names are given."""
        if self.given is not None:
            return self.given
        if self.node.literal:
            return self.node.config
        config = {name: part for name, part in self.node.config.items() if not names or name in names}
        return resolve(config, self.scope)


def prepare(advance: Advance, board: Board, placed: Placed, *, told: Callable[[], None]) -> Running:
    """A node as it begins to run."""
    scope = board.scope(placed, lambda: advance.given)
    running = Running(advance, placed, board.steps[placed.id], scope, told=told)
    agent = placed.parent if placed.of_agent else None
    running.last = (placed if agent is None else agent).id == board.answers
    if agent is not None:
        rounds = board.rounds(agent.id)
        running.steps, running.agent = board.steps, board.steps[agent.id]
        running.rounds = rounds[:-1] if placed.node.type is NodeType.THINK else rounds
    return running
