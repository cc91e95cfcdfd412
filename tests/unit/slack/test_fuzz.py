"""No delivery, however it is made, is answered with a fault of ours, and none is taken that is not signed."""

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from arq.connections import ArqRedis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.edge import Edge
from bot.slack.app import EVENTS
from domain.core.db import Database
from domain.flow.common.legwork import Legwork
from tests.fixtures.fuzzing import ANYTHING, cases, damaged, json_bodies, mutated
from tests.unit.slack.door import Door, event, knock, opened

JSON, FORM = "application/json", "application/x-www-form-urlencoded"

OLD = {"ts": "1.2", "user": "U1", "text": "b"}
ITEM = {"type": "message", "channel": "C1", "ts": "1.2"}
TABLE = {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}, {"type": "rich_text", "elements": []}]]}
RICH = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "a"},
                {"type": "user", "user_id": "U2"},
                {"type": "emoji", "name": "x", "unicode": "1f"},
            ],
        }
    ],
}
SHARED = {
    "is_share": True,
    "author_id": "U2",
    "channel_id": "C2",
    "text": "stop",
    "files": [{"id": "F2"}],
    "attachments": [{"is_share": True, "text": "a", "message_blocks": [{"message": {"blocks": [TABLE]}}]}],
}
SOMEBODY = {
    "id": "U1",
    "team_id": "T0ACME",
    "deleted": False,
    "is_bot": False,
    "is_admin": True,
    "enterprise_user": {"enterprise_id": "E1", "teams": ["T0ACME"]},
    "tz": "Europe/Berlin",
    "profile": {"display_name": "Mara", "real_name": "Mara Nowak"},
}
HAPPENED: list[dict[str, Any]] = [
    event(attachments=[SHARED, {"blocks": [TABLE]}], blocks=[RICH, TABLE]),
    event(text="", blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "<@U0BOT> a"}}, RICH]),
    *(event(type=name, thread_ts="1.1", tab="home", reaction="+1", item_user="U0BOT", item=ITEM) for name in EVENTS),
    event(type="user_change", user=SOMEBODY),
    event(files=[{"id": "F1", "name": "a.csv", "mimetype": "text/csv", "size": 12}], subtype="file_share"),
    event(subtype="message_changed", message={"ts": "1.2", "text": "a", "user": "U1"}, previous_message=OLD),
    event(subtype="message_deleted", deleted_ts="1.2", previous_message={"user": "U1"}),
]
INTERACTED: list[dict[str, Any]] = [
    {"type": "block_actions", "team": {"id": "T0ACME"}, "user": {"id": "U1"}, "channel": {"id": "C1"},
     "trigger_id": "1.2", "container": {"type": "message"}, "message": {"ts": "1.2"},
     "actions": [{"type": "button", "action_id": "a#0", "block_id": "b", "value": "v", "action_ts": "1.3"}]},
    {"type": "view_submission", "team": {"id": "T0ACME"}, "user": {"id": "U1"}, "view": {"id": "V1", "hash": "1.2",
     "type": "modal",
     "callback_id": "legwork_give", "private_metadata": "{}",
     "state": {"values": {"wish": {"written": {"value": "x"}}}}}},
    {"type": "message_action", "callback_id": "legwork_give", "team": {"id": "T0ACME"}, "user": {"id": "U1"},
     "channel": {"id": "C1"}, "message": {"ts": "1.2", "text": "x", "files": [{"id": "F1"}]}, "trigger_id": "1.2"},
]  # fmt: skip
COMMANDED: list[dict[str, Any]] = [
    {"command": "/legwork", "text": "tasks", "team_id": "T0ACME", "user_id": "U1", "channel_id": "C1",
     "trigger_id": "1.2"},
    {"command": "/legwork", "text": "", "team_id": "T0ACME", "user_id": "U1", "channel_id": "D1", "trigger_id": "1.2"},
]  # fmt: skip


def payload(value: Any) -> bytes:
    return urlencode({"payload": json.dumps(value)}).encode()


def fields(value: Any) -> bytes:
    return urlencode(
        {name: str(part) for name, part in value.items()} if isinstance(value, dict) else {"": "x"}
    ).encode()


def forms(shapes: list[dict[str, Any]], write: Any) -> st.SearchStrategy[bytes]:
    written = (mutated(shapes) | ANYTHING).map(write)
    return st.one_of(written, written, written.flatmap(damaged))


DELIVERIES = {
    "events": (json_bodies(HAPPENED), JSON),
    "interactions": (forms(INTERACTED, payload), FORM),
    "commands": (forms(COMMANDED, fields), FORM),
}


@pytest.fixture
async def client(database: Database, redis: ArqRedis, legwork: Legwork) -> AsyncIterator[httpx.AsyncClient]:
    """Of the route with everything behind it that there is in production."""
    async with opened(Edge(legwork.settings, database, legwork.storage, redis, legwork.keyring)) as client:
        yield client


@pytest.mark.parametrize("kind", DELIVERIES)
@settings(max_examples=cases(300), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=st.data(), lot=st.integers(0, 9), number=st.integers(1, 10**12))
async def test_no_delivery_brings_it_down(
    client: httpx.AsyncClient, kind: str, chosen: st.DataObject, lot: int, number: int
) -> None:
    bodies, usual_type = DELIVERIES[kind]
    body = chosen.draw(bodies).replace(b'"Ev01"', b'"Ev%d"' % number)
    content_type = chosen.draw(st.sampled_from([usual_type] * 8 + [JSON, FORM, "", "multipart/form-data; boundary=x"]))
    is_signed = lot > 0  # nine in ten
    answer = await knock(client, body, signature=None if is_signed else "v0=0", content_type=content_type)
    assert answer.status_code < 500
    assert is_signed or answer.status_code == 401


async def test_shapes_of_slack_are_what_is_mutated(door: Door) -> None:
    """Were they refused as they are, mutating them would show nothing."""
    for number, shape in enumerate(HAPPENED):
        assert (await door.knock(json.dumps(shape | {"event_id": f"Ev{number}"}).encode())).status_code == 200
    for body in (*map(payload, INTERACTED), *map(fields, COMMANDED)):
        assert (await door.knock(body, content_type=FORM)).status_code == 200
    assert [(about.person, about.standing, about.name) for about in door.edge.known] == [("U1", "admin", "Mara")]
    kinds = {(taken.press.action if taken.press else None, taken.change) for taken in door.edge.taken}
    assert kinds == {
        (None, None),
        ("stop_thread", None),
        ("feedback", None),
        ("a", None),
        (None, "edited"),
        (None, "deleted"),
    }
