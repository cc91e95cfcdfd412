"""What both interfaces demand of calls and their answers beyond their specification, in the words they refuse with.

A call is answered once, directly after the turn that made it, under an id and a name that may be written. The strictest
of the servers that speak either interface is the measure: what it takes, all take.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
"""https://platform.openai.com/docs/api-reference/chat/create: the name of a function."""


@dataclass(slots=True)
class _Open:
    """The calls of the turn before that wait for their answers."""

    waiting: list[str] = field(default_factory=list[str])
    made: set[str] = field(default_factory=set[str])
    tools: bool = False
    """Whether any call was made at all."""

    def makes(self, where: str, call_id: object, name: object) -> Iterator[str]:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            yield f"Invalid '{where}.name': string does not match pattern. Expected '^[a-zA-Z0-9_-]+$'."
        if not isinstance(call_id, str) or not call_id:
            yield f"Invalid '{where}.id': empty string."
            return
        if call_id in self.made:
            yield f"Duplicate call id '{call_id}' in '{where}'."
        self.made.add(call_id)
        self.waiting.append(call_id)
        self.tools = True


def errors(body: Json) -> list[str]:
    """What is wrong with a request's exchange, in words; empty where nothing is."""
    if isinstance(body.get("messages"), list):
        return list(_chat(body))
    if isinstance(body.get("input"), list):
        return list(_responses(body))
    return []


def _chat(body: Json) -> Iterator[str]:
    still = _Open()
    for place, message in enumerate(body["messages"]):
        if message.get("role") == "tool":
            call_id = message.get("tool_call_id")
            if call_id not in still.waiting:
                yield (
                    "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with "
                    f"'tool_calls'. (messages[{place}])"
                )
            else:
                still.waiting.remove(call_id)
            continue
        yield from _unanswered_in_chat(still)
        for number, call in enumerate(message.get("tool_calls") or ()):
            where = f"messages[{place}].tool_calls[{number}]"
            yield from still.makes(where, call.get("id"), call.get("function", {}).get("name"))
        if not message.get("content") and not message.get("tool_calls"):
            yield f"Invalid 'messages[{place}].content': empty."
    yield from _unanswered_in_chat(still)
    yield from _undefined(still, body)


def _unanswered_in_chat(still: _Open) -> Iterator[str]:
    if still.waiting:
        yield (
            "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
            f"'tool_call_id'. The following tool_call_ids did not have response messages: {', '.join(still.waiting)}"
        )
    still.waiting.clear()


def _responses(body: Json) -> Iterator[str]:
    still, answering = _Open(), False
    for place, item in enumerate(body["input"]):
        kind = item.get("type") or "message"
        if kind == "function_call_output":
            answering, call_id = True, item.get("call_id")
            if call_id not in still.waiting:
                yield f"No tool call found for function call output with call_id {call_id}."
            else:
                still.waiting.remove(call_id)
            continue
        if kind != "function_call" or answering:
            yield from _unanswered(still)
        answering = False
        if kind == "function_call":
            yield from still.makes(f"input[{place}]", item.get("call_id"), item.get("name"))
        elif item.get("role") == "assistant" and "type" not in item:
            yield "Cannot determine type of 'item'"  # llama.cpp; OpenAI itself lets it pass
        elif not item.get("content"):
            yield f"Invalid 'input[{place}].content': empty."
    yield from _unanswered(still)
    yield from _undefined(still, body)


def _unanswered(still: _Open) -> Iterator[str]:
    yield from (f"No tool output found for function call {call_id}." for call_id in still.waiting)
    still.waiting.clear()


def _undefined(still: _Open, body: Json) -> Iterator[str]:
    """As servers before models of Anthropic have it; OpenAI itself lets it pass."""
    if still.tools and not body.get("tools"):
        yield "Requests which include `tool_use` or `tool_result` blocks must define tools."
