"""Which of the messages that do not call Legwork are for it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.flow.receive.spoken_to import ASKED_SECONDS, FRESH_SECONDS, Listen, Meant, Overheard, calls_somebody, meant
from domain.tasks.queries import Standing
from tests.factories.incoming import incoming

COMMANDS = frozenset({"tasks"})
STRANGER = Standing(listen=None, known=True, works=False, asks=False, latest=False, since=0)
ANSWERED = replace(STRANGER, latest=True, since=60)
WORKS = replace(STRANGER, works=True, since=1)
ASKED = replace(WORKS, asks=True, since=30)
ELSEWHERE = replace(STRANGER, known=False)


def heard(words: str, *, others: bool = False, room: bool = False) -> Overheard:
    return Overheard(incoming(words, private=False), others=others, room=room)


@pytest.mark.parametrize(
    ("said", "standing", "expected"),
    [
        (heard("hello"), None, "no"),
        (heard("hello"), ELSEWHERE, "no"),
        (heard("!tasks"), ELSEWHERE, "no"),
        (heard("and by branch?"), STRANGER, "no"),
        (heard("!tasks"), STRANGER, "yes"),
        (heard("!nice work"), STRANGER, "no"),
        (heard("stop"), STRANGER, "no"),
        (heard("and by branch?"), ANSWERED, "unless others spoke"),
        (heard("and by branch?"), WORKS, "unless others spoke"),
        (heard("stop"), WORKS, "yes"),
        (heard("Hillside"), ASKED, "yes"),
        (heard("Hillside", others=True), ASKED, "no"),
        (heard("and by branch?", others=True), ANSWERED, "no"),
        (heard("stop", others=True), WORKS, "no"),
        # in a room, where people speak of other things too
        (heard("and by branch?", room=True), ANSWERED, "unless others spoke"),
        (heard("and by branch?", room=True), replace(ANSWERED, since=FRESH_SECONDS + 1), "no"),
        (heard("and by branch?"), replace(ANSWERED, since=86_400), "unless others spoke"),
        (heard("are you coming, Ben?", room=True), ANSWERED, "no"),
        (heard("Hillside", room=True), replace(ASKED, since=ASKED_SECONDS - 1), "yes"),
        (heard("lunch!", room=True), replace(ASKED, since=ASKED_SECONDS + 1), "no"),
        (heard("stop", room=True), replace(WORKS, since=86_400), "yes"),
    ],
)
def test_a_person_is_heard_by_how_they_stand_in_the_thread(
    said: Overheard, standing: Standing | None, expected: Meant
) -> None:
    assert meant(said, standing, COMMANDS) == expected


STANDINGS = st.builds(
    Standing,
    listen=st.sampled_from([None, *Listen]),
    known=st.booleans(),
    works=st.booleans(),
    asks=st.booleans(),
    latest=st.booleans(),
    since=st.floats(0, 1e6),
)
SAID = st.builds(
    heard,
    st.sampled_from(["and by branch?", "stop", "lunch?", "thanks, Ben"]),
    others=st.booleans(),
    room=st.booleans(),
)


@given(SAID, STANDINGS)
def test_the_setting_of_the_chat_counts_before_everything(said: Overheard, standing: Standing) -> None:
    assert meant(said, replace(standing, listen="all"), COMMANDS) == "yes"
    assert meant(said, replace(standing, listen="mentions"), COMMANDS) == "no"
    assert meant(said, replace(standing, listen=None), COMMANDS) == meant(
        said, replace(standing, listen="thread"), COMMANDS
    )


@given(SAID, STANDINGS.filter(lambda standing: standing.listen != "all"))
def test_who_calls_somebody_else_or_has_nothing_to_do_with_legwork_is_left_alone(
    said: Overheard, standing: Standing
) -> None:
    if said.others or not (standing.works or standing.asks or standing.latest):
        assert meant(said, standing, COMMANDS) == "no"


@pytest.mark.parametrize(
    ("words", "called"),
    [
        ("Ben, are you coming?", True),
        ("what do you think, Ben?", True),
        ("thanks Ben, that helps", True),
        ("Бен, ты идёшь?", True),
        ("and by branch?", False),
        ("Also, what about Hillside?", False),
        ("no, I meant Dockside and the rest", False),
        ("Yes, please", False),
        ("compare Hillside, Dockside and the rest", False),
        ("what about Hillside?", False),
        ("", False),
    ],
)
def test_a_name_where_one_calls_somebody(words: str, called: bool) -> None:
    assert calls_somebody(words) is called
