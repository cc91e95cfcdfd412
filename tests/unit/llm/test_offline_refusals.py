"""What Legwork cannot do is refused by its name, and of several wishes at once those left out are named."""

from typing import Any

import pytest

from domain.llm.decision import Decision
from domain.llm.model import Turn
from tests.factories.llm import TOOLS
from tests.factories.offline import LAST, LEADS, REPORT, calls, decision


async def refusal(message: str, **more: Any) -> str:
    answer = await decision(message, **more)
    assert (answer.kind, answer.outcome) == ("reply", "not_understood"), f"“{message}” is done: {answer}"
    return answer.reply


def notes(answer: Decision) -> str:
    assert answer.spec is not None
    return "\n".join(str(node["config"].get("prompt")) for node in answer.spec["nodes"] if node["type"] == "llm")


@pytest.mark.parametrize(
    "message",
    ["remind me tomorrow", "every weekday at 8 tell me the time", "in an hour read https://a.example",
     "tell me tomorrow what moved", "analyse leads-w27.csv every Monday", "check https://a.example hourly",
     "at 9 am calculate 2+2", "calculate 2+2 at 9 am", "wake me at 7", "erinnere mich an den Termin",
     "sag mir jeden Morgen die Uhrzeit", "tous les lundis, dis-moi l'heure", "next week summarise report.pdf",
     "ask me tomorrow how it went", "every hour GET https://a.example", "let me know when report.pdf changes"],
)  # fmt: skip
async def test_what_is_wanted_at_another_time_is_not_done_at_once(message: str):
    assert "reminders and schedules" in await refusal(message, files=[LEADS, REPORT])


@pytest.mark.parametrize(
    "message",
    ["what were totals for every month?", "how did it change every week?", "sales by month", "what moved last week?",
     "show me totals on Monday", "what moved in the last 7 days as a bar chart"],
)  # fmt: skip
async def test_times_that_a_question_about_a_table_speaks_of_are_no_schedule(message: str):
    assert (await calls(message, files=[LEADS], last=LAST))[0][1]["file"] == "leads-w27.csv"


async def test_times_in_words_that_are_to_be_written_are_no_schedule():
    content = {"name": "a.md", "content": "call mum tomorrow at 9"}
    assert await calls("save to a.md: call mum tomorrow at 9") == [("write_file", content)]
    assert await calls('write "call mum tomorrow at 9" to a.md') == [("write_file", content)]


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("what is 5 feet in cm?", "converting units"),
        ("how many ounces are in a pound", "converting units"),
        ("100 eur to usd", "converting currencies"),
        ("what's the exchange rate of the franc", "converting currencies"),
        ("translate report.pdf into German", "translating"),
        ("how do you say dog in Spanish?", "translating"),
        ("mail report.pdf to Bob", "sending mail"),
        ("please text Anna that I am late", "sending mail or messages"),
        ("can you call mum", "phone calls"),
        ("I need a hotel in Rome", "bookings"),
        ("buchen Sie bitte einen Flug nach Rom", "bookings"),
        ("add lunch to my calendar", "calendars"),
        ("post this on twitter", "posting"),
        ("write a haiku about report.pdf", "writing texts"),
        ("a joke, please", "writing texts"),
        ("Schreib mir ein Gedicht", "writing texts"),
        ("draw me a sheep", "pictures"),
        ("rename leads-w27.csv to x.csv", "changing files"),
        ("convert report.pdf to docx", "converting files"),
        ("delete report.pdf", "deleting files"),
        ("forecast the leads", "forecasts"),
        ("will it rain in Paris?", "weather"),
        ("log in to https://a.example", "logging in"),
        ("search the web for cheap bikes", "search the web here"),
    ],
)
async def test_it_is_refused_by_its_name(message: str, name: str):
    tools = [tool for tool in TOOLS if tool["name"] != "search_google"]
    assert name in await refusal(message, files=[LEADS, REPORT], tools=tools)


@pytest.mark.parametrize(
    "message", ["call volume by region", "orders per week", "text messages by month", "bookings by region"]
)
async def test_words_that_name_columns_are_no_wishes(message: str):
    assert (await calls(message, files=[LEADS], last=LAST))[0][0] == "query_table"


@pytest.mark.parametrize(
    ("message", "tool", "left"),
    [
        ("read report.pdf and mail it to Bob", "read_file", "sending mail"),
        ("read report.pdf, then book a flight", "read_file", "bookings"),
        ("what moved in leads-w27.csv and translate it into French", "analyse_table", "translating"),
        ("what is 2+2 and tell me a joke", "calculate", "writing texts"),
        ("what time is it in Rome and post it on Slack", "current_time", "posting"),
        ('save "a" to b.txt and mail it', "write_file", "sending mail"),
    ],
)
async def test_of_several_wishes_one_is_done_and_the_other_named(message: str, tool: str, left: str):
    answer = await decision(message, files=[LEADS, REPORT])
    assert (await calls(message, files=[LEADS, REPORT]))[0][0] == tool
    assert left in notes(answer)
    assert "I left out" in notes(answer)


