"""Rich text, task cards and plans."""

from typing import Any, cast

from slack_sdk.models.blocks import RichTextElement, RichTextElementParts

from tests.fakes.slack.elements import ELEMENTS, items, known_fields, length
from tests.fakes.slack.shapes import is_list, is_object

Json = dict[str, Any]

STATUSES = ("pending", "in_progress", "complete", "error")

_SECTIONS = {"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"}
_PARTS = {
    cast(Any, part).type: part
    for part in vars(RichTextElementParts).values()
    if isinstance(part, type) and issubclass(part, RichTextElement)
}
_STYLES = {"bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"}


def rich_text(block: Json, at: str, problems: list[str]) -> None:
    for number, element in items(block, "elements", 1000, at, problems):
        _section(element, f"{at}/elements/{number}", problems)


def _section(element: Json, at: str, problems: list[str]) -> None:
    kind = element.get("type")
    if kind not in _SECTIONS:
        problems.append(f"unsupported type: {kind} [json-pointer:{at}/type]")
        return
    known_fields(element, ELEMENTS[kind], at, problems)
    if kind == "rich_text_list" and element.get("style") not in ("bullet", "ordered"):
        problems.append(f"must be one of: bullet, ordered [json-pointer:{at}/style]")
    for number, part in enumerate(element.get("elements", [])):
        where = f"{at}/elements/{number}"
        if kind == "rich_text_list":
            _section(part, where, problems)
        else:
            _part(part, where, problems)


def _part(part: Json, at: str, problems: list[str]) -> None:
    kind = part.get("type")
    if kind not in _PARTS:
        problems.append(f"unsupported type: {kind} [json-pointer:{at}/type]")
        return
    known_fields(part, _PARTS[kind], at, problems)
    if kind == "text":
        length(part.get("text"), 12_000, f"{at}/text", problems)
    style = part.get("style", {})
    if not is_object(style) or set(style) - _STYLES:
        problems.append(f"unsupported style [json-pointer:{at}/style]")


def task_card(block: Json, at: str, problems: list[str]) -> None:
    length(block.get("task_id"), 255, f"{at}/task_id", problems)
    length(block.get("title"), 256, f"{at}/title", problems)
    if block.get("status") not in STATUSES:
        problems.append(f"must be one of: {', '.join(STATUSES)} [json-pointer:{at}/status]")
    for name in ("details", "output"):
        if name in block:
            if not is_object(block[name]) or block[name].get("type") != "rich_text":
                problems.append(f"must be a rich_text block [json-pointer:{at}/{name}]")
            else:
                rich_text(block[name], f"{at}/{name}", problems)
    sources(block.get("sources", []), f"{at}/sources", problems)


def sources(given: Any, at: str, problems: list[str]) -> None:
    """Addresses a task went by."""
    if not is_list(given):
        problems.append(f"must be an array [json-pointer:{at}]")
        return
    for number, source in enumerate(given):
        where = f"{at}/{number}"
        if not is_object(source) or source.get("type") != "url":
            problems.append(f"must be a url element [json-pointer:{where}]")
            continue
        known_fields(source, ELEMENTS["url"], where, problems)
        length(source.get("text"), 256, f"{where}/text", problems)
        length(source.get("url"), 3000, f"{where}/url", problems)


def plan(block: Json, at: str, problems: list[str]) -> None:
    length(block.get("title"), 256, f"{at}/title", problems)
    if "tasks" not in block:
        return
    ids: list[str] = []
    for number, task in items(block, "tasks", 50, at, problems):
        task_card(task, f"{at}/tasks/{number}", problems)
        ids.append(task.get("task_id"))
    if len(ids) != len(set(ids)):
        problems.append(f"task_id must be unique [json-pointer:{at}/tasks]")
