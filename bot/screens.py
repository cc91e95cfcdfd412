"""What has room on the screens of each platform."""

import re
from collections.abc import Callable, Mapping, Sequence

from bot.views import markdown
from bot.views.blocks import Table
from domain.conversations.said import Answer, Note, Question, Said
from domain.flow.common.legwork import WideTable

_LINE = re.compile(r"\r\n?|\n")
_WORDS = re.compile(r"[^\W_]+")
_LONGEST = 40  # letters of a file's name

Fits = Callable[[Table], bool]


def _telegram(table: Table) -> bool:
    from bot.telegram.render_table import has_room  # each platform's rendering is loaded only where it is used

    return has_room(table)


def _slack(table: Table) -> bool:
    from bot.slack.blocks import has_room

    return has_room(table)


class Screens:
    """See ``domain.flow.common.legwork.Screens``. A terminal shows every table itself."""

    def __init__(self) -> None:
        self._fits: Mapping[str, Fits] = {"telegram": _telegram, "slack": _slack}

    def too_wide(self, said: Said, platform: str) -> Sequence[WideTable]:
        fits = self._fits.get(platform)
        if fits is None or not isinstance(said, Answer | Note | Question) or "|" not in said.text:
            return ()
        found: list[WideTable] = []
        title = ""
        for node in markdown.nodes(said.text):
            if node.type == "heading":
                title = markdown.words(node)
            if node.type != "table" or node.map is None:
                continue
            table = markdown.table(node)
            if not fits(table):
                name = _name(title, {one.name for one in found})
                found.append(WideTable(name, table.columns, table.rows, table.right(), node.map))
        return found

    def without(self, said: Said, tables: Sequence[tuple[WideTable, str]]) -> Said:
        if not isinstance(said, Answer | Note | Question):
            return said
        lines = _LINE.split(said.text)
        for table, line in sorted(tables, key=lambda one: one[0].place, reverse=True):
            begin, end = table.place
            lines[begin:end] = ["", line, ""]
        return said.model_copy(update={"text": "\n".join(lines)})


def _name(title: str, taken: set[str]) -> str:
    """A name for its file, after the heading above it."""
    words = "-".join(_WORDS.findall(title)).lower()[:_LONGEST].strip("-") or "table"
    names = (words if number == 1 else f"{words}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)
