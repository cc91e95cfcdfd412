"""Text in runs of one style each: split as text, and only then written as HTML, so that no tag is ever cut in two.

https://core.telegram.org/bots/api#html-style
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LIMIT = 4096
"""What one message holds, in UTF-16 code units (the strictest way to count)."""
CAPTION_LIMIT = 1024

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_MENTION = re.compile(r"(?<![\w@])@(?=\w)")
_LITERAL = frozenset({"code", "pre"})


@dataclass(frozen=True, slots=True)
class Run:
    """``marks`` are the tags around it, the outermost first: ``b``, ``i``, ``s``, ``code``, ``pre``, ``blockquote``."""

    text: str
    marks: tuple[str, ...] = ()


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def unpinged(text: str) -> str:
    """The text with a joiner of no width in each @mention: shown the same, and nobody is called by it."""
    return _MENTION.sub("@\u2060", text)


def html(runs: Iterable[Run]) -> str:
    """The runs as Telegram's HTML. Nothing in their text is a tag, and no one is mentioned."""
    written: list[str] = []
    opened: tuple[str, ...] = ()
    for run in runs:
        if not run.text:
            continue
        shared = _shared(opened, run.marks)
        written += [f"</{tag}>" for tag in reversed(opened[shared:])]
        written += [f"<{tag}>" for tag in run.marks[shared:]]
        opened = run.marks
        text = run.text if _LITERAL.intersection(run.marks) else unpinged(run.text)
        written.append(text.translate(_ESCAPES))
    return "".join([*written, *(f"</{tag}>" for tag in reversed(opened))])


def text_of(runs: Iterable[Run]) -> str:
    return "".join(run.text for run in runs)


def split(runs: Sequence[Run], limit: int = LIMIT) -> list[list[Run]]:
    """The runs as messages of at most ``limit`` units, cut at an empty line, a line's end or a space if possible.

    Blank space at a cut is dropped; messages without any text are left out.
    """
    whole = "".join(unpinged(run.text) if not _LITERAL.intersection(run.marks) else run.text for run in runs)
    if units(whole) <= limit:
        return [list(runs)] if whole.strip() else []
    text = text_of(runs)
    room = limit - 64 if len(text) != len(whole) else limit  # for the joiners that mentions get
    parts: list[list[Run]] = []
    start = 0
    for end in _cuts(text, room):
        part = _between(runs, start, end)
        if text_of(part).strip():
            parts.append(part)
        start = end
    return parts


def _cuts(text: str, room: int) -> Iterable[int]:
    """Where the messages end."""
    start = 0
    while start < len(text):
        end = _reach(text, start, room)
        if end < len(text):
            end = _boundary(text, start, end)
        yield end
        start = end


def _reach(text: str, start: int, room: int) -> int:
    """How far ``room`` units go from a place."""
    end = min(len(text), start + room)
    while units(text[start:end]) > room:
        end -= max(1, (units(text[start:end]) - room) // 2)
    return end


def _boundary(text: str, start: int, end: int) -> int:
    """The best place for a cut, not before the message is half full."""
    half = start + (end - start) // 2
    for mark in ("\n\n", "\n", " "):
        place = text.rfind(mark, half, end)
        if place > start:
            return place + len(mark)
    return end


def _between(runs: Sequence[Run], start: int, end: int) -> list[Run]:
    found: list[Run] = []
    at = 0
    for run in runs:
        text = run.text[max(0, start - at) : max(0, end - at)]
        if text:
            found.append(Run(text, run.marks))
        at += len(run.text)
    return found


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return count
