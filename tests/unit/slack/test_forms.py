"""Forms: what is chosen becomes a command, what is handed over stays a quotation."""

from typing import Any

import pytest

from bot.commands.table import NOUNS
from bot.slack import forms
from domain.conversations.quoted import Quoted
from tests.fakes.slack import blocks as block_kit
from tests.fakes.slack.rules import Rules


def checked(view: dict[str, Any]) -> dict[str, Any]:
    block_kit.check(view["blocks"], Rules(), "view")
    assert len(view["title"]["text"]) <= 24
    assert len(view.get("private_metadata", "")) <= 3_000
    return view


@pytest.mark.parametrize("noun", ["", *(noun.name for noun in NOUNS)])
def test_there_is_a_form_for_every_noun_and_one_for_all(noun: str) -> None:
    element = checked(forms.command(NOUNS, noun))["blocks"][0]["element"]
    offered = [option["value"] for group in element["option_groups"] for option in group["options"]]
    wanted = [one for one in NOUNS if noun in ("", one.name)]
    assert offered == [f"{one.name} {verb.name}" for one in wanted for verb in one.verbs]


@pytest.mark.parametrize(("noun", "lines"), [("", True), ("admin", True), ("threads", True), ("tasks", False)])
def test_what_may_be_given_a_text_of_lines_has_room_for_them(noun: str, lines: bool) -> None:
    element = checked(forms.command(NOUNS, noun))["blocks"][1]["element"]
    assert element.get("multiline", False) is lines


@pytest.mark.parametrize(
    ("chosen", "written", "command"),
    [("tasks list", None, "/tasks list"), ("tasks show", "task_8k2m9q", "/tasks show task_8k2m9q"), (None, "x", "")],
)
def test_what_is_chosen_becomes_a_command(chosen: str | None, written: str | None, command: str) -> None:
    values = {
        "command": {"chosen": {"selected_option": {"value": chosen} if chosen else None}},
        "words": {"written": {"value": written}},
    }
    assert forms.composed({"state": {"values": values}}) == command


def filled_in(message: dict[str, Any], wish: str) -> dict[str, Any]:
    view = checked(forms.give(message))
    return view | {"state": {"values": {"wish": {"written": {"value": wish}}}}}


def test_a_message_that_is_handed_over_is_others_words() -> None:
    text, quoted, files = forms.given(filled_in({"text": "one &amp; two\nthree <!here>"}, "translate it"))
    assert (text, files) == ("translate it", ())
    assert quoted == (Quoted("shared", "one & two\nthree @here"),)


def test_a_message_too_long_for_a_form_is_shortened_and_says_so_and_keeps_its_files() -> None:
    files = [{"id": f"F{number}", "name": "n" * 200, "mimetype": "text/csv", "size": 9} for number in range(20)]
    _, [piece], attached = forms.given(filled_in({"text": 'long "words"\n' * 2_000, "files": files}, "sum it up"))
    assert piece.text.endswith("… (shortened)")
    assert [file.ref for file in attached] == [f"F{number}" for number in range(8)]


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"text": 5, "files": {}}', "null"])
def test_what_slack_did_not_keep_is_empty(kept: str) -> None:
    assert forms.given({"private_metadata": kept}) == ("", (), ())
