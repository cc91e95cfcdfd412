"""Tools as a planner sees them: one line each, ``name(argument: type, optional?: type) - what it does``."""

from collections.abc import Mapping
from typing import Any, cast

_TYPES = {
    "string": "str",
    "integer": "int",
    "number": "number",
    "boolean": "bool",
    "object": "object",
    "array": "list",
    "null": "null",
}


def catalogue(tools: Any) -> str:
    """One line for each of ``[{name, description, parameters (JSON Schema), effect}]``.

    An effect outside of Legwork is marked, because a person is asked before it happens.
    """
    return "\n".join(f"- {signature(tool)}" for tool in cast("list[Mapping[str, Any]]", tools or []))


def signature(tool: Mapping[str, Any]) -> str:
    """The line for one tool."""
    parameters = cast("Mapping[str, Any]", tool.get("parameters") or {})
    required = cast("list[str]", parameters.get("required") or [])
    properties = cast("Mapping[str, Mapping[str, Any]]", parameters.get("properties") or {})
    definitions = cast("Mapping[str, Mapping[str, Any]]", parameters.get("$defs") or {})
    arguments = ", ".join(
        f"{name}{'' if name in required else '?'}: {_type(schema, definitions)}" for name, schema in properties.items()
    )
    line = f"{tool['name']}({arguments}) - {tool.get('description', '')}".rstrip(" -")
    return f"{line} [asks first]" if tool.get("effect") == "external" else line


def _type(schema: Mapping[str, Any], definitions: Mapping[str, Mapping[str, Any]]) -> str:
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return _type(definitions[name], {}) if name in definitions else "object"
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
    return _TYPES.get(str(kind), "any")


def _union(parts: list[Mapping[str, Any]], definitions: Mapping[str, Mapping[str, Any]]) -> str:
    # An optional argument already carries a question mark: “or null” says nothing more.
    names = dict.fromkeys(_type(part, definitions) for part in parts)
    names.pop("null", None)
    return "|".join(names) or "null"
