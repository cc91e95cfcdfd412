"""The parts of a view as blocks of Slack's, each with the same in plain words.

Limits: docs.slack.dev/reference/block-kit/blocks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, assert_never, cast

from bot.slack import charts, rich
from bot.slack.literal import escaped, escaped_length, label, pieces
from bot.views import plain
from bot.views.blocks import Block, Buttons, Chart, Fields, File, Line, Points, Step, Steps, Table, Text
from bot.views.columns import aligned
from bot.views.markdown import nodes, table, words
from bot.views.markdown import plain as unmarked
from domain.conversations.said import Button, StepState

Json = dict[str, Any]

Feature = Literal["plan", "charts", "feedback"]
"""What not every workspace shows: where it is refused, the same is said without it."""

_HEADER, _PLAIN, _BUTTON, _VALUE, _ACTION = 150, 3_000, 75, 2_000, 200
_TASKS, _TASK, _ROWS, _COLUMNS, _CELLS = 50, 200, 100, 20, 9_000

_FEEDBACK = "feedback"

_STATES: dict[StepState, str] = {
    StepState.WAITING: "pending",
    StepState.RUNNING: "in_progress",
    StepState.RETRYING: "in_progress",
    StepState.ASKING: "in_progress",
    StepState.DONE: "complete",
    StepState.FAILED: "error",
    StepState.SKIPPED: "pending",
}
_SAID_OF: dict[StepState, str] = {
    StepState.RETRYING: "trying again",
    StepState.ASKING: "waiting for you",
    StepState.SKIPPED: "skipped",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """One block. ``text`` says the same in plain words; ``length`` is what it adds to a message.

    One that ``leads`` (a heading) is never the last of a message that is followed by another.
    """

    block: Json
    text: str
    length: int
    feature: Feature | None = None
    leads: bool = False

    @property
    def is_table(self) -> bool:
        return self.block["type"] == "table"


def of(part: Block, features: frozenset[Feature]) -> list[Piece]:
    """The blocks that show one part of a view."""
    match part:
        case Text():
            return _text(part.markdown)
        case Line():
            return _line(part)
        case Points():
            return _rich([*rich.paragraph(f"{part.label}:", "bold"), *rich.bullets(part.items)], plain.block(part))
        case Fields():
            rows = [rich.section(*row) for name, value in part.rows for row in _field(name, value)]
            return _rich(rows, plain.block(part))
        case Table():
            return _table(part)
        case Steps():
            return _steps(part)
        case Chart():
            drawn = charts.block(part) if "charts" in features else None
            return [Piece(drawn, plain.block(part), 0, "charts")] if drawn else []
        case File():
            return _quiet(plain.block(part))
        case Buttons():
            return buttons(part.items, features)
        case _:
            assert_never(part)


def plan(title: str, steps: Steps) -> list[Piece]:
    """A plan with its steps as Slack draws them itself; none where there are too many."""
    if len(steps.items) > _TASKS:
        return []
    tasks = [
        {
            "type": "task_card",
            "task_id": str(step.number),
            "title": label(f"{step.number} {step.label}", _TASK),
            "status": _STATES[step.state],
        }
        | _details(step)
        for step in steps.items
    ]
    block = {"type": "plan", "title": label(title, _TASK) or "Plan", "tasks": tasks}
    return [Piece(block, f"{title}\n{plain.block(steps)}", _length(block), "plan")]


def buttons(items: Sequence[Button], features: frozenset[Feature] = frozenset()) -> list[Piece]:
    """What can be pressed; each of them fits (see below)."""
    thumbs = [item for item in items if item.action == _FEEDBACK] if "feedback" in features else []
    drawn = [_thumbs(*thumbs)] if len(thumbs) == 2 else []
    others = [item for item in items if not (drawn and item in thumbs)]
    elements = [_button(number, item) for number, item in enumerate(others)]
    rows = [elements[start : start + 25] for start in range(0, len(elements), 25)]
    pressed = [Piece({"type": "actions", "elements": row}, "", sum(map(_length, row))) for row in rows]
    return [*pressed, *drawn]


def fits(button: Button) -> bool:
    """Whether Slack has room for what it carries."""
    return len(button.value) <= _VALUE and len(button.action) <= _ACTION


def has_room(table: Table) -> bool:
    """Whether Slack shows it as a table."""
    return len(table.columns) <= _COLUMNS


def literal(text: str) -> list[Piece]:
    """Text in the oldest form there is."""
    return [
        Piece({"type": "section", "text": _plain_text(piece)}, piece, escaped_length(piece))
        for piece in pieces(text, _PLAIN, escaped_length)
        if piece.strip()
    ]


def _text(markdown: str) -> list[Piece]:
    made: list[Piece] = []
    for node in nodes(markdown):
        if node.type == "table":
            made += _table(table(node))
        elif node.type == "hr":
            made.append(Piece({"type": "divider"}, "---", 0))
        else:
            leads = node.type == "heading" or (node.type == "paragraph" and words(node).rstrip().endswith(":"))
            made += [replace(piece, leads=leads) for piece in _rich(rich.elements(node), "")]
    if made:
        made[0] = replace(made[0], text=unmarked(markdown))  # the first speaks for all of them
    return made


def _line(line: Line) -> list[Piece]:
    if not line.text.strip():
        return []
    if line.tone == "quiet":
        return _quiet(line.text)
    if line.tone == "title" and escaped_length(line.text) <= _HEADER and "\n" not in line.text:
        header: Json = {"type": "header", "text": _plain_text(line.text)}
        return [Piece(header, line.text, escaped_length(line.text), leads=True)]
    return _rich(rich.paragraph(line.text, *(["bold"] if line.tone in ("title", "ask") else [])), line.text)


def _field(name: str, value: str) -> Iterator[list[Json]]:
    first, *rest = pieces(value, rich.PART) if value else [" "]
    yield [rich.text(f"{name}: ", "bold"), rich.text(first)]
    yield from ([rich.text(piece)] for piece in rest)


def _steps(steps: Steps) -> list[Piece]:
    return _rich([rich.section(rich.text(plain.step(step))) for step in steps.items], plain.block(steps))


def _details(step: Step) -> Json:
    """The step's note, and the state where Slack has no sign for it."""
    said = _SAID_OF.get(step.state, "")
    noted = (step.note,) if step.state is StepState.SKIPPED and step.note else (said, step.note)
    words = ": ".join(part for part in noted if part)
    told = [piece for line in (words, *step.lines) if line for piece in rich.paragraph(line)]
    return {"details": {"type": "rich_text", "elements": told}} if told else {}


