"""Block Kit as HTML."""

from collections.abc import Sequence
from typing import Any

from tests.fakes.slack.marks import Marks, visible
from tests.fakes.viewer import slack_chart
from tests.fakes.viewer.html import Html, div, span, tag, written

Json = dict[str, Any]

_STYLES = {"bold": "b", "italic": "i", "strike": "s", "code": "code"}
_STATES = {"pending": "", "in_progress": "", "complete": "✓", "error": "!"}


class Blocks:
    def __init__(self, marks: Marks) -> None:
        self._marks = marks

    def shown(self, blocks: Sequence[Json]) -> list[Html]:
        return [self._block(block) for block in blocks]

    def _block(self, block: Json) -> Html:
        match block["type"]:
            case "header":
                return div("header", self._text(block["text"]))
            case "section":
                fields = [div("field", self._text(field)) for field in block.get("fields", [])]
                text = [div("text", self._text(block["text"]))] if "text" in block else []
                beside = [self._element(block["accessory"])] if "accessory" in block else []
                return div("section", div("", *text, *fields), *beside)
            case "context":
                return div("context", *(span("", self._text(element)) for element in block["elements"]))
            case "rich_text":
                return div("rich", *(self._rich(element) for element in block["elements"]))
            case "table":
                return self._table(block)
            case "plan":
                tasks = [self._task(task) for task in block["tasks"]]
                return div("plan", div("title", span("fold", "▾"), visible(block["title"])), *tasks)
            case "data_visualization":
                return slack_chart.drawn(block)
            case "actions" | "context_actions":
                return div(block["type"], *(self._element(element) for element in block["elements"]))
            case "divider":
                return div("divider")
            case other:
                raise AssertionError(f"the viewer cannot show a block of type {other}")

    def _text(self, text: Json) -> str:
        if text["type"] == "mrkdwn":
            return self._marks.mrkdwn(text["text"])
        return self._marks.plain(text["text"], text.get("emoji", True))

    def _element(self, element: Json) -> Html:
        match element["type"]:
            case "button":
                return div(f"button {element.get('style', '')}", self._text(element["text"]))
            case "feedback_buttons":
                sides = (element["positive_button"], element["negative_button"])
                return written(*(div("thumb", self._text(side["text"])) for side in sides))
            case "static_select":
                return div("button", self._text(element["placeholder"]), " ▾")
            case other:
                raise AssertionError(f"the viewer cannot show an element of type {other}")

    def _task(self, task: Json) -> Html:
        details = (
            [div("details", *(self._rich(part) for part in task["details"]["elements"]))] if "details" in task else []
        )
        state = span(f"state {task['status']}", _STATES[task["status"]])
        return div("task", state, div("", visible(task["title"]), *details))

    def _table(self, block: Json) -> Html:
        settings: list[Json] = block.get("column_settings", [])
        kinds = [str(setting.get("align", "left")) for setting in settings]
        rows = [
            tag("tr", *(tag("td", visible(cell["text"]), kind=kind) for cell, kind in zip(row, kinds, strict=True)))
            for row in block["rows"]
        ]
        return tag("table", *rows)

    def _rich(self, element: Json) -> Html:
        match element["type"]:
            case "rich_text_list":
                ordered = element["style"] == "ordered"
                first = {"start": element["offset"] + 1} if element.get("offset") else {}
                items = [tag("li", self._rich(item)) for item in element["elements"]]
                kind = f"deep{element.get('indent', 0)}"
                return tag("ol" if ordered else "ul", *items, kind=kind, attributes=first)
            case "rich_text_section":
                return div("text", *(self._run(part) for part in element["elements"]))
            case "rich_text_quote":
                return tag("blockquote", *(self._run(part) for part in element["elements"]))
            case "rich_text_preformatted":
                return tag("pre", *(self._run(part) for part in element["elements"]))
            case other:
                raise AssertionError(f"the viewer cannot show rich text of type {other}")

    def _run(self, part: Json) -> Html:
        if part["type"] not in ("text", "link"):
            raise AssertionError(f"the viewer cannot show a run of type {part['type']}")
        words = written(visible(part.get("text") or part["url"]))
        for style in part.get("style", {}):
            words = tag(_STYLES[style], words)
        return tag("a", words) if part["type"] == "link" else words
