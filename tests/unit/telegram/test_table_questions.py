"""Questions about a table in Telegram, without a model: answered, followed up and exported in the chat."""

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import load_workbook

from bot.telegram.gateway import TelegramGateway
from domain.flow.common.legwork import Legwork
from domain.llm.offline.provider import OfflineModel
from tests.factories.asked import FILES, SHOP, by, tells, within
from tests.fakes.telegram import FakeTelegram, person
from tests.fixtures.talk import Worker
from tests.unit.telegram.conversation import Conversation


@pytest.fixture
async def asking(
    legwork: Legwork, fake: FakeTelegram, gateway: TelegramGateway, listening: None
) -> AsyncIterator[Conversation]:
    worker = Worker(replace(legwork, gateways={gateway.platform: gateway}, model=OfflineModel()))
    yield Conversation(fake, person(fake), worker)
    await worker.stop()


def texts(messages: list[dict[str, Any]]) -> str:
    return "\n".join(str(message.get("text", message.get("caption"))) for message in messages)


async def test_a_question_its_follow_up_and_a_file(asking: Conversation) -> None:
    seat = asking.seat
    said = await asking.does(lambda: seat.document("shop.csv", FILES["shop.csv"], caption="Summe Sales nach Category"))
    assert all(tells(texts(said), number) for _, number in by(SHOP, "Category", "Sales"))
    assert [message for message in said if "photo" in message], "a chart of it"
    wanted = by(within(SHOP, "2014"), "Category", "Sales")
    said = await asking.say("nur 2014")
    assert all(tells(texts(said), number) for _, number in wanted)
    [sent] = [message for message in await asking.say("als Excel bitte") if "document" in message]
    content = asking.fake.world.files[sent["document"]["file_id"]].content
    sheet: Any = load_workbook(io.BytesIO(content)).active
    assert [tuple(row) for row in sheet.iter_rows(min_row=2, values_only=True)] == [
        (name, pytest.approx(number)) for name, number in wanted
    ]


async def test_a_sum_that_would_mean_nothing_is_refused(asking: Conversation) -> None:
    seat = asking.seat
    table = FILES["weather.csv"]
    said = await asking.does(lambda: seat.document("weather.csv", table, caption="total temperature in 2014"))
    assert "do not add up" in texts(said)
    assert "average" in texts(said)
