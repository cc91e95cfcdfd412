"""The chat completions interface, which most compatible servers speak:
https://platform.openai.com/docs/api-reference/chat
"""

import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any, cast

from openai import AsyncOpenAI, omit
from openai.types import CompletionUsage
from openai.types.chat import (
    ChatCompletionChunk,
    ChatCompletionFunctionToolParam,
    ChatCompletionMessageParam,
)
from openai.types.chat.chat_completion_chunk import ChoiceDeltaToolCall
from openai.types.chat.completion_create_params import ResponseFormat

from domain.llm.model import ToolCall, Turn, Usage
from domain.llm.openai.call import Broken, Call, Outcome, arguments_of, check_stream, usage_of


async def answer(client: AsyncOpenAI, call: Call) -> AsyncGenerator[str | Outcome]:
    """The answer's text as it arrives, then its outcome. Raises Broken, and the SDK's errors."""
    limit = call.request.max_output_tokens
    stream = await client.chat.completions.create(
        model=call.model,
        messages=_messages(call),
        stream=True,
        stream_options={"include_usage": True} if call.uses("usage") else omit,
        max_completion_tokens=limit if call.uses("output_limit") else omit,
        max_tokens=omit if call.uses("output_limit") else limit,  # the older name, which some servers know alone
        response_format=_format(call) if call.uses("schema") else omit,
        tools=[_tool(call, place) for place in range(len(call.request.tools))] if call.uses("tools") else omit,
        temperature=call.request.temperature if call.uses("temperature") else omit,
        reasoning_effort="low" if call.uses("reasoning") else omit,
    )
    gathered = _Gathered(call.model)
    async with stream:
        check_stream(stream.response.headers.get("content-type"))
        async for chunk in stream:
            text = gathered.add(chunk)
            if text:
                yield text
    yield gathered.outcome()


@dataclass(slots=True)
class _Asked:
    """A function call, put together from its fragments."""

    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass(slots=True)
class _Gathered:
    """What a stream of chunks amounts to."""

    model: str
    text: str = ""
    asked: dict[int, _Asked] = field(default_factory=dict[int, _Asked])
    finish: str | None = None
    usage: CompletionUsage | None = None

    def add(self, chunk: ChatCompletionChunk) -> str:
        """Take a chunk in; the text it adds."""
        self.model = chunk.model or self.model
        self.usage = chunk.usage or self.usage
        added = ""
        for choice in chunk.choices or []:
            self.finish = choice.finish_reason or self.finish
            added += choice.delta.content or choice.delta.refusal or ""
            for fragment in choice.delta.tool_calls or []:
                self._add_call(fragment)
        self.text += added
        return added

    def _add_call(self, fragment: ChoiceDeltaToolCall) -> None:
        asked = self.asked.setdefault(fragment.index, _Asked())
        asked.id = fragment.id or asked.id
        if fragment.function:
            asked.name += fragment.function.name or ""
            asked.arguments += fragment.function.arguments or ""

    def outcome(self) -> Outcome:
        if self.finish is None:
            raise Broken("the answer broke off")
        if self.finish == "content_filter":
            raise Broken("the answer was filtered", code="content_filter")
        calls = tuple(
            ToolCall(asked.id or f"call_{index}", asked.name, arguments_of(asked.name, asked.arguments))
            for index, asked in sorted(self.asked.items())
        )
        return Outcome(self.text, calls, _usage(self.model, self.usage), self.model)


def _messages(call: Call) -> list[ChatCompletionMessageParam]:
    front = [{"role": "system", "content": call.front}] if call.front else []
    before, after = call.around
    asked = {"role": "user", "content": call.user}
    messages = [*front, *(_message(turn) for turn in before), asked, *(_message(turn) for turn in after)]
    return cast("list[ChatCompletionMessageParam]", messages)


def _message(turn: Turn) -> dict[str, Any]:
    if turn.role == "tool":
        return {"role": "tool", "tool_call_id": turn.call_id or "", "content": turn.text}
    if not turn.calls:
        return {"role": turn.role, "content": turn.text}
    asked = [
        {
            "id": made.id,
            "type": "function",
            "function": {"name": made.name, "arguments": json.dumps(made.arguments, ensure_ascii=False)},
        }
        for made in turn.calls
    ]
    return {"role": "assistant", "content": turn.text or None, "tool_calls": asked}


def _format(call: Call) -> ResponseFormat:
    schema = cast("dict[str, object]", call.request.output_schema or {})
    return {"type": "json_schema", "json_schema": {"name": call.schema_name, "schema": schema, "strict": False}}


def _tool(call: Call, place: int) -> ChatCompletionFunctionToolParam:
    tool = call.request.tools[place]
    parameters = cast("dict[str, object]", tool.parameters)
    return {
        "type": "function",
        "function": {"name": tool.name, "description": tool.description, "parameters": parameters, "strict": False},
    }


def _usage(model: str, used: CompletionUsage | None) -> Usage:
    if used is None:
        return usage_of(model, None, None, None)
    details = used.prompt_tokens_details
    return usage_of(model, used.prompt_tokens, used.completion_tokens, details.cached_tokens if details else None)
