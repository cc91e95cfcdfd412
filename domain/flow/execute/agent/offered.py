"""A tool as an agent meets it: how it may be called, and what is said where it is called wrongly."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from typing import Any, cast
from uuid import UUID

from domain.core.errors import Refused
from domain.flow.execute.agent.look_again import LookAgain, read_look_again
from domain.flow.execute.agent.shown import LOOK_AGAIN
from domain.tools import service as tools
from domain.tools.kit import Kit
from domain.tools.registry import Arguments, Effect, Tool

NEAR = 3
"""So many names are shown instead of one that there is not."""

LONGEST_CHOICE = 60
"""Characters of the values that an argument may have; where they are more, only its type is told."""


@dataclass(frozen=True, slots=True)
class ToolFacts:
    """What has to be known of a tool to judge a call of it."""

    name: str
    schema: Mapping[str, Any]
    """The JSON Schema of its arguments."""
    read_arguments: Callable[[dict[str, Any]], Arguments]
    """Raises Invalid, naming each wrong one."""
    effect_of: Callable[[Arguments], Effect]
    """Raises Refused where a call with that effect is not for this agent, or its person."""
    digest: Callable[[Arguments], str]
    """Names exactly this call, as a person is asked about it."""
    volatile: bool = False


def tool_facts(tool: Tool, kit: Kit, *, task_id: UUID, user_id: UUID, reads: bool) -> ToolFacts:
    """``reads``: it belongs to an agent that may change nothing."""

    def effect_of(arguments: Arguments) -> Effect:
        effect = tool.effect_of(arguments)
        kit.allow(tool, effect)
        if reads and effect is not Effect.READ:
            raise Refused(
                f"{tool.name} changes something here, and you may only read.", remedy="Say what should be done."
            )
        return effect

    def digest(arguments: Arguments) -> str:
        return tools.digest(tool, arguments, task_id, user_id)

    return ToolFacts(
        tool.name, tool.schema(), partial(tools.read_arguments, tool), effect_of, digest, volatile=tool.volatile
    )


LOOKS_AGAIN = ToolFacts(
    LOOK_AGAIN,
    LookAgain.model_json_schema(),
    read_look_again,
    lambda arguments: Effect.READ,
    lambda arguments: "",  # nobody is asked about it
)


def no_such(name: str, offered: Iterable[str]) -> str:
    """For a tool that there is not: up to three names like it."""
    near = get_close_matches(name, list(offered), n=NEAR)
    told = f"There is no tool called {name}."
    return f"{told} Did you mean {' or '.join(near)}?" if near else f"{told} Use those you were given."


def signature(facts: ToolFacts) -> str:
    """How it is called, on one line: “fetch(url: string, count?: integer)”; a question mark: may be left out."""
    properties: Mapping[str, Any] = facts.schema.get("properties", {})
    needed = facts.schema.get("required", ())
    definitions: Mapping[str, Any] = facts.schema.get("$defs", {})
    told = (f"{name}{'' if name in needed else '?'}: {_type(part, definitions)}" for name, part in properties.items())
    return f"{facts.name}({', '.join(told)})"


def _type(part: Any, definitions: Mapping[str, Any]) -> str:
    if not isinstance(part, Mapping):
        return "any"
    schema = cast("Mapping[str, Any]", part)
    if "$ref" in schema:
        return _type(definitions.get(str(schema["$ref"]).rpartition("/")[2]), {})
    if "enum" in schema or "const" in schema:
        choices = " | ".join(str(value) for value in schema.get("enum", [schema.get("const")]))
        return choices if len(choices) <= LONGEST_CHOICE else str(schema.get("type", "string"))
    if "anyOf" in schema:
        kinds = dict.fromkeys(_type(each, definitions) for each in schema["anyOf"])
        return " | ".join(kind for kind in kinds if kind != "null")
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items'), definitions)}"
    return str(schema.get("type", "any"))
