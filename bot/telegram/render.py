"""A view as Telegram shows it: texts in HTML no longer than a message, or the plainest form."""

from typing import assert_never

from bot.telegram.formatted import formatted
from bot.telegram.parts import split
from bot.telegram.render_table import table
from bot.telegram.runs import CAPTION_LIMIT, LIMIT, Run, html, text_of, units, unpinged
from bot.views import plain, words
from bot.views.blocks import Block, Buttons, Chart, Fields, File, Line, Points, Steps, Table, Text, Tone, View
from bot.views.clean import clean
from domain.conversations.said import StepState

_TONES: dict[Tone, tuple[str, ...]] = {
    "plain": (),
    "title": ("b",),
    "quiet": ("i",),
    "good": (),
    "bad": ("b",),
    "ask": ("b",),
}
_NOTHING = "…"
"""Telegram refuses a message without text."""


def render(view: View, *, plainly: bool = False) -> list[str]:
    """The messages that show a view, in HTML (``plainly``: as text without parse mode). At least one."""
    parts = split(_runs(clean(view), plainly))
    return [_written(part, plainly) for part in parts] or [_NOTHING]


def render_caption(view: View, *, named: bool = False, plainly: bool = False) -> tuple[str, list[str]]:
    """What stands under a file, and the messages for what has no room there. ``named``: the file shows its own name
    and size, as a document does.
    """
    if named:
        view = tuple(block for block in view if not isinstance(block, File))
    parts = split(_runs(clean(view), plainly), CAPTION_LIMIT)
    if len(parts) < 2:
        return (_written(parts[0], plainly) if parts else "", [])
    return "", render(view, plainly=plainly)


def render_preview(text: str) -> str:
    """The end of what has been written so far, in HTML; empty for nothing."""
    parts = split(_runs(clean((Text(text),)), plainly=False), LIMIT)
    return html(parts[-1]) if parts else ""


def render_within(view: View, count: int, *, plainly: bool = False) -> list[str]:
    """The same in at most ``count`` messages; where that is not all of it, the last one says so."""
    whole = render(view, plainly=plainly)
    if len(whole) <= count:
        return whole
    more = Run(f"\n{_NOTHING}", ("i",))
    parts = split(_runs(clean(view), plainly), LIMIT - units(more.text))[:count]
    return [_written(part, plainly) for part in [*parts[:-1], [*parts[-1], more]]]


def _written(part: list[Run], plainly: bool) -> str:
    return unpinged(text_of(part)) if plainly else html(part)


def _runs(view: View, plainly: bool) -> list[Run]:
    runs: list[Run] = []
    last: list[Run] = []
    for part in view:
        new = _plain(part) if plainly else _block(part)
        if new:
            runs += [Run(_between(last, part)), *new] if last else new
            last = new
    return runs


def _between(before: list[Run], after: Block) -> str:
    """A remark under several paragraphs stands apart from the last of them."""
    is_remark = isinstance(after, Line) and after.tone == "quiet"
    return "\n\n" if is_remark and "\n\n" in text_of(before) else "\n"


def _plain(part: Block) -> list[Run]:
    return [] if isinstance(part, Buttons | Chart) else [Run(plain.block(part))]


def _block(part: Block) -> list[Run]:
    match part:
        case Text():
            return formatted(part.markdown)
        case Line():
            return [Run(part.text, _TONES[part.tone], leads=part.tone == "title")]
        case Points():
            return [Run(f"{part.label}:", ("b",)), *(Run(f"\n• {item}") for item in part.items)]
        case Fields():
            return _fields(part)
        case Table():
            return table(part)
        case Steps():
            return _steps(part)
        case File():
            return [Run(f"{part.name} ({words.size(part.size)})", ("i",))]
        case Chart() | Buttons():
            return []  # the picture shows the one, the keyboard the other
        case _:
            assert_never(part)


def _fields(block: Fields) -> list[Run]:
    runs: list[Run] = []
    for name, value in block.rows:
        runs += [Run("\n")] if runs else []
        runs += [Run(f"{name}:", ("b",)), Run(f" {value}")]
    return runs


def _steps(block: Steps) -> list[Run]:
    runs: list[Run] = []
    for item in block.items:
        runs += [Run("\n")] if runs else []
        marks = ("b",) if item.state in (StepState.RUNNING, StepState.ASKING) else ()
        runs.append(Run(f"{words.MARKS[item.state]} {item.number} {item.label}", marks))
        runs += [Run(f" - {item.note}", ("i",))] if item.note else []
        runs += [Run(f"\n    {line}") for line in item.lines]
    return runs
