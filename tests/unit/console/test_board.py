from uuid import UUID

import pytest

from bot.console.board import Board
from domain.conversations.ports import Press
from domain.conversations.said import (
    Answer,
    ApprovalCard,
    Button,
    CardStep,
    Note,
    PlanCard,
    Problem,
    Question,
    StepState,
)
from domain.core.errors import NotFound

TASK = UUID(int=7)
STOP = Button(label="Stop", action="stop", value="task_x")
AGAIN = Button(label="Run again", action="again", value="1")
DETAILS = Button(label="Details", action="details", value="2")


class Hands:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def card(status: str = "running", *buttons: Button) -> PlanCard:
    steps = (CardStep(label="read", state=StepState.RUNNING),)
    return PlanCard(task_id=TASK, title="Leads", status=status, steps=steps, elapsed_ms=1_000, buttons=buttons)


def test_a_card_is_live_until_its_task_ends_and_then_written_once() -> None:
    board = Board()
    message_id, written = board.post("a", card())
    assert not written
    assert not board.edit(message_id, card("paused"))
    assert [shown.status for _, shown in board.live_cards()] == ["paused"]
    assert board.edit(message_id, card("succeeded"))
    assert board.live_cards() == []
    assert not board.edit(message_id, card("succeeded"))


def test_the_time_of_a_running_card_runs_on() -> None:
    clock = Hands()
    board = Board(clock)
    board.post("a", card())
    board.post("b", card("paused"))
    clock.at += 2.5
    assert [shown.elapsed_ms for _, shown in board.live_cards()] == [3_500, 1_000]


def test_an_edit_that_only_takes_the_buttons_away_is_not_written_again() -> None:
    board = Board()
    message_id, written = board.post("a", Note(text="x", buttons=(AGAIN,)))
    assert written
    assert not board.edit(message_id, Note(text="x"))
    assert board.pressed("1") is None
    assert board.edit(message_id, Note(text="y"))


def test_an_unknown_message_cannot_be_edited() -> None:
    with pytest.raises(NotFound):
        Board().edit("1", Note(text="x"))


def test_ids_of_two_screens_differ() -> None:
    assert Board().post("a", Note(text="x")) != Board().post("a", Note(text="x"))


def test_a_number_or_a_label_presses_the_latest_buttons() -> None:
    board = Board()
    board.post("a", Note(text="older", buttons=(STOP,)))
    board.post("b", Answer(task_id=TASK, text="x", buttons=(AGAIN, DETAILS)))
    board.post("c", Note(text="no buttons"))
    assert board.pressed("2") == DETAILS
    assert board.pressed(" run  AGAIN ") == AGAIN
    assert [board.pressed(typed) for typed in ("0", "3", "-1", "²", "Stop", "run", "")] == [None] * 7


def test_what_is_written_anew_below_the_others_is_what_numbers_press() -> None:
    board = Board()
    message_id, _ = board.post("a", card("running", STOP))
    board.post("b", Note(text="noted", buttons=(AGAIN,)))
    ask = ApprovalCard(task_id=TASK, title="Send", details=())
    approve = Button(label="Approve", action="approve", value="1")
    assert board.edit(message_id, card("paused", approve, STOP).model_copy(update={"asks": (ask,)}))
    assert board.is_current(message_id)
    assert (board.pressed("1"), board.pressed("approve")) == (approve, approve)


def test_a_card_that_asks_is_not_written_again_because_time_has_passed() -> None:
    board = Board()
    asks = (ApprovalCard(task_id=TASK, title="Send", details=()),)
    message_id, _ = board.post("a", card("paused", STOP).model_copy(update={"asks": asks}))
    assert not board.edit(message_id, card("paused", STOP).model_copy(update={"asks": asks, "elapsed_ms": 9_000}))


def test_the_buttons_of_a_live_card_answer_to_their_labels() -> None:
    board = Board()
    card_id, _ = board.post("a", card("running", STOP))
    assert board.is_current(card_id)
    board.post("b", Note(text="x", buttons=(AGAIN,)))
    assert not board.is_current(card_id)
    assert board.pressed("1") == AGAIN
    assert board.pressed("stop") == STOP


def test_a_number_that_answers_an_open_question_presses_nothing() -> None:
    board = Board()
    board.post("a", Note(text="x", buttons=(AGAIN,)))
    board.post("b", Question(task_id=TASK, text="How many?"))
    assert board.pressed("1") is None
    board.person_spoke()
    assert board.pressed("1") == AGAIN


@pytest.mark.parametrize(("buttons", "value"), [((STOP,), "task_x"), ((DETAILS,), "task_00000000000000000000000007")])
def test_stop_means_the_latest_task_under_way(buttons: tuple[Button, ...], value: str) -> None:
    board = Board()
    board.post("a", card("running", AGAIN))
    board.post("b", card("running", *buttons))
    assert board.stop() == Press("stop", value)


def test_stop_before_any_card_means_what_was_just_asked() -> None:
    board = Board()
    assert board.stop() is None
    with board.waiting():
        assert board.stop() == Press("stop", "")
    assert board.stop() is None


def test_how_long_a_message_waits_is_known() -> None:
    clock = Hands()
    board = Board(clock)
    assert board.waited() is None
    with board.waiting():
        clock.at += 3
        with board.waiting():
            assert board.waited() == 3
    assert not board.is_live


def test_a_preview_ends_with_the_row_its_key_begins() -> None:
    board = Board()
    board.preview("answer:1", "Fell")
    board.post("answer:12:0", Answer(task_id=TASK, text="Another."))
    assert board.previews() == ["Fell"]
    board.post("answer:1:0", Answer(task_id=TASK, text="Fell by 9 %."))
    board.preview("answer:1", "Fell by")
    assert board.previews() == []


def test_a_resumed_task_may_write_under_the_same_key_again() -> None:
    board = Board()
    board.preview("answer:1", "Fell")
    board.post("answer:1:0", Answer(task_id=TASK, text="Fell by 9 %."))
    board.preview("answer:1", "Rose")
    assert board.previews() == ["Rose"]


def test_a_preview_ends_with_what_else_its_task_says() -> None:
    board = Board()
    board.preview(f"answer:{TASK}", "Fell")
    board.post("problem:7:0", Problem(sentence="The model went away.", task_id=TASK))
    assert board.previews() == []


def test_no_preview_outlives_the_last_answer() -> None:
    board = Board()
    with board.waiting():
        board.preview("a", "Fell")
        with board.waiting():
            pass
        assert board.previews() == ["Fell"]
    assert board.previews() == []


def test_a_card_that_asks_is_written_and_one_that_goes_on_is_live_again() -> None:
    board = Board()
    approve = Button(label="Approve", action="approve", value="task_x/n1")
    message_id, _ = board.post("a", card())
    asks = (ApprovalCard(task_id=TASK, title="Send a mail", details=(("to", "ben"),)),)
    asking = card("paused", approve, STOP).model_copy(update={"asks": asks})
    assert board.edit(message_id, asking)
    assert not board.edit(message_id, asking)
    assert board.live_cards() == []
    assert board.pressed("1") == approve
    assert not board.edit(message_id, card())
    assert len(board.live_cards()) == 1
    answer_id, written = board.post("b", Answer(task_id=TASK, text="Sent."), over=message_id)
    assert written
    assert answer_id != message_id
    assert board.live_cards() == []
