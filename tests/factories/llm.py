"""Requests as the flow makes them."""

from typing import Any

import pytest

from domain.core.errors import LegworkError
from domain.llm.decision import DECISION_SCHEMA
from domain.llm.model import Event, Model, Piece, Reply, Request, Restart, ToolSpec
from domain.llm.prompts import DECIDE, REPLAN, STEP


def tool(name: str, description: str, required: str, properties: dict[str, Any], effect: str = "read") -> Any:
    parameters = {"type": "object", "properties": properties, "required": required.split()}
    return {"name": name, "description": description, "effect": effect, "parameters": parameters}


TEXT = {"type": "string"}
MAYBE = {"anyOf": [TEXT, {"type": "null"}], "default": None}
NAMES = {"type": "array", "items": TEXT}
COUNT = {"type": "integer"}
OBJECT = {"type": "object"}
OBJECTS = {"type": "array", "items": OBJECT}
KIND = {"enum": ["line", "bar", "stacked", "scatter"]}
ROWS = {"anyOf": [TEXT, {"type": "array", "items": {"type": "object"}}]}
LOOK = ToolSpec("look", "look something up", {"type": "object", "properties": {"at": TEXT}})
ANY: dict[str, Any] = {}

TOOLS = [
    tool(
        "analyse_table",
        "compute facts from a table (CSV, TSV, XLSX, JSON): totals, changes, trends, outliers, data quality",
        "file",
        {"file": TEXT, "question": MAYBE, "by": NAMES, "metric": MAYBE, "period": MAYBE},
    ),
    tool(
        "query_table",
        "answers one question about a table over all of its rows: sums, averages, counts, shares, rows",
        "file",
        {"file": TEXT, "question": MAYBE, "select": OBJECTS, "by": NAMES, "where": OBJECTS, "previous": OBJECT},
    ),
    tool(
        "export_table",
        "the whole result of a query as a file",
        "file query format",
        {"file": TEXT, "query": {"type": ["object", "string"]}, "format": {"enum": ["xlsx", "csv", "pdf", "docx"]}},
        "write",
    ),
    tool("draw_chart", "draw a chart", "file", {"file": TEXT, "by": NAMES, "metric": TEXT, "kind": KIND}),
    tool("read_file", "read a document or a table's head as text", "file", {"file": TEXT, "max_chars": COUNT}),
    tool(
        "write_file",
        "write a file (txt, md, csv, json, xlsx, pdf, docx, html by its suffix)",
        "name content",
        {"name": TEXT, "content": ROWS},
        "write",
    ),
    tool("navigate_url", "fetch a web page as readable text with its links", "url", {"url": TEXT}),
    tool(
        "http_request",
        "send an HTTP request",
        "method url",
        {"method": TEXT, "url": TEXT, "headers": {"type": "object"}, "json": ANY, "body": TEXT},
        "external",
    ),
    tool("search_google", "search the web", "query", {"query": TEXT, "count": COUNT}),
    tool("calculate", "exact arithmetic, percentages included", "expression", {"expression": TEXT}),
    tool("current_time", "the time now, for an IANA zone or a city", "", {"timezone": TEXT}),
    tool("send_email", "send an email", "to subject body", {"to": NAMES, "subject": TEXT, "body": TEXT}, "external"),
]


def decide_variables(message: str, **more: Any) -> dict[str, Any]:
    return {
        "message": message,
        "quoted": [],
        "attachments": [],
        "files": [],
        "now": "2026-11-20T09:00:00+01:00",
        "timezone": "Europe/Berlin",
        "person": None,
        "agent_instructions": None,
        "last": None,
        "open": [],
        "tools": TOOLS,
        "errors": [],
        **more,
    }


def decide(message: str, **more: Any) -> Request:
    return Request(DECIDE, decide_variables(message, **more), output_schema=DECISION_SCHEMA)


def step(question: str, *inputs: Any) -> Request:
    variables = {"question": question, "quoted": [], "instruction": "Answer.", "inputs": list(inputs),
                 "now": "2026-11-20T09:00:00+01:00", "timezone": "Europe/Berlin",
                 "agent_instructions": None}  # fmt: skip
    return Request(STEP, variables)


def agent_variables(question: str, **more: Any) -> dict[str, Any]:
    usual = {"question": question, "quoted": [], "goal": "find out why", "inputs": [], "schema": None,
             "now": "2026-11-20T09:00:00+01:00", "timezone": "Europe/Berlin", "agent_instructions": None}  # fmt: skip
    return usual | more


def replan(plan: Any, failed: Any, done: Any = (), **more: Any) -> Request:
    variables = decide_variables("what moved?", plan=plan, done=list(done), failed=failed, **{"notes": []} | more)
    return Request(REPLAN, variables, output_schema=DECISION_SCHEMA)


def with_tools(**more: Any) -> Request:
    """A request that offers the model one tool."""
    asked = step("look it up")
    return Request(asked.prompt, asked.variables, tools=[LOOK], **more)


async def failure(model: Model, request: Request) -> LegworkError:
    """What a model raises instead of an answer."""
    with pytest.raises(LegworkError) as raised:
        await events_of(model, request)
    return raised.value


async def events_of(model: Model, request: Request) -> list[Event]:
    return [event async for event in model.stream(request)]


async def ask(model: Model, request: Request) -> Reply:
    return replies(await events_of(model, request))[0]


def replies(events: list[Event]) -> list[Reply]:
    return [event for event in events if isinstance(event, Reply)]


def streamed(events: list[Event]) -> str:
    """The text a reader of the stream holds at its end."""
    text = ""
    for event in events:
        if isinstance(event, Restart):
            text = ""
        elif isinstance(event, Piece):
            text += event.text
    return text
