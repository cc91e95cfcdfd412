"""Where a task says what it has to say: the table of docs/adr/0013-one-task-one-place.md, row by row."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.conversations.ports import Capabilities
from domain.conversations.standing import Standing
from domain.flow.show.place import Place, Saying, place
from tests.fakes.chat import CAPABILITIES

SCREEN = replace(CAPABILITIES, held=True)
RIGID = replace(CAPABILITIES, edits=False)


def card(seconds: float, *, buried: bool = False) -> Standing:
    return Standing(timedelta(seconds=seconds), buried)


@pytest.mark.parametrize(
    ("standing", "can", "ending", "asking"),
    [
        (card(0), CAPABILITIES, Place.CARD, Place.CARD),
        (card(29.9), CAPABILITIES, Place.CARD, Place.CARD),
        (card(30), CAPABILITIES, Place.BELOW, Place.BOTH),
        (card(3_600), CAPABILITIES, Place.BELOW, Place.BOTH),
        (card(1, buried=True), CAPABILITIES, Place.BELOW, Place.BOTH),
        (card(60, buried=True), CAPABILITIES, Place.BELOW, Place.BOTH),
        (None, CAPABILITIES, Place.BELOW, Place.BELOW),
        (card(1), RIGID, Place.BELOW, Place.BELOW),
        (card(1), None, Place.BELOW, Place.BELOW),
        (card(1), SCREEN, Place.CARD, Place.CARD),
        (card(3_600, buried=True), SCREEN, Place.CARD, Place.CARD),
        (None, SCREEN, Place.BELOW, Place.BELOW),
    ],
)
def test_where_it_is_said(standing: Standing | None, can: Capabilities | None, ending: Place, asking: Place) -> None:
    assert place(Saying.ENDING, standing, can=can) is ending
    assert place(Saying.ASKING, standing, can=can) is asking
