"""Questions about one table, and the plan each leads to: the table is asked, and what comes of it is told."""

from typing import Any

import pytest

from domain.llm.model import Turn
from tests.factories.llm import TOOLS
from tests.factories.offline import LAST, LEADS, REPORT, STOCK, calls, decision

QUERY = {"file": "leads-w27.csv", "select": [{"how": "sum", "column": "Leads"}], "by": ["Region"]}
ASKED: dict[str, Any] = LAST | {"query": QUERY}
SAID = (Turn("user", "leads by region"), Turn("assistant", "West has the most."))


async def made(message: str, **more: Any) -> list[str]:
    return [name for name, _ in await calls(message, **more)]


@pytest.mark.parametrize(
    "message",
    ["what is the average of leads?", "which product sold most?", "how many rainy days in 2015?", "only Hillside",
     "total sales for Technology in the West", "the median of Sales", "what about May?", "show me the first 5 rows",
     "list the rows without price", "Wie hoch ist der Durchschnitt der Leads?", "nur Hillside",
     "how many rows are there?", "who is the oldest passenger?", "what is the highest price?"],
)  # fmt: skip
async def test_one_question_is_put_to_the_table(message: str):
    [(name, config)] = await calls(message, attachments=[LEADS])
    assert (name, config) == ("query_table", {"file": "leads-w27.csv"})


@pytest.mark.parametrize(
    "message",
    ["", "what moved?", "what moved, and by region?", "analyse this", "summary", "what stands out?", "any anomalies?",
     "draw a chart", "Was hat sich verändert?", "fass die Tabelle zusammen", "as a bar chart", "look at leads-w27.csv"],
)  # fmt: skip
async def test_whatever_there_is_to_say_is_still_worked_out(message: str):
    assert await made(message, attachments=[LEADS]) == ["analyse_table", "draw_chart"]


@pytest.mark.parametrize("message", ["top 5 states by profit", "compare 2013 and 2014", "Umsatz nach Monat"])
async def test_where_the_answer_may_have_several_rows_a_picture_is_drawn_if_it_is_worth_one(message: str):
    spec = (await decision(message, attachments=[LEADS])).spec
    assert spec is not None
    asked, worth, chart, answer = spec["nodes"]
    assert (asked["name"], worth["type"], chart["name"]) == ("query_table", "condition", "draw_chart")
    assert worth["config"] == {"if": "n1.output.drawable"}
    assert chart["config"]["query"] == "{{ n1.output.query }}"
    assert ["n1", answer["id"]] in spec["edges"]
    assert [chart["id"], answer["id"]] in spec["edges"]


async def test_a_chart_that_is_asked_for_is_drawn():
    assert await made("sales by region as a pie chart", attachments=[LEADS]) == ["query_table", "draw_chart"]


@pytest.mark.parametrize(
    ("message", "kind"),
    [("top 5 states by profit as PDF", "pdf"), ("export sales by region to Excel", "xlsx"),
     ("sales by region as a Word document", "docx"), ("Umsatz nach Region als CSV", "csv")],
)  # fmt: skip
async def test_the_result_is_written_as_what_it_is_wished_as(message: str, kind: str):
    asked, export = await calls(message, attachments=[LEADS])
    assert asked[0] == "query_table"
    assert export == (
        "export_table", {"file": "leads-w27.csv", "query": "{{ n1.output.query }}", "format": kind})  # fmt: skip


async def test_a_named_file_gets_the_result_itself_where_it_holds_tables():
    _, export = await calls("export sales by region to regions.xlsx", files=[LEADS], last=ASKED)
    assert export[1]["name"] == "regions.xlsx"
    assert await made("save sales by region to regions.md", files=[LEADS], last=ASKED) == ["query_table", "write_file"]


@pytest.mark.parametrize(
    "message",
    ["and by region?", "only 2015", "as a bar chart", "export this as Excel", "as PDF", "sort by profit",
     "what about May?", "nur 2015", "und nach Region?", "Technology in the West", "the median instead", "export this",
     "top 3", "filter to West"],
)  # fmt: skip
async def test_a_follow_up_changes_the_last_question(message: str):
    asked, *_ = await calls(message, files=[STOCK, LEADS], last=worked(ASKED), turns=SAID)
    assert asked == ("query_table", {"file": "leads-w27.csv", "previous": QUERY})


def worked(last: dict[str, Any]) -> dict[str, Any]:
    nodes = [{"id": "n1", "type": "tool", "name": "query_table", "config": {"file": "leads-w27.csv"}}]
    return last | {"plan": {"nodes": nodes, "edges": []}}


async def test_thanks_in_between_change_nothing():
    turns = (*SAID, Turn("user", "thanks"), Turn("assistant", "You're welcome.", talk=True))
    asked, *_ = await calls("what about May?", files=[LEADS], last=worked(ASKED), turns=turns)
    assert asked[1]["previous"] == QUERY


