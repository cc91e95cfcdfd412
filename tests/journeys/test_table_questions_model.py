"""The same questions with a model that plans query_table with structured arguments, over HTTP."""

import io
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from domain.conversations.said import Answer, FilePost, Problem
from domain.core.errors import Invalid
from domain.reports.asking import understand
from domain.reports.reading import Table, read_table
from tests.factories.asked import FILES, QUESTIONS, SHOP, Asked, among, by, tells, total, within
from tests.factories.incoming import file
from tests.fakes.openai import FakeOpenAI, decides, says
from tests.fakes.openai.behaviours import Behaviour
from tests.fakes.openai.manners import is_decision
from tests.fakes.openai.rules import last_words
from tests.fixtures.talk import Talk

LEAST = 50
Json = dict[str, Any]


def planned(query: Json, *more: Json, title: str = "A question") -> Behaviour:
    """query_table, what comes after it, and an answer from all of them."""
    asked: Json = {"id": "n1", "type": "tool", "name": "query_table", "config": query}
    nodes = [asked, *more]
    inputs = [f"{{{{ {node['id']}.output }}}}" for node in nodes]
    answer: Json = {"id": "a", "type": "llm", "name": "answer", "config": {"prompt": "Answer.", "inputs": inputs}}
    edges = [["n1", node["id"]] for node in more] + [[node["id"], "a"] for node in nodes]
    plan = {"nodes": [*nodes, answer], "edges": edges}
    return decides({"reply": "I look it up.", "kind": "plan", "title": title, "plan": plan})


def repeated(body: Json) -> Behaviour:
    """A model that does as it is told: the sentence of the result, then its rows."""
    words = last_words(body)
    found = re.search(r'"sentence":("(?:[^"\\\\]|\\\\.)*")', words)
    sentence = json.loads(found[1]) if found else "There is no result."
    rows = "\n".join(line for line in words.splitlines() if line.startswith("|"))
    return says(f"{sentence}\n\n{rows}" if rows else sentence)


@pytest.fixture
async def server() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI() as fake:
        yield fake
        assert [received.problems for received in fake.ledger if received.problems] == []


def structured(asked: Asked, table: Table) -> Json | None:
    """The arguments a model may plan; None where it would not know what is meant."""
    try:
        query = understand(asked.words, table).query
    except Invalid:
        return None
    return query.model_dump(mode="json", by_alias=True, exclude_defaults=True)


@pytest.mark.parametrize("name", FILES)
async def test_each_question_is_answered_with_structured_arguments(
    modelled: Talk, server: FakeOpenAI, tmp_path: Path, name: str
) -> None:
    path = tmp_path / f"read-{name}"
    path.write_bytes(FILES[name])
    table = read_table(path, name)
    about = [asked for asked in QUESTIONS if asked.file == name]
    made = {asked.words: structured(asked, table) for asked in about}
    plans = {words: query for words, query in made.items() if query is not None}
    assert len(plans) >= LEAST * len(about) / len(QUESTIONS)

    def model(body: Json) -> Behaviour:
        if not is_decision(body):
            return repeated(body)
        return planned(plans[last_words(body).partition("Message:\n")[2].strip()])

    server.manner = model
    wrong: list[str] = []
    for place, asked in enumerate(one for one in about if one.words in plans):
        replies = await modelled.say(asked.words, [file(name, FILES[name])] if place == 0 else [])
        answers = replies.of(Answer)
        if not answers or not asked.told(answers[0].text):
            wrong.append(f"{asked.words}: {replies}")
    assert not wrong, "\n".join(wrong)


async def test_a_follow_up_is_told_the_query_it_goes_on_from(modelled: Talk, server: FakeOpenAI) -> None:
    query = {"file": "shop.csv", "select": [{"how": "sum", "column": "Sales"}], "by": ["Category"]}
    server.manner = lambda body: planned(query) if is_decision(body) else repeated(body)
    await modelled.say("sales by category", [file("shop.csv", FILES["shop.csv"])])
    next_one = query | {"period": ["2014", "2014"]}
    server.manner = lambda body: planned(next_one) if is_decision(body) else repeated(body)
    text = (await modelled.say("only 2014")).one(Answer).text
    assert all(tells(text, number) for _, number in by(within(SHOP, "2014"), "Category", "Sales"))
    told = last_words(server.ledger[2].body)
    last = json.loads(told.partition("Previous task: ")[2].splitlines()[0])
    assert last["query"] == query
    assert last["columns"][:2] == ["Order Date", "Product"]