def _table(part: Table) -> list[Piece]:
    columns, rows, right = part.columns, part.rows, part.right()
    if not 0 < len(columns) <= _COLUMNS:
        return _rich(rich.code(aligned(columns, rows, right)), aligned(columns, rows, right)) if columns else []
    header = [_cell(cell) for cell in columns]
    settings = [{"align": "right"} if at in right else {"is_wrapped": True} for at in range(len(columns))]
    made: list[Piece] = []
    for some in _parts(rows, sum(map(_length, header)), len(columns)):
        cells = [[_cell(cell) for cell in _full(row, len(columns))] for row in some]
        block: Json = {"type": "table", "rows": [header, *cells], "column_settings": settings}
        made.append(Piece(block, aligned(columns, some, right), 0))
    return made


def _parts(rows: Sequence[Sequence[str]], header: int, columns: int) -> Iterator[list[Sequence[str]]]:
    """The rows in tables that Slack takes, each with room for its header; cells too long for any are split."""
    part: list[Sequence[str]] = []
    length = header
    if not rows:
        yield part  # its head alone
    for row in (smaller for whole in rows for smaller in _smaller(whole, columns, _CELLS - header)):
        own = sum(len(cell) or 1 for cell in row)
        if part and (len(part) == _ROWS - 1 or length + own > _CELLS):
            yield part
            part, length = [], header
        part.append(row)
        length += own
    if part:
        yield part


def _smaller(row: Sequence[str], columns: int, room: int) -> Iterator[Sequence[str]]:
    """A row, or several under one another where its cells are too long for one table."""
    most = max(room // columns, 1)
    cut = [pieces(cell, most) for cell in row]
    for at in range(max(map(len, cut), default=0)):
        yield [parts[at] if at < len(parts) else "" for parts in cut]


def _full(row: Sequence[str], count: int) -> list[str]:
    return [*row, *[""] * (count - len(row))][:count]


def _cell(words: str) -> Json:
    return {"type": "raw_text", "text": words if words.strip() else " "}


def _quiet(words: str) -> list[Piece]:
    return [
        Piece({"type": "context", "elements": [_plain_text(piece)]}, piece, escaped_length(piece))
        for piece in pieces(words, _PLAIN, escaped_length)
        if piece.strip()
    ]


def _rich(elements: Sequence[Json], words: str) -> list[Piece]:
    """Rich text in blocks that each fit a message; the first says what all of them do in plain words."""
    made: list[Piece] = []
    group: list[Json] = []
    for element in elements:
        if group and _length([*group, element]) > 2 * rich.PART:
            made.append(_rich_piece(group, words if not made else ""))
            group = []
        group.append(element)
    return [*made, _rich_piece(group, words if not made else "")] if group else made


def _rich_piece(elements: list[Json], words: str) -> Piece:
    return Piece({"type": "rich_text", "elements": elements}, words, _length(elements))


def _thumbs(good: Button, bad: Button) -> Piece:
    """Slack's own two thumbs."""
    element: Json = {"type": "feedback_buttons", "action_id": f"{_FEEDBACK}#0"}
    for side, button in (("positive_button", good), ("negative_button", bad)):
        element[side] = {"text": _plain_text(label(button.label, _BUTTON), is_escaped=True), "value": button.value}
    return Piece({"type": "context_actions", "elements": [element]}, "", _length(element), "feedback")


def _button(number: int, button: Button) -> Json:
    made: Json = {
        "type": "button",
        "action_id": f"{button.action}#{number}",
        "text": _plain_text(label(button.label, _BUTTON) or "…", is_escaped=True),
    }
    if button.value:
        made["value"] = button.value
    if button.style != "plain":
        made["style"] = button.style
    return made


def _plain_text(words: str, *, is_escaped: bool = False) -> Json:
    return {"type": "plain_text", "text": words if is_escaped else escaped(words), "emoji": False}


def _length(value: object) -> int:
    """Characters of every text in a block or a part of one."""
    if isinstance(value, dict):
        parts = cast(dict[str, object], value)
        own = parts.get("text")
        return (len(own) if isinstance(own, str) else 0) + sum(map(_length, parts.values()))
    return sum(map(_length, cast(list[object], value))) if isinstance(value, list) else 0
