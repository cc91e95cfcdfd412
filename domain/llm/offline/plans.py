"""Putting a proposal together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Proposal = dict[str, Any]
"""``{"reply", "kind", "title", "plan"}``, as every provider answers to ``decide``."""

BEGIN_WITH = "\nBegin the answer with this: "
"""In an instruction: what the answer has to say before anything else."""


@dataclass(slots=True)
class Plan:
    """Nodes in the order they were added; ids count up from n1."""

    nodes: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    edges: list[list[str]] = field(default_factory=list[list[str]])

    def tool(self, name: str, arguments: dict[str, Any], *, after: Sequence[str] = ()) -> str:
        return self._add("tool", name, arguments, after)

    def ask(self, question: str) -> str:
        return self._add("ask", "ask", {"question": question}, ())

    def write(self, name: str, instruction: str, sources: Sequence[str], *, after: Sequence[str] = ()) -> str:
        """An llm node that reads the outputs of ``sources`` and comes after them and ``after``."""
        inputs = [f"{{{{ {source}.output }}}}" for source in sources]
        return self._add("llm", name, {"prompt": instruction, "inputs": inputs}, [*sources, *after])

    def _add(self, kind: str, name: str, config: dict[str, Any], after: Sequence[str]) -> str:
        key = f"n{len(self.nodes) + 1}"
        self.nodes.append({"id": key, "type": kind, "name": name, "config": config})
        self.edges.extend([before, key] for before in dict.fromkeys(after))
        return key

    def proposal(self, reply: str, title: str) -> Proposal:
        plan = {"nodes": self.nodes, "edges": self.edges}
        return {"reply": reply, "kind": "plan", "title": title, "plan": plan}


def reply(text: str) -> Proposal:
    return {"reply": text, "kind": "reply", "title": "", "plan": None}


def listed(names: Sequence[str]) -> str:
    """“a”, “a and b”, “a, b and c”."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
