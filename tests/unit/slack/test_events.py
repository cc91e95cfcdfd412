"""Slack's deliveries as events of a chat."""

from dataclasses import replace
from typing import Any

import pytest

from bot.slack import events
from bot.slack.words import spoken
from domain.conversations.ports import Incoming, IncomingFile, Press

Json = dict[str, Any]

BOT, MARA, CHANNEL, DIRECT = "U0BOT", "U0MARA", "C0SALES", "D0MARA"
TS, PARENT = "1700000000.000200", "1700000000.000100"


def delivered(event: Json) -> Json:
    return {
        "type": "event_callback",
        "team_id": "T0ACME",
        "event_id": "Ev01",
        "event": event,
        "authorizations": [{"user_id": BOT, "is_bot": True}],
    }


def message(**changes: Any) -> Json:
    event = {"type": "message", "channel": DIRECT, "user": MARA, "text": "hello", "ts": TS} | changes
    return delivered({name: value for name, value in event.items() if value is not None})


def incoming(**changes: Any) -> Incoming:
    expected = Incoming(
        platform="slack",
        workspace="T0ACME",
        chat=DIRECT,
        person=MARA,
        event_key="Ev01",
        message_id=TS,
        thread=TS,
        organization="slack:T0ACME",
        text="hello",
    )
    return replace(expected, **changes)


FILE = {"id": "F01", "name": "leads.csv", "mimetype": "text/csv", "size": 12, "mode": "hosted"}
IN_CHANNEL = {"chat": CHANNEL, "private": False}

SAID: dict[str, tuple[Json, Incoming]] = {
    "a direct message": (message(), incoming()),
    "a reply in a direct thread": (message(thread_ts=PARENT), incoming(thread=PARENT, in_thread=True)),
    "a mention": (
        message(type="app_mention", channel=CHANNEL, text=f"<@{BOT}> hello"),
        incoming(**IN_CHANNEL, thread=TS),
    ),
    "the same mention as a message": (
        message(channel=CHANNEL, text=f"hello <@{BOT}>"),
        incoming(**IN_CHANNEL, thread=TS),
    ),
    "a mention in a thread": (
        message(type="app_mention", channel=CHANNEL, text=f"<@{BOT}|legwork>: hello", thread_ts=PARENT),
        incoming(**IN_CHANNEL, thread=PARENT, in_thread=True),
    ),
    "a file with a sentence": (
        message(subtype="file_share", files=[FILE]),
        incoming(files=(IncomingFile("leads.csv", "text/csv", 12, ref="F01"),)),
    ),
    "a file alone": (
        message(subtype="file_share", text="", files=[FILE, {"mode": "tombstone", "id": "F02"}, "x"]),
        incoming(text="", files=(IncomingFile("leads.csv", "text/csv", 12, ref="F01"),)),
    ),
    "a broadcast reply": (
        message(subtype="thread_broadcast", thread_ts=PARENT),
        incoming(thread=PARENT, in_thread=True),
    ),
    "an edit": (
        message(
            subtype="message_changed",
            message={"user": MARA, "text": "new", "ts": TS, "thread_ts": PARENT},
            previous_message={"user": MARA, "text": "old", "ts": TS},
        ),
        incoming(text="new", thread=PARENT, change="edited"),
    ),
    "a deletion": (
        message(subtype="message_deleted", deleted_ts=TS, previous_message={"user": MARA, "text": "old", "ts": TS}),
        incoming(text="", thread=None, change="deleted"),
    ),
    "a deletion that keeps its replies": (
        message(
            subtype="message_changed",
            message={"subtype": "tombstone", "ts": TS, "text": "This message was deleted."},
            previous_message={"user": MARA, "text": "old", "ts": TS},
        ),
        incoming(text="", thread=None, change="deleted"),
    ),
}


@pytest.mark.parametrize("what", SAID)
def test_what_a_person_says_is_taken(what: str) -> None:
    body, expected = SAID[what]
    assert events.message(body) == events.Heard(expected)


def test_a_reply_without_a_mention_counts_only_in_a_thread_that_is_known() -> None:
    body = message(channel=CHANNEL, thread_ts=PARENT)
    assert events.message(body) == events.Heard(incoming(**IN_CHANNEL, thread=PARENT, in_thread=True), if_known=True)


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("so do I", False),
        ("<@U0BEN> what do you think?", True),
        ("<@U0BEN|ben> what do you think?", True),
        ("<!here> look", True),
        ("<!channel|@channel> look", True),
        ("<!subteam^S0SALES|@sales> look", True),
        ("see <#C0SALES|sales> and <https://example.com>", False),
    ],
)
def test_who_calls_somebody_else_in_a_thread_is_told_apart(text: str, others: bool) -> None:
    heard = events.message(message(channel=CHANNEL, thread_ts=PARENT, text=text))
    assert heard is not None
    assert (heard.if_known, heard.others) == (True, others)


def test_talk_in_a_channel_is_overheard_and_begins_a_thread_if_it_counts() -> None:
    heard = events.overheard(message(channel=CHANNEL))
    assert heard == events.Heard(incoming(**IN_CHANNEL, thread=TS), if_known=True)
    assert events.overheard(message(channel=CHANNEL, subtype="channel_join")) is None
    assert events.overheard(message(channel=CHANNEL, bot_id="B01")) is None


