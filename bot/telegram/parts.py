"""A long text as several messages: cut where it hurts least, in a form that can be read from its beginning."""

from collections.abc import Sequence
from dataclasses import replace

from bot.telegram.runs import LIMIT, LITERAL, Run, text_of, units, unpinged

_LONGEST_LEAD = 200
"""Characters of a line with a colon at its end that goes along with what it announces."""


def split(runs: Sequence[Run], limit: int = LIMIT) -> list[list[Run]]:
    """The runs as messages of at most ``limit`` units, cut at an empty line, a line's end or a space if possible.

    A heading goes along with what follows it, and a table that goes on in the next message has its head there, too.
    Blank space at a cut is dropped; messages without any text are left out.
    """
    runs = [run if LITERAL.intersection(run.marks) else replace(run, text=unpinged(run.text)) for run in runs]
    text = text_of(runs)
    if units(text) <= limit:
        return [runs] if text.strip() else []
    parts: list[list[Run]] = []
    start = 0
    while start < len(text):
        start += len(text[start:]) - len(text[start:].lstrip("\n"))
        head = _head(runs, start) if start else None
        room = limit - units(head.text) - 1 if head is not None else limit
        end = _reach(text, start, room)
        if end < len(text):
            end = _before_leads(runs, text, start, _boundary(text, start, end))
        part = _between(runs, start, end)
        if text_of(part).strip():
            again = [head, Run("\n", part[0].marks)] if head is not None else []
            parts.append([*again, *part])
        start = end
    return parts


def _head(runs: Sequence[Run], start: int) -> Run | None:
    """What has to be said again before the text at this place; nothing that would take half of a message."""
    at = 0
    for run in runs:
        at += len(run.text)
        if at > start:
            return run.head if run.head is not None and units(run.head.text) < LIMIT // 4 else None
    return None


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


def _before_leads(runs: Sequence[Run], text: str, start: int, end: int) -> int:
    """The cut moved up over the headings right before it, and over a line that announces what follows."""
    cut = end
    while True:
        last = start + len(text[start:cut].rstrip())
        lead = _lead(runs, last)
        if lead is None and text[start:last].endswith(":"):
            line = text.rfind("\n", start, last) + 1
            lead = line if line and last - line <= _LONGEST_LEAD else None
        if lead is None or not text[start:lead].strip():
            return cut
        cut = lead


def _lead(runs: Sequence[Run], end: int) -> int | None:
    """Where the heading begins that ends at this place."""
    begin: int | None = None
    at = 0
    for run in runs:
        begin = None if not run.leads else at if begin is None else begin
        at += len(run.text)
        if at >= end:
            return begin
    return None


def _between(runs: Sequence[Run], start: int, end: int) -> list[Run]:
    found: list[Run] = []
    at = 0
    for run in runs:
        text = run.text[max(0, start - at) : max(0, end - at)]
        if text:
            found.append(replace(run, text=text))
        at += len(run.text)
    return found
