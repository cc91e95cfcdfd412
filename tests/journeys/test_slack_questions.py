"""Questions about a table in Slack, without a model: answered, followed up and exported where they were asked."""

import csv
import io
from collections.abc import AsyncIterator

import pytest
from arq.connections import ArqRedis

from domain.flow.common.legwork import Legwork
from domain.llm.offline.provider import OfflineModel
from tests.factories.asked import FILES, SHOP, among, by, tells, total
from tests.fakes.slack import Message
from tests.fixtures.office import Office, opened


@pytest.fixture
async def office(legwork: Legwork, redis: ArqRedis) -> AsyncIterator[Office]:
    async with opened(legwork, redis, model=OfflineModel()) as made:
        yield made


async def ask(office: Office, words: str, thread: Message | None = None, name: str = "") -> tuple[Message, str]:
    """Say it; the thread it stands in, and what was new there afterwards."""
    before = {(message.ts, message.text) for message in office.said(thread)} if thread else set[tuple[str, str]]()
    files = [(name, FILES[name])] if name else []
    ts = thread.ts if thread else None
    asked = office.mara.mention(office.sales, words, thread_ts=ts, files=files)
    await office.settle()
    thread = thread or asked
    new = [message for message in office.said(thread) if (message.ts, message.text) not in before]
    return thread, "\n".join(office.slack.shown(message) for message in new)


async def test_a_number_is_answered_and_followed_up_in_its_thread(office: Office) -> None:
    thread, said = await ask(office, "what is the total of sales?", name="shop.csv")
    assert tells(said, total(SHOP, "Sales"))
    assert "What changed" not in said
    _, said = await ask(office, "only West", thread)
    assert tells(said, total(among(SHOP, Region="West"), "Sales"))
    _, said = await ask(office, "and by category?", thread)
    assert all(tells(said, number) for _, number in by(among(SHOP, Region="West"), "Category", "Sales"))
    assert "data_visualization" in [block["type"] for message in office.said(thread) for block in message.blocks]


async def test_a_result_comes_as_a_file_into_the_thread(office: Office) -> None:
    thread, _ = await ask(office, "profit by region", name="shop.csv")
    await ask(office, "export this as CSV", thread)
    [made] = [file for message in office.said(thread) for file in message.files if file.name.endswith(".csv")]
    assert made.name == "shop - Sum of Profit by Region.csv"
    assert made.data is not None
    rows = dict(list(csv.reader(io.StringIO(made.data.decode("utf-8-sig"))))[1:])
    assert {name: float(number) for name, number in rows.items()} == pytest.approx(dict(by(SHOP, "Region", "Profit")))


async def test_what_a_table_cannot_answer_is_refused_and_offers_no_retry(office: Office) -> None:
    _, said = await ask(office, "total temperature", name="weather.csv")
    assert "do not add up" in said
    assert "[Retry]" not in said
    assert "[👍]" not in said


async def test_another_thread_of_the_channel_knows_nothing_of_it(office: Office) -> None:
    await ask(office, "sales by category in 2014", name="shop.csv")
    _, said = await ask(office, "sales by region", name="shop.csv")
    assert all(tells(said, number) for _, number in by(SHOP, "Region", "Sales"))