async def test_another_table_that_is_named_is_asked_afresh():
    asked, *_ = await calls("and by region in stock list.xlsx?", files=[STOCK, LEADS], last=worked(ASKED))
    assert asked == ("query_table", {"file": "stock list.xlsx"})


async def test_a_file_that_comes_with_the_message_is_asked_afresh():
    asked, *_ = await calls("the median of Sales", attachments=[LEADS], last=worked(ASKED))
    assert asked == ("query_table", {"file": "leads-w27.csv"})


async def test_words_of_the_table_that_look_like_references_are_none():
    query = QUERY | {"by": ["{{ n1.output }}"]}
    asked, *_ = await calls("only 2015", files=[LEADS], last=worked(LAST | {"query": query}), turns=SAID)
    assert asked[1]["previous"]["by"] == ["{{ '{{' }} n1.output }}"]


async def test_everything_that_was_said_of_a_table_is_written_as_it_was_said():
    more = {"files": [LEADS], "last": worked(LAST), "turns": SAID, "result": "Leads fell.\nIn May."}
    assert await calls("as PDF please", **more) == [
        ("write_file", {"name": "leads-w27 answer.pdf", "content": "Leads fell.\nIn May."})]  # fmt: skip
    [(_, config)] = await calls("export this as Excel", **more)
    assert config == {"name": "leads-w27 answer.xlsx", "content": [["Leads fell."], ["In May."]]}
    assert await calls("what moved, as PDF", attachments=[LEADS]) == [
        ("analyse_table", {"file": "leads-w27.csv"}), ("draw_chart", {"file": "leads-w27.csv"}),
        ("write_file", {"name": "leads-w27 answer.pdf", "content": "{{ n3.output.text }}"})]  # fmt: skip


@pytest.mark.parametrize(
    ("message", "why"),
    [("convert report.pdf to docx", "converting files"), ("mail it to Bob", "mail"),
     ("juggle it", "did not understand"), ("delete leads-w27.csv", "deleting files"),
     ("tell me a joke", "writing texts")],
)  # fmt: skip
async def test_what_is_to_be_done_with_the_file_itself_is_still_refused(message: str, why: str):
    answer = await decision(message, files=[LEADS, REPORT], last=worked(ASKED), turns=SAID)
    assert (answer.outcome, why in answer.reply) == ("not_understood", True), answer


async def test_of_several_tables_each_is_asked_unless_they_are_meant_all_together():
    asked = await calls("sales by region", attachments=[LEADS, STOCK])
    assert asked == [("query_table", {"file": "leads-w27.csv"}), ("query_table", {"file": "stock list.xlsx"})]
    assert "query_table" not in await made("compare them", attachments=[LEADS, STOCK])


@pytest.mark.parametrize("message", ["only 2014", "what about May?", "as CSV", "sort by profit", "as a pie chart"])
async def test_whatever_else_was_spoken_of_a_follow_up_finds_the_table_that_was_asked(message: str):
    talked = Turn("assistant", "Legwork cannot do that yet.", talk=True)
    calculated = {"plan": {"nodes": [{"id": "n1", "type": "tool", "name": "calculate", "config": {}}], "edges": []}}
    for last, said in ((worked(ASKED), talked), (ASKED | calculated, Turn("assistant", "4"))):
        asked, *_ = await calls(message, files=[STOCK, LEADS], last=last, turns=(*SAID, Turn("user", "?"), said))
        assert asked == ("query_table", {"file": "leads-w27.csv", "previous": QUERY})


async def test_rows_and_not_words_go_into_a_file_that_holds_rows():
    more: dict[str, Any] = {"files": [LEADS], "last": worked(ASKED), "turns": SAID, "result": "West has the most."}
    _, export = await calls("export this to pay.xlsx", **more)
    assert (export[0], export[1]["name"]) == ("export_table", "pay.xlsx")
    assert await calls("save this to pay.md", **more) == [
        ("write_file", {"name": "pay.md", "content": "West has the most."})]  # fmt: skip


async def test_the_chart_again_is_no_look_at_the_rows():
    asked, *_ = await calls("show me the chart again", files=[LEADS], last=worked(ASKED), turns=SAID)
    assert asked == ("query_table", {"file": "leads-w27.csv", "previous": QUERY})


async def test_a_greeting_beside_a_table_asks_nothing_of_it():
    assert await made("Hello, here is the file", attachments=[LEADS]) == ["analyse_table", "draw_chart"]


def without(name: str) -> list[Any]:
    return [tool for tool in TOOLS if tool["name"] != name]


async def test_a_file_or_a_chart_that_cannot_be_made_here_is_not_left_out_in_silence():
    more: dict[str, Any] = {"attachments": [LEADS]}
    refused = await decision("sales by region as PDF", tools=without("export_table"), **more)
    assert (refused.outcome, "export_table" in refused.reply) == ("not_understood", True)
    plain = await decision("sales by region as a pie chart", tools=without("draw_chart"), **more)
    assert plain.spec is not None
    assert "not switched on" in plain.spec["nodes"][-1]["config"]["prompt"]
