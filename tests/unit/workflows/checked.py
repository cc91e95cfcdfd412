"""What plans are checked with: tools that are known, nodes, and the one problem that is found."""

from typing import Any

from domain.workflows.validate import KnownTool, problems
from tests.factories.specs import Node, node, spec, tool

TOOLS = {
    "fetch": KnownTool(
        {
            "type": "object",
            "properties": {"url": {"type": "string", "minLength": 3}, "count": {"type": "integer"}},
            "required": ["url"],
            "additionalProperties": False,
        }
    ),
    "off": KnownTool({"type": "object"}, enabled=False),
}

FETCH = tool("n1", "fetch", url="https://example.org")


def wrong(*nodes: Node, edges: list[list[Any]] | None = None) -> str:
    """The only problem."""
    [problem] = problems(spec(*nodes, edges=edges), TOOLS)
    return problem


def nested(levels: int, inner: Node = FETCH) -> Node:
    """A loop with so many loops in one another, itself among them."""
    body = inner if levels == 1 else nested(levels - 1, inner)
    return node(f"l{levels}", "foreach", items=[1, 2], node=body)
