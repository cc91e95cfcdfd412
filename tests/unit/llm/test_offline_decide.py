"""Many phrasings, and the proposal each leads to."""

from typing import Any

import pytest

from domain.core.errors import Invalid
from domain.llm.decision import Decision, read_decision
from domain.llm.model import Request, Turn
from domain.llm.offline.focus import dimensions
from domain.llm.offline.provider import OfflineModel
from domain.llm.offline.sums import expression_in
from domain.llm.prompts import Prompt
from tests.factories.llm import TOOLS, ask, decide, events_of

LEADS = {"name": "leads-w27.csv", "mime_type": "text/csv", "size": 4_000}
STOCK = {"name": "stock list.xlsx", "mime_type": "application/octet-stream", "size": 9_000}
REPORT = {"name": "report.pdf", "mime_type": "application/pdf", "size": 90_000}
PHOTO = {"name": "photo.png", "mime_type": "image/png", "size": 9}
LAST = {"question": "what moved?", "plan": {"nodes": [], "edges": []}, "files": [LEADS]}


async def decision(message: str, *, turns: tuple[Turn, ...] = (), **more: Any) -> Decision:
    asked = decide(message, **more)
    return read_decision(await ask(OfflineModel(), Request(asked.prompt, asked.variables, turns, asked.output_schema)))


async def calls(message: str, **more: Any) -> list[tuple[str, dict[str, Any]]]:
    """The tool nodes of the plan, without the question that only repeats the message."""
    spec = (await decision(message, **more)).spec
    assert spec is not None, f"“{message}” led to no plan"
    return [
        (node["name"], {name: value for name, value in node["config"].items() if name != "question"})
        for node in spec["nodes"]
        if node["type"] == "tool"
    ]


# -- talk --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("message", ["hi", "Hello!", "hey there", "Good morning, Legwork", "Hallo", "moin", "bonjour"])
async def test_a_greeting_is_answered_with_what_it_is(message: str):
    answer = await decision(message)
    assert answer.kind == "reply"
    assert "offline provider" in answer.reply
    assert "No language model is configured" in answer.reply


@pytest.mark.parametrize(
    "message",
    ["help", "Help!", "what can you do?", "What can you do for me", "who are you?", "are you a bot", "can you help me?",
     "how does this work", "was kannst du?", "?"],
)  # fmt: skip
async def test_help_says_what_it_can_do_with_three_examples(message: str):
    answer = await decision(message)
    assert "offline provider" in answer.reply
    assert answer.reply.count("\n- ") == 3


@pytest.mark.parametrize(
    "message", ["thanks", "Thank you so much!", "ok, thanks", "danke", "merci", "thx for the chart"]
)
async def test_thanks(message: str):
    assert (await decision(message, files=[LEADS], last=LAST)).reply == "You're welcome."


@pytest.mark.parametrize(
    "message",
    ["tell me a joke", "write me a poem about the sea", "what is the capital of France?", "asdf",
     "book a flight to Rome",
     "2026-11-20", "030-123456", "send an email to bob@example.com", "remind me tomorrow"],
)  # fmt: skip
@pytest.mark.parametrize("files", [[], [LEADS]], ids=["no file", "a table in the thread"])
async def test_what_it_does_not_understand_it_says_with_three_examples(message: str, files: list[Any]):
    answer = await decision(message, files=files)
    assert answer.kind == "reply"
    assert "did not understand" in answer.reply
    assert "offline provider" in answer.reply
    assert answer.reply.count("\n- ") == 3


async def test_examples_name_the_tables_of_the_thread():
    assert "what moved in leads-w27.csv" in (await decision("tell me a joke", files=[LEADS])).reply


async def test_it_only_offers_what_is_switched_on():
    some = [tool for tool in TOOLS if tool["name"] in ("calculate", "current_time")]
    answer = await decision("help", tools=some)
    assert "calculate" in answer.reply
    assert "search" not in answer.reply


@pytest.mark.parametrize(
    ("message", "needed"),
    [("2+2", "calculate"), ("search for cats", "search_google"), ("read https://a.example", "navigate_url"),
     ("what time is it", "current_time"), ("save to a.md: x", "write_file"), ("by region", "analyse_table"),
     ("POST https://a.example/x {}", "http_request")],
)  # fmt: skip
async def test_a_tool_that_is_switched_off_is_named(message: str, needed: str):
    rest = [tool for tool in TOOLS if tool["name"] != needed]
    answer = await decision(message, tools=rest, files=[LEADS], last=LAST)
    assert answer.kind == "reply"
    assert needed in answer.reply


