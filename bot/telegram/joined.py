"""Several messages that were one before an app cut it."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from bot.telegram.runs import LIMIT, units
from domain.conversations.ports import Incoming

AT_ONCE = 100
"""Updates that Telegram hands over before the first of them is confirmed, at most, by polls as by a webhook:
https://core.telegram.org/bots/api#getupdates, #setwebhook"""

_MORE = (
    "Telegram hands over a hundred messages at a time, and your text is longer: what follows comes as another message. "
    "Send it as a file to have it taken as one."
)

_MARKS = "\t;,|"
"""What the fields of a table's row are divided by."""


def joined(parts: Sequence[Incoming]) -> Incoming:
    """The parts as one, under the first one's name. What several answer is told once."""
    return replace(
        parts[0],
        text=_text([part.text for part in parts if part.text]),
        files=tuple(dict.fromkeys(file for part in parts for file in part.files)),
        quoted=tuple(dict.fromkeys(piece for part in parts for piece in part.quoted)),
        untaken=next((part.untaken for part in parts if part.untaken), _MORE if _goes_on(parts) else ""),
    )


def _goes_on(parts: Sequence[Incoming]) -> bool:
    """Whether a text was handed over in part: it fills all that comes at once, to its end."""
    return len(parts) >= AT_ONCE and units(parts[-1].text) > LIMIT // 2


def _text(texts: Sequence[str]) -> str:
    """What a long text was before an app cut it, which leaves out the blank it is cut at."""
    if not texts:
        return ""
    blank = "\n" if any("\n" in text for text in texts) else " "
    joints = [_joint(text, following, blank) for text, following in pairwise(texts)]
    return "".join(f"{text}{joint}" for text, joint in zip(texts, [*joints, ""], strict=True))


def _joint(text: str, following: str, blank: str) -> str:
    """The apps cut at the last end of a line in the second half of what fits. Where there is none, within a line, and
    some at a point too, though it stands in a number: a row of a table that is cut so has too few marks in it."""
    before, last = ["", *text.split("\n")][-2:]
    first = following.partition("\n")[0]
    for mark in _MARKS:
        wide, here, there = (line.count(mark) for line in (before, last, first))
        if 0 < wide == here + there and (there or last.endswith(".")):
            return ""
    in_a_line = units(text) >= LIMIT and "\n" not in text[len(text) // 2 :]
    return "" if in_a_line else blank if units(text) > LIMIT // 2 else "\n"
