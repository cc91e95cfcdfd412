"""Files, signed deliveries, response addresses, faults: what passes over the wires."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qs

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import Channel, FakeSlack, Person


@dataclass
class Door:
    """A bot's address. ``answers`` are statuses to give, in order, then 200."""

    url: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list[tuple[dict[str, str], bytes]])
    answers: list[int] = field(default_factory=list[int])
    body: Any = None

    async def open(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.got.append((dict(request.headers), body))
        status = self.answers.pop(0) if self.answers else 200
        if b"url_verification" in body:
            return web.json_response({"challenge": json.loads(body)["challenge"]})
        return web.json_response(self.body, status=status)


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    door = Door()
    app = web.Application()
    app.router.add_post("/slack/events", door.open)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    door.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    yield door
    await runner.cleanup()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_events_over_http_are_signed(slack: FakeSlack, door: Door, mara: Person) -> None:
    await slack.deliver_to(door.url)
    mara.dm("hello")
    await slack.settled()
    headers, body = door.got[-1]
    base = b"v0:" + headers["X-Slack-Request-Timestamp"].encode() + b":" + body
    digest = hmac.new(slack.signing_secret.encode(), base, hashlib.sha256).hexdigest()
    assert headers["X-Slack-Signature"] == f"v0={digest}"
    assert json.loads(body)["event"]["text"] == "hello"


async def test_an_event_comes_again_until_it_is_acknowledged(slack: FakeSlack, door: Door, mara: Person) -> None:
    slack.rules.retries = (0.0, 0.0, 0.0)
    await slack.deliver_to(door.url)
    door.answers += [500, 302]
    mara.dm("hello")
    await slack.settled()
    retries = [headers.get("X-Slack-Retry-Num") for headers, _ in door.got[1:]]
    assert retries == [None, "1", "2"]
    assert door.got[-1][0]["X-Slack-Retry-Reason"] == "http_error"
    assert len({json.loads(body)["event_id"] for _, body in door.got[1:]}) == 1
    assert slack.deliveries[-1].state == "acknowledged"


async def test_an_address_that_fails_the_challenge_is_not_taken(slack: FakeSlack, door: Door) -> None:
    door.answers += [500]
    door.body = {}
    with pytest.raises(ConnectionError):
        await slack.deliver_to(door.url.replace("/slack/events", "/elsewhere"))


async def test_commands_and_presses_come_as_forms(
    slack: FakeSlack, client: Any, door: Door, sales: Channel, mara: Person
) -> None:
    await slack.deliver_to(door.url)
    await mara.slash(sales, "/legwork", "tasks").answer()
    form = parse_qs(door.got[-1][1].decode())
    assert (form["command"], form["text"], form["user_id"]) == (["/legwork"], ["tasks"], [mara.id])
    button = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "action_id": "go", "value": "1"}
    await client.chat_postMessage(
        channel=sales.id, text="x", blocks=[{"type": "actions", "block_id": "b", "elements": [button]}]
    )
    await mara.press(slack.said(sales)[-1], "Go").answer()
    payload = json.loads(parse_qs(door.got[-1][1].decode())["payload"][0])
    assert payload["type"] == "block_actions"
    assert (payload["actions"][0]["block_id"], payload["actions"][0]["value"]) == ("b", "1")


async def test_a_response_address_answers_the_person_alone_or_replaces(
    slack: FakeSlack, session: aiohttp.ClientSession, sales: Channel, mara: Person
) -> None:
    address = mara.slash(sales, "/legwork").payload["response_url"]
    await session.post(address, json={"text": "for you"})
    assert "for you" in slack.shown(sales, to=mara)
    assert "for you" not in slack.shown(sales)
    await session.post(address, json={"text": "for all", "response_type": "in_channel"})
    assert "for all" in slack.shown(sales)


async def test_the_sdk_uploads_a_file(slack: FakeSlack, client: Any, sales: Channel, mara: Person) -> None:
    asked = mara.mention(sales, "draw")
    sent = await client.files_upload_v2(
        channel=sales.id, content=b"\x89PNG", filename="chart.png", title="Leads", thread_ts=asked.ts,
        initial_comment="Here.",
    )  # fmt: skip
    said = slack.said(sales, asked.ts)[0]
    assert slack.shown(said) == "Here.\n📎 chart.png (Leads)"
    info = await client.files_info(file=sent["files"][0]["id"])
    assert info["file"]["shares"]["public"][sales.id][0]["ts"] == said.ts


async def test_a_file_that_was_never_uploaded_is_not_there(client: Any, sales: Channel) -> None:
    given = await client.files_getUploadURLExternal(filename="a.csv", length=3)
    with pytest.raises(SlackApiError) as caught:
        await client.files_completeUploadExternal(files=[{"id": given["file_id"]}], channel_id=sales.id)
    assert cast(Any, caught.value).response["error"] == "file_not_found"


