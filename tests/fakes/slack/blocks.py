"""Block Kit, as strictly as Slack takes it: what the SDK's classes know, and what only the reference says.

Every function appends to ``problems`` sentences like Slack's: ``must be less than 151 characters
[json-pointer:/blocks/0/text/text]``.
"""

from typing import Any

from tests.fakes.slack import charts, elements, plans
from tests.fakes.slack.elements import BLOCKS, known_fields, length, sdk_says, text
from tests.fakes.slack.refusal import invalid
from tests.fakes.slack.rules import Rules
from tests.fakes.slack.shapes import is_list, is_object

Json = dict[str, Any]

_SURFACES = {
    "message": set(BLOCKS) - {"input", "alert", "file"} | {"input", "data_table", "data_visualization"},
    "view": set(BLOCKS) - {"plan", "task_card", "table", "context_actions", "markdown", "auth_provider", "file"},
}
_MOST = {"message": 50, "view": 100}


def check(blocks: Any, rules: Rules, surface: str = "message") -> None:
    """Raises Refusal: invalid_blocks, invalid_blocks_format, invalid_attachments, msg_blocks_too_long."""
    if not is_list(blocks):
        raise invalid("blocks must be an array", code="invalid_blocks_format")
    problems: list[str] = []
    if len(blocks) > _MOST[surface]:
        problems.append(f"no more than {_MOST[surface]} items allowed [json-pointer:/blocks]")
    for number, block in enumerate(blocks):
        try:
            _block(block, f"/blocks/{number}", problems, surface)
        except (AttributeError, KeyError, TypeError):  # the shape is so wrong that looking at it fails
            problems.append(f"malformed block [json-pointer:/blocks/{number}]")
    if problems:
        raise invalid(*problems, code="invalid_blocks")
    _together(blocks, rules)


def _together(blocks: list[Json], rules: Rules) -> None:
    """What holds for all blocks of a message together."""
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    if len(ids) != len(set(ids)):
        raise invalid("block_id must be unique [json-pointer:/blocks]", code="invalid_blocks")
    kinds = [block["type"] for block in blocks]
    if kinds.count("table") > 1:
        raise invalid("only_one_table_allowed", code="invalid_attachments")
    charted = kinds.count("data_visualization")
    if charted and not rules.charts:
        raise invalid("unsupported type: data_visualization [json-pointer:/blocks]", code="invalid_blocks")
    if charted > 2:
        raise invalid("no more than 2 data_visualization blocks allowed", code="invalid_blocks")
    written = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if written > rules.markdown_limit:
        raise invalid(f"markdown blocks hold more than {rules.markdown_limit} characters", code="invalid_blocks")
    if sum(_text_length(block) for block in blocks) > rules.blocks_text_limit:
        raise invalid("blocks are too long", code="msg_blocks_too_long")


def _text_length(block: Json) -> int:
    if block["type"] in ("table", "data_table", "data_visualization"):
        return 0
    return _texts(block)


def _texts(value: Any) -> int:
    if is_object(value):
        own = len(value["text"]) if isinstance(value.get("text"), str) else 0
        return own + sum(_texts(part) for part in value.values())
    return sum(_texts(part) for part in value) if is_list(value) else 0


def _block(block: Any, at: str, problems: list[str], surface: str) -> None:
    if not is_object(block) or not isinstance(block.get("type"), str):
        problems.append(f"missing required field: type [json-pointer:{at}]")
        return
    kind = block["type"]
    if kind not in _SURFACES[surface]:
        problems.append(f"unsupported type: {kind} [json-pointer:{at}/type]")
        return
    before = len(problems)
    if "block_id" in block:
        length(block["block_id"], 255, f"{at}/block_id", problems)
    if kind in charts.CHECKS:
        charts.CHECKS[kind](block, at, problems)
        return
    known_fields(block, BLOCKS[kind], at, problems)
    if len(problems) == before:
        _RULES.get(kind, _nothing)(block, at, problems)
    if len(problems) == before:
        sdk_says(block, at, problems)


