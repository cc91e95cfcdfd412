"""Shared messages, pasted tables and words in blocks: what of a Slack message is whose, by names and not by ids."""

import csv
from typing import Any

import pytest
from hypothesis import given, settings

from bot.slack import events
from bot.slack.shapes import mapping
from bot.slack.words import spoken, unnamed
from domain.conversations.ports import Incoming, IncomingFile
from domain.conversations.quoted import Quoted
from tests.factories.cases import case
from tests.fixtures.fuzzing import cases, mutated
from tests.unit.slack.test_events import BOT, CHANNEL, MARA, PARENT, TS, Json, message

BEN = "U0BEN"


def said(names: dict[str, str] | None = None, **changes: Any) -> Incoming:
    heard = events.message(message(**changes), names or {})
    assert heard is not None
    return heard.incoming


def share(**changes: Any) -> Json:
    common = {"is_share": True, "is_msg_unfurl": True, "from_url": "https://acme.slack.com/archives/C1/p1"}
    return {**common, "author_name": "Ben", "text": "Paid.", **changes}


def table(*rows: list[Any]) -> Json:
    cells = [[{"type": "raw_text", "text": cell} if isinstance(cell, str) else cell for cell in row] for row in rows]
    return {"type": "table", "rows": cells}


async def cells(file: IncomingFile) -> list[list[str]]:
    assert file.open is not None
    content = b"".join([chunk async for chunk in file.open()])
    assert len(content) == file.size
    return list(csv.reader(content.decode().splitlines()))


def test_a_shared_message_is_told_with_its_author_and_its_files_are_fetched() -> None:
    found = said(**case("B01")["event"])
    assert found.text == "can you answer this?"
    [piece] = found.quoted
    assert (piece.kind, piece.who, piece.text) == ("shared", "Ben", "Invoice 2291 is 880 euros and due on 14 March.")
    assert [(file.ref, file.of_others) for file in found.files] == [("F0SHARED", True)]


def test_who_and_where_are_names() -> None:
    given = share(author_name=None, author_id=BEN, channel_id="C0SHIP", text=f"ask <@{MARA}> in <#C0SHIP>")
    body = message(attachments=[given])
    assert events.ids_in(body) == {BEN, MARA, "C0SHIP"}
    names = {BEN: "Ben", MARA: "Mara", "C0SHIP": "shipping"}
    assert said(names, attachments=[given]).quoted == (Quoted("shared", "ask @Mara in #shipping", "Ben", "#shipping"),)
    [unknown] = said(attachments=[given]).quoted
    assert (unknown.who, unknown.where, unknown.text) == (None, None, "ask @someone in #a-channel")


def test_a_share_of_a_share_is_told_as_both() -> None:
    inner = share(author_name="Ann", text="It rained.")
    found = said(text="true?", attachments=[share(text="look", attachments=[inner])])
    assert [(piece.who, piece.text) for piece in found.quoted] == [("Ben", "look"), ("Ann", "It rained.")]


@pytest.mark.parametrize(
    "preview",
    [
        {"from_url": "https://example.com", "service_name": "Example", "text": "A page."},
        {"original_url": "https://example.com", "text": "A page."},
        {"is_app_unfurl": True, "app_unfurl_url": "https://x.example", "blocks": [table(["a"], ["1"])]},
        share(is_share=False),
        {"is_share": "yes", "from_url": "https://example.com", "text": "x"},
    ],
)
def test_previews_of_links_are_nobodys_words(preview: Json) -> None:
    found = said(attachments=[preview])
    assert (found.text, found.quoted, found.files) == ("hello", (), ())


def test_a_share_whose_words_stand_in_its_blocks() -> None:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "*Due* <https://pay.example|today>"}}
    within = [{"message": {"blocks": [block]}}]
    [piece] = said(attachments=[share(text="", message_blocks=within)]).quoted
    assert piece.text == "*Due* today (https://pay.example)"


@pytest.mark.parametrize("words", ["stop", "/legwork tasks stop", f"<@{BOT}> stop", "yes"])
def test_shared_orders_are_not_the_persons(words: str) -> None:
    found = said(text="", attachments=[share(text=words)])
    assert (found.text, len(found.quoted)) == ("", 1)


async def test_a_pasted_table_of_a_case_is_a_file() -> None:
    found = said(**case("B04")["event"])
    [file] = found.files
    assert (file.name, file.mime_type, found.text) == ("table.csv", "text/csv", "sum this up")
    assert await cells(file) == [["city", "sales"], ["Bern", "412"]]
    assert found.quoted == (Quoted("table", "city | sales\nBern | 412", files=("table.csv",)),)


async def test_uneven_rows_and_cells_of_every_kind() -> None:
    rich = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [
        {"type": "text", "text": "a & b"}, {"type": "user", "user_id": MARA}]}]}  # fmt: skip
    rows = table(["name", "n", "note"], [rich, {"type": "raw_number", "value": 4.5}], ["", "", "", "=1+1"], [5, {}, []])
    found = said({MARA: "Mara"}, blocks=[rows])
    assert await cells(found.files[0]) == [
        ["name", "n", "note", ""],
        ["a & b@Mara", "4.5", "", ""],
        ["", "", "", "=1+1"],
        ["", "", "", ""],
    ]


async def test_a_thousand_rows_are_all_in_the_file_and_their_beginning_is_shown() -> None:
    found = said(blocks=[table(["n"], *[[str(number)] for number in range(1_000)])])
    assert len(await cells(found.files[0])) == 1_001
    assert found.quoted[0].text.endswith("19\n… and 980 more rows")


