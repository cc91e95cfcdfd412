"""Commands in what is said are named as they are typed where it is read."""

from uuid import UUID

import pytest

from bot.commands.declare import Noun
from bot.commands.table import NOUNS
from bot.views.commands import typed
from domain.conversations.said import Answer, Button, Listing, Note, Problem

TASK = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("“/tasks” lists them.", "“!tasks” lists them."),
        ("`/tasks retry` goes on, `/help` helps.", "`!tasks retry` goes on, `!help` helps."),
        ("/help: what there is", "!help: what there is"),
        ("Did you mean “/tasks list”? “/help” lists all.", "Did you mean “!tasks list”? “!help” lists all."),
        (
            "See “/etc/hosts”, `/tasks/7`, `/helpful` and /tasks.",
            "See “/etc/hosts”, `/tasks/7`, `/helpful` and /tasks.",
        ),
        ("There is no command “/taks”.", "There is no command “/taks”."),
        ("1/2 of “/”", "1/2 of “/”"),
    ],
)
def test_a_command_begins_with_the_sign_of_its_place(written: str, shown: str) -> None:
    assert typed(Note(text=written), "!") == Note(text=shown)
    assert typed(Problem(sentence="No.", remedy=written), "!") == Problem(sentence="No.", remedy=shown)


def test_cells_titles_and_footers_too_and_what_buttons_carry_not() -> None:
    button = Button(label="More", action="command", value="/tasks list")
    listing = Listing(
        title="/tasks: yours",
        columns=("command", ""),
        rows=(("/tasks show", "one"), ("now", "“/stop”")),
        footer="“/tasks show ID” opens one.",
        buttons=(button,),
    )
    assert typed(listing, "/legwork ") == Listing(
        title="/legwork tasks: yours",
        columns=("command", ""),
        rows=(("/legwork tasks show", "one"), ("now", "“/legwork stop”")),
        footer="“/legwork tasks show ID” opens one.",
        buttons=(button,),
    )


def test_what_a_model_answers_is_left_as_it_is() -> None:
    answer = Answer(task_id=TASK, text="In that program `/new` begins a chat.")
    assert typed(answer, "!") is answer


@pytest.mark.parametrize("noun", NOUNS, ids=[noun.name for noun in NOUNS])
def test_every_example_of_help_is_named(noun: Noun) -> None:
    for verb in noun.verbs:
        assert typed(Note(text=verb.example), "!") == Note(text=verb.example.replace("/", "!", 1))
