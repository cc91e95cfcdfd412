"""The Responses interface: https://platform.openai.com/docs/api-reference/responses"""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from openai import AsyncOpenAI

from domain.llm.model import ToolSpec, Turn, Usage
from domain.llm.openai.asked import Asked
from domain.llm.openai.call import Broken, Call, Outcome, Patience, allowed_name, usage_of
from domain.llm.openai.reading import Json, count, objects, part, parts, told_error, words

_ENDS = ("response.completed", "response.incomplete", "response.failed")


async def answer(client: AsyncOpenAI, call: Call, patience: Patience) -> AsyncGenerator[str | Outcome]:
    """The answer's text as it arrives (empty where only the model's thought does), then its outcome.

    Raises Broken, Unusable where it has no end, and the SDK's errors.
    """
    gathered = _Gathered(call.model)
    async with aclosing(objects(client, "/responses", body_of(call), patience, _is_last)) as events:
        async for event in events:
            if event is None:
                gathered.over = gathered.over or gathered.began
                break
            yield gathered.add(event)
            if gathered.over:
                break
    yield gathered.outcome()


def _is_last(event: Json) -> bool:
    return event.get("type") in _ENDS


@dataclass(slots=True)
class _Gathered:
    """What a stream of events amounts to, or one whole answer in place of it."""

    model: str
    text: str = ""
    over: bool = False
    response: Mapping[str, Any] = field(default_factory=dict[str, Any])
    items: list[Mapping[str, Any]] = field(default_factory=list[Mapping[str, Any]])
    """What was finished one by one; some servers leave it out of the end."""

    @property
    def began(self) -> bool:
        return bool(self.text or self.items)

    def add(self, event: Json) -> str:
        """Take an event in; the text it adds. Raises Broken where it tells of an error."""
        kind = str(event.get("type") or event.get("object") or "")
        if kind == "error" or (not kind and event.get("error")):
            raise told_error(event) or told_error({"error": event}) or Broken("it failed")
        if kind in _ENDS:
            return self._ended(part(event.get("response")))
        if kind == "response":
            return self._ended(event)
        if kind == "response.output_item.done":
            self.items.append(part(event.get("item")))
        if kind not in ("response.output_text.delta", "response.refusal.delta"):
            return ""
        added = words(event.get("delta"))
        self.text += added
        return added

    def _ended(self, response: Mapping[str, Any]) -> str:
        self.response, self.over = response, True
        self.model = str(response.get("model") or self.model)
        if response.get("status") == "failed" or response.get("error"):
            raise told_error(response) or Broken("it failed")
        if self.text:
            return ""
        self.text = _text(parts(response.get("output")) or self.items)
        return self.text  # nothing was streamed

    def outcome(self) -> Outcome:
        if not self.over:
            raise Broken("it broke off")
        reason = part(self.response.get("incomplete_details")).get("reason")
        if reason == "content_filter":
            raise Broken("it was filtered", code="content_filter")
        cut = reason is not None or self.response.get("status") == "incomplete"
        items = parts(self.response.get("output")) or self.items
        asked = Asked()
        for place, item in enumerate(item for item in items if item.get("type") == "function_call"):
            asked.add({**item, "id": item.get("call_id") or item.get("id"), "index": place})
        try:
            calls = asked.calls()
        except Broken:
            if not cut:
                raise
            calls = ()
        text = _text(items) or self.text
        return Outcome(text, calls, _usage(self.model, part(self.response.get("usage"))), self.model, cut)


def _text(items: list[Mapping[str, Any]]) -> str:
    """What was written, and a refusal's words: they too are what the model has to say."""
    return "".join(words(item.get("content")) for item in items if item.get("type") == "message")


def body_of(call: Call) -> Json:
    items = [item for turn in call.turns for item in _items(turn)]
    body: Json = {"model": call.model, "input": items, "stream": True}
    if call.system:
        body["instructions"] = call.system
    if call.uses("storing"):
        body["store"] = False  # what people write is not left with the provider
    if call.limit is not None and call.uses("output_limit"):
        body["max_output_tokens"] = call.limit
    if call.uses("schema"):
        schema = {"type": "json_schema", "name": call.schema_name, "schema": call.schema}
        body["text"] = {"format": {**schema, "strict": False}}
    if call.uses("tools"):
        body["tools"] = [_tool(tool) for tool in call.request.tools]
        if call.uses("choice"):
            body["tool_choice"] = "none"
    if call.uses("temperature"):
        body["temperature"] = call.request.temperature
    if call.uses("reasoning"):
        body["reasoning"] = {"effort": "low"}
    return body


def _items(turn: Turn) -> list[Json]:
    if turn.role == "tool":
        return [{"type": "function_call_output", "call_id": turn.call_id or "", "output": turn.text}]
    # Without its type llama.cpp does not know what the model said for a message.
    said: list[Json] = [{"type": "message", "role": turn.role, "content": turn.text}] if turn.text else []
    asked = [
        {
            "type": "function_call",
            "call_id": made.id,
            "name": allowed_name(made.name),
            "arguments": json.dumps(made.arguments, ensure_ascii=False),
        }
        for made in turn.calls
    ]
    return [*said, *asked]


def _tool(tool: ToolSpec) -> Json:
    named = {"type": "function", "name": tool.name, "description": tool.description}
    return {**named, "parameters": tool.parameters, "strict": False}


def _usage(model: str, used: Mapping[str, Any]) -> Usage:
    cached = part(used.get("input_tokens_details")).get("cached_tokens")
    return usage_of(model, count(used.get("input_tokens")), count(used.get("output_tokens")), count(cached))
