"""The double refuses what Telegram would, in its words, and delivers as it does."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.fakes.telegram import FakeTelegram, Pace, group, person, spec
from tests.fixtures.waiting import eventually

Json = dict[str, Any]


async def ask(fake: FakeTelegram, method: str, **given: object) -> Json:
    async with httpx.AsyncClient(timeout=10) as client:
        return (await client.post(f"{fake.base_url}/bot{fake.token}/{method}", json=given)).json()


TEXTS = {
    "<b>x": "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
    "<b><i>x</b></i>": 'can\'t parse entities: Unmatched end tag at byte offset 7, expected "</i>", found "</b>"',
    "a < b": 'can\'t parse entities: Unsupported start tag "" at byte offset 2',
    "<div>x</div>": 'can\'t parse entities: Unsupported start tag "div" at byte offset 0',
    "</b>": "can't parse entities: Unexpected end tag at byte offset 0",
    "<b": "can't parse entities: Unclosed start tag at byte offset 0",
    "   ": "message text is empty",
    "<b></b>": "message text is empty",
    "x" * 4097: "message is too long",
    "🦊" * 2049: "message is too long",
}


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:12])
async def test_a_text_is_refused_in_telegrams_words(fake: FakeTelegram, text: str) -> None:
    answer = await ask(fake, "sendMessage", chat_id=person(fake).chat.id, text=text, parse_mode="HTML")
    assert answer == {"ok": False, "error_code": 400, "description": f"Bad Request: {TEXTS[text]}"}


async def test_entities_are_counted_as_telegram_does(fake: FakeTelegram) -> None:
    html = '<b>🦊 &lt;x&gt;</b> <pre><code class="language-python">y</code></pre>'
    answer = await ask(fake, "sendMessage", chat_id=person(fake).chat.id, text=html, parse_mode="HTML")
    assert answer["result"]["text"] == "🦊 <x> y"
    assert [(each["type"], each["offset"], each["length"]) for each in answer["result"]["entities"]] == [
        ("bold", 0, 6), ("pre", 7, 1), ("code", 7, 1),
    ]  # fmt: skip


async def test_other_mistakes_are_refused(fake: FakeTelegram) -> None:
    chat_id, team = person(fake).chat.id, group(fake)
    assert (await ask(fake, "sendMessage", chat_id=1, text="x"))["description"] == "Bad Request: chat not found"
    button = {"inline_keyboard": [[{"text": "x", "callback_data": "ü" * 33}]]}
    answer = await ask(fake, "sendMessage", chat_id=chat_id, text="x", reply_markup=button)
    assert answer["description"] == "Bad Request: BUTTON_DATA_INVALID"
    assert "TEXTDRAFT" in (await ask(fake, "sendMessageDraft", chat_id=team.id, draft_id=1, text="x"))["description"]
    assert "HTTPS URL" in (await ask(fake, "setWebhook", url="http://example.com"))["description"]
    assert "too old" in (await ask(fake, "answerCallbackQuery", callback_query_id="1"))["description"]
    assert (await ask(fake, "noSuchMethod"))["error_code"] == 404


async def test_requests_are_held_against_the_specification(fake: FakeTelegram) -> None:
    if not spec.available():
        pytest.skip(f"there is no {spec.spec_path()}: set LEGWORK_SHARED")
    chat_id = person(fake).chat.id
    answer = await ask(fake, "sendMessage", chat_id=chat_id, text="x", silent=True)
    assert "has no parameter silent" in answer["description"]
    assert "text is required" in (await ask(fake, "sendMessage", chat_id=chat_id))["description"]
    markup: Json = {"inline_keyboard": [{}]}
    answer = await ask(fake, "sendMessage", chat_id=chat_id, text="x", reply_markup=markup)
    assert "inline_keyboard[0] is no array" in answer["description"]


async def test_a_flood_is_stopped_chat_by_chat(fake: FakeTelegram) -> None:
    fake.pace = Pace(chat=(1, 3))
    seat, other = person(fake), person(fake, "Ben")
    answers = [await ask(fake, "sendMessage", chat_id=seat.chat.id, text=str(number)) for number in range(4)]
    assert [answer["ok"] for answer in answers] == [True, True, True, False]
    assert answers[3]["parameters"] == {"retry_after": 1}
    assert (await ask(fake, "sendMessage", chat_id=other.chat.id, text="x"))["ok"]


async def test_updates_stay_until_they_are_confirmed(fake: FakeTelegram) -> None:
    seat = person(fake)
    seat.say("one")
    seat.say("two")
    first = (await ask(fake, "getUpdates"))["result"]
    assert (await ask(fake, "getUpdates", limit=1))["result"] == first[:1]
    assert (await ask(fake, "getUpdates", offset=first[0]["update_id"] + 1))["result"] == first[1:]
    assert (await ask(fake, "getUpdates", offset=first[1]["update_id"] + 1))["result"] == []


async def test_of_two_pollers_the_first_is_ended(fake: FakeTelegram) -> None:
    first = asyncio.create_task(ask(fake, "getUpdates", timeout=20))
    await eventually(lambda: fake.updates.polling)
    second = asyncio.create_task(ask(fake, "getUpdates", timeout=20))
    assert (await first)["error_code"] == 409
    person(fake).say("hello")
    assert len((await second)["result"]) == 1


async def test_with_a_webhook_nothing_can_be_fetched(fake: FakeTelegram) -> None:
    assert (await ask(fake, "setWebhook", url="https://example.invalid/hook"))["ok"]
    assert "webhook is active" in (await ask(fake, "getUpdates"))["description"]
    await ask(fake, "deleteWebhook")
    assert (await ask(fake, "getUpdates"))["ok"]


async def test_reactions_come_only_to_whom_asked_for_them(fake: FakeTelegram) -> None:
    seat = person(fake)
    seat.react(1, "👍")
    assert (await ask(fake, "getUpdates", allowed_updates=["message_reaction"]))["result"] == []
    seat.react(1, "👍")
    assert len((await ask(fake, "getUpdates"))["result"]) == 1


async def test_in_privacy_mode_a_bot_hears_only_what_is_meant_for_it(fake: FakeTelegram) -> None:
    seat = person(fake).at(group(fake))
    for text in ("hello all", "@legwork_bot hello", "/tasks", "/tasks@other_bot"):
        seat.say(text)
    heard = (await ask(fake, "getUpdates"))["result"]
    assert [update["message"]["text"] for update in heard] == ["@legwork_bot hello", "/tasks"]
