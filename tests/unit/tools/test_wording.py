"""Steps are named in words: what is done with what."""

from typing import Any

import pytest

from domain.core.settings import Settings
from domain.core.web import GuardedClient
from domain.reports.tools import report_tools
from domain.tools.builtin import builtin_tools
from domain.tools.wording import LONGEST, Call, did, doing, worded
from domain.workflows.spec import Node, NodeType


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("read_file", {"file": "leads.csv"}, "Read leads.csv"),
        ("read_file", {"file": "{{ n1.output.file }}"}, "Read a file"),
        ("analyse_table", {"file": "leads.csv", "by": ["branch"]}, "Compute the facts of leads.csv"),
        ("draw_chart", {"file": "leads.csv"}, "Draw a chart of leads.csv"),
        ("draw_chart", {}, "Draw a chart"),
        ("navigate_url", {"url": "https://example.org/a?token=secret"}, "Fetch example.org"),
        ("navigate_url", {"url": "example.org/x"}, "Fetch example.org"),
        ("navigate_url", {"url": "http://[broken"}, "Fetch a page"),
        ("http_request", {"method": "post", "url": "https://mara:pw@example.org:8443/x"}, "Send POST to example.org"),
        ("http_request", {"url": "{{ n1.output.url }}"}, "Send GET to an address"),
        ("write_file", {"name": "notes.md", "content": "x"}, "Write notes.md"),
        ("search_google", {"query": "rain  in\nParis"}, "Search the web for “rain in Paris”"),
        ("calculate", {"expression": "2*21"}, "Calculate 2*21"),
        ("current_time", {"timezone": "Europe/Paris"}, "Look at the clock in Europe/Paris"),
        ("read_file", {"file": 7}, "Read a file"),
        ("send", {"to": "ben"}, None),
    ],
)
def test_a_call_is_worded(tool: str, arguments: dict[str, Any], words: str | None) -> None:
    assert worded(tool, arguments) == words


def test_secrets_in_arguments_are_not_shown() -> None:
    query = {"query": "who owns sk-abcdefghijklmnopqrstuvwx"}
    for told in (worded("search_google", query), doing("search_google", query), *did([("search_google", query)])):
        assert told is not None
        assert told.endswith("the web for “who owns •••”")


def test_long_arguments_are_shortened() -> None:
    words = worded("read_file", {"file": "x" * 300})
    assert words == "Read " + "x" * (LONGEST - 1) + "…"


def test_every_tool_of_legworks_has_words() -> None:
    settings = Settings.model_validate({"data_dir": "/nowhere"})
    for tool in [*builtin_tools(settings, GuardedClient(settings)), *report_tools(settings)]:
        assert worded(tool.name, {}), tool.name


@pytest.mark.parametrize(
    ("kind", "name", "label"),
    [
        (NodeType.LLM, "summarise_leads", "summarise leads"),
        (NodeType.LLM, "", "Put it into words"),
        (NodeType.LLM, "llm", "Put it into words"),
        (NodeType.ASK, "which branch", "which branch"),
        (NodeType.DELAY, "", "Wait"),
        (NodeType.TOOL, "read_file", "Read leads.csv"),
        (NodeType.TOOL, "some_plugin", "some plugin"),
    ],
)
def test_a_name_that_the_plan_gives_stays(kind: NodeType, name: str, label: str) -> None:
    assert Node(id="n1", type=kind, name=name, config={"file": "leads.csv"}).label == label


@pytest.mark.parametrize(
    ("calls", "words"),
    [
        ([("read_file", {"file": "leads.csv"})], ["read leads.csv"]),
        (
            [
                ("read_file", {"file": "leads.csv"}),
                ("navigate_url", {"url": "https://a.example/1"}),
                ("navigate_url", {"url": "https://a.example/2"}),
            ],
            ["read leads.csv and two pages"],
        ),
        ([("read_file", {"file": "leads.csv"})] * 3, ["read leads.csv"]),
        (
            [("search_google", {"query": "a"}), ("search_google", {"query": "b"}), ("write_file", {"name": "n.md"})],
            ["searched the web twice", "wrote n.md"],
        ),
        ([("query_table", {"file": "a.csv", "query": each}) for each in ("x", "y")], ["looked up in a.csv"]),
        ([("query_table", {"file": each}) for each in ("a.csv", "b.csv")], ["looked up in two tables"]),
        (
            [("send_mail", {"to": "ben"}), ("send_mail", {"to": "mara"}), ("crm", {"a": "b"})],
            ["used send mail twice and crm"],
        ),
    ],
)
def test_calls_are_told_together(calls: list[Call], words: list[str]) -> None:
    assert did(calls) == words


@pytest.mark.parametrize(
    ("tool", "words"),
    [("read_file", "reading leads.csv"), ("navigate_url", "reading a page"), ("send_mail", "using send mail")],
)
def test_what_is_going_on_is_worded(tool: str, words: str) -> None:
    assert doing(tool, {"file": "leads.csv"}) == words