async def test_a_rejected_proposal_is_not_made_again():
    answer = await decision("2+2", errors=["n1: calculate is not allowed."])
    assert answer.kind == "reply"
    assert "calculate is not allowed" in answer.reply


async def test_an_empty_message_is_answered():
    assert "empty" in (await decision("")).reply


# -- sums and time -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "expression"),
    [
        ("what is 12% of 340", "12% of 340"),
        ("What's 12% of 340?", "12% of 340"),
        ("2*(3+4)", "2*(3+4)"),
        ("=2+2", "2+2"),
        ("hey, what is 2+2?", "2+2"),
        ("by the way, what is 2+2?", "2+2"),
        ("please calculate 1,200 / 4", "1,200 / 4"),
        ("can you tell me what 15 percent of 80 is?", "15% of 80"),
        ("how much is 3 times 4", "3 * 4"),
        ("5 x 7", "5 * 7"),
        ("12 divided by 5", "12 / 5"),
        ("2^10", "2 ** 10"),
        ("sqrt(16)", "sqrt(16)"),
        ("square root of 16", "sqrt(16)"),
        ("was ist 12% von 340?", "12% of 340"),
        ("10 - 3", "10 - 3"),
        ("what is 10-3", "10-3"),
        ("-5 + 3", "-5 + 3"),
        ("mean(1, 2, 3)", "mean(1, 2, 3)"),
    ],
)
async def test_arithmetic(message: str, expression: str):
    assert await calls(message) == [("calculate", {"expression": expression})]


@pytest.mark.parametrize(
    "message", ["12", "2026-11-20", "030-123456", "+49 30 1234567", "12%", "order 66", "3 of them", "a+b", "..."]
)
def test_what_is_no_arithmetic(message: str):
    assert expression_in(message) is None


@pytest.mark.parametrize(
    ("message", "zones"),
    [
        ("what time is it", [{}]),
        ("What's the time?", [{}]),
        ("what is today's date", [{}]),
        ("what time is it in Tokyo?", [{"timezone": "Tokyo"}]),
        ("what's the time in New York right now?", [{"timezone": "New York"}]),
        ("current time in Europe/Berlin", [{"timezone": "Europe/Berlin"}]),
        ("time in Tokyo and Berlin", [{"timezone": "Tokyo"}, {"timezone": "Berlin"}]),
        ("wie spät ist es in Tokio?", [{"timezone": "Tokio"}]),
    ],
)
async def test_the_time(message: str, zones: list[dict[str, str]]):
    assert await calls(message) == [("current_time", zone) for zone in zones]


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
    analysis, chart = await calls(message, files=[LEADS], last=LAST)
    assert analysis == ("analyse_table", {"file": "leads-w27.csv", "by": by})
    assert chart[1]["by"] == by


@pytest.mark.parametrize(
    "message",
    ["only West", "just the last month", "what about last month", "by week", "and monthly?", "which region fell most?",
     "compare it with the week before", "how many leads came in total?", "nur West", "without Hillside"],
)  # fmt: skip
async def test_a_follow_up_without_a_dimension(message: str):
    analysis, _ = await calls(message, files=[LEADS], last=LAST)
    assert analysis == ("analyse_table", {"file": "leads-w27.csv"})


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
    assert await calls("show me the first rows of leads-w27.csv", files=[LEADS]) == [
        ("read_file", {"file": "leads-w27.csv"})]  # fmt: skip


# -- documents, pages, searches ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.txt", "a.md", "A.PDF"])
@pytest.mark.parametrize("message", ["", "summarise this", "what does it say about fees?"])
async def test_a_document_is_read(name: str, message: str):
    assert await calls(message, attachments=[{"name": name}]) == [("read_file", {"file": name})]


async def test_a_document_of_the_thread_is_read_again_for_a_question():
    assert await calls("what does the pdf say about fees?", files=[REPORT]) == [("read_file", {"file": "report.pdf"})]


async def test_a_file_it_cannot_read_is_named():
    answer = await decision("what is on this?", attachments=[PHOTO])
    assert "cannot read photo.png" in answer.reply


async def test_a_file_that_is_not_there_is_named_with_those_that_are():
    answer = await decision("what moved in leads-w99.csv?", files=[LEADS])
    assert "no file called leads-w99.csv" in answer.reply
    assert "leads-w27.csv" in answer.reply


@pytest.mark.parametrize(
    ("message", "urls"),
    [
        ("summarise https://example.com/a?b=c.", ["https://example.com/a?b=c"]),
        ("what is on <https://example.com|example>?", ["https://example.com"]),
        ("open example.com", ["https://example.com"]),
        ("read https://a.example/x and https://b.example/y", ["https://a.example/x", "https://b.example/y"]),
    ],
)
async def test_a_page_that_is_named_is_read(message: str, urls: list[str]):
    assert await calls(message) == [("navigate_url", {"url": url}) for url in urls]


