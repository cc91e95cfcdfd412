"""What the first call decides: a direct reply, a plan, a question back, or a change to work that runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal, cast, get_args

from domain.core.errors import Invalid, Unusable
from domain.llm.json_text import before_object, json_object, looks_like_json, mended_object, partial_object
from domain.llm.model import CUT, Reply, ToolCall
from domain.llm.open_tasks import OpenTask, meant_task
from domain.llm.thought import without_thought

Kind = Literal["reply", "plan", "question", "change"]

Outcome = Literal["answer", "talk", "help", "not_understood"]
"""What a direct reply is. ``not_understood``: nothing was done, and it says so."""

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

DECISION_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "reply": {"type": "string"},
        "kind": {"type": "string", "enum": ["reply", "plan", "question"]},
        "title": {"type": "string"},
        "plan": {
            "type": ["object", "null"],
            "properties": {
                "nodes": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "id": {"type": "string"},
                            "type": {"type": "string"},
                            "name": {"type": "string"},
                            "config": {"type": "object"},
                        },
                        "required": ["id", "type", "name", "config"],
                    },
                },
                "edges": {"type": "array", "items": {"type": "array"}},
            },
            "required": ["nodes", "edges"],
        },
    },
    "required": ["reply", "kind"],
}
"""``reply`` comes first, so that it can be shown while the rest is still being written."""

KEYS = ("reply", "kind", "title", "plan")
"""By one of these a decision is known that stands behind a sentence of introduction."""

ANSWER = "Answer the person's message from the results."
"""The instruction of the closing llm node where a plan is made without a model's own words."""


@dataclass(frozen=True, slots=True)
class Decision:
    """``reply`` is fit for the person; ``spec`` (of a plan) is ``{"trigger", "nodes", "edges"}``, not yet validated."""

    kind: Kind
    reply: str
    title: str | None = None
    spec: dict[str, Any] | None = None
    outcome: Outcome = "answer"
    cut: bool = False
    """``reply`` ends at the model's limit, and says so."""
    beside: dict[str, Any] | None = None
    """Of a direct reply: the steps that came with it, a ``spec``. Where they can run, they are what was meant: what
    is said before them is not done by saying it."""
    task: int | None = None
    """Of a change: the number of the open task it is for. ``reply`` is the change in a few words; where it is empty,
    the message as it stands is."""


def read_decision(reply: Reply, open_tasks: Sequence[OpenTask] = ()) -> Decision:
    """What a model's answer to ``decide`` or ``replan`` means. ``open_tasks``: those it was told of.

    Plain text is a direct reply; function calls are a plan of those calls.

    Raises:
        Invalid: the answer is empty, or it means to be the object that was asked for and is none, or the change is
            for no task that is open. It may be asked again.
        Unusable: it was cut at the model's limit, and what is there is no answer.
    """
    if reply.calls:
        return Decision("plan", _visible(reply), spec=spec_of_calls(reply.calls))
    data = reply.data or json_object(reply.text, KEYS)
    if data is not None:
        decision = _from_object(data, open_tasks)
        return replace(decision, reply=f"{decision.reply}\n\n{CUT}", cut=True) if _is_cut(reply, decision) else decision
    if reply.cut:
        return _of_cut(reply)
    if looks_like_json(reply.text, KEYS):
        raise Invalid("The model's answer broke off or is not sound JSON.", code="unreadable_answer")
    text = without_thought(reply.text).strip()
    if not text:
        raise Invalid("The model's answer is empty.", code="unreadable_answer")
    return Decision("reply", text)


def _is_cut(reply: Reply, decision: Decision) -> bool:
    return reply.cut and decision.kind != "plan"


def _of_cut(reply: Reply) -> Decision:
    """As much of a direct reply as there is, with the sign that it is cut. Raises Unusable."""
    text = reply_so_far(reply.text).strip()
    if not text or partial_object(reply.text, KEYS).get("kind", "reply") != "reply":
        raise Unusable("The model reached its limit before its answer was whole.", remedy="Ask for less at once.")
    return Decision("reply", f"{text}\n\n{CUT}", cut=True)


def reply_so_far(raw: str) -> str:
    """The part of a partly streamed answer that a person may see."""
    text = without_thought(raw, whole=False)
    if looks_like_json(text, KEYS):
        reply = partial_object(text, KEYS).get("reply")
        return reply if isinstance(reply, str) else ""
    if "```json".startswith(text):
        return ""  # too early to tell what it will be
    return before_object(text, KEYS)


