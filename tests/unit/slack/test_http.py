"""Deliveries over HTTP: who may speak, and that nothing malformed brings it down."""

import asyncio
import hashlib
import hmac
import json
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from bot.edge import Edge
from bot.slack.app import EVENTS
from bot.slack.ears import Ears
from bot.slack.http import PATH, route, routes
from bot.slack.signature import WINDOW, Signature
from bot.slack.web import Web
from domain.conversations.ports import Incoming
from domain.core.clock import FixedClock
from domain.core.errors import Misconfigured, Unavailable
from domain.core.settings import Settings
from domain.flow.receive import Received

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
AT = str(int(NOW.timestamp()))


class FakeDatabase:
    """Knows nobody and no thread."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["FakeDatabase"]:
        yield self

    async def first(self, *_: object) -> dict[str, None]:
        return dict.fromkeys(["user_id", "org_id", "thread_id"])


class FakeEdge:
    """Takes everything, or nothing while ``away``."""

    database = FakeDatabase()
    redis = None

    def __init__(self) -> None:
        self.taken: list[Incoming] = []
        self.away = False

    async def accept(self, incoming: Incoming) -> Received:
        await asyncio.sleep(0)
        if self.away:
            raise Unavailable("The database does not answer.")
        assert all((incoming.workspace, incoming.chat, incoming.person, incoming.event_key))
        self.taken.append(incoming)
        return Received(None)


class Elsewhere(Web):
    """Slack's Web API, where everybody has a chat with Legwork and no more is known of them."""

    def __init__(self) -> None:
        super().__init__("xoxb-test", "http://127.0.0.1:9/api/")

    async def call(self, method: str, *, seconds: float = 1.0, **arguments: Any) -> dict[str, Any]:
        await asyncio.sleep(0)
        return {"channel": {"id": "D0DIRECT"}} if method == "conversations.open" else {}


class Door:
    """The route, and somebody who knocks at it."""

    def __init__(self, edge: FakeEdge, client: httpx.AsyncClient) -> None:
        self.edge = edge
        self._client = client

    async def knock(
        self, body: bytes, *, at: str = AT, signature: str | None = None, content_type: str = "application/json"
    ) -> httpx.Response:
        headers = {
            "x-slack-request-timestamp": at.encode("latin-1", "replace"),
            "x-slack-signature": (signature if signature is not None else signed(body, at)).encode("utf-8"),
            "content-type": content_type.encode(),
        }
        return await self._client.post(PATH, content=body, headers=cast(Any, headers))

    async def form(self, **fields: str) -> httpx.Response:
        return await self.knock(urlencode(fields).encode(), content_type="application/x-www-form-urlencoded")


