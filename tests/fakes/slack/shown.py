"""A message as it stands on the screen: its blocks as lines of text, buttons as [Label]."""

from collections.abc import Iterator
from typing import Any

from tests.fakes.slack.marks import Marks, visible
from tests.fakes.slack.shapes import is_object
from tests.fakes.slack.state import Message, Stream, View

Json = dict[str, Any]

GLYPHS = {"pending": "○", "in_progress": "◐", "complete": "✓", "error": "✗"}


def message(shown: Message, marks: Marks) -> str:
    """What everybody sees who may. Blocks take the place of the text."""
    lines: list[str] = []
    if shown.stream is not None:
        lines += _stream(shown.stream, marks)
        lines += blocks(shown.blocks, marks)
    elif shown.blocks:
        lines += blocks(shown.blocks, marks)
    elif shown.text:
        lines.append(marks.mrkdwn(shown.text))
    for attachment in shown.attachments:
        lines += [marks.mrkdwn(attachment[name]) for name in ("pretext", "title", "text") if attachment.get(name)]
        lines += blocks(attachment.get("blocks", []), marks)
    lines += [_file(file.name, file.title, marks) for file in shown.files]
    return "\n".join(lines)


def view(shown: View, marks: Marks) -> str:
    lines = [marks.plain(shown.body["title"]["text"])] if "title" in shown.body else []
    return "\n".join([*lines, *blocks(shown.blocks, marks), *shown.errors.values()])


def blocks(given: list[Json], marks: Marks) -> list[str]:
    return [line for block in given for line in _block(block, marks)]


def _stream(stream: Stream, marks: Marks) -> list[str]:
    lines = [stream.plan_title] if stream.plan_title else []
    lines += [_task(task, marks) for task in stream.tasks.values()]
    if stream.text:
        lines.append(marks.markdown(stream.text))
    return [*lines, *blocks(stream.blocks, marks)]


def _file(name: str, title: str, marks: Marks) -> str:
    shown = f"📎 {name}" if title in ("", name) else f"📎 {name} ({title})"
    return marks.plain(shown, emoji=False)


def _block(block: Json, marks: Marks) -> Iterator[str]:
    match block["type"]:
        case "section":
            yield from _texts([block.get("text"), *block.get("fields", [])], marks)
            yield from _elements([block["accessory"]] if "accessory" in block else [], marks)
        case "header" | "alert":
            yield _text(block["text"], marks)
        case "markdown":
            yield marks.markdown(block["text"])
        case "context" | "actions" | "context_actions":
            yield " ".join(_elements(block["elements"], marks))
        case "image":
            yield from _texts([block.get("title")], marks)
            yield f"🖼 {block['alt_text']}"
        case "input":
            yield _text(block["label"], marks)
            yield from _elements([block["element"]], marks)
        case "rich_text":
            yield _rich(block, marks)
        case "table" | "data_table":
            yield from [block["caption"]] if "caption" in block else []
            yield from (" | ".join(_cell(cell, marks) for cell in row) for row in block["rows"])
        case "data_visualization":
            yield from _chart(block)
        case "plan":
            yield marks.plain(block["title"], emoji=False)
            yield from (_task(task, marks) for task in block.get("tasks", []))
        case "task_card":
            yield _task(block, marks)
        case "card":
            yield from _texts([block.get("title"), block.get("subtitle"), block.get("body")], marks)
            yield from _elements(block.get("actions", []), marks)
        case "container":
            yield from _texts([block.get("title"), block.get("subtitle")], marks)
            yield from blocks(block["child_blocks"], marks)
        case "carousel":
            yield from blocks(block["elements"], marks)
        case "divider":
            yield "———"
        case other:
            yield f"({other})"


def _texts(texts: list[Json | None], marks: Marks) -> list[str]:
    return [_text(text, marks) for text in texts if text]


def _text(text: Json, marks: Marks) -> str:
    if text["type"] == "mrkdwn":
        return marks.mrkdwn(text["text"])
    return marks.plain(text["text"], text.get("emoji", True))


def _elements(elements: list[Json], marks: Marks) -> Iterator[str]:
    for element in elements:
        match element["type"]:
            case "mrkdwn" | "plain_text":
                yield _text(element, marks)
            case "image":
                yield f"🖼 {element['alt_text']}"
            case "feedback_buttons":
                for name in ("positive_button", "negative_button"):
                    yield f"[{_text(element[name]['text'], marks)}]"
            case "button" | "icon_button" | "workflow_button":
                yield f"[{_text(element['text'], marks)}]"
            case _:
                yield " ".join(["[▾", *(_text(option["text"], marks) for option in element.get("options", [])), "]"])


def _task(task: Json, marks: Marks) -> str:
    parts = [f"{GLYPHS[task['status']]} {marks.plain(task['title'], emoji=False)}"]
    for name in ("details", "output"):
        if task.get(name):
            said = task[name]
            parts.append(_rich(said, marks) if is_object(said) else marks.markdown(said))
    sources: list[Json] = task.get("sources") or []
    parts += [source["text"] for source in sources]
    return " — ".join(parts)


def _rich(block: Json, marks: Marks) -> str:
    return "\n".join(_rich_part(element, marks) for element in block["elements"])


def _rich_part(element: Json, marks: Marks) -> str:
    match element["type"]:
        case "rich_text_list":
            first = element.get("offset", 0) + 1
            return "\n".join(
                f"{_sign(element, number)} {_rich_part(item, marks)}"
                for number, item in enumerate(element["elements"], start=first)
            )
        case "rich_text_section" | "rich_text_quote" | "rich_text_preformatted":
            return "".join(_rich_part(part, marks) for part in element["elements"])
        case "text":
            return visible(element["text"])  # rich text is literal: no entities, no emoji codes
        case "link":
            return element.get("text") or element["url"]
        case "user":
            marks.pings.append(element["user_id"])
            return f"@{marks.name(element['user_id'])}"
        case "broadcast":
            marks.pings.append(element["range"])
            return f"@{element['range']}"
        case "emoji":
            return marks.plain(f":{element['name']}:")
        case "channel":
            return f"#{marks.name(element['channel_id'])}"
        case other:
            return f"({other})"


def _sign(kind: Json, number: int) -> str:
    """Before an item of a list: Slack counts with numbers, one level deeper with letters, then with Roman numbers."""
    if kind["style"] == "bullet":
        return "•"
    level = kind.get("indent", 0) % 3
    if level == 0:
        return f"{number}."
    return f"{chr(ord('a') + (number - 1) % 26)}." if level == 1 else f"{'i' * min(number, 3)}."


def _cell(cell: Json, marks: Marks) -> str:
    return _rich(cell, marks) if cell["type"] == "rich_text" else visible(cell["text"])


def _chart(block: Json) -> Iterator[str]:
    chart = block["chart"]
    yield f"📊 {block['title']}"
    if chart["type"] == "pie":
        yield from (f"{segment['label']}: {segment['value']}" for segment in chart["segments"])
    for series in chart.get("series", []):
        yield f"{series['name']}: " + ", ".join(f"{point['label']} {point['value']}" for point in series["data"])
