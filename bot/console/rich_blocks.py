"""The larger blocks as rich's renderables. Imported with the first styled message."""

from collections.abc import Mapping

from rich.table import Table as Grid
from rich.text import Text

from bot.views import words
from bot.views.blocks import Fields, Steps
from domain.conversations.said import StepState


def fields(block: Fields) -> Grid:
    grid = Grid.grid(padding=(0, 2))
    grid.add_column(style="dim", overflow="fold")
    grid.add_column(overflow="fold")
    for name, value in block.rows:
        grid.add_row(Text(name), Text(value))
    return grid


def steps(block: Steps, styles: Mapping[StepState, str]) -> Text:
    lines: list[Text] = []
    for item in block.items:
        note = f"  {item.note}" if item.note else ""
        style = styles[item.state]
        label = "none" if item.state in (StepState.DONE, StepState.RUNNING) else style
        lines.append(
            Text.assemble((words.MARKS[item.state], style), (f" {item.number} {item.label}", label), (note, "dim"))
        )
        lines += [Text(f"    {line}", style="dim") for line in item.lines]
    return Text("\n").join(lines)
