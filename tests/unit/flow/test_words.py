"""The few words that steer a task, and what a button carries."""

from uuid import UUID

import pytest

from domain.core.errors import Invalid
from domain.flow.presses import read_value, step_value, task_value
from domain.flow.words import consent, is_control, wants_pause, wants_resume, wants_stop
from domain.tools.redaction import MARK, redacted

TASK = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


@pytest.mark.parametrize("text", ["stop", "Stop!", " STOP. ", "cancel it", "never mind"])
def test_words_that_stop(text: str) -> None:
    assert wants_stop(text)
    assert is_control(text)


@pytest.mark.parametrize("text", ["stop the music in the report", "don't stop", "", "stopping"])
def test_sentences_that_only_mention_stopping(text: str) -> None:
    assert not wants_stop(text)
    assert not is_control(text)


def test_pause_and_resume() -> None:
    assert wants_pause("hold on")
    assert wants_resume("Go on.")
    assert not wants_pause("wait until noon and then remind me")


@pytest.mark.parametrize("text", ["/tasks", "  /help", "!help"])
def test_commands_overtake_the_queue(text: str) -> None:
    assert is_control(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Yes", True), ("ok.", True), ("go ahead!", True), ("no", False), ("Don't", False), ("maybe", None), ("", None)],
)
def test_consent(text: str, expected: bool | None) -> None:
    assert consent(text) is expected


def test_a_buttons_value_names_task_step_and_choice() -> None:
    assert read_value(task_value(TASK)) == (TASK, None, None)
    assert read_value(step_value(TASK, "n2[0].each")) == (TASK, "n2[0].each", None)
    assert read_value(f"{step_value(TASK, 'n1')}:a/b: c") == (TASK, "n1", "a/b: c")


@pytest.mark.parametrize("value", ["", "/", "task_", "usr_01h455vb4pex5vsknk084sn02q", "task_x/n1", "\0", "🙂"])
def test_a_value_that_is_none_of_ours_is_one_sentence(value: str) -> None:
    with pytest.raises(Invalid, match="no longer good"):
        read_value(value)


@pytest.mark.parametrize(
    "value",
    [
        {"Authorization": "Bearer abcdefghijklmnop"},
        {"headers": [{"x-api-key": "abc"}]},
        {"deep": {"user_password": "abc"}},
        "the key is sk-abcdefghijklmnop1234",
        "xoxb-1234567890-abcdef",
        "postgresql://legwork:hunter2abc@db/x",
        ["ghp_abcdefghijklmnopqrstuvwx"],
    ],
)
def test_what_looks_like_a_secret_is_not_written_down(value: object) -> None:
    written = str(redacted(value))
    assert MARK in written
    for secret in ("abcdefghijklmnop", "abc'", "hunter2abc", "1234567890"):
        assert secret not in written


def test_what_is_no_secret_stays() -> None:
    value = {"text": "The secretary sent a token of thanks.", "count": 3, "none": None, "list": [True, 1.5]}
    assert redacted(value) == value
