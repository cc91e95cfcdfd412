"""What a message refers to is told beside the person's own words, with whose it is, and never as theirs."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.spoken import with_addresses
from bot.telegram.translate import translate
from bot.telegram.updates import Entity
from domain.conversations.ports import Incoming
from domain.conversations.quoted import Quoted
from tests.factories.cases import case
from tests.unit.telegram.events import BOT, GROUP, MARA, ME, Json, message, update

BEN: Json = {"id": 501, "is_bot": False, "first_name": "Ben", "last_name": "Okri"}
NEWS: Json = {"id": -100555, "type": "channel", "title": "City News"}


def event(body: Json, kind: str = "message") -> Incoming:
    found = translate(update(kind, body), ME)
    assert found is not None
    return found


def sent_by_case(name: str) -> Incoming:
    fields = case(name)["fields"]
    return event(message(**fields) if "from" not in fields else message(**fields, chat=GROUP) | fields)


def test_a_quote_is_told_and_not_the_rest_of_the_message() -> None:
    found = sent_by_case("A01")
    assert found.text == "is this right?"
    assert [(piece.kind, piece.text) for piece in found.quoted] == [("quote", "the total is 880 euros")]


def test_without_a_quote_the_whole_message_that_is_answered_is_told() -> None:
    found = event(message("why?", reply_to_message=message("It rained.", sender=BEN) | {"message_id": 7}))
    assert (found.text, found.quoted) == ("why?", (Quoted("reply", "It rained.", "Ben Okri"),))


def test_an_answer_of_legworks_own_is_told_as_such() -> None:
    found = event(message("shorter", reply_to_message=message("A long answer.", sender=BOT)))
    assert found.quoted == (Quoted("reply", "A long answer.", "Legwork"),)


def test_which_message_of_legworks_own_is_answered_is_told_and_no_other() -> None:
    own = message("A long answer.", sender=BOT) | {"message_id": 7}
    assert event(message("shorter", reply_to_message=own)).answers == "7"
    assert event(message("why?", reply_to_message=message("It rained.", sender=BEN))).answers is None
    assert event(message("why?", reply_to_message=own | {"forum_topic_created": {"name": "x"}})).answers is None
    assert event(message("why?")).answers is None


def test_a_picture_that_is_answered_is_named_and_fetched() -> None:
    photo = message(None, sender=BEN, photo=[{"file_id": "p", "width": 8, "height": 6, "file_size": 9}])
    found = event(message("what is this?", reply_to_message=photo))
    assert found.quoted == (Quoted("reply", "", "Ben Okri", files=("photo-41.jpg",)),)
    assert [(file.ref, file.of_others) for file in found.files] == [("p", True)]


def test_what_a_bot_may_not_fetch_is_named_only() -> None:
    large = {"file_id": "d", "file_name": "film.mov", "file_size": 21 * 1024 * 1024}
    found = event(message("what is this?", reply_to_message=message(None, sender=BEN, document=large)))
    assert (found.quoted[0].files, found.files) == (("film.mov",), ())


def test_a_quote_from_another_chat_names_that_chat() -> None:
    there = {"origin": {"type": "user", "date": 1, "sender_user": BEN}, "chat": GROUP, "message_id": 3}
    found = event(message("true?", external_reply=there, quote={"text": "It rained.", "position": 0}))
    assert found.quoted == (Quoted("quote", "It rained.", "Ben Okri", "Team"),)


ORIGINS: dict[str, tuple[Json, str | None]] = {
    "a person": ({"type": "user", "date": 1, "sender_user": BEN}, "Ben Okri"),
    "a person who hides": ({"type": "hidden_user", "date": 1, "sender_user_name": "B."}, "B."),
    "a group": ({"type": "chat", "date": 1, "sender_chat": GROUP}, "Team"),
    "a channel": ({"type": "channel", "date": 1, "chat": NEWS, "message_id": 9}, "City News"),
    "who signed in a channel": (
        {"type": "channel", "date": 1, "chat": NEWS, "message_id": 9, "author_signature": "Ann"},
        "Ann (City News)",
    ),
    "the bot": ({"type": "user", "date": 1, "sender_user": BOT}, "Legwork"),
    "nobody": ({"type": "user", "date": 1}, None),
}


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("words", ["stop", "/tasks", "yes", "@legwork_bot what is 2+2?"])
def test_forwarded_words_are_whose_they_were_and_not_the_persons(origin: str, words: str) -> None:
    body, who = ORIGINS[origin]
    found = event(message(words, forward_origin=body))
    assert (found.text, found.quoted) == ("", (Quoted("forward", words, who),))


def test_a_forwarded_stop_of_a_case_is_nobodys_order() -> None:
    found = sent_by_case("A03")
    assert (found.text, found.quoted) == ("", (Quoted("forward", "stop", "Ben"),))


def test_forwarded_words_in_a_group_call_nobody() -> None:
    origin = {"type": "user", "date": 1, "sender_user": BEN}
    assert translate(update(body=message("@legwork_bot go", chat=GROUP, forward_origin=origin)), ME) is None


def test_a_forwarded_file_is_a_file_and_its_caption_is_not_the_persons() -> None:
    origin = {"type": "user", "date": 1, "sender_user": BEN}
    found = event(message(None, caption="stop", document={"file_id": "d", "file_name": "a.csv"}, forward_origin=origin))
    assert (found.text, [file.name for file in found.files]) == ("", ["a.csv"])
    assert found.quoted == (Quoted("forward", "stop", "Ben Okri", files=("a.csv",)),)


def linked(words: str, text: str, url: str = "https://example.com/r") -> Json:
    offset = len(text[: text.index(words)].encode("utf-16-le")) // 2
    return {"type": "text_link", "offset": offset, "length": len(words.encode("utf-16-le")) // 2, "url": url}


def test_the_address_behind_a_word_stands_beside_it() -> None:
    assert sent_by_case("A02").text == "summarise this report (https://example.com/r/2026.html)"


@pytest.mark.parametrize(
    ("text", "words", "read_as"),
    [
        ("read this", "this", "read this (https://example.com/r)"),
        ("🦊👩‍👩‍👧 read this please", "this", "🦊👩‍👩‍👧 read this (https://example.com/r) please"),
        ("اقرأ التقرير الآن", "التقرير", "اقرأ التقرير (https://example.com/r) الآن"),
        ("https://example.com/r/ is up", "https://example.com/r/", "https://example.com/r/ is up"),
    ],
)
def test_offsets_count_as_telegram_counts(text: str, words: str, read_as: str) -> None:
    entities = [linked(words, text)]
    assert event(message(text, entities=entities)).text == read_as
    caption = message(None, caption=text, caption_entities=entities, document={"file_id": "d"})
    assert event(caption).text == read_as


def test_two_links_and_one_with_brackets() -> None:
    text = "compare one and two"
    entities = [linked("one", text, "https://a.example/x_(y)"), linked("two", text, "https://b.example/")]
    assert (
        event(message(text, entities=entities)).text
        == "compare one (https://a.example/x_%28y%29) and two (https://b.example/)"
    )


@pytest.mark.parametrize(
    "entity",
    [
        {"type": "text_link", "offset": -1, "length": 3, "url": "https://e.com"},
        {"type": "text_link", "offset": 2, "length": 99, "url": "https://e.com"},
        {"type": "text_link", "offset": 0, "length": 0, "url": "https://e.com"},
        {"type": "text_link", "offset": 0, "length": 2, "url": "tg://user?id=501"},
        {"type": "text_link", "offset": 0, "length": 2, "url": "javascript:alert(1)"},
        {"type": "text_link", "offset": 0, "length": 2, "url": "http://[:1"},
        {"type": "text_link", "offset": 0, "length": 2},
        {"type": "bold", "offset": 0, "length": 2},
    ],
)
def test_what_leads_nowhere_or_does_not_fit_changes_nothing(entity: Json) -> None:
    assert with_addresses("hello", [Entity.model_validate(entity)]) == "hello"


def test_links_in_what_is_quoted_are_told_too() -> None:
    replied = message("see the report", sender=BEN, entities=[linked("report", "see the report")])
    assert event(message("summarise it", reply_to_message=replied)).quoted[0].text == (
        "see the report (https://example.com/r)"
    )


WRITTEN: dict[str, tuple[Json, str]] = {
    "a poll": ({"poll": {"question": "Tea?", "options": [{"text": "yes"}, {"text": "no"}]}}, "Tea?\n- yes\n- no"),
    "a place": ({"venue": {"title": "Harbour", "address": "Quay 1"}, "location": {"latitude": 1.5}}, "Harbour Quay 1"),
    "a point": ({"location": {"latitude": 1.5, "longitude": 2.5}}, "1.5 2.5"),
    "a contact": ({"contact": {"first_name": "Ben", "phone_number": "+41 1"}}, "Ben +41 1"),
    "a sticker": ({"sticker": {"file_id": "s"}}, ""),
    "something odd": ({"poll": {"question": 5, "options": [3, {"x": 1}]}}, "5"),
}


@pytest.mark.parametrize("what", WRITTEN)
def test_what_is_written_in_what_is_answered_is_told(what: str) -> None:
    parts, words = WRITTEN[what]
    [piece] = event(message("what is this?", reply_to_message=message(None, sender=BEN, **parts))).quoted
    assert (piece.text, len(piece.files)) == (words, 1)


def test_a_story_that_is_answered_is_named() -> None:
    found = event(message("nice", reply_to_story={"chat": NEWS, "id": 3}))
    assert found.quoted == (Quoted("reply", "", "City News", files=("story",)),)


UNTAKEN: dict[str, Any] = {
    "voice": {"file_id": "v", "duration": 3},
    "video_note": {"file_id": "n", "duration": 3},
    "sticker": {"file_id": "s"},
    "location": {"latitude": 1.0, "longitude": 2.0},
    "venue": {"title": "Harbour"},
    "contact": {"phone_number": "1", "first_name": "Ben"},
    "poll": {"id": "1", "question": "Tea?"},
    "dice": {"emoji": "🎲", "value": 3},
    "story": {"id": 1},
}


@pytest.mark.parametrize("kind", UNTAKEN)
def test_what_cannot_be_taken_gets_a_sentence(kind: str) -> None:
    found = event(message(None, **{kind: UNTAKEN[kind]}))
    assert found.untaken.startswith("I cannot ")
    assert (found.text, found.files) == ("", ())


def test_words_beside_what_cannot_be_taken_are_taken() -> None:
    found = event(message(None, caption="sum it up", voice=UNTAKEN["voice"]))
    assert (found.text, bool(found.untaken)) == ("sum it up", True)


def test_in_a_group_a_sticker_among_others_is_nobodys_business() -> None:
    assert translate(update(body=message(None, chat=GROUP, sticker=UNTAKEN["sticker"])), ME) is None


def test_an_admin_who_writes_for_the_group_is_heard_without_a_name() -> None:
    found = sent_by_case("A08")
    assert (found.text, found.person, found.person_name) == ("what is 2+2?", "nameless:-100777", None)


def test_a_post_that_telegram_passes_on_to_its_discussion_is_not_said_by_anybody() -> None:
    telegram = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
    body = message("@legwork_bot hello", chat=GROUP, sender=telegram, sender_chat=NEWS, is_automatic_forward=True,
                   forward_origin=ORIGINS["a channel"][0])  # fmt: skip
    assert translate(update(body=body), ME) is None
    assert translate(update(body={key: value for key, value in body.items() if key != "forward_origin"}), ME) is None


def test_an_edit_that_calls_legwork_counts_as_new_where_it_was_not_heard() -> None:
    body = message(case("A09")["edited to"], chat=GROUP, edit_date=1_795_000_100)
    found = event(body, "edited_message")
    assert (found.change, found.new_if_unknown, found.text) == ("edited", True, "what is the capital of France?")


def test_an_edit_that_calls_nobody_is_only_an_edit() -> None:
    assert not event(message("hello all", chat=GROUP, edit_date=1), "edited_message").new_if_unknown
    assert not event(message("hello", edit_date=1), "edited_message").new_if_unknown


def test_a_word_sent_through_another_app_is_the_persons_own() -> None:
    inline = {"id": 9, "is_bot": True, "first_name": "Gif", "username": "gif"}
    assert event(message("hello", sender=MARA, via_bot=inline)).person == str(MARA["id"])


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.lists(st.tuples(st.integers(-3, 90), st.integers(-3, 90)), max_size=5),
)
def test_whatever_the_offsets_are_the_words_stay_as_they_were(text: str, places: list[tuple[int, int]]) -> None:
    url = "https://e.com/¤"
    entities = [Entity(type="text_link", offset=start, length=length, url=url) for start, length in places]
    assert with_addresses(text, entities).replace(f" ({url})", "") == text