async def test_words_alone_and_the_query_before_are_read_where_the_table_is(modelled: Talk, server: FakeOpenAI) -> None:
    previous = {"file": "shop.csv", "select": [{"how": "sum", "column": "Sales"}], "by": ["Category"]}
    given = {"file": "shop.csv", "question": "only West", "previous": previous}
    server.manner = lambda body: planned(given) if is_decision(body) else repeated(body)
    text = (await modelled.say("only West", [file("shop.csv", FILES["shop.csv"])])).one(Answer).text
    assert all(tells(text, number) for _, number in by(among(SHOP, Region="West"), "Category", "Sales"))


async def test_a_chart_and_a_file_take_what_was_asked(modelled: Talk, server: FakeOpenAI) -> None:
    query = {"file": "shop.csv", "select": [{"how": "mean", "column": "Profit"}], "by": ["Region"]}
    taken = {"file": "shop.csv", "query": "{{ n1.output.query }}"}
    chart = {"id": "n2", "type": "tool", "name": "draw_chart", "config": taken | {"kind": "bar"}}
    export = {"id": "n3", "type": "tool", "name": "export_table", "config": taken | {"format": "xlsx"}}
    server.manner = lambda body: planned(query, chart, export) if is_decision(body) else repeated(body)
    replies = await modelled.say(
        "average profit by region, with a chart, in Excel", [file("shop.csv", FILES["shop.csv"])]
    )
    posts = {post.file.mime_type.partition("/")[0]: post for post in replies.of(FilePost)}
    drawn = posts["image"].chart
    assert drawn is not None
    sheet: Any = load_workbook(io.BytesIO(await modelled.legwork.storage.read(posts["application"].file.key))).active
    written = {row[0]: row[1] for row in list(sheet.iter_rows(values_only=True))[1:]}
    assert dict(zip(drawn["x"], drawn["series"][0]["values"], strict=True)) == pytest.approx(written)


async def test_a_name_that_does_not_exist_is_mended_once_it_is_told(modelled: Talk, server: FakeOpenAI) -> None:
    slip = {"file": "shop.csv", "select": [{"how": "sum", "column": "Revenue"}]}
    server.script(planned(slip))
    right = {"file": "shop.csv", "select": [{"how": "sum", "column": "Sales"}]}
    mended = planned(right)
    server.script(replace(mended, text=mended.text.replace('"n1"', '"m1"').replace("n1.output", "m1.output")))
    server.manner = repeated
    text = (await modelled.say("total revenue", [file("shop.csv", FILES["shop.csv"])])).one(Answer).text
    assert tells(text, total(SHOP, "Sales"))
    assert "Revenue" in last_words(server.ledger[1].body)
    assert "Sales" in last_words(server.ledger[1].body).partition("Failed:")[2]


async def test_a_sum_that_would_mean_nothing_is_refused_with_its_reason(modelled: Talk, server: FakeOpenAI) -> None:
    query = {"file": "weather.csv", "select": [{"how": "sum", "column": "Temperature"}]}
    no = {
        "reply": "Temperatures cannot be added; shall I give the average?",
        "kind": "reply",
        "title": "",
        "plan": None,
    }
    server.script(planned(query), decides(no))
    replies = await modelled.say("total temperature", [file("weather.csv", FILES["weather.csv"])])
    assert not replies.of(Problem)
    assert "do not add up" in replies.one(Answer).text
    assert (await modelled.task())["outcome"] == "not_understood"


async def test_a_number_the_model_makes_up_beside_a_result_is_not_said(modelled: Talk, server: FakeOpenAI) -> None:
    query = {"file": "shop.csv", "select": [{"how": "sum", "column": "Sales"}], "by": ["Region"]}
    server.script(planned(query), says("West leads with 208,660. That is 77.3 % more than in the year before."))
    text = (await modelled.say("sales by region", [file("shop.csv", FILES["shop.csv"])])).one(Answer).text
    assert text == "West leads with 208,660."
