"""Deliveries over HTTP: who may speak, and what becomes of it."""

import hashlib
import hmac
import json
import random
from typing import cast

import pytest

from bot.edge import Edge
from bot.slack.http import routes
from bot.slack.signature import WINDOW
from domain.core.errors import Misconfigured
from domain.core.settings import Settings
from tests.unit.slack.door import AT, BODY, SECRET, Door, event, signed


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
