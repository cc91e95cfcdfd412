"""The Responses interface: https://platform.openai.com/docs/api-reference/responses"""

import json
from collections.abc import AsyncGenerator
from typing import Any, cast

from openai import AsyncOpenAI, omit
from openai.types.responses import (
    FunctionToolParam,
    Response,
    ResponseFunctionToolCall,
    ResponseInputParam,
    ResponseTextConfigParam,
)

from domain.llm.model import ToolCall, Turn, Usage
from domain.llm.openai.call import Broken, Call, Outcome, arguments_of, check_stream, usage_of


async def answer(client: AsyncOpenAI, call: Call) -> AsyncGenerator[str | Outcome]:
    """The answer's text as it arrives, then its outcome. Raises Broken, and the SDK's errors."""
    stream = await client.responses.create(
        model=call.model,
        instructions=call.front or omit,
        input=_input(call),
        stream=True,
        store=False if call.uses("storing") else omit,  # what people write is not left with the provider
        max_output_tokens=call.request.max_output_tokens if call.uses("output_limit") else omit,
        text=_format(call) if call.uses("schema") else omit,
        tools=[_tool(call, place) for place in range(len(call.request.tools))] if call.uses("tools") else omit,
        temperature=call.request.temperature if call.uses("temperature") else omit,
        reasoning={"effort": "low"} if call.uses("reasoning") else omit,
    )
    async with stream:
        check_stream(stream.response.headers.get("content-type"))
        async for event in stream:
            # Spelled out rather than “in (...)”, by which a type checker does not tell the events apart.
            if event.type == "response.output_text.delta" or event.type == "response.refusal.delta":
                yield event.delta
            elif event.type == "response.completed" or event.type == "response.incomplete":
                yield _outcome(event.response, call.model)
                return
            elif event.type == "response.failed":
                error = event.response.error
                raise Broken(error.message if error else "the answer failed", code=error.code if error else None)
            elif event.type == "error":
                raise Broken(event.message, code=event.code)
    raise Broken("the answer broke off")


def _input(call: Call) -> ResponseInputParam:
    before, after = call.around
    asked = {"role": "user", "content": call.user}
    items = [
        *(item for turn in before for item in _items(turn)),
        asked,
        *(item for turn in after for item in _items(turn)),
    ]
    return cast("ResponseInputParam", items)


def _items(turn: Turn) -> list[dict[str, Any]]:
    if turn.role == "tool":
        return [{"type": "function_call_output", "call_id": turn.call_id or "", "output": turn.text}]
    said = [{"role": turn.role, "content": turn.text}] if turn.text else []
    asked = [
        {
            "type": "function_call",
            "call_id": made.id,
            "name": made.name,
            "arguments": json.dumps(made.arguments, ensure_ascii=False),
        }
        for made in turn.calls
    ]
    return [*said, *asked]


def _format(call: Call) -> ResponseTextConfigParam:
    schema = cast("dict[str, object]", call.request.output_schema or {})
    return {"format": {"type": "json_schema", "name": call.schema_name, "schema": schema, "strict": False}}


def _tool(call: Call, place: int) -> FunctionToolParam:
    tool = call.request.tools[place]
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": cast("dict[str, object]", tool.parameters),
        "strict": False,
    }


def _outcome(response: Response, model: str) -> Outcome:
    details = response.incomplete_details
    if details and details.reason == "content_filter":
        raise Broken("the answer was filtered", code="content_filter")
    calls = tuple(_call(item) for item in response.output if item.type == "function_call")
    used = response.model or model
    return Outcome(_text(response), calls, _usage(response, used), used)


def _text(response: Response) -> str:
    """What was written, and a refusal's words: they too are what the model has to say."""
    parts: list[str] = []
    for item in response.output:
        if item.type == "message":
            parts.extend(part.text if part.type == "output_text" else part.refusal for part in item.content)
    return "".join(parts)


def _call(item: ResponseFunctionToolCall) -> ToolCall:
    return ToolCall(item.call_id, item.name, arguments_of(item.name, item.arguments))


def _usage(response: Response, model: str) -> Usage:
    used = response.usage
    if used is None:
        return usage_of(model, None, None, None)
    # Compatible servers leave details out, and the SDK does not check what it parses.
    details = cast("object | None", getattr(used, "input_tokens_details", None))
    return usage_of(model, used.input_tokens, used.output_tokens, getattr(details, "cached_tokens", None))
