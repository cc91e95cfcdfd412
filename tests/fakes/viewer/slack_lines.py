"""Block Kit as lines of text: the kind of each block, then its words with their styles as marks."""

from collections.abc import Iterator, Sequence
from typing import Any

from tests.fakes.slack import shown
from tests.fakes.slack.marks import Marks

Json = dict[str, Any]

_MARKS = {"bold": "*", "italic": "_", "strike": "~", "code": "`"}


def lines(blocks: Sequence[Json], marks: Marks) -> list[str]:
    return [line for block in blocks for line in _block(block, marks)]


def _block(block: Json, marks: Marks) -> Iterator[str]:
    match block["type"]:
        case "rich_text":
            words = [line for element in block["elements"] for line in _rich(element).split("\n")]
        case "actions":
            words = [" ".join(_button(element, marks) for element in block["elements"])]
        case _:
            words = [line for text in shown.blocks([block], marks) for line in text.split("\n")]
    columns = [str(column.get("align", "left")) for column in block.get("column_settings", [])]
    yield f"({' '.join([block['type'], *columns])})"
    yield from (f"  {line}".rstrip() for line in words)


def _button(element: Json, marks: Marks) -> str:
    style = f" {element['style']}" if "style" in element else ""
    return f"[{marks.plain(element['text']['text'])}{style}]"


def _rich(element: Json) -> str:
    match element["type"]:
        case "rich_text_list":
            indent, first = "  " * element.get("indent", 0), element.get("offset", 0) + 1
            items = [_rich(item) for item in element["elements"]]
            marks = [f"{number}." if element["style"] == "ordered" else "•" for number, _ in enumerate(items, first)]
            return "\n".join(f"{indent}{mark} {item}" for mark, item in zip(marks, items, strict=True))
        case "rich_text_quote":
            return "> " + "".join(map(_run, element["elements"]))
        case "rich_text_preformatted":
            return "```\n" + "".join(map(_run, element["elements"])) + "\n```"
        case _:
            return "".join(map(_run, element["elements"]))


def _run(part: Json) -> str:
    words: str = part.get("text") or part["url"]
    signs = "".join(_MARKS[style] for style in part.get("style", {}))
    kept = words.strip()
    before, _, after = words.partition(kept) if kept else (words, "", "")
    marked = f"{before}{signs}{kept}{signs[::-1]}{after}" if kept else words
    return f"<{marked}>" if part["type"] == "link" else marked
