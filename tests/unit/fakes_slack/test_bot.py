"""A small bot, built on slack_bolt as anybody would, lives against the double."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp

from tests.fakes.slack import Channel, FakeSlack, Person

Json = dict[str, Any]

FORM: Json = {
    "type": "modal",
    "callback_id": "note",
    "title": {"type": "plain_text", "text": "Note"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {
            "type": "input",
            "block_id": "title",
            "label": {"type": "plain_text", "text": "Title"},
            "element": {"type": "plain_text_input", "action_id": "title"},
        }
    ],
}


def small_bot(client: Any, log: list[str]) -> AsyncApp:
    app: Any = AsyncApp(client=client, signing_secret="unused", request_verification_enabled=False)
    app.client.retry_handlers.clear()

    @app.event("app_mention")
    async def mentioned(event: Json, client: Any) -> None:
        log.append(event["ts"])
        button = {"type": "button", "text": {"type": "plain_text", "text": "Yes"}, "action_id": "yes", "value": "1"}
        await client.chat_postMessage(
            channel=event["channel"],
            thread_ts=event["ts"],
            text="Shall I?",
            blocks=[
                {"type": "section", "text": {"type": "mrkdwn", "text": "Shall *I*?"}},
                {"type": "actions", "elements": [button]},
            ],
        )

    @app.event("message")
    async def message(event: Json) -> None:
        log.append(event["ts"])

    @app.action("yes")
    async def yes(ack: Any, body: Json, client: Any) -> None:
        await ack()
        await client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], text="Done.", blocks=[])

    @app.command("/note")
    async def note(ack: Any, body: Json, client: Any) -> None:
        await ack("One moment.")
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.view("note")
    async def noted(ack: Any, view: Json) -> None:
        title = view["state"]["values"]["title"]["title"]["value"]
        if title == "bad":
            await ack(response_action="errors", errors={"title": "Not that one."})
            return
        log.append(title)
        await ack()

    return app


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
async def bot(slack: FakeSlack, client: Any, log: list[str]) -> AsyncIterator[AsyncApp]:
    app = small_bot(client, log)
    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=1)
    await handler.connect_async()
    await slack.connected()
    yield app
    await handler.close_async()


@pytest.mark.usefixtures("bot")
async def test_a_mention_is_answered_in_its_thread(slack: FakeSlack, mara: Person, sales: Channel) -> None:
    asked = mara.mention(sales, "look at this")
    answer = await slack.until(lambda: slack.said(sales, asked.ts))
    assert slack.shown(answer[0]) == "Shall I?\n[Yes]"


@pytest.mark.usefixtures("bot")
async def test_a_mention_comes_as_two_events_of_one_message(
    slack: FakeSlack, mara: Person, sales: Channel, log: list[str]
) -> None:
    asked = mara.mention(sales, "look at this")
    await slack.until(lambda: log.count(asked.ts) == 2)
    about = [d.payload for d in slack.deliveries if d.payload["event"]["ts"] == asked.ts]
    assert sorted(body["event"]["type"] for body in about) == ["app_mention", "message"]
    assert len({body["event_id"] for body in about}) == 2


@pytest.mark.usefixtures("bot")
async def test_a_button_that_is_pressed_changes_the_message(slack: FakeSlack, mara: Person, sales: Channel) -> None:
    asked = mara.mention(sales, "look at this")
    answer = (await slack.until(lambda: slack.said(sales, asked.ts)))[0]
    await mara.press(answer, "Yes").answer()
    await slack.until(lambda: slack.shown(answer) == "Done.")


@pytest.mark.usefixtures("bot")
async def test_a_form_is_opened_refused_and_sent(
    slack: FakeSlack, mara: Person, sales: Channel, log: list[str]
) -> None:
    assert await mara.slash(sales, "/note").answer() == {"text": "One moment."}
    assert "One moment." in slack.shown(sales, to=mara)
    assert "One moment." not in slack.shown(sales)
    await slack.until(lambda: mara.modal)
    form = mara.modal
    assert form is not None
    await mara.submit(form, {"Title": "bad"}).answer()
    assert "Not that one." in slack.shown(form)
    await mara.submit(form, {"Title": "good"}).answer()
    assert mara.modal is None
    assert "good" in log


async def test_what_is_not_acknowledged_comes_again_over_another_socket(
    slack: FakeSlack, client: Any, mara: Person
) -> None:
    slack.rules.acknowledgement = 0.05
    app: Any = AsyncApp(client=client, signing_secret="unused")
    late = asyncio.Event()

    @app.event("message")
    async def message() -> None:
        """Taken in."""

    @app.middleware
    async def slow_at_first(next_: Any, req: Any) -> None:
        if req.headers["x-slack-retry-num"] == ["0"]:
            await late.wait()
        await next_()

    handlers = [AsyncSocketModeHandler(app, slack.app_token) for _ in range(2)]
    async with contextlib.AsyncExitStack() as stack:
        for handler in handlers:
            stack.push_async_callback(handler.close_async)
            await handler.connect_async()
        await slack.connected(2)
        mara.dm("hello")
        delivery = slack.deliveries[0]
        await delivery.answer()
        late.set()
    assert [attempt.failed for attempt in delivery.attempts] == ["timeout", None]
    assert delivery.attempts[0].via != delivery.attempts[1].via


@pytest.mark.usefixtures("bot")
async def test_a_bot_reconnects_when_it_is_asked_to(slack: FakeSlack, mara: Person, sales: Channel) -> None:
    first = slack.connections[0]
    await slack.disconnect()
    await slack.until(lambda: slack.connections and slack.connections[0] is not first)
    asked = mara.mention(sales, "still there?")
    assert await slack.until(lambda: slack.said(sales, asked.ts))
