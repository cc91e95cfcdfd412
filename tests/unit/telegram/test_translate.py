"""Every kind of update, as an event in no platform's words; whatever else comes is passed over."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.menu import menu
from bot.telegram.translate import translate, translate_parts
from bot.telegram.updates import read
from domain.conversations.ports import Incoming, IncomingFile, Press
from tests.unit.telegram.events import BOT, GROUP, MARA, ME, PRIVATE, Json, message, update


def event(body: Json, kind: str = "message") -> Incoming:
    found = translate(update(kind, body), ME)
    assert found is not None
    return found


def test_a_private_message() -> None:
    assert event(message("hello")) == Incoming(
        platform="telegram",
        workspace="7012345678",
        chat="512004711",
        person="512004711",
        event_key="900",
        message_id="41",
        private=True,
        organization=None,
        person_name="Mara Lind",
        text="hello",
    )


def test_a_group_is_an_organization_of_its_own() -> None:
    found = event(message("@legwork_bot hello", chat=GROUP))
    assert (found.private, found.organization, found.text) == (False, "telegram-group:-1002114566001", "hello")


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("@legwork_bot six times seven?", "six times seven?"),
        ("  @Legwork_Bot, hello", "hello"),
        ("what is this, @legwork_bot", "what is this"),
        ("ask @legwork_bot about it", "ask @legwork_bot about it"),
        ("🦊🦊 @legwork_bot hello", "🦊🦊 @legwork_bot hello"),
        ("/tasks", "/tasks"),
        ("/tasks@legwork_bot list", "/tasks list"),
        ("/tasks@LEGWORK_BOT", "/tasks"),
        ("/start", "/start"),
        ("/stop@legwork_bot", "/stop"),
        ("/cancel@Legwork_Bot please", "/cancel please"),
        ("/start@legwork_bot abc", "/start abc"),
    ],
)
def test_what_is_meant_for_the_bot_in_a_group(written: str, read_as: str) -> None:
    offset = len(written[: written.lower().find("@legwork_bot")].encode("utf-16-le")) // 2
    marked = [{"type": "mention", "offset": offset, "length": 12}] if "@" in written else []
    assert event(message(written, chat=GROUP, entities=marked)).text == read_as


@pytest.mark.parametrize(
    "body",
    [
        message("hello all", chat=GROUP),
        message("@legwork_bot2 hello", chat=GROUP, entities=[{"type": "mention", "offset": 0, "length": 13}]),
        message("/tasks@other_bot", chat=GROUP),
        message("/etc/hosts is broken", chat=GROUP),
        message("a reply", chat=GROUP, reply_to_message=message("x", chat=GROUP)),
        message("hi", sender=BOT),
        message("posted in a channel", chat={"id": -100, "type": "channel", "title": "News"}),
        message(None, new_chat_members=[MARA], chat=GROUP),
        message(None, pinned_message=message("x"), chat=GROUP),
        {key: value for key, value in message("nobody").items() if key != "from"},
    ],
    ids=lambda body: str(body.get("text") or list(body)[-1]),
)
def test_what_is_not_meant_for_the_bot_is_passed_over(body: Json) -> None:
    assert translate(update("message", body), ME) is None


def test_a_reply_to_the_bot_and_a_mention_without_a_name_are_meant_for_it() -> None:
    replied = message("sure?", chat=GROUP, reply_to_message=message("42", chat=GROUP, sender=BOT))
    assert event(replied).text == "sure?"
    named = {"type": "text_mention", "offset": 0, "length": 7, "user": BOT}
    assert event(message("Legwork, hello", chat=GROUP, entities=[named])).text == "Legwork, hello"


def test_the_first_message_of_a_topic_the_bot_made_is_no_reply_to_it() -> None:
    made = message(None, chat=GROUP, sender=BOT, forum_topic_created={"name": "Sales", "icon_color": 1})
    assert translate(update(body=message("hi", chat=GROUP, reply_to_message=made)), ME) is None


@pytest.mark.parametrize(("is_topic", "thread"), [(True, "17"), (False, None)])
def test_a_topic_is_a_thread_and_a_chain_of_replies_is_none(is_topic: bool, thread: str | None) -> None:
    place = {"message_thread_id": 17} | ({"is_topic_message": True} if is_topic else {})
    assert event(message("/tasks", chat=GROUP) | place).thread == thread


FILES: dict[str, tuple[Json, IncomingFile]] = {
    "document": (
        {"document": {"file_id": "d", "file_name": "a.csv", "mime_type": "text/csv", "file_size": 12}},
        IncomingFile("a.csv", "text/csv", 12, ref="d"),
    ),
    "a document without a name": (
        {"document": {"file_id": "d"}},
        IncomingFile("file", "application/octet-stream", None, ref="d"),
    ),
    "photo": (
        {"photo": [{"file_id": "l", "width": 800, "height": 600, "file_size": 900}, {"file_id": "s", "width": 90}]},
        IncomingFile("photo-41.jpg", "image/jpeg", 900, ref="l"),
    ),
    "audio": (
        {"audio": {"file_id": "a", "file_name": "song.mp3", "mime_type": "audio/mpeg"}},
        IncomingFile("song.mp3", "audio/mpeg", None, ref="a"),
    ),
    "video": ({"video": {"file_id": "m", "file_size": 5}}, IncomingFile("video.mp4", "video/mp4", 5, ref="m")),
    "animation": (
        {"animation": {"file_id": "g"}, "document": {"file_id": "g", "file_name": "x.mp4"}},
        IncomingFile("animation.mp4", "video/mp4", None, ref="g"),
    ),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_comes_as_a_reference_with_its_caption(kind: str) -> None:
    parts, file = FILES[kind]
    found = event(message(None, caption="look", **parts))
    assert (found.files, found.text) == ((file,), "look")


def test_an_album_is_spoken_for_by_the_part_with_the_words() -> None:
    def part(number: int, **more: Any) -> Json:
        body = message(None, chat=GROUP, document={"file_id": f"d{number}"}, media_group_id="g", **more)
        return body | {"message_id": number}

    words = {"caption": "@legwork_bot compare", "caption_entities": [{"type": "mention", "offset": 0, "length": 12}]}
    updates = [update(body=part(1), number=1), update(body=part(2, **words), number=2)]
    assert [(found.event_key, found.text) for found in translate_parts(updates, ME)] == [("2", "compare"), ("1", "")]
    assert translate_parts(updates[:1], ME) == []


def test_an_edit_names_the_message_and_its_new_text() -> None:
    found = event(message("hello there", edit_date=1_795_000_100), "edited_message")
    assert (found.change, found.message_id, found.text) == ("edited", "41", "hello there")


def test_a_press_brings_its_data_and_its_place() -> None:
    under = message("Approve?", chat=GROUP, sender=BOT, message_thread_id=17, is_topic_message=True)
    found = event(
        {"id": "4", "from": MARA, "chat_instance": "1", "data": "approve|x", "message": under}, "callback_query"
    )
    assert (found.press, found.chat, found.thread) == (Press("approve|x"), str(GROUP["id"]), "17")
    assert found.message_id is None


def test_a_press_on_a_message_too_old_to_be_shown_still_counts() -> None:
    old = {"message_id": 7, "chat": PRIVATE, "date": 0}
    assert event({"id": "4", "from": MARA, "chat_instance": "1", "data": "a|b", "message": old}, "callback_query").press


@pytest.mark.parametrize(
    ("before", "after", "value"),
    [
        ([], ["👍"], "message:55:up"),
        ([], ["👎"], "message:55:down"),
        (["👍"], ["👎"], "message:55:down"),
        (["❤"], ["❤", "👍"], "message:55:up"),
        (["👍"], [], None),
        (["👍"], ["👍", "❤"], None),
        ([], ["❤"], None),
    ],
)
def test_a_thumb_is_feedback_on_a_message(before: list[str], after: list[str], value: str | None) -> None:
    old, new = ([{"type": "emoji", "emoji": each} for each in emojis] for emojis in (before, after))
    body = {"chat": PRIVATE, "message_id": 55, "user": MARA, "date": 1, "old_reaction": old, "new_reaction": new}
    found = translate(update("message_reaction", body), ME)
    assert (found.press if found else None) == (Press("feedback", value) if value else None)


def test_being_blocked_is_nothing_to_answer() -> None:
    member = {"status": "kicked", "user": BOT, "until_date": 0}
    body = {"chat": PRIVATE, "from": MARA, "date": 1, "old_chat_member": member, "new_chat_member": member}
    assert translate(update("my_chat_member", body), ME) is None


# -- whatever comes ------------------------------------------------------------------------------------

_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_bodies = st.dictionaries(
    st.sampled_from(
        ["message_id", "chat", "from", "text", "caption", "entities", "caption_entities", "photo", "document", "voice",
         "message_thread_id", "reply_to_message", "media_group_id", "id", "data", "message", "user", "new_reaction",
         "old_reaction", "date", "is_topic_message"]
    ),
    _values
    | st.sampled_from([MARA, BOT, PRIVATE, GROUP, message("hi"), 41, "x"])
    | st.lists(
        st.fixed_dictionaries({"type": st.sampled_from(["mention", "emoji"]), "offset": st.integers(),
                               "length": st.integers()}), max_size=3,
    ),
)  # fmt: skip
_updates = st.dictionaries(
    st.sampled_from(["update_id", "message", "edited_message", "callback_query", "message_reaction", "my_chat_member"]),
    st.integers() | _bodies | _values,
)


def _changed(kind: str, changes: Json) -> Json:
    return {"update_id": 1, kind: message("@legwork_bot hi", chat=GROUP) | changes}


_plausible = st.builds(_changed, st.sampled_from(["message", "edited_message"]), _bodies)


@given(_updates | _plausible | _values)
def test_no_update_raises(raw: object) -> None:
    found = read(raw)
    if found != "malformed":
        translate(found, ME)
        translate_parts([found, found], ME)


@pytest.mark.parametrize("raw", [None, [], "x", 1, {}, {"update_id": "1"}, {"update_id": True}, {"update_id": 1.5}])
def test_what_is_no_update_is_malformed(raw: object) -> None:
    assert read(raw) == "malformed"


def test_an_update_of_a_kind_that_is_not_known_is_nothing() -> None:
    assert translate(update("some_new_kind", {"a": 1}), ME) is None


def test_the_menu_offers_the_words_that_steer() -> None:
    assert {"stop", "cancel", "pause", "resume", "new", "help", "tasks"} <= {command.command for command in menu()}
