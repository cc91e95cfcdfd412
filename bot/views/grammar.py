"""The grammar of the light Markdown that models write: CommonMark without what makes text disappear.

Left out are underlined headings (a sum's ruled line), definitions of links (``[1]: 42``), raw HTML and addresses in
angle brackets. A line of a sum (``- 5``, ``> 3``) is no list and no quotation, and a table keeps every cell.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from bot.views import marks

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block.state_block import StateBlock

Rule = Callable[["StateBlock", int, int, bool], bool]

_DEEPEST = 60  # levels; what is nested deeper is text
_BULLET = re.compile(r"[-+*](?:[ \t]+|$)")
_LANGUAGE = re.compile(r"(?:`{3,}|~{3,})[ \t]*(?:[A-Za-z][\w+#.-]*)?[ \t]*$")
_RULE = re.compile(r"[ \t]*(-{3,}|_{3,}|\*{3,})[ \t]*$")
_BREAK = re.compile(r"(?i)\s*<br\s*/?>\s*")
_NUMBER = re.compile(r"\d{1,9}[.)](?:[ \t]+|$)")
_UNDER = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_TARGET = re.compile(
    r"(?i)(?:https?|ftp|mailto|tel|slack|tg):\S|www\.|[./#]|[^/\s]+\.[a-z][a-z0-9]{0,5}(?:[/?#]|$)|[a-z][\w.-]*/"
)


@cache
def parser() -> "MarkdownIt":
    """The one parser."""
    from markdown_it import MarkdownIt  # loaded with the first message, not with the process

    made = MarkdownIt("commonmark", {"html": False, "maxNesting": 100})
    made.disable(["lheading", "reference", "html_block", "autolink", "html_inline"])
    made.validateLink = lambda url: _TARGET.match(url) is not None
    made.normalizeLink = lambda url: url
    made.normalizeLinkText = lambda link: link
    _blocks(made)
    inline = made.inline.ruler
    inline.at("escape", marks.escape)
    inline.at("entity", marks.entity)
    inline.at("emphasis", marks.emphasis)
    inline.before("newline", "address", marks.address)
    made.inline.ruler2.after("balance_pairs", "meant", marks.meant)
    made.inline.ruler2.enable("strikethrough")
    return made


def _blocks(made: "MarkdownIt") -> None:
    from markdown_it.rules_block import blockquote, fence, heading, hr, list_block

    ruler = made.block.ruler
    text = ["paragraph", "reference"]
    ruler.at("table", _table, {"alt": text})
    ruler.enable("table")
    ruler.at("fence", _where(fence, _is_fence), {"alt": [*text, "blockquote", "list"]})
    ruler.at("blockquote", _where(blockquote, _is_quote), {"alt": [*text, "blockquote", "list"]})
    ruler.at(
        "hr", _where(hr, lambda line, _, __: _RULE.match(line) is not None), {"alt": [*text, "blockquote", "list"]}
    )
    ruler.at("list", _where(list_block, _is_list), {"alt": [*text, "blockquote"]})
    ruler.at("heading", _where(heading, lambda line, _, __: bool(line.strip("# \t"))), {"alt": [*text, "blockquote"]})


def _where(rule: Rule, holds: Callable[[str, "StateBlock", int], bool]) -> Rule:
    """The rule, for the lines of which that holds."""

    def narrower(state: "StateBlock", start: int, end: int, silent: bool) -> bool:
        return holds(_line(state, start), state, start) and rule(state, start, end, silent)

    return narrower


def _line(state: "StateBlock", number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def _is_fence(line: str, state: "StateBlock", number: int) -> bool:
    begins = _LANGUAGE.match(line) is not None
    return begins and any(_line(state, below).strip() for below in range(number + 1, state.lineMax))


def _is_quote(line: str, state: "StateBlock", number: int) -> bool:
    if line[:1] != ">" or state.level > _DEEPEST:
        return False
    rest = line[1:].strip()
    if not rest or line[1:2] in ">=" or line[1:2].isdigit() or marks.is_figure(rest):
        return False
    alone = number + 1 >= state.lineMax or not _line(state, number + 1).startswith(">")
    return not (alone and rest[0].isdigit())


def _is_list(line: str, state: "StateBlock", number: int) -> bool:
    if state.level > _DEEPEST:
        return False
    if found := _BULLET.match(line):
        rest = line[found.end() :]
        has_words = any(letter.isalnum() for letter in rest) and not marks.is_figure(rest)
        return has_words and not _BULLET.match(rest)  # such as the stars of a crontab
    found = _NUMBER.match(line)
    return found is not None and bool(line[found.end() :].strip())


def _table(state: "StateBlock", start: int, end: int, silent: bool) -> bool:
    """A table as GitHub has it, but that its rows may be longer than its head, and it ends with the last line that
    has a cell."""
    if start + 2 > end or state.sCount[start + 1] < state.blkIndent or state.is_code_block(start):
        return False
    head, under = _line(state, start), _line(state, start + 1)
    if "|" not in head or "|" not in under or not _UNDER.match(under):
        return False
    header, sides = _cells(head), [_side(cell.strip()) for cell in _cells(under)]
    if len(header) != len(sides):
        return False
    if silent:
        return True
    rows = list(_rows(state, start + 2, end))
    count = max(map(len, [header, *rows]))
    opened = state.push("table_open", "table", 1)
    opened.map = [start, start + 2 + len(rows)]
    sides += [""] * (count - len(sides))
    _part(state, "thead", "th", [header], sides, start)
    if rows:
        _part(state, "tbody", "td", rows, sides, start + 2)
    state.push("table_close", "table", -1)
    state.line = start + 2 + len(rows)
    return True


def _rows(state: "StateBlock", start: int, end: int) -> Iterator[list[str]]:
    for number in range(start, end):
        line = _line(state, number)
        if "|" not in line or state.sCount[number] < state.blkIndent:
            return
        yield _cells(line)


def _part(state: "StateBlock", part: str, cell: str, rows: list[list[str]], sides: list[str], line: int) -> None:
    state.push(f"{part}_open", part, 1)
    for number, row in enumerate(rows, start=line):
        state.push("tr_open", "tr", 1)
        for at, side in enumerate(sides):
            opened = state.push(f"{cell}_open", cell, 1)
            if side:
                opened.attrs = {"style": f"text-align:{side}"}
            words = state.push("inline", "", 0)
            words.content = _broken(row[at].strip()) if at < len(row) else ""
            words.map, words.children = [number, number + 1], []
            state.push(f"{cell}_close", cell, -1)
        state.push("tr_close", "tr", -1)
    state.push(f"{part}_close", part, -1)


def _broken(cell: str) -> str:
    """A cell with its line breaks: Markdown has no other way to write them than HTML's."""
    return cell if "`" in cell else _BREAK.sub("\n", cell)


def _side(rule: str) -> str:
    return {(True, True): "center", (False, True): "right", (True, False): "left"}.get(
        (rule[0] == ":", rule[-1] == ":"), ""
    )


def _cells(line: str) -> list[str]:
    """The cells of a row. A bar within code, or after a backslash, is no end of one."""
    cells, at, line = [""], 0, line.strip()
    while at < len(line):
        letter = line[at]
        if letter == "`":
            run = len(line) - at - len(line[at:].lstrip("`"))
            close = line.find("`" * run, at + run)
            stop = close + run if close > 0 else at + run
            cells[-1] += line[at:stop].replace("\\|", "|")
            at = stop
        elif line.startswith("\\|", at):
            cells[-1] += "|"
            at += 2
        else:
            if letter == "|":
                cells.append("")
            else:
                cells[-1] += letter
            at += 1
    if line.startswith("|"):
        del cells[0]
    if len(cells) > 1 and line.endswith("|") and not cells[-1].strip():
        del cells[-1]
    return cells