def test_two_tables_and_one_in_a_share() -> None:
    one, two = {"blocks": [table(["a"], ["1"])]}, table(["b"], ["2"])
    found = said(blocks=[two], attachments=[one, share(blocks=[table(["c"], ["3"])])])
    assert [(file.name, file.of_others) for file in found.files] == [
        ("table.csv", False), ("table-2.csv", False), ("table-3.csv", True)]  # fmt: skip
    assert [piece.kind for piece in found.quoted] == ["table", "table", "shared"]


EMPTY: list[Any] = [[], [[]], [["", " "]], None, "x", [None], [[[]]]]


@pytest.mark.parametrize("rows", EMPTY)
def test_a_table_without_content_is_none(rows: object) -> None:
    found = said(blocks=[{"type": "table", "rows": rows}])
    assert (found.files, found.quoted) == ((), ())


WORDS: dict[str, tuple[Json, str]] = {
    "section": ({"type": "section", "text": {"type": "mrkdwn", "text": "the *new* price"}}, "the *new* price"),
    "fields": (
        {"type": "section", "fields": [{"type": "plain_text", "text": "a < b"}, {"type": "mrkdwn", "text": "c"}]},
        "a < b\nc",
    ),
    "header": ({"type": "header", "text": {"type": "plain_text", "text": "Week 27"}}, "Week 27"),
    "context": (
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "by <@U0BEN>"}, {"type": "image"}]},
        "by @Ben",
    ),
    "rich text": (
        {"type": "rich_text", "elements": [
            {"type": "rich_text_section", "elements": [
                {"type": "text", "text": "see "}, {"type": "link", "url": "https://x.example", "text": "this"},
                {"type": "emoji", "name": "tada", "unicode": "1f389"}, {"type": "channel", "channel_id": "C01"}]},
            {"type": "rich_text_list", "indent": 1, "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]}]},
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "two\nthree"}]},
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "<b>"}]},
        ]},
        "see this (https://x.example)🎉#general\n  - one\n> two\n> three\n<b>",
    ),
    "nested": ({"type": "container", "child_blocks": [{"type": "header", "text": {"text": "In"}}]}, "In"),
}  # fmt: skip


@pytest.mark.parametrize("kind", WORDS)
def test_words_that_stand_only_in_blocks_are_read(kind: str) -> None:
    block, words = WORDS[kind]
    assert said({BEN: "Ben", "C01": "general"}, text="", blocks=[block]).text == words


def test_words_that_stand_in_both_are_read_once() -> None:
    header = {"type": "header", "text": {"type": "plain_text", "text": "Week 27"}}
    extra = {"type": "section", "text": {"type": "mrkdwn", "text": "Totals below"}}
    typed: Json = {"type": "rich_text", "elements": []}
    assert said(text="*week 27*: ok", blocks=[header, typed, extra]).text == "*week 27*: ok\nTotals below"


def test_a_mention_that_stands_only_in_blocks_calls_legwork() -> None:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": f"<@{BOT}> what is 2+2?"}}
    found = said(channel=CHANNEL, text="", blocks=[block])
    assert (found.text, found.thread) == ("what is 2+2?", TS)


def test_ids_without_names_are_asked_for_and_names_that_are_there_are_not() -> None:
    text = "<@U0ADA> <@U0BEN|ben> <#C01|> <#C02|general> <!here> <!subteam^S01> <https://x.example>"
    assert unnamed(text) == {"U0ADA", "C01"}
    assert spoken(text, names={"U0ADA": "Ada", "C01": "ops"}) == (
        "@Ada @ben #ops #general @here @a-group https://x.example"
    )
    assert BOT not in events.ids_in(message(text=f"<@{BOT}> hi <@{BEN}>"))


def changed(before: str, now: str, **more: Any) -> Json:
    new = {"user": MARA, "text": now, "ts": TS, **more}
    return message(subtype="message_changed", channel=CHANNEL, text=None, ts=None, message=new,
                   previous_message={"user": MARA, "text": before, "ts": TS})  # fmt: skip


def test_an_edit_that_adds_the_mention_counts_as_new_where_it_was_not_heard() -> None:
    given = case("B03")["event"]
    heard = events.message(changed(given["previous"], given["text"]))
    assert heard is not None
    found = heard.incoming
    assert (found.text, found.new_if_unknown, found.thread) == ("what is the capital of France?", True, TS)


def test_the_mention_may_be_added_inside_a_thread() -> None:
    heard = events.message(changed("what of it?", f"<@{BOT}> what of it?", thread_ts=PARENT))
    assert heard is not None
    assert (heard.incoming.thread, heard.incoming.in_thread) == (PARENT, True)


@pytest.mark.parametrize(("before", "now"), [(f"<@{BOT}> a", f"<@{BOT}> b"), ("a", "b"), (f"<@{BOT}> a", "a")])
def test_other_edits_are_only_edits(before: str, now: str) -> None:
    heard = events.message(changed(before, now))
    assert heard is not None
    assert not heard.incoming.new_if_unknown


def test_what_an_app_sends_for_a_person_is_told_apart() -> None:
    heard = events.message(message(bot_id="B01"))
    assert heard is not None
    assert (heard.through_app, heard.incoming.person) == (True, MARA)


@settings(max_examples=cases(200))
@given(mutated([message(blocks=[table(["a"], ["1"])], attachments=[share(attachments=[share()]), {"blocks": [
    {"type": "rich_text", "elements": [{"type": "rich_text_list", "indent": 1, "elements": [{"elements": [
        {"type": "emoji", "name": "x", "unicode": "1f389"}]}]}]}]}])]))  # fmt: skip
def test_a_message_of_any_shape_is_read_or_passed_over(body: Any) -> None:
    given_body = mapping(body)
    heard = events.message(given_body)
    events.ids_in(given_body)
    assert heard is None or isinstance(heard.incoming.text, str)
