"""Plans, and the model's answers that hold them."""

from typing import Any

from domain.llm.model import Reply, ToolCall
from domain.workflows.spec import Spec, read_spec

Node = dict[str, Any]


def node(node_id: str, type_: str, name: str = "", **config: Any) -> Node:
    return {"id": node_id, "type": type_, "name": name, "config": config}


def tool(node_id: str, tool_name: str, /, **arguments: Any) -> Node:
    return {"id": node_id, "type": "tool", "name": tool_name, "config": arguments}


def spec(*nodes: Node, edges: list[list[Any]] | None = None) -> Spec:
    return read_spec({"nodes": list(nodes), "edges": edges or []})


def reply(text: str) -> dict[str, Any]:
    return {"reply": text, "kind": "reply", "plan": None}


def question(text: str) -> dict[str, Any]:
    return {"reply": text, "kind": "question", "plan": None}


def change(words: str = "only 2025", task: int = 1) -> dict[str, Any]:
    """What the model takes a message for that is about a task."""
    return {"reply": words, "kind": "change", "task": task, "plan": None}


def plan(*nodes: Node, edges: list[list[Any]] | None = None, title: str = "The plan") -> dict[str, Any]:
    """What the model says when it plans: without edges nothing waits for anything."""
    return {"reply": "I begin.", "kind": "plan", "title": title, "plan": {"nodes": list(nodes), "edges": edges or []}}


def asks(*calls: tuple[str, dict[str, Any]], text: str = "") -> Reply:
    """What the model says when it asks for calls: the names of tools, with their arguments."""
    made = tuple(ToolCall(f"call{place}", name, arguments) for place, (name, arguments) in enumerate(calls))
    return Reply(text, None, calls=made, provider="scripted", model="scripted")
