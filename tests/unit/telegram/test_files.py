"""Pictures and files that go to Telegram, and those that come from there."""

import pytest

from domain.conversations.said import FilePost
from domain.core.errors import Invalid, NotFound, Unavailable
from tests.contracts.stored import LARGE, many
from tests.contracts.telegram import TelegramHarness
from tests.fakes.telegram import Fault, Refusal
from tests.unit.telegram.posting import picture


async def test_a_picture_is_shown_and_a_table_handed_over(harness: TelegramHarness) -> None:
    await harness.gateway.post(harness.to, FilePost(file=picture(), caption="Leads <b>"), key="a")
    sheet = picture(name="leads.xlsx", mime_type="application/vnd.ms-excel")
    await harness.gateway.post(harness.to, FilePost(file=sheet), key="b")
    shown, handed = harness.seat.said
    assert shown["caption"].startswith("Leads <b>\nleads.png")
    assert "photo" in shown
    assert handed["document"]["file_name"] == "leads.xlsx"


@pytest.mark.parametrize("size", [10 * 1024 * 1024 + 1, 49 * 1024 * 1024])
async def test_a_large_picture_is_handed_over_as_a_document(harness: TelegramHarness, size: int) -> None:
    await harness.gateway.post(harness.to, FilePost(file=picture(size=size)), key="a")
    assert "document" in harness.seat.said[0]


async def test_a_picture_telegram_cannot_show_arrives_as_a_document(harness: TelegramHarness) -> None:
    harness.fake.fail(Fault("sendPhoto", refusal=Refusal(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")))
    await harness.gateway.post(harness.to, FilePost(file=picture(), caption="wide"), key="a")
    [shown] = harness.seat.said
    assert "document" in shown
    assert shown["caption"].startswith("wide")


async def test_a_file_beyond_telegrams_limit_is_spoken_of(harness: TelegramHarness) -> None:
    await harness.gateway.post(harness.to, FilePost(file=picture(size=60 * 1024 * 1024)), key="a")
    assert "60 MB" in harness.shown()


async def test_a_file_of_20_mb_goes_both_ways(harness: TelegramHarness) -> None:
    file = picture(key=f"bytes/{LARGE}", name="all.bin", mime_type="application/octet-stream", size=LARGE)
    await harness.gateway.post(harness.to, FilePost(file=file), key="a")
    handed = harness.fake.world.files[harness.seat.said[0]["document"]["file_id"]]
    assert handed.content == many(LARGE)
    harness.seat.document("all.bin", many(LARGE))
    ref = harness.fake.world.delivered[-1]["message"]["document"]["file_id"]
    assert b"".join([chunk async for chunk in harness.gateway.open_file(ref)]) == many(LARGE)


async def test_a_long_caption_follows_its_file(harness: TelegramHarness) -> None:
    await harness.gateway.post(harness.to, FilePost(file=picture(), caption="word " * 400), key="a")
    first, second = harness.seat.said
    assert "caption" not in first
    assert second["text"].count("word") == 400


async def test_what_people_sent_is_streamed(harness: TelegramHarness) -> None:
    harness.seat.document("big.csv", b"x" * 200_000)
    ref = harness.fake.world.delivered[-1]["message"]["document"]["file_id"]
    chunks = [chunk async for chunk in harness.gateway.open_file(ref)]
    assert b"".join(chunks) == b"x" * 200_000
    assert len(chunks) > 1


async def test_a_file_that_cannot_be_fetched_says_why(harness: TelegramHarness) -> None:
    harness.seat.document("huge.csv", b"x" * (21 * 1024 * 1024))
    huge = harness.fake.world.delivered[-1]["message"]["document"]["file_id"]
    for ref, expected in ((huge, Invalid), ("unheard-of", NotFound)):
        with pytest.raises(expected):
            assert [chunk async for chunk in harness.gateway.open_file(ref)]
    harness.seat.document("small.csv", b"x")
    small = harness.fake.world.delivered[-1]["message"]["document"]["file_id"]
    harness.fake.fail(Fault("file", status=502))
    with pytest.raises(Unavailable):
        assert [chunk async for chunk in harness.gateway.open_file(small)]
