"""The schema of a decision in which each node has the form of its own kind, and each tool's node the tool's arguments.

Servers that hold a model to a schema then hold it to arguments that exist: in a free object small models go round in
circles. Everything but the form is left out, because every token of it costs.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from domain.llm.decision import DECISION_SCHEMA

_TEXT: dict[str, Any] = {"type": "string"}
_TEXTS: dict[str, Any] = {"type": "array", "items": _TEXT}
_FORM = ("type", "enum", "const", "required", "additionalProperties")
_MANY = ("anyOf", "oneOf", "allOf", "prefixItems")


def decision_schema(tools: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """``tools`` as ``[{name, parameters (JSON Schema)}]``; without any a node may be of every form."""
    if not tools:
        return DECISION_SCHEMA
    calls = [_node("tool", form(tool["parameters"]), name=str(tool["name"])) for tool in tools]
    written = _node("llm", _config({"prompt": _TEXT}, {"inputs": _TEXTS, "tools": _TEXTS}))
    nodes = [
        *calls,
        written,
        _node("condition", _config({"if": _TEXT})),
        _node("agent", _config({"goal": _TEXT}, {"tools": _TEXTS})),
        _node("foreach", _config({"items": _TEXT, "node": {"type": "object"}})),
        _node("delay", _config({}, {"seconds": {"type": "number"}, "until": _TEXT})),
        _node("ask", _config({"question": _TEXT}, {"choices": _TEXTS})),
        _node(["approval", "post"], _config({"text": _TEXT})),
    ]
    plan = DECISION_SCHEMA["properties"]["plan"]
    edges = {"type": "array", "items": {"type": "array", "items": {"type": ["string", "boolean"]}}}
    properties = {"nodes": {"type": "array", "items": {"anyOf": nodes}}, "edges": edges}
    return DECISION_SCHEMA | {
        "properties": DECISION_SCHEMA["properties"] | {"plan": plan | {"properties": properties}},
    }


def with_changes(schema: dict[str, Any]) -> dict[str, Any]:
    """A decision's schema where tasks are running that the message may change: ``task`` is the number of one."""
    properties: dict[str, Any] = schema["properties"]
    kind = {"type": "string", "enum": [*properties["kind"]["enum"], "change"]}
    return schema | {"properties": properties | {"kind": kind, "task": {"type": ["integer", "null"]}}}


def _node(kind: str | list[str], config: Mapping[str, Any], *, name: str | None = None) -> dict[str, Any]:
    properties = {
        "id": _TEXT,
        "type": {"enum": [kind] if isinstance(kind, str) else kind},
        "name": {"enum": [name]} if name is not None else _TEXT,
        "config": config,
    }
    return {"type": "object", "properties": properties, "required": list(properties)}


def _config(needed: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    properties = needed | (optional or {})
    return {"type": "object", "properties": properties, "required": list(needed), "additionalProperties": False}


def _joined(kept: dict[str, Any]) -> dict[str, Any]:
    """Alternatives that differ in nothing but their type, as one that may be of each of them; a part that may also be
    null says so in its own type."""
    parts = cast("list[dict[str, Any]]", kept["anyOf"])
    if all(part.keys() == {"type"} and isinstance(part["type"], str) for part in parts):
        return {"type": [part["type"] for part in parts]}
    first, *others = parts
    if others == [{"type": "null"}] and isinstance(first.get("type"), str) and "enum" not in first:
        return {**first, "type": [first["type"], "null"]}
    return kept


def form(schema: Mapping[str, Any], definitions: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A schema without descriptions, defaults and limits, and with what it refers to in place."""
    known = cast("Mapping[str, Any]", schema.get("$defs") or definitions or {})
    if "$ref" in schema:
        return form(known.get(str(schema["$ref"]).rpartition("/")[2], {}), known)
    kept: dict[str, Any] = {key: schema[key] for key in _FORM if key in schema}
    for key in _MANY:
        if key in schema:
            kept[key] = [form(part, known) for part in cast("list[Mapping[str, Any]]", schema[key])]
    if "anyOf" in kept and not kept.keys() - {"anyOf"}:
        kept = _joined(kept)
    if isinstance(schema.get("items"), Mapping):
        kept["items"] = form(schema["items"], known)
    if "properties" in schema:
        parts = cast("Mapping[str, Mapping[str, Any]]", schema["properties"])
        kept["properties"] = {name: form(part, known) for name, part in parts.items()}
    if isinstance(kept.get("additionalProperties"), Mapping):
        kept["additionalProperties"] = form(kept["additionalProperties"], known)
    return kept