@pytest.mark.parametrize(
    ("message", "query"),
    [
        ("search for rail strikes in Belgium", "rail strikes in Belgium"),
        ("search: best pizza", "best pizza"),
        ("google best pizza in Rome", "best pizza in Rome"),
        ("Please search the web for python 3.14 release date", "python 3.14 release date"),
        ("look up Ada Lovelace online", "Ada Lovelace"),
        ("find information about solar panels", "solar panels"),
        ("suche nach Zügen", "Zügen"),
    ],
)
async def test_a_search(message: str, query: str):
    assert await calls(message) == [("search_google", {"query": query})]


# -- doing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "name", "content"),
    [
        ("write to notes.md: call the printer", "notes.md", "call the printer"),
        ("Please save hello world to notes.txt", "notes.txt", "hello world"),
        ("save 'a, b' in list.csv", "list.csv", "a, b"),
        ("create a file called todo.md with: one, two", "todo.md", "one, two"),
        ("write notes.md: first\nsecond", "notes.md", "first\nsecond"),
        ("note down in log.txt: done", "log.txt", "done"),
        ("schreibe in notiz.txt: Brot kaufen", "notiz.txt", "Brot kaufen"),
    ],
)
async def test_writing_a_file(message: str, name: str, content: str):
    assert await calls(message) == [("write_file", {"name": name, "content": content})]


@pytest.mark.parametrize("message", ["save that to notes.md", "put your answer in notes.md", "write it to notes.md"])
async def test_what_was_said_last_can_be_saved(message: str):
    turns = (Turn("user", "2+2"), Turn("assistant", "It is four."), Turn("user", "ok"))
    assert await calls(message, turns=turns) == [("write_file", {"name": "notes.md", "content": "It is four."})]


async def test_with_nothing_said_there_is_nothing_to_save():
    assert "nothing to write" in (await decision("save that to notes.md")).reply


@pytest.mark.parametrize(
    ("message", "tools"),
    [
        ("analyse leads-w27.csv and save the result to out.md", ["analyse_table", "draw_chart", "write_file"]),
        ("read report.pdf and save a summary to out.md", ["read_file", "write_file"]),
        ("write a summary of report.pdf to out.md", ["read_file", "write_file"]),
        ("search for cats and save the results to out.md", ["search_google", "write_file"]),
        ("read https://a.example and put it in out.md", ["navigate_url", "write_file"]),
    ],
)
async def test_what_is_found_can_be_saved(message: str, tools: list[str]):
    made = await calls(message, files=[LEADS, REPORT])
    assert [name for name, _ in made] == tools
    spec = (await decision(message, files=[LEADS, REPORT])).spec
    assert spec is not None
    answer = next(node["id"] for node in spec["nodes"] if node["type"] == "llm")
    assert made[-1][1] == {"name": "out.md", "content": f"{{{{ {answer}.output.text }}}}"}
    assert [answer, spec["nodes"][-1]["id"]] in spec["edges"]


async def test_a_request_to_an_address():
    assert await calls('POST https://api.example.com/x {"a": 1}') == [
        ("http_request", {"method": "POST", "url": "https://api.example.com/x", "json": {"a": 1}})]  # fmt: skip


@pytest.mark.parametrize(
    ("message", "question"),
    [
        ("ask me for my favourite colour", "What is your favourite colour?"),
        ("ask me which city I like", "Which city you like?"),
        ("please ask me: what is my budget?", "What is your budget?"),
        ("ask me a riddle", "Please tell me: a riddle"),
    ],
)
async def test_asking_the_person(message: str, question: str):
    spec = (await decision(message)).spec
    assert spec is not None
    assert (spec["nodes"][0]["type"], spec["nodes"][0]["config"]) == ("ask", {"question": question})
    assert spec["nodes"][1]["config"]["inputs"] == ["{{ n1.output }}"]


# -- the provider ------------------------------------------------------------------------------------


async def test_its_answers_cost_nothing_and_stream_in_pieces():
    events = await events_of(OfflineModel(), decide("help"))
    reply = events[-1]
    assert 2 <= len(events) - 1 <= 5
    assert (reply.provider, reply.model, reply.usage.cost) == ("offline", "offline", 0)  # type: ignore[union-attr]


async def test_it_says_what_it_has_no_rules_for():
    with pytest.raises(Invalid, match="OPENAI_API_KEY"):
        await ask(OfflineModel(), Request(Prompt("poem", 1), {}))
