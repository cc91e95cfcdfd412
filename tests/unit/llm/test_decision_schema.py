import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from domain.llm.decision import DECISION_SCHEMA
from domain.llm.decision_schema import decision_schema, form, with_changes
from domain.llm.tokens import estimate
from tests.factories.llm import TOOLS

SCHEMA = decision_schema(TOOLS)


def decision(*nodes: dict[str, Any]) -> dict[str, Any]:
    return {"reply": "ok", "kind": "plan", "title": "x", "plan": {"nodes": list(nodes), "edges": [["n1", "n2", True]]}}


def node(kind: str, name: str, config: dict[str, Any]) -> dict[str, Any]:
    return {"id": "n1", "type": kind, "name": name, "config": config}


@pytest.mark.parametrize(
    "made",
    [
        node("tool", "calculate", {"expression": "1+1"}),
        node("tool", "analyse_table", {"file": "leads.csv", "by": ["branch"], "metric": None}),
        node("tool", "write_file", {"name": "a.md", "content": "{{ n1.output.text }}"}),
        node("tool", "http_request", {"method": "POST", "url": "https://x.example", "json": {"a": [1]}}),
        node("llm", "answer", {"prompt": "Say it.", "inputs": ["{{ n1.output }}"]}),
        node("agent", "find out", {"goal": "why Hillside lost leads", "tools": ["search_google"]}),
        node("foreach", "each", {"items": "{{ n1.output.rows }}", "node": node("llm", "say", {"prompt": "Say it."})}),
        node("condition", "is it", {"if": "{{ n1.output.ok }}"}),
        node("delay", "later", {"seconds": 5}),
        node("ask", "which", {"question": "Which?", "choices": ["a", "b"]}),
        node("post", "tell", {"text": "On my way."}),
    ],
)
def test_every_node_that_can_run_keeps_the_schema(made: dict[str, Any]):
    Draft202012Validator(SCHEMA).validate(decision(made))


@pytest.mark.parametrize(
    "made",
    [
        node("tool", "fly", {}),
        node("tool", "calculate", {}),
        node("tool", "calculate", {"expression": "1", "and": {"so": {"on": {}}}}),
        node("llm", "answer", {"prompt": "Say it.", "config": {}}),
        node("agent", "find out", {"tools": ["search_google"]}),
    ],
)
def test_a_node_that_cannot_run_does_not(made: dict[str, Any]):
    schema = decision_schema(
        [tool | {"parameters": tool["parameters"] | {"additionalProperties": False}} for tool in TOOLS]
    )
    assert not Draft202012Validator(schema).is_valid(decision(made))


def test_a_reply_needs_no_plan_and_comes_first():
    Draft202012Validator(SCHEMA).validate({"reply": "Hello.", "kind": "reply", "title": "", "plan": None})
    assert next(iter(SCHEMA["properties"])) == "reply"


def test_it_is_sound_and_small():
    Draft202012Validator.check_schema(SCHEMA)
    assert estimate(json.dumps(SCHEMA, separators=(",", ":"))) < 3_500


def test_without_tools_it_is_the_plain_one():
    assert decision_schema([]) is DECISION_SCHEMA


def test_the_form_of_a_schema_has_no_words_and_no_references():
    schema = {
        "$defs": {"Row": {"type": "object", "properties": {"a": {"type": "string", "description": "words"}}}},
        "type": "object",
        "properties": {"rows": {"type": "array", "items": {"$ref": "#/$defs/Row"}, "default": [], "maxItems": 3}},
    }
    assert form(schema) == {
        "type": "object",
        "properties": {
            "rows": {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "string"}}}},
        },
    }


def test_what_may_also_be_nothing_is_told_in_few_words():
    text, null = {"type": "string"}, {"type": "null"}
    listed = {"type": "array", "items": text}
    assert form({"anyOf": [text, {"type": "integer"}, null]}) == {"type": ["string", "integer", "null"]}
    assert form({"anyOf": [listed, null]}) == listed | {"type": ["array", "null"]}
    kept = {"anyOf": [{"type": "string", "enum": ["bar"]}, null]}
    assert form(kept) == kept


@pytest.mark.parametrize("schema", [SCHEMA, DECISION_SCHEMA], ids=["whole", "loose"])
def test_a_change_is_a_decision_only_where_something_runs(schema: dict[str, Any]):
    made = {"reply": "only 2025", "kind": "change", "title": "", "plan": None, "task": 1}
    hearing = with_changes(schema)
    Draft202012Validator.check_schema(hearing)
    Draft202012Validator(hearing).validate(made)
    Draft202012Validator(hearing).validate({"reply": "Hello.", "kind": "reply", "title": "", "plan": None})
    assert not Draft202012Validator(schema).is_valid(made)
    assert next(iter(hearing["properties"])) == "reply"
    assert estimate(json.dumps(hearing)) - estimate(json.dumps(schema)) < 40