async def test_a_file_is_read_with_the_token_and_leads_to_a_sign_in_page_without(
    slack: FakeSlack, session: aiohttp.ClientSession, mara: Person
) -> None:
    mara.dm("read this", files=[("leads.csv", b"a,b\n1,2\n")])
    event = slack.deliveries[-1].payload["event"]
    assert event["subtype"] == "file_share"
    address = event["files"][0]["url_private_download"]
    async with session.get(address, headers={"Authorization": f"Bearer {slack.bot_token}"}) as answer:
        assert await answer.read() == b"a,b\n1,2\n"
    async with session.get(address) as answer:
        assert (answer.status, "Sign in" in await answer.text()) == (200, True)


async def test_a_lost_answer_was_accepted(slack: FakeSlack, client: Any, sales: Channel) -> None:
    slack.lose_answer("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=sales.id, text="hello", metadata=LABEL)
    assert slack.shown(sales) == "hello"
    assert slack.requests[-1].accepted
    found = await client.conversations_history(channel=sales.id, include_all_metadata=True)
    assert found["messages"][0]["metadata"] == LABEL
    assert "metadata" not in (await client.conversations_history(channel=sales.id))["messages"][0]


LABEL = {"event_type": "legwork", "event_payload": {"key": "a"}}


async def test_other_faults_accept_nothing(slack: FakeSlack, client: Any, sales: Channel) -> None:
    slack.hang_up("chat.postMessage")
    slack.rate_limit("chat.postMessage", retry_after=7)
    slack.break_down("chat.postMessage", status=502)
    slack.refuse("chat.postMessage", "fatal_error")
    errors: list[Any] = []
    for _ in range(4):
        try:
            await client.chat_postMessage(channel=sales.id, text="hello")
        except (SlackApiError, aiohttp.ClientError) as error:
            errors.append(error)
    assert isinstance(errors[0], aiohttp.ClientError)
    assert errors[1].response.headers["Retry-After"] == "7"
    assert errors[2].response.status_code == 502
    assert errors[3].response["error"] == "fatal_error"
    assert sales.messages == []
    await client.chat_postMessage(channel=sales.id, text="hello")


async def test_only_ten_sockets_are_open(slack: FakeSlack, session: aiohttp.ClientSession) -> None:
    sockets = [await session.ws_connect(await opened(slack)) for _ in range(11)]
    hellos = [await socket.receive_json() for socket in sockets]
    assert [hello["type"] for hello in hellos] == ["hello"] * 10 + ["disconnect"]
    assert hellos[-1]["reason"] == "too_many_websockets"
    for socket in sockets:
        await socket.close()


async def test_an_unacknowledged_event_of_a_lost_socket_goes_to_another(
    slack: FakeSlack, session: aiohttp.ClientSession, mara: Person
) -> None:
    sockets = [await session.ws_connect(await opened(slack)) for _ in range(2)]
    for socket in sockets:
        await socket.receive_json()
    mara.dm("hello")
    first = await sockets[0].receive_json()
    await sockets[0].close()
    second = await sockets[1].receive_json()
    assert first["envelope_id"] != second["envelope_id"]
    assert first["payload"]["event_id"] == second["payload"]["event_id"]
    assert (first["retry_attempt"], second["retry_attempt"]) == (0, 1)
    await sockets[1].send_json({"envelope_id": second["envelope_id"]})
    await slack.settled()
    await sockets[1].close()


async def opened(slack: FakeSlack) -> str:
    client: Any = AsyncWebClient(base_url=slack.base_url)
    return str((await client.apps_connections_open(app_token=slack.app_token))["url"])


async def test_files_have_faults_of_their_own(slack: FakeSlack, client: Any, sales: Channel) -> None:
    slack.break_down("upload")
    slack.lose_answer("auth.test")
    given = await client.files_getUploadURLExternal(filename="a.csv", length=3)
    async with aiohttp.ClientSession() as session:
        statuses = [(await session.post(given["upload_url"], data=b"a,b")).status for _ in range(2)]
    assert statuses == [503, 200]
    await client.files_completeUploadExternal(files=[{"id": given["file_id"]}], channel_id=sales.id)
    assert slack.shown(sales) == "📎 a.csv"


async def test_an_event_can_come_twice(slack: FakeSlack, door: Door, mara: Person) -> None:
    await slack.deliver_to(door.url)
    mara.dm("hello")
    await slack.settled()
    await slack.repeat(slack.deliveries[-1]).answer()
    first, second = (json.loads(body)["event_id"] for _, body in door.got[1:])
    assert first == second


async def test_a_call_can_be_held(slack: FakeSlack, client: Any, sales: Channel) -> None:
    gate = slack.hold("chat.postMessage")
    posting = asyncio.create_task(client.chat_postMessage(channel=sales.id, text="hello"))
    await slack.until(lambda: slack.requests)
    assert sales.messages == []
    gate.set()
    assert (await posting)["ok"]
