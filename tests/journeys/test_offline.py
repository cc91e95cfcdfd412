"""Without a model: tables are worked out by rules, and every number is the one an independent sum gives."""

import csv
import io
import re
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from domain.conversations.said import Answer, FilePost, Note, Problem
from domain.tasks.settled import facts_of
from tests.factories.incoming import file
from tests.fakes.web import FakeWeb
from tests.fixtures.talk import Replies, Talk

REGIONS = ("North", "South", "West")
MONTHS = [f"2026-{month:02d}" for month in range(1, 11)]


def leads() -> bytes:
    """Ten months, three regions, two channels; September falls in the north."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["month", "region", "channel", "enquiries"])
    for place, month in enumerate(MONTHS):
        for row, region in enumerate(REGIONS):
            for column, channel in enumerate(("web", "phone")):
                number = 100 + 7 * place + 31 * row + 13 * column + (place * row * 3) % 11
                fallen = number // 2 if month == "2026-09" and region == "North" else number
                writer.writerow([month, region, channel, fallen])
    return out.getvalue().encode()


LEADS = leads()
ROWS = list(csv.DictReader(io.StringIO(LEADS.decode())))


def totals(column: str) -> dict[str, Decimal]:
    """What the plain csv module adds up to."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for row in ROWS:
        found[row[column]] += Decimal(row["enquiries"])
    return dict(found)


def numbers(text: str) -> set[Decimal]:
    return {Decimal(found.replace(",", "")) for found in re.findall(r"\d[\d,]*(?:\.\d+)?", text)}


@pytest.fixture
async def asked(offline: Talk) -> tuple[Talk, Replies]:
    return offline, await offline.say("what moved?", [file("leads.csv", LEADS)])


async def test_a_table_and_a_question_give_facts_a_chart_and_one_answer(asked: tuple[Talk, Replies]) -> None:
    talk, replies = asked
    answer, chart = replies.one(Answer), replies.one(FilePost)
    assert answer.facts
    assert chart.file.mime_type == "image/png"
    assert chart.chart is not None
    assert (await talk.legwork.storage.read(chart.file.key)).startswith(b"\x89PNG")
    assert talk.card.status == "SUCCEEDED"


async def test_the_numbers_of_the_answer_agree_with_an_independent_sum(asked: tuple[Talk, Replies]) -> None:
    _, replies = asked
    months = totals("month")
    told = numbers(replies.one(Answer).text)
    known = {*months.values(), sum(months.values()), *totals("region").values()}
    assert told & known, "some total is told, and it is right"


async def test_the_chart_draws_the_sums_of_each_month(asked: tuple[Talk, Replies]) -> None:
    _, replies = asked
    chart = replies.one(FilePost).chart
    assert chart is not None
    drawn = [Decimal(str(value)) for series in chart["series"] for value in series["values"] if value is not None]
    months = totals("month")
    split = [Decimal(row["enquiries"]) for row in ROWS]
    assert sum(drawn) == sum(months.values()) == sum(split)


async def test_a_follow_up_goes_on_with_the_same_file(asked: tuple[Talk, Replies]) -> None:
    talk, _ = asked
    answer = (await talk.say("and by region?")).one(Answer)
    assert all(region in answer.text for region in REGIONS)
    assert numbers(answer.text) & set(totals("region").values())
    plans = await talk.rows("SELECT plan FROM tasks ORDER BY id")
    [query] = [node for node in plans[1]["plan"]["nodes"] if node["name"] == "query_table"]
    assert (query["config"]["file"], query["config"]["question"]) == ("leads.csv", "and by region?")


async def test_every_total_of_a_real_table_is_the_one_its_rows_add_up_to(offline: Talk, shared: Path) -> None:
    content = (shared / "data/reports/dealer_leads.csv").read_bytes()
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in csv.DictReader(io.StringIO(content.decode())):
        for column in ("Leads", "Cost", "Sales", "Gross profit"):
            written = row[column].replace("$", "").replace(",", "")
            sums[column] += -Decimal(written.strip("()")) if written.startswith("(") else Decimal(written)
    await offline.say("what moved?", [file("dealer_leads.csv", content)])
    async with offline.legwork.database.system("a test") as session:
        facts = await facts_of(session, (await offline.task())["id"])
    totals = {fact["metric"]: Decimal(str(fact["value"])) for fact in facts if fact["type"] == "total"}
    assert totals
    assert totals.items() <= sums.items()


async def test_a_sum_is_worked_out_and_nothing_is_pretended(offline: Talk) -> None:
    assert "40.8" in (await offline.say("what is 12% of 340?")).one(Answer).text
    assert "offline provider" in (await offline.say("write me a poem about the sea")).one(Answer).text


async def test_a_page_is_read_and_told(offline: Talk, loopback_web: FakeWeb) -> None:
    answer = (await offline.say(f"what does {loopback_web.url('/article')} say?")).one(Answer)
    assert "garden furniture" in answer.text
    assert [seen.path for seen in loopback_web.ledger] == ["/article"]


async def test_the_model_configured_makes_no_difference_to_commands(offline: Talk) -> None:
    assert "offline provider" in (await offline.say("/models")).one(Note).text


async def test_a_file_that_is_no_table_is_told_in_one_sentence(offline: Talk) -> None:
    replies = await offline.say("what moved?", [file("leads.csv", b"\x00\x01\x02")])
    assert replies
    problem = [said for said in replies if isinstance(said, Problem | Answer | Note)][-1]
    assert "Traceback" not in problem.model_dump_json()


async def test_an_empty_table_is_told_in_one_sentence(offline: Talk) -> None:
    replies = await offline.say("what moved?", [file("leads.csv", b"")])
    assert replies
    assert "fault in Legwork" not in replies.last.model_dump_json()


async def test_after_a_page_that_could_not_be_read_there_is_nothing_to_save(
    offline: Talk, loopback_web: FakeWeb
) -> None:
    assert (await offline.say(f"summarise {loopback_web.url('/status/404')}")).one(Problem)
    assert "nothing to save to notes.md" in (await offline.say("save that to notes.md")).one(Answer).text
    assert (await offline.say("what is 2+2")).one(Answer)
    assert (await offline.say("save that to notes.md")).one(FilePost).file.name == "notes.md"