def _nothing(block: Json, at: str, problems: list[str]) -> None:
    """The SDK's class knows all there is to this block."""


def _section(block: Json, at: str, problems: list[str]) -> None:
    if "text" in block:
        text(block["text"], 3000, f"{at}/text", problems)
    fields = block.get("fields", [])
    if not is_list(fields):
        problems.append(f"must be an array [json-pointer:{at}/fields]")
        return
    for number, field in enumerate(fields):
        text(field, 2000, f"{at}/fields/{number}", problems)
    if "accessory" in block:
        elements.check(block["accessory"], elements.ACCESSORIES, f"{at}/accessory", problems)


def _header(block: Json, at: str, problems: list[str]) -> None:
    text(block.get("text"), 150, f"{at}/text", problems, only="plain_text")


def _markdown(block: Json, at: str, problems: list[str]) -> None:
    length(block["text"], 12_000, f"{at}/text", problems)


def _context(block: Json, at: str, problems: list[str]) -> None:
    for number, element in elements.items(block, "elements", 10, at, problems):
        if is_object(element) and element.get("type") == "image":
            elements.check(element, {"image"}, f"{at}/elements/{number}", problems)
        else:
            text(element, 3000, f"{at}/elements/{number}", problems)


def _actions(block: Json, at: str, problems: list[str]) -> None:
    _interactive(block, 25, elements.ACTIONS, at, problems)


def _context_actions(block: Json, at: str, problems: list[str]) -> None:
    _interactive(block, 5, {"feedback_buttons", "icon_button"}, at, problems)


def _interactive(block: Json, most: int, kinds: set[str], at: str, problems: list[str]) -> None:
    ids: list[str] = []
    for number, element in elements.items(block, "elements", most, at, problems):
        elements.check(element, kinds, f"{at}/elements/{number}", problems)
        if is_object(element) and "action_id" in element:
            ids.append(element["action_id"])
    if len(ids) != len(set(ids)):
        problems.append(f"action_id must be unique in its block [json-pointer:{at}/elements]")


def _input(block: Json, at: str, problems: list[str]) -> None:
    text(block["label"], 2000, f"{at}/label", problems, only="plain_text")
    if "hint" in block:
        text(block["hint"], 2000, f"{at}/hint", problems, only="plain_text")
    elements.check(block["element"], elements.INPUTS, f"{at}/element", problems)


def _image(block: Json, at: str, problems: list[str]) -> None:
    if ("image_url" in block) == ("slack_file" in block):
        problems.append(f"either image_url or slack_file is required [json-pointer:{at}]")
    length(block["alt_text"], 2000, f"{at}/alt_text", problems)
    if "title" in block:
        text(block["title"], 2000, f"{at}/title", problems, only="plain_text")


def _container(block: Json, at: str, problems: list[str]) -> None:
    for name in ("title", "subtitle"):
        if name in block:
            text(block[name], 150, f"{at}/{name}", problems)
    for number, child in elements.items(block, "child_blocks", 10, at, problems):
        _block(child, f"{at}/child_blocks/{number}", problems, "message")


def _card(block: Json, at: str, problems: list[str]) -> None:
    for name, most in (("title", 150), ("subtitle", 150), ("body", 200)):
        if name in block:
            text(block[name], most, f"{at}/{name}", problems)
    for number, element in enumerate(block.get("actions", [])):
        elements.check(element, {"button"}, f"{at}/actions/{number}", problems)


def _carousel(block: Json, at: str, problems: list[str]) -> None:
    for number, card in elements.items(block, "elements", 10, at, problems):
        _block(card, f"{at}/elements/{number}", problems, "message")


_RULES = {
    "section": _section,
    "header": _header,
    "markdown": _markdown,
    "context": _context,
    "actions": _actions,
    "context_actions": _context_actions,
    "input": _input,
    "image": _image,
    "container": _container,
    "card": _card,
    "carousel": _carousel,
    "rich_text": plans.rich_text,
    "task_card": plans.task_card,
    "plan": plans.plan,
    "table": charts.table,
}
