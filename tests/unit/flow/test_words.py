"""The few words that steer a task, and what a button carries."""

from uuid import UUID

import pytest

from domain.core.errors import Invalid
from domain.flow.common.presses import read_value, step_value, task_value
from domain.flow.common.words import (
    asks_progress,
    command_word,
    consent,
    is_control,
    named_stop,
    refuses,
    wants_everything_stopped,
    wish,
)
from domain.tools.redaction import MARK, redacted

TASK = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


COMMANDS = ("stop", "tasks", "help")


@pytest.mark.parametrize(
    "text",
    [
        "stop", "Stop!", " STOP. ", "cancel it", "never mind", "abort", "halt", "please stop", "Stop, please!",
        "stop it now", "no, stop", "stop! stop!", "cancel this task", "stopp", "bitte abbrechen", "Arrête",
        "arrête, s’il te plaît", "forget it, thanks", "vergiss es", "Lass es, hab's selbst gefunden",
        "stop working on this",
        "Stop it, I found it myself", "hat sich erledigt, danke",
    ],
)  # fmt: skip
def test_words_that_stop(text: str) -> None:
    assert wish(text) == "stop"
    assert is_control(text, COMMANDS)


@pytest.mark.parametrize(
    "text",
    [
        "stop the music in the report", "don't stop", "", "stopping", "stop sending me the report", "stop by at noon",
        "cancel my subscription to the newsletter", "stop " * 100, "…", "please", "what does halt mean",
        "stop, I meant 2024", "Stop. Send it to Ben instead", "lass Ben weg", "forget the EU",
    ],
)  # fmt: skip
def test_sentences_that_only_mention_stopping(text: str) -> None:
    assert wish(text) is None
    assert not wants_everything_stopped(text)
    assert not is_control(text, COMMANDS)


@pytest.mark.parametrize(
    "text", ["cancel everything", "Stop all!", "please stop all my tasks", "alles abbrechen", "arrête tout"]
)
def test_words_that_stop_everything(text: str) -> None:
    assert wants_everything_stopped(text)
    assert is_control(text, COMMANDS)


@pytest.mark.parametrize(
    "text", ["cancel everything on Friday", "stop all mails to Ben", "cancel all meetings", "stop"]
)
def test_everything_of_something_else_is_not_everything(text: str) -> None:
    assert not wants_everything_stopped(text)


def test_pause_and_resume() -> None:
    assert wish("hold on") == wish("warte bitte") == "pause"
    assert wish("Go on.") == wish("weiter") == "resume"
    assert wish("wait until noon and then remind me") is None


@pytest.mark.parametrize("text", ["/tasks", "  /help", "!help", "/stop", "!Stop!", "/unknown"])
def test_commands_overtake_the_queue(text: str) -> None:
    assert is_control(text, COMMANDS)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("/stop", "stop"), ("/STOP now", "stop"), ("!stop.", "stop"), ("/unknown", "unknown"), ("!nice work", None),
        ("!important: call Ben", None), ("/etc/hosts", None), ("/", None), ("!!!", None), ("/7", None), ("1/2", None),
        ("stop", None),
    ],
)  # fmt: skip
def test_what_is_written_as_a_command(text: str, word: str | None) -> None:
    assert command_word(text, COMMANDS) == word
    assert is_control(text, COMMANDS) == (word is not None or text == "stop")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("stop the supplier prices", "supplier prices"), ("Please stop the Hillside thing!", "hillside"),
        ("stopp den Umsatz bitte", "umsatz"), ("die Kundenumfrage bitte abbrechen", "kundenumfrage"),
        ("stop", None), ("only 2025", None),
        ("brich die Kundenumfrage ab", "kundenumfrage"), ("stop working on the Hillside leads", "hillside leads"),
        ("when do they stop the prices?", None), ("stop. send it to Ben", None), ("stop " + "it " * 40, None),
    ],
)  # fmt: skip
def test_what_is_to_be_stopped_by_name(text: str, name: str | None) -> None:
    assert named_stop(text) == name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yes", True), ("ok.", True), ("go ahead!", True), ("no", False), ("Don't", False), ("maybe", None), ("", None),
        ("Ja, bitte!", True), ("nein", False), ("Nein, danke.", False), ("Non merci", False), ("nein, an Anna", None),
    ],
)  # fmt: skip
def test_consent(text: str, expected: bool | None) -> None:
    assert consent(text) is expected


