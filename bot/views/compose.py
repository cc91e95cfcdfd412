"""From meaning to a neutral view: the one place that decides what a message shows, and in which order."""

from collections.abc import Sequence
from typing import assert_never

from bot.views import words
from bot.views.blocks import (
    Block,
    Buttons,
    Fields,
    File,
    Line,
    Points,
    Step,
    Steps,
    Table,
    Text,
    Tone,
    View,
    chart,
)
from domain.conversations.said import (
    Answer,
    ApprovalCard,
    Button,
    CardStep,
    Details,
    FilePost,
    Listing,
    Note,
    PlanCard,
    Problem,
    Question,
    Said,
    Whisper,
)
from domain.llm.prices import dollars

_NOTICEABLE = 50
"""Milliseconds; less would be shown as no time at all."""


def compose(said: Said) -> View:
    """The ordered blocks of one message. Buttons, where there are any, come last."""
    match said:
        case Note():
            blocks = _text(said.text)
        case Whisper():
            blocks = _line(said.text)
        case Answer():
            checked = _line(words.checked(said.numbers, said.facts), "quiet")
            blocks = [*_text(said.text), *checked, *_unfolded(said)]
        case FilePost():
            blocks = _file(said)
        case PlanCard():
            blocks = _plan(said)
        case Question():
            blocks = [*_text(said.text), Line("Waiting for your answer.", "ask")]
        case ApprovalCard():
            blocks = [Line(f"Approval needed: {said.title}", "ask"), *_fields(said.details)]
        case Problem():
            blocks = [*_problem(said), *_unfolded(said)]
        case Details():
            blocks = [Line(said.title, "title"), *_fields(said.fields), *_line(said.text)]
        case Listing():
            blocks = _listing(said)
        case _:
            assert_never(said)
    return (*blocks, *_buttons(said))


def buttons(said: Said) -> tuple[Button, ...]:
    """What can be pressed on a message."""
    return () if isinstance(said, FilePost | Whisper) else said.buttons


def _plan(card: PlanCard) -> list[Block]:
    if card.brief:
        return [Line(_briefly(card))]
    steps = tuple(_step(number, step) for number, step in enumerate(card.steps, start=1))
    blocks: list[Block] = [Line(card.title, "title"), Line(_progress(card), "quiet")]
    return [*blocks, *([Steps(steps)] if steps else []), *_asks(card.asks)]


def _step(number: int, step: CardStep) -> Step:
    lines = tuple(words.marked(line.state, line.label, line.note) for line in step.lines)
    return Step(number, step.label, step.state, step.note, lines)


def _unfolded(said: Answer | Problem) -> list[Block]:
    return _plan(said.card.model_copy(update={"brief": False})) if said.unfolded and said.card is not None else []


def _asks(asks: Sequence[ApprovalCard | Question]) -> list[Block]:
    """What a card asks, numbered as its buttons are where there is more than one thing."""
    blocks: list[Block] = []
    for number, ask in enumerate(asks, start=1):
        which = f"{number}. " if len(asks) > 1 else ""
        if isinstance(ask, Question):
            blocks += [Line(f"{which}Waiting for your answer:", "ask"), *_text(ask.text)]
        else:
            blocks += [Line(f"{which}Approval needed: {ask.title}", "ask"), *_fields(ask.details)]
    return blocks


def _briefly(card: PlanCard) -> str:
    mark = {"succeeded": "✓", "failed": "✗"}.get(card.status.lower(), "–")
    early = [words.status(card.status).lower()] if card.status.lower() == "partial" else []
    parts = [f"{mark} {card.title}", *early, words.counted(len(card.steps), "step")]
    return " · ".join([*parts, words.duration(card.elapsed_ms)] if card.elapsed_ms >= _NOTICEABLE else parts)


def _progress(card: PlanCard) -> str:
    parts = ["Waiting for you" if card.asks else words.status(card.status)]
    if card.elapsed_ms >= _NOTICEABLE:
        parts.append(words.duration(card.elapsed_ms))
    if card.cost:  # what is not known is not shown, and nothing costs nothing
        parts.append(dollars(card.cost) if words.is_final(card.status) else f"{dollars(card.cost)} so far")
    return " · ".join(parts)


def _problem(problem: Problem) -> list[Block]:
    blocks: list[Block] = [Line(f"✗ {problem.sentence}", "bad")]
    if problem.done:
        blocks.append(Points("Done before that", problem.done))
    if problem.not_done:
        blocks.append(Points("Not done", problem.not_done))
    return [*blocks, *_line(f"What you can do: {problem.remedy}" if problem.remedy else "")]


def _listing(listing: Listing) -> list[Block]:
    body: Block = Table(listing.columns, listing.rows) if listing.rows else Line(listing.empty, "quiet")
    return [Line(listing.title, "title"), body, *_line(listing.footer, "quiet")]


def _file(post: FilePost) -> list[Block]:
    drawn = chart(post.chart) if post.chart else None
    file = File(post.file.key, post.file.name, post.file.mime_type, post.file.size)
    caption = [] if drawn is not None and drawn.title == post.caption else _line(post.caption)
    return [*caption, *([drawn] if drawn else []), file]


def _text(markdown: str) -> list[Block]:
    return [Text(markdown)] if markdown.strip() else []


def _line(text: str, tone: Tone = "plain") -> list[Block]:
    return [Line(text, tone)] if text.strip() else []


def _fields(rows: tuple[tuple[str, str], ...]) -> list[Block]:
    return [Fields(rows)] if rows else []


def _buttons(said: Said) -> list[Block]:
    items = buttons(said)
    return [Buttons(items)] if items else []
