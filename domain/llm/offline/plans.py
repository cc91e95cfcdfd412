"""Putting a proposal together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

Proposal = dict[str, Any]
"""``{"reply", "kind", "title", "plan"}``, as every provider answers to ``decide``; of a reply the ``outcome``."""

BEGIN_WITH = "\nBegin the answer with this: "
"""In an instruction, as often as needed: what the answer has to say before anything else."""

SENTENCE = "sentence"
"""The only name in an input that is to be said as it stands."""


@dataclass(slots=True)
class Plan:
    """Nodes in the order they were added; ids count up from n1."""

    nodes: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    edges: list[list[str]] = field(default_factory=list[list[str]])

    def tool(self, name: str, arguments: dict[str, Any], *, after: Sequence[str] = ()) -> str:
        return self._add("tool", name, arguments, after)

    def ask(self, question: str) -> str:
        return self._add("ask", "ask", {"question": literal(question)}, ())

    def when(self, name: str, expression: str, *, after: Sequence[str]) -> str:
        """A condition; what comes after it is done where the expression gives something."""
        return self._add("condition", name, {"if": expression}, after)

    def find_out(self, what: str, tools: Sequence[str], note: str | None) -> str:
        """An agent, whose answer begins with ``note``."""
        begin = f"{BEGIN_WITH}{literal(note)}" if note is not None else ""
        config = {"goal": f"find out {literal(what)}{begin}", "tools": list(tools)}
        return self._add("agent", "find out", config, ())

    def write(self, name: str, instruction: str, sources: Sequence[str], *, after: Sequence[str] = ()) -> str:
        """An llm node that reads the outputs of ``sources`` and comes after them and ``after``."""
        inputs = [f"{{{{ {source}.output }}}}" for source in sources]
        return self._add("llm", name, {"prompt": instruction, "inputs": inputs}, [*sources, *after])

    def _add(self, kind: str, name: str, config: dict[str, Any], after: Sequence[str]) -> str:
        key = f"n{len(self.nodes) + 1}"
        self.nodes.append({"id": key, "type": kind, "name": name, "config": config})
        self.edges.extend([before, key] for before in dict.fromkeys(after))
        return key

    def tell(self, sentence: str, sources: Sequence[str]) -> str:
        """An llm node that says one sentence, in which the outputs of ``sources`` may stand."""
        return self._add("llm", "answer", {"prompt": "State the result.", "inputs": [said(sentence)]}, sources)

    def proposal(self, reply: str, title: str) -> Proposal:
        plan = {"nodes": self.nodes, "edges": self.edges}
        return {"reply": reply, "kind": "plan", "title": title, "plan": plan}


def reply(text: str) -> Proposal:
    """An answer that needs no step."""
    return {"reply": text, "kind": "reply", "title": "", "plan": None, "outcome": "answer"}


def talk(text: str) -> Proposal:
    """A courtesy."""
    return reply(text) | {"outcome": "talk"}


def refused(text: str) -> Proposal:
    """Nothing is done, and this is why."""
    return reply(text) | {"outcome": "not_understood"}


def literal(text: str) -> str:
    """A person's own words in an argument: what looks like a reference in them is none."""
    return text.replace("{{", "{{ '{{' }}")


def said(sentence: str) -> dict[str, str]:
    """An input that is to be said as it stands."""
    return {SENTENCE: sentence}


def beginning_with(node: Mapping[str, Any], note: str) -> dict[str, Any]:
    """The llm node or agent, whose answer says the note before anything else."""
    config = dict(cast("Mapping[str, Any]", node.get("config") or {}))
    told = "goal" if node.get("type") == "agent" else "prompt"
    return {
        **node,
        "config": config | {told: f"{config.get(told) or ''}{BEGIN_WITH}{literal(' '.join(note.split()))}"},
    }


ANSWERING = ("llm", "agent")
"""Types of nodes whose answer may begin with a note."""


def notes_of(instruction: str) -> list[str]:
    """What an instruction says the answer begins with."""
    return [note.strip() for note in instruction.split(BEGIN_WITH)[1:]]


def listed(names: Sequence[str]) -> str:
    """“a”, “a and b”, “a, b and c”."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
