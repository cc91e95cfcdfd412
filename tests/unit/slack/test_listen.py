"""Socket Mode: two connections, renewed and repaired without losing what is said meanwhile."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import cast

import pytest

from bot.edge import Edge
from bot.slack.listen import CONNECTIONS, listen
from domain.core.errors import Misconfigured
from domain.core.settings import Settings
from tests.fakes.slack import FakeSlack, Rules
from tests.fixtures.waiting import eventually
from tests.unit.slack.taking import Taking, listening


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack(rules=Rules(limited=False, retries=(0.02,) * 50, farewell=0.05)) as fake:
        yield fake


async def test_what_is_said_is_acknowledged_once_it_is_taken(slack: FakeSlack) -> None:
    async with listening(slack) as edge:
        edge.gate.clear()
        slack.person("Mara").dm("hello")
        await slack.until(lambda: slack.deliveries)
        assert slack.deliveries[0].state == "under way"
        edge.gate.set()
        await slack.settled()
        assert [taken.text for taken in edge.taken] == ["hello"]
        assert edge.taken[0].person_name == "Mara"


async def test_what_could_not_be_taken_is_not_acknowledged(slack: FakeSlack) -> None:
    slack.rules.acknowledgement = 0.1
    async with listening(slack) as edge:
        edge.failing = 2
        slack.person("Mara").dm("hello")
        await slack.settled()
        assert not edge.failing
        assert {taken.text for taken in edge.taken} == {"hello"}  # once more where the machine is slower than that
        assert len({taken.event_key for taken in edge.taken}) == 1


async def test_connections_are_renewed_when_slack_asks(slack: FakeSlack) -> None:
    async with listening(slack) as edge:
        mara = slack.person("Mara")
        before = set(map(id, slack.connections))
        await slack.disconnect("refresh_requested")
        mara.dm("during")
        await slack.until(
            lambda: len(slack.connections) == CONNECTIONS and not before & set(map(id, slack.connections))
        )
        mara.dm("after")
        await slack.settled()
        assert {taken.text for taken in edge.taken} == {"during", "after"}


async def test_an_end_waits_for_what_was_begun(slack: FakeSlack) -> None:
    edge, stop = Taking(slack), asyncio.Event()
    running = asyncio.create_task(listen(cast(Edge, edge), stop))
    await slack.connected(CONNECTIONS)
    edge.gate.clear()
    slack.person("Mara").dm("hello")
    await eventually(lambda: edge.waiting)
    stop.set()
    edge.gate.set()
    await running
    await slack.settled()
    assert [taken.text for taken in edge.taken] == ["hello"]
    assert [len(delivery.attempts) for delivery in slack.deliveries] == [1]
    await edge.redis.aclose()


async def test_it_waits_for_a_slack_that_is_away(slack: FakeSlack) -> None:
    slack.hang_up("apps.connections.open", times=1)
    slack.break_down("apps.connections.open", times=1)
    async with listening(slack) as edge:
        slack.person("Mara").dm("hello")
        await slack.settled()
        assert [taken.text for taken in edge.taken] == ["hello"]


@pytest.mark.parametrize("method", ["apps.connections.open", "auth.test"])
@pytest.mark.parametrize(
    "body",
    [
        "",
        '{"ok": tr',
        "<html>Sign in</html>",
        "[]",
        '"ok"',
        "null",
        '{"ok": true}',
        '{"ok": true, "url": 7, "team_id": []}',
    ],
)
async def test_an_answer_of_another_form_is_asked_for_again(slack: FakeSlack, method: str, body: str) -> None:
    slack.garble(method, body)
    async with listening(slack) as edge:
        slack.person("Mara").dm("hello")
        await slack.settled()
        assert [taken.text for taken in edge.taken] == ["hello"]


async def test_a_socket_that_cannot_be_opened_is_tried_with_a_new_address(
    slack: FakeSlack, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    slack.refuse_sockets(4)
    async with listening(slack) as edge:
        slack.person("Mara").dm("hello")
        await slack.settled()
        assert [taken.text for taken in edge.taken] == ["hello"]
    assert slack.sockets.reused == 0
    assert len([each for each in slack.requests if each.method == "apps.connections.open"]) == 4 + CONNECTIONS
    said = caplog.text + "".join(capsys.readouterr())
    assert "Traceback" not in said
    assert "ticket" not in said


async def test_a_socket_that_is_cut_is_opened_anew(slack: FakeSlack) -> None:
    async with listening(slack) as edge:
        for word in ("one", "two"):
            slack.cut()
            await slack.connected(CONNECTIONS)
            slack.person("Mara").dm(word)
            await slack.settled()
        assert [taken.text for taken in edge.taken] == ["one", "two"]
    assert slack.sockets.reused == 0


async def test_a_token_that_is_revoked_meanwhile_is_said(slack: FakeSlack) -> None:
    edge, stop = Taking(slack), asyncio.Event()
    running = asyncio.create_task(listen(cast(Edge, edge), stop))
    await slack.connected(CONNECTIONS)
    slack.refuse("apps.connections.open", "token_revoked")
    slack.cut()
    with pytest.raises(Misconfigured, match="SLACK_APP_TOKEN"):
        await running
    await edge.redis.aclose()


def enveloped(**parts: object) -> str:
    whole = {"type": "events_api", "envelope_id": "e-1", "payload": {"event": {"type": "message"}}}
    return json.dumps({name: part for name, part in (whole | parts).items() if part != "left out"})


@pytest.mark.parametrize(
    "message",
    [
        "",
        "hello",
        "{",
        '{"type": "events_api", "payl',
        "[]",
        "null",
        "7",
        '"hello"',
        "{}",
        '{"a":' * 100_000,
        b"\x00\xff",
        enveloped(type="left out"),
        enveloped(type=7),
        enveloped(type=["disconnect"]),
        enveloped(envelope_id="left out"),
        enveloped(envelope_id=None),
        enveloped(envelope_id={}),
        enveloped(payload="left out"),
        enveloped(payload=None),
        enveloped(payload=[1]),
        enveloped(payload="text"),
        enveloped(payload={}),
        enveloped(payload={"type": "event_callback", "event": [], "team_id": 7}),
        enveloped(type="of_tomorrow"),
    ],
    ids=lambda message: repr(message)[:60],
)
async def test_what_is_no_envelope_is_passed_over_in_a_sentence(
    slack: FakeSlack, message: str | bytes, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    async with listening(slack) as edge:
        before = list(slack.connections)
        await slack.blurt(message)
        slack.person("Mara").dm("hello")
        await slack.settled()
        assert [taken.text for taken in edge.taken] == ["hello"]
        assert slack.connections == before
    assert "Traceback" not in caplog.text + "".join(capsys.readouterr())


async def test_it_can_be_stopped_while_slack_is_away(slack: FakeSlack) -> None:
    gate = slack.hold("apps.connections.open", times=CONNECTIONS)
    edge, stop = Taking(slack), asyncio.Event()
    running = asyncio.create_task(listen(cast(Edge, edge), stop))
    await eventually(lambda: slack.requests)
    stop.set()
    await running
    gate.set()
    await edge.redis.aclose()


async def test_a_refused_app_token_stops_the_start(slack: FakeSlack) -> None:
    edge = Taking(slack)
    edge.settings = edge.settings.model_copy(update={"slack_app_token": Settings.model_validate(
        {"slack_app_token": "xapp-wrong"}).slack_app_token})  # fmt: skip
    with pytest.raises(Misconfigured, match="SLACK_APP_TOKEN"):
        await listen(cast(Edge, edge), asyncio.Event())
    await edge.redis.aclose()
