"""The chat completions interface, which most compatible servers speak:
https://platform.openai.com/docs/api-reference/chat
"""

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


async def answer(client: AsyncOpenAI, call: Call, patience: Patience) -> AsyncGenerator[str | Outcome]:
    """The answer's text as it arrives (empty where only the model's thought does), then its outcome.

    Raises Broken, Unusable where it has no end, and the SDK's errors.
    """
    gathered = _Gathered(call.model)
    async with aclosing(objects(client, "/chat/completions", body_of(call), patience)) as chunks:
        async for chunk in chunks:
            if chunk is None:
                gathered.finish = gathered.finish or "stop"
                break
            yield gathered.add(chunk)
    yield gathered.outcome()


@dataclass(slots=True)
class _Gathered:
    """What a stream of chunks amounts to, or one whole answer in place of it."""

    model: str
    text: str = ""
    asked: Asked = field(default_factory=Asked)
    finish: str | None = None
    usage: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def add(self, chunk: Json) -> str:
        """Take a chunk in; the text it adds. Raises Broken where it tells of an error."""
        error = told_error(chunk)
        if error is not None:
            raise error
        self.model = str(chunk.get("model") or self.model)
        self.usage = part(chunk.get("usage")) or self.usage
        choices = parts(chunk.get("choices"))
        added = self._choice(choices[0]) if choices else ""
        self.text += added
        return added

    def _choice(self, choice: Mapping[str, Any]) -> str:
        finish, said = choice.get("finish_reason"), part(choice.get("delta"))
        if isinstance(finish, str):
            self.finish = finish
        if choice.get("message") and not self.text and not self.asked:  # whole; else it repeats what was streamed
            said = part(choice["message"]) or said
        if said.get("tool_calls"):
            for fragment in parts(said["tool_calls"]):
                self.asked.add(fragment)
        if said.get("function_call"):
            self.asked.add(part(said["function_call"]))
        return words(said.get("content")) or words(said.get("refusal")) or words(choice.get("text"))

    def outcome(self) -> Outcome:
        if self.finish is None:
            raise Broken("it broke off")
        if self.finish == "content_filter":
            raise Broken("it was filtered", code="content_filter")
        cut = self.finish in ("length", "max_tokens", "model_length", "max_output_tokens")
        calls = () if cut and not _readable(self.asked) else self.asked.calls()
        return Outcome(self.text, calls, _usage(self.model, self.usage), self.model, cut)


def _readable(asked: Asked) -> bool:
    try:
        return bool(asked.calls())
    except Broken:
        return False


def body_of(call: Call) -> Json:
    body: Json = {"model": call.model, "messages": _messages(call), "stream": True}
    if call.uses("usage"):
        body["stream_options"] = {"include_usage": True}
    if call.limit is not None:
        # The older name is the one that some servers know alone.
        body["max_completion_tokens" if call.uses("output_limit") else "max_tokens"] = call.limit
    if call.uses("schema"):
        schema = {"name": call.schema_name, "schema": call.schema, "strict": False}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    if call.uses("tools"):
        body["tools"] = [_tool(tool) for tool in call.request.tools]
        if call.uses("choice"):
            body["tool_choice"] = "none"
    if call.uses("temperature"):
        body["temperature"] = call.request.temperature
    if call.uses("reasoning"):
        body["reasoning_effort"] = "low"
    return body


def _messages(call: Call) -> list[Json]:
    front = [{"role": "system", "content": call.system}] if call.system else []
    return [*front, *(_message(turn) for turn in call.turns)]


def _message(turn: Turn) -> Json:
    if turn.role == "tool":
        return {"role": "tool", "tool_call_id": turn.call_id or "", "content": turn.text}
    if not turn.calls:
        return {"role": turn.role, "content": turn.text}
    asked = [
        {
            "id": made.id,
            "type": "function",
            "function": {"name": allowed_name(made.name), "arguments": json.dumps(made.arguments, ensure_ascii=False)},
        }
        for made in turn.calls
    ]
    return {"role": "assistant", "content": turn.text or None, "tool_calls": asked}


def _tool(tool: ToolSpec) -> Json:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters, "strict": False}
    return {"type": "function", "function": function}


def _usage(model: str, used: Mapping[str, Any]) -> Usage:
    cached = part(used.get("prompt_tokens_details")).get("cached_tokens")
    return usage_of(model, count(used.get("prompt_tokens")), count(used.get("completion_tokens")), count(cached))