def signed(body: bytes, at: str = AT) -> str:
    return "v0=" + hmac.new(SECRET.encode(), f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()


def event(**changes: Any) -> dict[str, Any]:
    return {
        "type": "event_callback",
        "team_id": "T0ACME",
        "event_id": "Ev01",
        "event": {"type": "message", "channel": "D0MARA", "user": "U0MARA", "text": "hello", "ts": "1.2"} | changes,
        "authorizations": [{"user_id": "U0BOT", "is_bot": True}],
    }


BODY = json.dumps(event()).encode()


@asynccontextmanager
async def opened() -> AsyncIterator[Door]:
    edge = FakeEdge()
    ears = Ears(cast(Edge, edge), Elsewhere())

    async def find(team: str | None) -> Ears | None:
        await asyncio.sleep(0)
        return ears if team == "T0ACME" else None

    one = route(find, "http://127.0.0.1:9/api/", Signature(SECRET, FixedClock(NOW)))
    transport = httpx.ASGITransport(app=Starlette(routes=[one]))
    async with httpx.AsyncClient(transport=transport, base_url="http://legwork.test") as client:
        yield Door(edge, client)


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened() as door:
        yield door


async def test_a_signed_event_is_taken_before_it_is_acknowledged(door: Door) -> None:
    assert (await door.knock(BODY)).status_code == 200
    [taken] = door.edge.taken
    assert (taken.text, taken.chat, taken.event_key) == ("hello", "D0MARA", "Ev01")


async def test_the_address_is_proved_to_slack(door: Door) -> None:
    answer = await door.knock(json.dumps({"type": "url_verification", "challenge": "3eZb"}).encode())
    assert (answer.status_code, answer.json()) == (200, {"challenge": "3eZb"})


async def test_what_could_not_be_stored_is_asked_for_again(door: Door) -> None:
    door.edge.away = True
    assert (await door.knock(BODY)).status_code == 503
    door.edge.away = False
    assert (await door.knock(BODY)).status_code == 200


async def test_presses_come_as_forms(door: Door) -> None:
    payload = {
        "type": "block_actions",
        "team": {"id": "T0ACME"},
        "user": {"id": "U0MARA"},
        "channel": {"id": "D0MARA"},
        "container": {"type": "message"},
        "message": {"ts": "1.2"},
        "actions": [{"type": "button", "action_id": "stop#0", "block_id": "b", "value": "task_1", "action_ts": "1.3"}],
    }
    assert (await door.form(payload=json.dumps(payload))).status_code == 200
    assert door.edge.taken[0].press is not None


async def test_what_is_not_listened_to_is_acknowledged(door: Door) -> None:
    assert (await door.knock(json.dumps(event(type="team_join")).encode())).status_code == 200
    assert door.edge.taken == []


async def test_a_thousand_forged_signatures_open_nothing(door: Door) -> None:
    chance = random.Random(7)
    right = signed(BODY)
    for number in range(1_000):
        body, at, signature = BODY, AT, right
        match number % 8:
            case 0:  # one character of the signature
                place = chance.randrange(len(right))
                other = chance.choice([c for c in "0123456789abcdefv=" if c != right[place]])
                signature = right[:place] + other + right[place + 1 :]
            case 1:  # one byte of the body
                place = chance.randrange(len(body))
                body = body[:place] + bytes([body[place] ^ (1 << chance.randrange(8))]) + body[place + 1 :]
            case 2:  # another moment than the signed one
                at = str(int(AT) + chance.randrange(1, WINDOW))
            case 3:  # too old or too new, and well signed
                at = str(int(AT) + chance.choice([-1, 1]) * chance.randrange(WINDOW + 1, 10**6))
                signature = signed(body, at)
            case 4:
                signature = chance.choice(["", "v0=", "v0", "v1=" + right[3:], right.upper(), right + "0", right[:-1]])
            case 5:  # no moment at all
                at = chance.choice(["", "now", "NaN", "1e9", "-1", "١٧٠٠٠٠٠٠٠٠", "9" * 400, f" {AT}", f"{AT}.0"])
                signature = signed(body, at)
            case 6:  # another secret, or none
                secret = chance.choice([b"", b"secret", SECRET.encode()[:-1]])
                digest = hmac.new(secret, f"v0:{AT}:".encode() + body, hashlib.sha256).hexdigest()
                signature = f"v0={digest}"
            case _:
                signature = chance.choice(["v0=ü" + right[4:], "v0=" + "é" * 64, "\u2603" * 67])
        answer = await door.knock(body, at=at, signature=signature)
        assert answer.status_code == 401, (number, at, signature)
    assert door.edge.taken == []


@pytest.mark.parametrize("secret", ["", "  "])
def test_an_empty_secret_stops_the_start(secret: str) -> None:
    given = Settings.model_validate({"slack_bot_token": "xoxb-1", "slack_signing_secret": secret})
    with pytest.raises(Misconfigured):
        routes(cast(Edge, type("Unopened", (), {"settings": given})()))


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{", b"5", b'"x"', b"[" * 5_000, b"\xff\xfe", b'{"event": []}', b'{"type": 5}',
     b'{"type":"event_callback","event":{"type":["message"]}}', b'{"team":"T","user":[],"type":"block_actions"}',
     b'{"type":"event_callback","event":{"type":"message","bot_id":{}},"authorizations":5}',
     b'{"actions":[null],"type":"block_actions"}', b'{"type":"view_submission","view":[]}',
     b'{"type":"event_callback","event":null}', b'{"command":5}', b"payload=", b"payload=%5B%5D", b"payload=null"],
)  # fmt: skip
@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded", ""])
async def test_signed_nonsense_is_no_fault_of_ours(door: Door, body: bytes, content_type: str) -> None:
    assert (await door.knock(body, content_type=content_type)).status_code < 500
    assert door.edge.taken == []


async def test_a_body_without_end_is_refused(door: Door) -> None:
    assert (await door.knock(b"x" * (2 * 1024 * 1024 + 1))).status_code == 413


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
OLD = {"ts": "1.2", "user": "U1", "text": "b"}
ITEM = {"type": "message", "channel": "C1", "ts": "1.2"}
SHAPES: list[dict[str, Any]] = [
    *(event(type=name, thread_ts="1.1", tab="home", reaction="+1", item_user="U0BOT", item=ITEM) for name in EVENTS),
    event(subtype="message_changed", message={"ts": "1.2", "text": "a", "user": "U1"}, previous_message=OLD),
    event(subtype="message_deleted", deleted_ts="1.2", previous_message={"user": "U1"}),
    {"type": "block_actions", "team": {"id": "T0ACME"}, "user": {"id": "U1"}, "channel": {"id": "C1"},
     "trigger_id": "1.2", "container": {"type": "message"}, "message": {"ts": "1.2"},
     "actions": [{"type": "button", "action_id": "a#0", "block_id": "b", "value": "v", "action_ts": "1.3"}]},
    {"type": "view_submission", "team": {"id": "T0ACME"}, "user": {"id": "U1"}, "view": {"id": "V1", "hash": "1.2",
     "type": "modal",
     "callback_id": "legwork_give", "private_metadata": "{}",
     "state": {"values": {"wish": {"written": {"value": "x"}}}}}},
    {"type": "message_action", "callback_id": "legwork_give", "team": {"id": "T0ACME"}, "user": {"id": "U1"},
     "channel": {"id": "C1"}, "message": {"ts": "1.2", "text": "x", "files": [{"id": "F1"}]}, "trigger_id": "1.2"},
    {"command": "/legwork", "text": "tasks", "team_id": "T0ACME", "user_id": "U1", "channel_id": "C1",
     "trigger_id": "1.2"},
]  # fmt: skip


def paths(value: Any, so_far: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [so_far, *(path for name, part in inner for path in paths(part, (*so_far, name)))]


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A delivery as Slack sends it, one part of which is something else."""
    shape = draw(st.sampled_from(SHAPES))
    return replaced(shape, draw(st.sampled_from(paths(shape))), draw(JSON))


def test_no_payload_brings_it_down() -> None:
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        door = runner.run(stack.enter_async_context(opened()))

        @settings(max_examples=1_500)
        @given(body=mutated() | JSON, as_form=st.booleans(), is_signed=st.booleans())
        def knock(body: Any, as_form: bool, is_signed: bool) -> None:
            raw = json.dumps(body).encode()
            kind = "application/json"
            if as_form:
                raw, kind = urlencode({"payload": raw.decode()}).encode(), "application/x-www-form-urlencoded"
            answer = runner.run(door.knock(raw, signature=None if is_signed else "v0=0", content_type=kind))
            assert answer.status_code < 500
            assert is_signed or answer.status_code == 401

        knock()
        runner.run(stack.aclose())


async def test_shapes_of_slack_are_what_is_mutated(door: Door) -> None:
    """Were they refused as they are, mutating them would show nothing."""
    for number, shape in enumerate(SHAPES):
        assert (await door.knock(json.dumps(shape | {"event_id": f"Ev{number}"}).encode())).status_code == 200
    kinds = {(taken.press.action if taken.press else None, taken.change) for taken in door.edge.taken}
    assert kinds == {(None, None), ("stop", None), ("feedback", None), ("a", None), (None, "edited"), (None, "deleted")}
