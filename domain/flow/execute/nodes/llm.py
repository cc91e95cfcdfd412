"""A node answered by the model, from what it is given alone; one that may call tools is an agent."""

from typing import Any, cast

from domain.core.errors import Unavailable, Unusable
from domain.core.text import storable, storable_json
from domain.flow.common.outcome import Done, Outcome, Sleeps
from domain.flow.common.parked import park
from domain.flow.execute.checked import checked
from domain.flow.execute.nodes.model import ask
from domain.flow.execute.nodes.running import Running
from domain.llm.model import CUT, Request
from domain.llm.prompts import STEP


async def run(running: Running) -> Outcome:
    config = running.resolved()
    inputs = listed(config.get("inputs"))
    try:
        reply = await ask(running, _request(running, config, inputs))
    except Unavailable as error:  # the model is away: the task waits instead of failing
        return Sleeps(running.now() + await park(running.advance, error))
    running.trace.replies.append(reply)
    output: dict[str, Any] = {"text": storable(reply.text.strip())}
    if not output["text"]:
        raise Unusable("The model's answer is empty.", remedy="Try again, or choose another model.")
    if reply.data is not None:
        output["data"] = storable_json(reply.data)
    output |= checked(output["text"], inputs)
    if reply.cut:
        output |= {"text": f"{output['text']}\n\n{CUT}", "cut": True}
    return Done(output)


def listed(given: Any) -> list[Any]:
    """Inputs, of which a plan may name one alone, or none."""
    if given is None:
        return []
    return cast("list[Any]", given) if isinstance(given, list) else [given]


def _request(running: Running, config: dict[str, Any], inputs: list[Any]) -> Request:
    advance = running.advance
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
        model=config.get("model") or advance.thread.model,
    )
