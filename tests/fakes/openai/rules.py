"""What the double answers when nothing was scripted: enough sense to try the whole path by hand."""

import re
from typing import Any

from tests.fakes.openai.behaviours import Behaviour, decides, says

_SUM = re.compile(r"\d[\d\s.,+*/%()-]*[+*/%-][\d\s.,+*/%()-]*\d")


def by_rules(request: dict[str, Any]) -> Behaviour:
    text = last_words(request)
    wants_object = bool(request.get("text", {}).get("format")) or bool(request.get("response_format"))
    if not wants_object:
        return says(f"From what I was given: {text.rpartition('Inputs:')[2].strip()[:400] or text[:400]}")
    message = text.rpartition("Message:")[2].strip()
    found = _SUM.search(message)
    if found is None:
        return decides({"reply": f"You said: {message}", "kind": "reply", "title": "", "plan": None})
    nodes = [
        {"id": "n1", "type": "tool", "name": "calculate", "config": {"expression": found.group()}},
        {"id": "n2", "type": "llm", "name": "answer", "config": {"prompt": "Answer.", "inputs": ["{{ n1.output }}"]}},
    ]
    plan = {"nodes": nodes, "edges": [["n1", "n2"]]}
    return decides({"reply": "I'll calculate that.", "kind": "plan", "title": "Calculation", "plan": plan})


def last_words(request: dict[str, Any]) -> str:
    """The last turn's text, of either interface."""
    turns = request.get("input") or request.get("messages") or []
    if isinstance(turns, str):
        return turns
    return str(turns[-1].get("content") or turns[-1].get("output") or "") if turns else ""