def spec_of_calls(calls: Sequence[ToolCall]) -> dict[str, Any]:
    """A plan that makes the calls side by side and answers from what they give."""
    nodes: list[dict[str, Any]] = [
        {"id": f"n{place}", "type": "tool", "name": call.name, "config": call.arguments}
        for place, call in enumerate(calls, 1)
    ]
    last = f"n{len(nodes) + 1}"
    inputs = [f"{{{{ {node['id']}.output }}}}" for node in nodes]
    edges = [[node["id"], last] for node in nodes]
    nodes.append({"id": last, "type": "llm", "name": "answer", "config": {"prompt": ANSWER, "inputs": inputs}})
    return _spec(nodes, edges)


def _from_object(data: Mapping[str, Any], open_tasks: Sequence[OpenTask]) -> Decision:
    text = data.get("reply")
    reply = text.strip() if isinstance(text, str) else ""
    title = data.get("title")
    kind = _kind(data, open_tasks)
    if kind == "change":
        return Decision("change", reply, task=meant_task(data.get("task"), open_tasks))
    if kind == "plan":
        name = title.strip() if isinstance(title, str) else ""
        return Decision("plan", reply, name or None, _read_plan(data.get("plan")))
    if not reply:
        raise Invalid("The model's answer has no reply in it.", code="unreadable_answer")
    return Decision(kind, reply, outcome=_outcome_of(data), beside=_beside(data) if kind == "reply" else None)


def _outcome_of(data: Mapping[str, Any]) -> Outcome:
    """Of the rules, which know it; a model is not asked."""
    given = data.get("outcome")
    return given if given in OUTCOMES else "answer"


def _kind(data: Mapping[str, Any], open_tasks: Sequence[OpenTask]) -> Kind:
    """Where nothing runs, and where steps come with it, a change is none: it is what else is there."""
    given = data.get("kind")
    if given in ("reply", "plan", "question") or (given == "change" and open_tasks and not data.get("plan")):
        return given
    return "plan" if data.get("plan") else "reply"


def _beside(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """A plan that does more than to put the answer into words."""
    try:
        spec = _read_plan(data.get("plan"))
    except Invalid:
        return None
    return spec if any(node["type"] != "llm" for node in spec["nodes"]) else None


def _read_plan(plan: object) -> dict[str, Any]:
    if isinstance(plan, str):  # encoded once more
        plan = mended_object(plan)
    nodes = _objects(cast("Mapping[str, Any]", plan).get("nodes")) if isinstance(plan, Mapping) else []
    if not nodes:
        raise Invalid("The model announced a plan without any node.", code="unreadable_answer")
    read = [_node(node, place) for place, node in enumerate(nodes, 1)]
    return _spec(read, _edges(cast("Mapping[str, Any]", plan).get("edges"), read))


def _objects(value: object) -> list[Mapping[str, Any]]:
    if not isinstance(value, list):
        return []
    return [cast("Mapping[str, Any]", entry) for entry in cast("list[object]", value) if isinstance(entry, Mapping)]


def _node(node: Mapping[str, Any], place: int) -> dict[str, Any]:
    """The node with the slips mended that models make: a missing id, arguments under another word."""
    config = node.get("config", node.get("arguments", node.get("args")))
    if isinstance(config, str):  # encoded once more
        config = mended_object(config)
    return {
        "id": str(node.get("id") or f"n{place}"),
        "type": str(node.get("type") or "tool"),
        "name": str(node.get("name") or node.get("tool") or node.get("type") or ""),
        "config": config if isinstance(config, dict) else {},
        **{name: node[name] for name in ("retry", "timeout_seconds") if node.get(name) is not None},
    }


def _edges(edges: object, nodes: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    """The edges as given; where a model left them out, its order is the order."""
    if not isinstance(edges, list):
        return [[first["id"], then["id"]] for first, then in pairwise(nodes)]
    return [_edge(edge) for edge in cast("list[object]", edges)]


def _edge(edge: object) -> list[Any]:
    """From, to, and for an edge out of a condition the outcome it is for."""
    if isinstance(edge, Mapping):
        named = cast("Mapping[str, Any]", edge)
        edge = [named.get("from", named.get("source")), named.get("to", named.get("target"))]
    ends = cast("list[object]", edge) if isinstance(edge, list) else [edge]
    return [*(str(end) for end in ends[:2]), *(_outcome(end) for end in ends[2:])]


def _outcome(end: object) -> object:
    return {"true": True, "false": False}.get(end.lower(), end) if isinstance(end, str) else end


def _spec(nodes: list[dict[str, Any]], edges: list[list[Any]]) -> dict[str, Any]:
    return {"trigger": {"type": "manual"}, "nodes": nodes, "edges": edges}


def _visible(reply: Reply) -> str:
    return reply_so_far(reply.text).strip()
