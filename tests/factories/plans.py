"""Any plan a model may propose: which nodes, what waits for what, and how each call of a tool ends."""

import json
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from domain.core.errors import Ambiguous, Invalid, Unavailable
from tests.factories.specs import Node, node, plan, tool

MOST_NODES = 5

OUTSIDE = frozenset({"send", "publish"})
"""Tools that change something outside."""

HOUR = 3_600


@dataclass(frozen=True)
class Planned:
    """``nodes`` and ``edges`` of a plan, the second one after another way had to be found.

    ``ends`` says, by the text of a call, how its next calls end; ``held`` names the texts of calls that take long.
    """

    nodes: tuple[Node, ...]
    edges: tuple[list[Any], ...]
    ends: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    held: frozenset[str] = frozenset()
    changed: tuple[frozenset[str], ...] = ()
    """For each time another way is asked for: the nodes that are changed. None left: there is no other way."""

    def first(self) -> dict[str, Any]:
        return plan(*self.nodes, edges=list(self.edges))

    def mended(self, times: int) -> dict[str, Any]:
        """The same plan with some of its nodes changed, ids kept: what a careless model would propose."""
        names = self.changed[times]
        nodes = (_changed(one, times) if one["id"] in names else one for one in self.nodes)
        return plan(*nodes, edges=list(self.edges), title="Another way")


FAILURES = {
    "away": lambda: Unavailable("It does not answer."),
    "wrong": lambda: Invalid("It cannot be done like this."),
    "unclear": lambda: Ambiguous("The connection broke after the request was sent."),
}


def _changed(one: Node, times: int) -> Node:
    for name in ("text", "question", "prompt"):
        if name in one["config"]:
            return one | {"config": one["config"] | {name: f"{one['config'][name]}-{times}"}}
    return one


def _bodies(name: str) -> list[list[Node]]:
    """What a loop may repeat."""
    render, publish = tool("b1", "render", text="{{ item }}"), tool("b1", "publish", to="ben", text="{{ item }}")
    note, send = tool("b1", "note", text="{{ item }}"), tool("b1", "send", to="ben", text="{{ item }}")
    return [
        [note],
        [tool("b1", "keep", text="{{ item }}")],
        [send],
        [render],
        [publish],
        [note, node("b2", "post", text=f"{name} {{{{ item }}}}")],
        [node("b1", "ask", question="{{ item }}?", choices=["a"]), tool("b2", "note", text="{{ item }}")],
        [node("b1", "delay", seconds=HOUR), tool("b2", "send", to="ben", text="{{ item }}")],
        [node("b1", "foreach", items="{{ [item] }}", node=note), node("b2", "post", text=f"{name} {{{{ item }}}}")],
        [node("b1", "foreach", items="{{ [item] }}", node=send)],
    ]


@st.composite
def _node(draw: st.DrawFn, name: str) -> Node:
    kinds = (
        *("note", "send", "send", "send", "keep", "post", "ask", "approval", "condition", "delay", "llm", "foreach"),
        *("render", "publish"),
    )
    match draw(st.sampled_from(kinds)):
        case "send" | "publish" as outside:
            return tool(name, outside, to="ben", text=name)
        case "post":
            return node(name, "post", text=f"post {name}")
        case "ask":
            return node(name, "ask", question=f"{name}?", choices=["a", "b"])
        case "approval":
            return node(name, "approval", text=f"approve {name}")
        case "condition":
            return node(name, "condition", **{"if": draw(st.sampled_from(["`true`", "`false`"]))})
        case "delay":
            return node(name, "delay", seconds=HOUR)
        case "llm":
            return node(name, "llm", prompt=f"word {name}")
        case "foreach":
            body = draw(st.sampled_from(_bodies(name)))
            edges = [["b1", "b2"]] if len(body) == 2 else []
            items = [f"{name}{letter}" for letter in draw(st.sampled_from(["x", "xy", ""]))]
            return node(name, "foreach", items=items or "{{ `[]` }}", do={"nodes": body, "edges": edges})
        case kind:
            return tool(name, kind, text=name)


def _calls(nodes: list[Node]) -> dict[str, bool]:
    """What the calls of a plan say, each its own, and whether they reach outside."""
    found: dict[str, bool] = {}
    for one in nodes:
        if one["type"] == "tool":
            found[one["config"]["text"]] = one["name"] in OUTSIDE
        elif one["type"] == "foreach" and isinstance(one["config"]["items"], list):
            written = json.dumps(one)
            sends = any(f'"{name}"' in written for name in OUTSIDE)
            found |= dict.fromkeys(one["config"]["items"], sends)
    return found


@st.composite
def plans(draw: st.DrawFn) -> Planned:
    """Any plan of a few nodes, valid as it stands."""
    names = [f"n{number}" for number in range(1, draw(st.integers(1, MOST_NODES)) + 1)]
    nodes = [draw(_node(name)) for name in names]
    edges: list[list[Any]] = []
    for number, name in enumerate(names[1:], 1):
        for before in draw(st.lists(st.integers(0, number - 1), unique=True, max_size=2)):
            outcome = [draw(st.booleans())] if nodes[before]["type"] == "condition" else []
            fails = draw(st.sampled_from([False] * 5 + [True]))
            edges.append([names[before], name, *(["error"] if fails else outcome)])
    called = _calls(nodes)
    ends: dict[str, list[str]] = {}
    held: frozenset[str] = frozenset()
    if called:
        for text in draw(st.lists(st.sampled_from(list(called)), unique=True, max_size=2)):
            kinds = ["wrong", "away", "unclear"] if called[text] else ["wrong", "away"]
            ends[text] = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=4))
        held = frozenset(draw(st.lists(st.sampled_from(list(called)), unique=True, max_size=2)))
    changed = draw(st.lists(st.frozensets(st.sampled_from(names), min_size=1, max_size=2), max_size=2))
    return Planned(tuple(nodes), tuple(edges), ends, held, tuple(changed))
