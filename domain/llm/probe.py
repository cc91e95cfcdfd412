"""What a model server does, seen by asking it: one word, one object, one call of a function."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.core.errors import Invalid, Unavailable
from domain.core.settings import Settings
from domain.llm.model import Reply, Request, ToolSpec
from domain.llm.openai.provider import OpenAIModel
from domain.llm.prompts import PROBE

SECONDS = 60.0
"""What an answer may take that is only asked for to see that there is one."""

_OBJECT: dict[str, Any] = {
    "type": "object",
    "properties": {"word": {"type": "string"}},
    "required": ["word"],
    "additionalProperties": False,
}
_TOOL = ToolSpec(
    "say",
    "says one word to the person",
    {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]},
)


@dataclass(frozen=True, slots=True)
class Seen:
    """``word`` is what it said; the rest is None where it could not be told."""

    word: str
    streams: bool
    schema: bool | None
    tools: bool | None
    window: int | None
    """Tokens, where the server's refusals told of one."""
    duration_ms: int
    """Of the one word."""


async def probe(settings: Settings) -> Seen:
    """Ask the configured model. Raises what a model raises where it does not answer."""
    careful = settings.model_copy(
        update={"llm_attempts": 1, "llm_timeout": min(settings.llm_timeout, SECONDS), "llm_longest": SECONDS}
    )
    model = OpenAIModel(careful)
    try:
        said = await _ask(model, _request("Say the single word: ready."))
        return Seen(
            word=said.text.strip(),
            streams=model.streams(settings.model),
            schema=await _keeps_schema(model, settings.model),
            tools=await _calls_tools(model, settings.model),
            window=model.window(settings.model),
            duration_ms=said.duration_ms,
        )
    finally:
        await model.close()


async def _keeps_schema(model: OpenAIModel, name: str) -> bool | None:
    request = _request('Answer with one JSON object and nothing else: {"word": "ready"}', schema=_OBJECT)
    try:
        reply = await _ask(model, request)
    except (Invalid, Unavailable):
        return None
    return "schema" not in model.refused(name) and reply.data is not None and "word" in reply.data


async def _calls_tools(model: OpenAIModel, name: str) -> bool | None:
    try:
        reply = await _ask(model, _request("Call the function say with the word: ready.", tools=[_TOOL]))
    except (Invalid, Unavailable):
        return None
    return "tools" not in model.refused(name) and bool(reply.calls)


def _request(instruction: str, *, schema: dict[str, Any] | None = None, tools: Sequence[ToolSpec] = ()) -> Request:
    return Request(PROBE, {"instruction": instruction}, output_schema=schema, tools=tools, max_output_tokens=1_000)


async def _ask(model: OpenAIModel, request: Request) -> Reply:
    async for event in model.stream(request):
        if isinstance(event, Reply):
            return event
    raise Invalid("The model's answer ended without a result.")
