"""A node answered by the model, which may call tools on its way, though none that changes things outside."""

from dataclasses import replace
from typing import Any, cast

import orjson

from domain.core.errors import Invalid, LegworkError, Unavailable, Unusable
from domain.core.queue import Queue
from domain.core.text import storable, storable_json
from domain.flow.common.model_call import answer_preview, call
from domain.flow.common.outcome import Done, Outcome, Sleeps
from domain.flow.common.parked import park
from domain.flow.execute.nodes import tool as tool_node
from domain.flow.execute.nodes.running import Running
from domain.llm.model import CUT, Reply, Request, ToolCall, ToolSpec, Turn
from domain.llm.prompts import STEP
from domain.reports.numbers import check
from domain.tools import service as tools
from domain.tools.registry import Effect, Tool

MOST_FACTS_TOLD = 5
"""Facts that stand in for an answer none of whose numbers was computed."""

ROUNDS = 8
"""How often the model may ask for tools within one node."""


async def run(running: Running) -> Outcome:
    config = running.resolved()
    inputs = _inputs(config.get("inputs"))
    try:
        reply = await _converse(running, _request(running, config, inputs))
    except Unavailable as error:  # the model is away: the task waits instead of failing
        return Sleeps(running.now() + await park(running.advance, error))
    facts = [fact for value in inputs for fact in _facts(value)]
    output: dict[str, Any] = {"text": storable(reply.text.strip())}
    if not output["text"]:
        raise Unusable("The model's answer is empty.", remedy="Try again, or choose another model.")
    if reply.data is not None:
        output["data"] = storable_json(reply.data)
    if facts:
        notes = [note for value in inputs for note in _notes(value)]
        tables = [table for value in inputs for table in _tables(value)]
        output |= _checked(output["text"], facts, notes, tables)
    if reply.cut:
        output |= {"text": f"{output['text']}\n\n{CUT}", "cut": True}
    return Done(output)


def _checked(text: str, facts: list[dict[str, Any]], notes: list[str], tables: list[str]) -> dict[str, Any]:
    """The text without sentences whose numbers no fact, nor a note on how the table was read, states; the facts' own
    words where nothing is left. Lines of computed ``tables`` are kept as they stand."""
    checked = check(text, [*facts, *({"text": note} for note in notes)], tables)
    return {
        "text": checked.text or "\n".join(f"- {fact['text']}" for fact in facts[:MOST_FACTS_TOLD]),
        "numbers": len(checked.matched),
        "facts": len(facts),
        "removed": list(checked.unmatched),
    }


def _request(running: Running, config: dict[str, Any], inputs: list[Any]) -> Request:
    advance = running.advance
    known = advance.legwork.tools
    names: list[str] = config.get("tools") or []
    offered = [tool for tool in (known.get(name) for name in names if name in known) if advance.kit.offers(tool)]
    return Request(
        prompt=STEP,
        variables={
            "question": advance.task.description,
            "quoted": advance.task.quoted,
            "instruction": str(config["prompt"]),
            "inputs": inputs,
            "now": advance.given["context"]["now"],
            "timezone": advance.person.timezone_name,
            "agent_instructions": advance.thread.instructions,
        },
        output_schema=config.get("schema"),
        tools=[ToolSpec(tool.name, tool.description, tool.schema()) for tool in offered],
        model=config.get("model") or advance.thread.model,
    )


async def _converse(running: Running, request: Request) -> Reply:
    """The model's final answer, after the tools it asked for were called."""
    for _ in range(ROUNDS):
        reply = await _call(running, request)
        running.trace.replies.append(reply)
        if not reply.calls:
            return reply
        answered = [await _answer(running, asked, request) for asked in reply.calls]
        said = Turn("assistant", reply.text, calls=reply.calls)
        request = replace(request, exchange=[*request.exchange, said, *answered])
    raise Unusable(f"The model asked for tools {ROUNDS} times without coming to an answer.", code="model_rounds")


async def _call(running: Running, request: Request) -> Reply:
    advance = running.advance
    if not running.last:
        return await call(advance.legwork.model, request)
    preview = answer_preview(advance)
    try:
        return await call(advance.legwork.model, request, preview.show)
    finally:
        await preview.close()


async def _answer(running: Running, asked: ToolCall, request: Request) -> Turn:
    """Call a tool the model asked for; what goes wrong is told to the model."""
    try:
        if asked.name not in {offered.name for offered in request.tools}:
            raise Invalid(f"There is no tool {asked.name} here.")
        tool = await _take(running, asked.name)
        arguments = tools.read_arguments(tool, asked.arguments)
        running.advance.kit.allow(tool, tool.effect_of(arguments))
        if tool.effect_of(arguments) is Effect.EXTERNAL:
            raise Invalid(
                f"{tool.name} changes things outside; it has to be a step of the plan, which a person approves."
            )
        if tool.queue is not Queue.TASK:
            raise Invalid(f"{tool.name} takes long and has a queue of its own; it has to be a step of the plan.")
        output: Any = await tool_node.call(running, tool, arguments)
    except LegworkError as error:
        output = {"error": str(error)}
    return Turn("tool", text=_json(output), call_id=asked.id)


async def _take(running: Running, name: str) -> Tool:
    """The tool, if it may still be used: a conversation takes its time. Raises NotFound, Refused."""
    advance = running.advance
    async with advance.legwork.database.transaction(single=True) as session:
        await advance.look_at_kit(session)
    return advance.kit.take(advance.legwork.tools, name)


def _json(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()


def _inputs(given: Any) -> list[Any]:
    if given is None:
        return []
    return cast("list[Any]", given) if isinstance(given, list) else [given]


def _facts(value: Any) -> list[dict[str, Any]]:
    found: Any = cast("dict[str, Any]", value).get("facts") if isinstance(value, dict) else None
    return cast("list[dict[str, Any]]", found) if isinstance(found, list) else []


def _notes(value: Any) -> list[str]:
    """What an output says of itself: notes, how many rows it has, which of the person's words it left out, and why it
    is not there."""
    if not isinstance(value, dict):
        return []
    output = cast("dict[str, Any]", value)
    lists = [cast("list[Any]", output[name]) for name in ("notes", "left") if isinstance(output.get(name), list)]
    reason = [str(output["reason"])] if output.get("reason") else []
    counts = [output[name] for name in ("count", "matched", "rows") if isinstance(output.get(name), int)]
    return [*(str(note) for notes in lists for note in notes), *reason, *(f"{count:,} rows" for count in counts)]


def _tables(value: Any) -> list[str]:
    """The sentence and the rows of a result, as the tool words them."""
    if not isinstance(value, dict) or "sentence" not in value:
        return []
    output = cast("dict[str, Any]", value)
    return [output[name] for name in ("sentence", "text") if isinstance(output.get(name), str)]
