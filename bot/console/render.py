"""A view as the console writes it: styled by rich on a terminal, plain text anywhere else.

Nothing that came from outside is interpreted: control characters are shown as signs, rich's own markup is off.
"""

from io import StringIO
from typing import TYPE_CHECKING, assert_never

from bot.console.charts import draw
from bot.console.look import Look
from bot.views import plain, words
from bot.views.blocks import Block, Buttons, Chart, Fields, File, Line, Points, Steps, Table, Text, Tone, View
from bot.views.clean import clean
from domain.conversations.said import StepState

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_TONES: dict[Tone, str] = {
    "plain": "none",
    "title": "bold",
    "quiet": "dim",
    "good": "green",
    "bad": "red",
    "ask": "bold yellow",
}
_STATES: dict[StepState, str] = {
    StepState.WAITING: "dim",
    StepState.RUNNING: "cyan",
    StepState.RETRYING: "cyan",
    StepState.ASKING: "yellow",
    StepState.DONE: "green",
    StepState.FAILED: "red",
    StepState.SKIPPED: "dim",
}
_BUTTONS = {"plain": "none", "primary": "bold green", "danger": "bold red"}


def render(view: View, look: Look, *, numbered: bool = False) -> str:
    """The view as text ready to be written, without trailing line break; ``numbered`` buttons can be pressed."""
    view = clean(view)
    if not look.styled:
        return "\n".join(_plain(part, look, numbered) for part in view)
    console = _console(look)
    for part in view:
        _write(console, part, look, numbered)
    written = console.file
    assert isinstance(written, StringIO)
    return "\n".join(line.rstrip(" ") for line in written.getvalue().rstrip("\n").split("\n"))


def _plain(part: Block, look: Look, numbered: bool) -> str:
    match part:
        case Chart():
            return draw(part, width=look.width, height=look.height, coloured=False)
        case Buttons():
            return " ".join(_label(at, button.label, numbered) for at, button in enumerate(part.items, start=1))
        case _:
            return plain.block(part)


def _label(number: int, label: str, numbered: bool) -> str:
    return f"[{number} {label}]" if numbered else f"[{label}]"


def _console(look: Look) -> "Console":
    from rich.console import Console  # only a styled terminal needs it

    return Console(
        file=StringIO(),
        width=look.width,
        force_terminal=True,
        color_system="256",
        no_color=not look.coloured,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
    )


def _write(console: "Console", part: Block, look: Look, numbered: bool) -> None:
    if isinstance(part, Chart):
        drawn = draw(part, width=look.width, height=look.height, coloured=look.coloured)
        console.file.write(f"{drawn}\n")
    else:
        # a path is left to the terminal to wrap, so that it can be selected as one
        console.print(_rich(part, numbered), soft_wrap=isinstance(part, Line) and " " not in part.text)


def _rich(part: Text | Line | Points | Fields | Table | Steps | File | Buttons, numbered: bool) -> "RenderableType":
    from rich.text import Text as Styled

    from bot.console import rich_blocks, rich_markdown

    match part:
        case Text():
            return rich_markdown.rendered(part.markdown)
        case Line():
            return Styled(part.text, style=_TONES[part.tone])
        case Points():
            items = [(f"\n  • {item}", "none") for item in part.items]
            return Styled.assemble((f"{part.label}:", "bold"), *items)
        case Fields():
            return rich_blocks.fields(part)
        case Table():
            return rich_markdown.grid(part)
        case Steps():
            return rich_blocks.steps(part, _STATES)
        case File():
            return Styled.assemble("📄 ", (part.name, "underline"), (f" ({words.size(part.size)})", "dim"))
        case Buttons():
            labels = [
                (_label(at, button.label, numbered), _BUTTONS[button.style])
                for at, button in enumerate(part.items, start=1)
            ]
            return Styled(" ").join([Styled(label, style=style) for label, style in labels])
        case _:
            assert_never(part)