NOTHING: dict[str, Json] = {
    "talk in a channel": message(channel=CHANNEL),
    "its own post": message(bot_id="B0OWN", user=BOT),
    "its own post without a bot id": message(user=BOT),
    "Slack's own bot": message(user="USLACKBOT"),
    "a join": message(subtype="channel_join"),
    "a bot's message": message(subtype="bot_message", user=None, bot_id="B01"),
    "a link's preview": message(
        subtype="message_changed",
        message={"user": MARA, "text": "same", "ts": TS, "attachments": [{}]},
        previous_message={"user": MARA, "text": "same", "ts": TS},
    ),
    "an edit of its own": message(
        subtype="message_changed", message={"bot_id": "B0OWN", "text": "new"}, previous_message={"text": "old"}
    ),
    "a deletion of its own": message(
        subtype="message_deleted", deleted_ts=TS, previous_message={"bot_id": "B0OWN", "user": BOT}
    ),
    "no person": message(user=None),
    "no time": message(ts=None),
    "a time that is none": message(ts="yesterday"),
    "a channel that is none": message(channel={"id": "C1"}),
    "an id with a null character": message(user="U0\x00"),
    "no event": {"type": "event_callback", "team_id": "T0ACME", "event_id": "Ev01"},
    "an event that is a list": delivered([]),  # pyright: ignore[reportArgumentType]
}


@pytest.mark.parametrize("what", NOTHING)
def test_what_nobody_says_to_legwork_is_nothing(what: str) -> None:
    assert events.message(NOTHING[what]) is None


def press(**changes: Any) -> Json:
    return {
        "type": "block_actions",
        "team": {"id": "T0ACME"},
        "user": {"id": MARA},
        "channel": {"id": CHANNEL},
        "container": {"type": "message", "message_ts": TS, "thread_ts": PARENT, "channel_id": CHANNEL},
        "message": {"ts": TS, "thread_ts": PARENT},
        "actions": [{"action_id": "stop#2", "value": "task_1", "action_ts": "1700000001.000100"}],
    } | changes


def test_a_press_carries_what_the_button_carried_into_its_thread() -> None:
    found = events.pressed(press())
    assert found is not None
    assert found.press == Press("stop", "task_1")
    assert (found.chat, found.thread, found.private) == (CHANNEL, PARENT, False)


def test_each_press_is_an_event_of_its_own() -> None:
    again = press(actions=[{"action_id": "stop#2", "value": "task_1", "action_ts": "1700000002.000100"}])
    keys = {found.event_key for body in (press(), press(), again) if (found := events.pressed(body)) is not None}
    assert len(keys) == 2


def test_a_press_in_a_direct_chat_outside_a_thread_stays_outside() -> None:
    container = {"type": "message", "message_ts": TS, "channel_id": DIRECT}
    found = events.pressed(press(channel={"id": DIRECT}, container=container, message={"ts": TS}))
    assert found is not None
    assert (found.thread, found.private) == (None, True)


def test_a_press_on_the_home_tab_has_no_chat_yet() -> None:
    found = events.pressed(press(channel=None, container={"type": "view", "view_id": "V1"}, message=None))
    assert found is not None
    assert (found.chat, found.thread, found.private) == ("", None, True)


@pytest.mark.parametrize(
    "changes",
    [
        {"actions": []},
        {"actions": None},
        {"actions": [{"action_id": "foreign", "action_ts": TS}]},
        {"actions": [{"action_id": 5, "action_ts": TS}]},
        {"user": "U1"},
        {"team": None},
    ],
)
def test_a_press_of_another_shape_is_nothing(changes: Json) -> None:
    assert events.pressed(press(**changes)) is None


def reaction(**changes: Any) -> Json:
    item = {"type": "message", "channel": CHANNEL, "ts": TS}
    return delivered(
        {"type": "reaction_added", "user": MARA, "reaction": "+1", "item": item, "item_user": BOT} | changes
    )


@pytest.mark.parametrize(
    ("sign", "chosen"), [("+1", "up"), ("thumbsup::skin-tone-2", "up"), ("-1", "down"), ("thumbsdown", "down")]
)
def test_a_thumb_on_legworks_message_is_feedback(sign: str, chosen: str) -> None:
    found = events.reaction(reaction(reaction=sign))
    assert found is not None
    assert found[0].press == Press("feedback", f"message:{TS}:{chosen}")
    assert found[1] == TS


def test_other_signs_and_other_peoples_messages_are_no_feedback() -> None:
    assert events.reaction(reaction(reaction="tada")) is None
    assert events.reaction(reaction(item_user=MARA)) is None
    assert events.reaction(reaction(item={"type": "file", "file": "F1"})) is None


def test_slacks_own_stop_button_stops_the_thread() -> None:
    event = {"type": "agent_session_stopped", "channel": CHANNEL, "thread_ts": PARENT, "user": MARA, "event_ts": TS}
    heard = events.stopped(delivered(event))
    assert heard is not None
    assert (heard.incoming.press, heard.incoming.thread) == (Press("stop_thread"), PARENT)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("see <https://example.com/a?b=1&amp;c=2>", "see https://example.com/a?b=1&c=2"),
        ("see <https://example.com|this page>", "see this page (https://example.com)"),
        ("see <http://example.com|example.com>", "see http://example.com"),
        ("mail <mailto:ada@example.com|ada@example.com>", "mail ada@example.com"),
        ("ask <@U0ADA|ada> in <#C01|general> <!here>", "ask @ada in #general @here"),
        ("<!subteam^S01|@sales> <!date^1^{date}|Monday>", "@sales Monday"),
        (f"<@{BOT}> !tasks", "!tasks"),
        (f"hey <@{BOT}>, what moved?", "hey what moved?"),
        ("&amp;lt;", "&lt;"),
        ("1 < 2", "1 < 2"),
    ],
)
def test_text_is_read_as_people_see_it(typed: str, read: str) -> None:
    assert spoken(typed, BOT) == read