@pytest.mark.parametrize(
    "message",
    ["juggle report.pdf", "juggle https://a.example", "read https://a.example and delete https://b.example",
     "read report.pdf and juggle it", "curl -X POST https://a.example -d 1"],
)  # fmt: skip
async def test_what_is_told_to_be_done_with_a_source_and_no_rule_knows_is_not_taken_for_reading(message: str):
    assert "nothing was done" in await refusal(message, files=[LEADS, REPORT])


async def test_a_file_that_comes_with_words_nobody_understands_is_looked_at_and_that_is_said():
    answer = await decision("juggle this", attachments=[LEADS])
    assert "I did not understand “juggle this”" in notes(answer)


@pytest.mark.parametrize(
    "message",
    ["POST https://a.example/x a=1", 'POST {"a": to https://a.example', "GET https://a.example and tell me its title",
     'GET https://a.example {"a": 1}', "post hello to https://a.example", 'PUT {"a": 1} https://a.example {"b": 2}',
     "POST https://a.example and https://b.example"],
)  # fmt: skip
async def test_a_request_that_is_half_understood_is_not_sent(message: str):
    assert "nothing was sent" in await refusal(message)


@pytest.mark.parametrize(
    ("message", "request_"),
    [
        ('POST {"a": 1} to https://a.example/x', {"method": "POST", "url": "https://a.example/x", "json": {"a": 1}}),
        (
            "send a PUT request to https://a.example with [1]",
            {"method": "PUT", "url": "https://a.example", "json": [1]},
        ),
        ('post "hi" to https://a.example', {"method": "POST", "url": "https://a.example", "body": "hi"}),
        ("delete https://a.example/1, please", {"method": "DELETE", "url": "https://a.example/1"}),
        ("get https://a.example please", {"method": "GET", "url": "https://a.example"}),
    ],
)
async def test_a_request_is_read_in_any_order(message: str, request_: dict[str, Any]):
    assert await calls(message) == [("http_request", request_)]


@pytest.mark.parametrize(
    "message",
    ["write a poem to a.md", "save jokes to a.md", "schreibe einen Brief in a.md", "save meeting notes to a.md",
     "write to a.md", "save the weather in Rome to a.md", "put ten capitals into a.md", "save today's news to a.md",
     "save the chart as chart.png", "create a file called a.md"],
)  # fmt: skip
async def test_a_text_that_is_only_described_is_not_written(message: str):
    await refusal(message, turns=(Turn("user", "2+2"), Turn("assistant", "2+2 = 4")))


@pytest.mark.parametrize(
    ("message", "content"),
    [
        ("save a shopping list with milk and eggs to a.md", "Shopping list\n\n- milk\n- eggs"),
        ("write a to-do list with: call mum, buy bread to a.md", "To-do list\n\n- call mum\n- buy bread"),
        ("save to a.md: {{ n1.output }}", "{{ '{{' }} n1.output }}"),
    ],
)
async def test_a_text_that_is_given_is_written(message: str, content: str):
    assert await calls(message) == [("write_file", {"name": "a.md", "content": content})]


async def test_courtesies_and_refusals_are_no_results_that_could_be_saved():
    turns = (
        Turn("user", "2+2"), Turn("assistant", "2+2 = 4"),
        Turn("user", "book a flight"), Turn("assistant", "Legwork cannot do that yet.", talk=True),
    )  # fmt: skip
    answer = await decision("save that to a.md", turns=turns, result="2+2 = 4")
    assert (await calls("save that to a.md", turns=turns, result="2+2 = 4"))[0][1]["content"] == "2+2 = 4"
    assert answer.spec is not None
    assert "my last result: “2+2 = 4”" in str(answer.spec["nodes"][-1]["config"]["inputs"])
    only = (Turn("user", "book a flight"), Turn("assistant", "Legwork cannot do that yet.", talk=True))
    assert "nothing to write to a.md" in await refusal("save that to a.md", turns=only)


@pytest.mark.parametrize(
    "unit", ["1 ", "a", "(", '"', "and ", "1,", "a.", "a@", " ", "\n", "{{", "https://a.example ", "save x to "]
)
async def test_a_long_run_of_anything_is_answered(unit: str):
    assert (await decision(f"what {unit * 3_000}x", files=[LEADS], last=LAST)).reply
