"""Phrasings about tables, and the plan each leads to."""

import pytest

from domain.llm.offline.focus import dimensions
from tests.factories.llm import TOOLS
from tests.factories.offline import LAST, LEADS, REPORT, STOCK, calls, decision

WITHOUT_QUERIES = [tool for tool in TOOLS if tool["name"] != "query_table"]
"""Where one question alone cannot be put to a table."""

# -- tables ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "message",
    ["", "what moved in last week's leads, and is Hillside still falling?", "analyse this", "look at this please"],
)
async def test_an_attached_table_is_analysed_and_drawn(message: str):
    assert await calls(message, attachments=[LEADS]) == [
        ("analyse_table", {"file": "leads-w27.csv"}), ("draw_chart", {"file": "leads-w27.csv"})]  # fmt: skip


async def test_the_question_goes_along_and_the_answer_comes_last():
    message = "what moved in last week's leads?"
    spec = (await decision(message, attachments=[LEADS])).spec
    assert spec is not None
    analysis, chart, answer = spec["nodes"]
    assert analysis["config"]["question"] == message
    assert (answer["type"], answer["config"]["inputs"]) == ("llm", ["{{ n1.output }}"])
    assert spec["edges"] == [[analysis["id"], chart["id"]], [analysis["id"], answer["id"]], [chart["id"], answer["id"]]]


@pytest.mark.parametrize(
    ("message", "by"),
    [
        ("and by region?", ["region"]),
        ("per channel", ["channel"]),
        ("nach Region", ["Region"]),
        ("und pro Kanal?", ["Kanal"]),
        ("und je Region?", ["Region"]),
        ("and by region and channel?", ["region", "channel"]),
        ("by region, channel and product", ["region", "channel", "product"]),
        ("the same per region & per channel", ["region", "channel"]),
        ("and for each branch?", ["branch"]),
        ("broken down by cost_centre, please", ["cost_centre"]),
        ('by "Sales region"', ["Sales region"]),
        ("by sales region?", ["sales region"]),
        ("now as a bar chart by dealer", ["dealer"]),
        ("revenue by region last month", ["region"]),
        ("par région", ["région"]),
        ("por canal", ["canal"]),
    ],
)
async def test_a_follow_up_by_a_dimension(message: str, by: list[str]):
    analysis, chart = await calls(message, files=[LEADS], last=LAST, tools=WITHOUT_QUERIES)
    assert analysis == ("analyse_table", {"file": "leads-w27.csv", "by": by})
    assert chart[1]["by"] == by


@pytest.mark.parametrize(
    "message",
    ["only West", "just the last month", "what about last month", "by week", "and monthly?", "which region fell most?",
     "compare it with the week before", "how many leads came in total?", "nur West", "without Hillside"],
)  # fmt: skip
async def test_a_follow_up_without_a_dimension(message: str):
    analysis, _ = await calls(message, files=[LEADS], last=LAST, tools=WITHOUT_QUERIES)
    assert analysis == ("analyse_table", {"file": "leads-w27.csv"})
    assert (await calls(message, files=[LEADS], last=LAST))[0] == ("query_table", {"file": "leads-w27.csv"})


@pytest.mark.parametrize(
    "message",
    ["by the way", "by Friday", "per se", "by 12%", "nach wie vor", "by mistake", "je veux un résumé", "por favor",
     "by month and year", "standby mode", "I was told by them"],
)  # fmt: skip
def test_what_is_no_dimension(message: str):
    assert dimensions(message) == []


async def test_a_follow_up_goes_on_with_the_previous_tasks_file_not_the_newest():
    analysis, _ = await calls("and by region?", files=[STOCK, LEADS], last=LAST)
    assert analysis[1]["file"] == "leads-w27.csv"


async def test_the_files_of_the_previous_plan_are_meant_before_others_of_the_thread():
    nodes = [{"id": "n1", "type": "tool", "name": "analyse_table", "config": {"file": "leads-w27.csv"}}]
    last = {"question": "?", "plan": {"nodes": nodes, "edges": []}, "files": ["stock list.xlsx", "leads-w27.csv"]}
    made = await calls("and by region?", files=[STOCK, LEADS], last=last)
    assert {config["file"] for _, config in made} == {"leads-w27.csv"}


async def test_after_small_talk_the_newest_file_is_meant():
    last = {"question": "thanks", "plan": None, "files": ["stock list.xlsx", "leads-w27.csv"]}
    made = await calls("and by region?", files=[STOCK, LEADS], last=last)
    assert {config["file"] for _, config in made} == {"stock list.xlsx"}


async def test_what_a_person_sent_is_meant_before_what_was_made_of_it():
    summary = {"name": "summary.csv", "made": True}
    analysis, _ = await calls("total by region", files=[summary, LEADS | {"made": False}])
    assert analysis[1]["file"] == "leads-w27.csv"


async def test_without_a_previous_task_the_newest_file_is_meant():
    analysis, _ = await calls("total by region", files=[STOCK, LEADS])
    assert analysis[1]["file"] == "stock list.xlsx"


async def test_a_file_that_is_named_goes_before_all_others():
    analysis, _ = await calls("what moved in Stock List.xlsx?", files=[LEADS, STOCK], last=LAST)
    assert analysis[1]["file"] == "stock list.xlsx"


async def test_each_file_that_is_named_is_read():
    assert [name for name, _ in await calls("read leads-w27.csv and stock list.xlsx", files=[STOCK, LEADS])] == [
        "analyse_table", "draw_chart", "analyse_table", "draw_chart"]  # fmt: skip


async def test_all_inputs_reach_one_answer():
    spec = (await decision("compare them", attachments=[LEADS, REPORT])).spec
    assert spec is not None
    assert [node["name"] for node in spec["nodes"]] == ["analyse_table", "draw_chart", "read_file", "answer"]
    assert spec["nodes"][3]["config"]["inputs"] == ["{{ n1.output }}", "{{ n3.output }}"]


@pytest.mark.parametrize(
    ("message", "kind"), [("as a bar chart", "bar"), ("draw a line chart", "line"), ("stacked please", "stacked")]
)
async def test_the_kind_of_chart(message: str, kind: str):
    _, chart = await calls(message, attachments=[LEADS])
    assert chart == ("draw_chart", {"file": "leads-w27.csv", "kind": kind})


async def test_without_the_chart_tool_the_facts_are_answered_alone():
    rest = [tool for tool in TOOLS if tool["name"] != "draw_chart"]
    assert [name for name, _ in await calls("what moved?", attachments=[LEADS], tools=rest)] == ["analyse_table"]


async def test_looking_at_a_table_shows_its_head():
    assert await calls("show me leads-w27.csv", files=[LEADS]) == [
        ("read_file", {"file": "leads-w27.csv"})]  # fmt: skip