@pytest.mark.parametrize(
    "text",
    [
        "how far are you?", "Hi, how far are you with the Hillside thing?", "are you done yet?", "any news?", "Status?",
        "What have you found so far?", "how much longer?", "why is it taking so long", "still working on it?",
        "hey legwork, quick question: how far along are you? no rush", "How is the research coming along?",
        "Wie weit bist du mit den Leads?", "Wie läuft’s?", "Wie lange noch?", "bist du schon fertig?", "Stand?",
        "Gibt's schon was Neues?", "Hallo, was machst du gerade?", "Und, schon was gefunden?", "où en es-tu ?",
        "tu as fini ?", "status pls", "Thanks! And how far are you now?", "how much longer? I have a meeting at 3",
        "and the supplier prices, how far is that?", "hi Legwork, just checking: where are you at?",
        "Hallo, wollte nur mal fragen, wie weit du bist", "wie lange noch? ich hab um 3 einen Termin", "Status bitte",
        "what did you read so far, and what is next?",
    ],
)  # fmt: skip
def test_questions_how_far_it_is(text: str) -> None:
    assert asks_progress(text)


@pytest.mark.parametrize(
    "text",
    [
        "how far is Munich from Berlin?", "what's the status of order 1234?", "how long is the river Rhine?", "stop",
        "how long does a flight take from Berlin to Rome?", "what have you found so far? write it to ben.md",
        "", "?",
        "is the report.csv complete?", "where are you", "what are you?", "how are you?", "Was kannst du?", "only 2025",
        "give me an update of the table",
        "Wie weit ist es nach Köln?", "wann ist Ostern?", "Bist du ein Bot?", "thanks", "how far are you? " * 30,
        "how far are you? I need it in German",
        "hi", "the manager, please", "and", "bitte",
    ],
)  # fmt: skip
def test_questions_for_something_else(text: str) -> None:
    assert not asks_progress(text)


@pytest.mark.parametrize("text", ["done", "Fertig.", "status", "still working on it", "schon was gefunden", "on track"])
def test_what_may_be_the_answer_a_task_waits_for_asks_nothing(text: str) -> None:
    assert asks_progress(text)
    assert not asks_progress(text, awaited=True)
    assert asks_progress(f"{text}?", awaited=True)
    assert asks_progress("how far are you", awaited=True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no, to the other manager instead", "to the other manager instead"),
        ("Nein, lieber an Anna", "lieber an Anna"),
        ("don’t, because he is away", "because he is away"), ("No - send it to Ben", "send it to Ben"),
        ("No thanks, I'll do it myself", "I'll do it myself"),
        ("nope\nuse the other address", "use the other address"),
        ("to the other manager instead", "to the other manager instead"),
        ("not to Ben, to Anna", "not to Ben, to Anna"),
        ("Nicht an Ben, sondern an Anna", "Nicht an Ben, sondern an Anna"), ("non, à Anna", "à Anna"),
    ],
)  # fmt: skip
def test_a_no_with_words(text: str, words: str) -> None:
    assert refuses(text) == words
    assert consent(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "no", "nein danke", "don't", "no problem", "No, that’s fine", "no worries", "no, stop", "no, yes", "no idea",
        "no, go ahead", "no longer needed", "no later than Friday", "what is 2+2?", "summarise notes.pdf instead",
        "yes",
        "nein, passt", "", "no.", "no, ...", "notes, please", "to whom is it sent instead?", "no, " + "so " * 200,
    ],
)  # fmt: skip
def test_what_is_no_such_no(text: str) -> None:
    assert refuses(text) is None


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
