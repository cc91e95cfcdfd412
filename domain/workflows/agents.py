"""What can be wrong with an agent of a plan: each a sentence that says how to mend it."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, Protocol, cast

import orjson

from domain.workflows.references import holds_reference, whole_expression
from domain.workflows.spec import Node

MOST_ROUNDS, ROUNDS = 50, 12
MOST_MINUTES, MINUTES = 1_440, 20
"""The most there may be, and what there is where the plan does not say."""
LONGEST_GOAL = 20_000
"""Characters."""
LONGEST_SCHEMA = 20_000
"""Bytes, as JSON."""


class Known(Protocol):
    """What is to be known of a tool."""

    @property
    def enabled(self) -> bool: ...


def wrong_with(node: Node, tools: Mapping[str, Known]) -> Iterator[str]:
    """Every reason why the agent cannot work."""
    for found in (_goal(node), _tools(node, tools), _rounds(node), _budget(node), _minutes(node), _schema(node)):
        for problem in found:
            yield f"{node.id} (agent): {problem}"
    inputs: Any = node.config.get("inputs")
    if inputs is not None and not isinstance(inputs, list) and not _is_expression(inputs):
        yield f'{node.id} (agent): “inputs” is a list, such as ["{{{{ n1.output }}}}"].'
    model: Any = node.config.get("model")
    if model is not None and not (isinstance(model, str) and model.strip()):
        yield f"{node.id} (agent): “model” is a model's name; leave it out for the usual one."
    for name in sorted(set(node.config) - _NAMES):
        yield f"{node.id} (agent): there is no “{name}” in its config; leave it out."


_NAMES = frozenset({"goal", "tools", "inputs", "schema", "rounds", "budget", "minutes", "model"})


def _goal(node: Node) -> Iterator[str]:
    goal: Any = node.config.get("goal")
    if not goal:
        return  # it is told that this is needed
    if not isinstance(goal, str) or not goal.strip():
        yield "“goal” is a text: say what is to be found out."
    elif len(goal) > LONGEST_GOAL:
        yield (
            f"“goal” has {len(goal):,} characters, and at most {LONGEST_GOAL:,} are possible; "
            "say what is to be found out, and give what it rests on as “inputs” or a file."
        )


def _tools(node: Node, tools: Mapping[str, Known]) -> Iterator[str]:
    given: Any = node.config.get("tools")
    if given is None:
        if not any(tool.enabled for tool in tools.values()):
            yield "there is no tool that it may use; an admin can switch some on with “/tools enable”."
        return
    if not isinstance(given, list):
        yield "“tools” is a list of names; leave it out for all of them."
        return
    if not given:
        yield "it may use no tool; name those it needs, or leave “tools” out for all of them."
    for name in cast("list[Any]", given):
        if not isinstance(name, str) or name not in tools:
            yield f"it should use the tool {name}, and there is no such tool; leave it out."
        elif not tools[name].enabled:
            yield f"it should use the tool {name}, which an admin has switched off; leave it out."


def _rounds(node: Node) -> Iterator[str]:
    rounds: Any = node.config.get("rounds")
    if rounds is None:
        return
    number = _number(rounds)
    if number is None or number != int(number) or not 1 <= number <= MOST_ROUNDS:
        yield f"“rounds” is a whole number from 1 to {MOST_ROUNDS}; leave it out for {ROUNDS}."


def _budget(node: Node) -> Iterator[str]:
    budget: Any = node.config.get("budget")
    if budget is None:
        return
    number = _number(budget)
    if number is None or number <= 0:
        yield "“budget” is an amount of US dollars above 0; leave it out for none."


def _minutes(node: Node) -> Iterator[str]:
    minutes: Any = node.config.get("minutes")
    if minutes is None:
        return
    number = _number(minutes)
    if number is None or not 0 < number <= MOST_MINUTES:
        yield f"“minutes” is a number above 0, and {MOST_MINUTES:,} (a day) at most; leave it out for {MINUTES}."


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if math.isfinite(value) else None


def _schema(node: Node) -> Iterator[str]:
    schema: Any = node.config.get("schema")
    if schema is None:
        return
    if not isinstance(schema, dict) or cast("dict[str, Any]", schema).get("type") != "object":
        yield '“schema” is a JSON Schema of an object, {"type": "object", …}; leave it out for an answer in words.'
        return
    try:
        written = orjson.dumps(schema)
    except (TypeError, ValueError):
        yield "“schema” cannot be written as JSON; nest it less deep."
        return
    if len(written) > LONGEST_SCHEMA:
        yield f"“schema” has {len(written):,} bytes, and at most {LONGEST_SCHEMA:,} are possible; ask for fewer fields."
        return
    from jsonschema import Draft202012Validator, SchemaError  # a heavy import, needed with the first schema

    try:
        Draft202012Validator.check_schema(cast("dict[str, Any]", schema))
    except SchemaError as error:
        where = ".".join(str(part) for part in error.absolute_path)
        yield f"“schema” is no valid JSON Schema{f' at {where}' if where else ''}: {error.message[:200]}."


def _is_expression(value: Any) -> bool:
    return isinstance(value, str) and holds_reference(value) and whole_expression(value) is not None
