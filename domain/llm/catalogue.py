"""Tools as a planner sees them: one line each, ``name(argument: type, optional?: type) - what it does``."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, cast

_FEW = 4
"""Names in an object up to which they are told."""

_TYPES = {
    "string": "str",
    "integer": "int",
    "number": "number",
    "boolean": "bool",
    "object": "object",
    "array": "list",
    "null": "null",
}


class Offered(list[dict[str, Any]]):
    """Tools as they are offered, ``{name, description, parameters (JSON Schema), effect}`` each. To be read only: their
    lines are made once."""

    @cached_property
    def lines(self) -> str:
        return _lines(self)


def catalogue(tools: Any) -> str:
    """One line for each of ``[{name, description, parameters (JSON Schema), effect}]``.

    An effect outside of Legwork is marked, because a person is asked before it happens.
    """
    return tools.lines if isinstance(tools, Offered) else _lines(cast("list[Mapping[str, Any]]", tools or []))


def _lines(tools: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(f"- {signature(tool)}" for tool in tools)


def signature(tool: Mapping[str, Any]) -> str:
    """The line for one tool."""
    parameters = cast("Mapping[str, Any]", tool.get("parameters") or {})
    definitions = cast("Mapping[str, Mapping[str, Any]]", parameters.get("$defs") or {})
    line = f"{tool['name']}({_arguments(parameters, definitions)}) - {tool.get('description', '')}".rstrip(" -")
    return f"{line} [asks first]" if tool.get("effect") == "external" else line


def _arguments(schema: Mapping[str, Any], definitions: Mapping[str, Mapping[str, Any]]) -> str:
    required = cast("list[str]", schema.get("required") or [])
    properties = cast("Mapping[str, Mapping[str, Any]]", schema.get("properties") or {})
    return ", ".join(
        f"{name}{'' if name in required else '?'}: {_type(part, definitions)}" for name, part in properties.items()
    )


def _type(schema: Mapping[str, Any], definitions: Mapping[str, Mapping[str, Any]]) -> str:
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return _type(definitions[name], definitions) if name in definitions else "object"
    if "enum" in schema:
        return "|".join(str(value) for value in cast("list[Any]", schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return _union(cast("list[Mapping[str, Any]]", schema[union]), definitions)
    kind = schema.get("type")
    if isinstance(kind, list):
        return _union([{"type": part} for part in cast("list[str]", kind)], definitions)
    if "prefixItems" in schema:
        places = cast("list[Mapping[str, Any]]", schema["prefixItems"])
        return f"[{', '.join(_type(place, definitions) for place in places)}]"
    if kind == "array" and "items" in schema:
        return f"list[{_type(cast('Mapping[str, Any]', schema['items']), definitions)}]"
    parts = cast("Mapping[str, Mapping[str, Any]]", schema.get("properties") or {})
    if parts and len(parts) <= _FEW:
        return f"{{{_arguments(schema, definitions)}}}"
    return _TYPES.get(str(kind), "any")


def _union(parts: list[Mapping[str, Any]], definitions: Mapping[str, Mapping[str, Any]]) -> str:
    # An optional argument already carries a question mark: “or null” says nothing more.
    names = dict.fromkeys(_type(part, definitions) for part in parts)
    names.pop("null", None)
    return "|".join(names) or "null"
