"""A plan, and a saved workflow: nodes and the edges between them. One form, one validator, one engine."""

from datetime import timedelta
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from domain.core.errors import Invalid
from domain.tools.wording import worded


class NodeType(StrEnum):
    TOOL = "tool"  # name: the tool's; config: its arguments
    LLM = "llm"  # config: prompt, inputs, schema?, tools?
    CONDITION = "condition"  # config: if (an expression); an edge may say "false", else it means "true"
    FOREACH = "foreach"  # config: items (a reference), node (one node) or do (nodes and edges)
    DELAY = "delay"  # config: seconds, or until (ISO 8601)
    ASK = "ask"  # config: question, choices?
    APPROVAL = "approval"  # config: text (what will be done)
    POST = "post"  # config: text
    AGENT = "agent"  # config: goal, tools?, inputs?, schema?, rounds?, budget?, minutes?, model?
    THINK = "think"  # one round of an agent; it places them itself, and no plan may hold one


_LABELS = {
    NodeType.TOOL: "Use a tool",
    NodeType.LLM: "Put it into words",
    NodeType.CONDITION: "Look which way to go",
    NodeType.FOREACH: "Go through the list",
    NodeType.DELAY: "Wait",
    NodeType.ASK: "Ask you",
    NodeType.APPROVAL: "Ask for your approval",
    NodeType.POST: "Say it here",
    NodeType.AGENT: "Find it out",
    NodeType.THINK: "Think",
}


ANSWER = "answer"
"""The name of a closing llm node that does no work of its own, but words what the others found."""


class Retry(BaseModel):
    """How often a step is tried that fails for a passing reason, and how long is waited before each time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    attempts: int = Field(default=4, ge=1, le=10)
    first_seconds: float = Field(default=1.0, ge=0, le=3_600)
    factor: float = Field(default=2.0, ge=1, le=5)
    most_seconds: float = Field(default=300.0, ge=1, le=86_400)

    def wait(self, tried: int, chance: float) -> timedelta:
        """Before the next attempt, after ``tried`` others. ``chance`` (0 to 1) adds up to half, so that what failed
        together does not come back together."""
        seconds = self.first_seconds * self.factor**tried * (1 + chance / 2)
        return timedelta(seconds=min(seconds, self.most_seconds))


def _nothing(value: object) -> bool:
    return value is None


class Node(BaseModel):
    """One step. ``config`` may hold ``{{ ... }}`` references to earlier outputs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,39}$")
    type: NodeType
    name: str = Field(default="", max_length=120)
    config: dict[str, Any] = Field(default_factory=dict[str, Any])
    retry: Retry | None = Field(default=None, exclude_if=_nothing)
    timeout_seconds: float | None = Field(default=None, ge=1, le=3_600, exclude_if=_nothing)
    """So long one attempt may take."""
    literal: bool = Field(default=False, exclude_if=lambda literal: not literal)
    """Whether ``config`` is taken as it stands: nothing in it is a reference."""

    @property
    def limits(self) -> dict[str, Any]:
        """What it says of how often it is tried, and how long it may take, as JSON."""
        return self.model_dump(mode="json", include={"retry", "timeout_seconds"})

    @property
    def label(self) -> str:
        """What a person reads on the plan card: the name the plan gives it, else what it does."""
        if self.type is NodeType.TOOL:  # its name is the tool's
            return worded(self.name, self.config) or self.name.replace("_", " ")
        named = self.name.replace("_", " ").strip()
        return named if named not in ("", self.type.value, ANSWER) else _LABELS[self.type]


ERROR: Literal["error"] = "error"

Edge = tuple[str, str] | tuple[str, str, bool] | tuple[str, str, Literal["error"]]
"""From, to; an edge out of a condition also says for which outcome, and any edge may say that it is for an ``ERROR``:
taken where the node fails, whose failure is then dealt with."""

PLANNED, SAVED = 50, 200
"""Nodes of a plan that is made for one message, and of one that is kept."""


AT_ONCE = 4
"""Steps of one task that run side by side, where its plan does not say."""


class Spec(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    trigger: dict[str, Any] = Field(default_factory=lambda: {"type": "manual"})
    nodes: tuple[Node, ...] = Field(min_length=1, max_length=SAVED)
    edges: tuple[Edge, ...] = ()
    at_once: int = Field(default=AT_ONCE, ge=1, le=50, exclude_if=lambda steps: steps == AT_ONCE)

    def node(self, node_id: str) -> Node:
        return next(node for node in self.nodes if node.id == node_id)


_REMEDIES = {
    "edges": "An edge is [from, to]; a third part is true or false out of a condition, or “error” for when it fails.",
    "timeout_seconds": "A step may take from 1 to 3,600 seconds; leave timeout_seconds out for no limit.",
    "retry": "A retry says attempts (1 to 10), first_seconds (0 to 3,600), factor (1 to 5) and most_seconds (1 to "
    "86,400), or leaves them out.",
    "at_once": f"From 1 to 50 steps may run at once; leave at_once out for {AT_ONCE}.",
}


def read_spec(data: dict[str, Any]) -> Spec:
    """A spec from JSON.

    Raises:
        Invalid: its form is wrong; the sentence lists the places.
    """
    try:
        return Spec.model_validate(data)
    except ValidationError as error:
        places = [item["loc"] for item in error.errors()]
        inside = any(
            place[:1] == ("nodes",) and len(place) > 1 for place in places
        )  # then there are nodes, if wrong ones
        told = [item for item in error.errors() if not (inside and item["loc"] == ("nodes",))]
        wrong = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in told[:8])
        remedy = next((remedy for name, remedy in _REMEDIES.items() if any(name in place for place in places)), None)
        raise Invalid(f"The plan's form is wrong: {wrong}.", remedy=remedy, code="plan_invalid") from None


def body_of(node: Node) -> Spec:
    """What a foreach node repeats. Raises Invalid."""
    if "do" in node.config:
        return read_spec(node.config["do"])
    one: Any = node.config.get("node")
    return read_spec({"nodes": [{"id": "each", **one} if isinstance(one, dict) else one]})
