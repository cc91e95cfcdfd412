"""Draws ``conversation.svg``: a real conversation with the offline provider, as a terminal shows it.

    python docs/images/conversation.py

It runs on servers and files of its own, in a directory that is removed afterwards. Only the paths of that
directory are left out of the picture; nothing leaves the machine, because the last answer is “no”.
"""

import asyncio
import html
import os
import re
import tempfile
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from bot.console import chat
from bot.runtime import open_runtime
from domain.core.settings import Settings

HERE = Path(__file__).resolve().parent
TABLE = HERE.parent / "examples" / "leads.csv"
WIDTH, HEIGHT = 92, 40
CELL = 12.2  # rich's own width of one character in its drawing
ASKED = (
    f"What changed in these leads? @{TABLE}",
    'send a POST to https://example.com/alerts with {"low": "Hillside"}',
    "no",
)

_REDRAWN = re.compile(r"\x1b\[(\d+)F\x1b\[J")
_STORED = re.compile(r"^.*/made/.*\n", re.MULTILINE)
_RUN = re.compile(r'(<text class="[\w-]+") x="([\d.]+)"( y="[\d.]+") textLength="[\d.]+"([^>]*)>([^<]*)</text>')
_PIECE = re.compile(r"[!-~]+|[^\s!-~]")
_FONT_FACES = re.compile(r"@font-face \{\{.*?\}\}\n", re.DOTALL)
_FONTS = 'ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace'


class _Screen(StringIO):
    """An output that passes for a terminal."""

    def isatty(self) -> bool:
        return True


async def _converse(lines: Sequence[str]) -> str:
    """What stands on the screen after these lines, with its colours."""
    screen = _Screen()
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings.model_validate({"data_dir": Path(directory)})
        async with open_runtime(settings) as runtime:
            await chat.piped(runtime, settings, StringIO("\n".join(lines)), screen)
    return _final(screen.getvalue())


def _final(written: str) -> str:
    """The text that stays: what was drawn again is taken back, as a terminal does."""
    kept: list[str] = []
    place = 0
    for redrawn in _REDRAWN.finditer(written):
        kept += written[place : redrawn.start()].splitlines()
        del kept[-int(redrawn[1]) :]
        place = redrawn.end()
    kept += written[place:].splitlines()
    return _STORED.sub("", "\n".join(kept) + "\n").replace(f"@{TABLE}", f"@{TABLE.name}").rstrip()


def _on_the_grid(run: re.Match[str]) -> str:
    """Each word, and each sign of a chart, at its own place: lines meet whatever typeface a viewer has."""
    opened, left, y, rest, content = run[1], float(run[2]), run[3], run[4], html.unescape(run[5])
    return "".join(
        f'{opened} x="{left + CELL * cell_len(content[: piece.start()]):g}"{y}{rest}>{html.escape(piece[0])}</text>'
        for piece in _PIECE.finditer(content)
    )


def main() -> None:
    os.environ |= {"COLUMNS": str(WIDTH), "LINES": str(HEIGHT)}
    shown = asyncio.run(_converse(ASKED))
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True, color_system="256")
    console.print(Text.from_ansi(shown))
    form = _FONT_FACES.sub("", CONSOLE_SVG_FORMAT).replace("Fira Code, monospace", _FONTS)
    drawn = console.export_svg(title="legwork", code_format=form, unique_id="legwork")
    (HERE / "conversation.svg").write_text(_RUN.sub(_on_the_grid, drawn), encoding="utf-8")


if __name__ == "__main__":
    main()
