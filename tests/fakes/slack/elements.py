"""Texts, buttons, menus and fields: what stands inside blocks."""

import inspect
from collections.abc import Iterator, Mapping
from functools import cache
from types import ModuleType
from typing import Any, cast

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block, BlockElement, block_elements, blocks

from tests.fakes.slack.shapes import is_list, is_object

Json = dict[str, Any]


def _classes(module: ModuleType, base: type) -> dict[str, type]:
    """The SDK's class for each ``type``; the first one of a type is the general one."""
    found: dict[str, type] = {}
    for value in vars(module).values():
        if inspect.isclass(value) and issubclass(value, base) and isinstance(getattr(value, "type", None), str):
            found.setdefault(cast(Any, value).type, value)
    return found


BLOCKS = _classes(blocks, Block) | {"data_visualization": Block, "data_table": Block}
ELEMENTS = _classes(block_elements, BlockElement)

INPUTS = {name for name in ELEMENTS if name.endswith(("_input", "_select", "picker"))} | {"checkboxes", "radio_buttons"}
ACTIONS = {name for name in ELEMENTS if name.endswith(("_select", "picker"))} | {
    "button", "checkboxes", "overflow", "radio_buttons", "workflow_button", "rich_text_input", "plain_text_input",
}  # fmt: skip
ACCESSORIES = ACTIONS | {"image"}


def known_fields(value: Json, cls: type, at: str, problems: list[str]) -> None:
    """Every field is known to the class, and the required ones are there."""
    parameters = _parameters(cls)
    unknown = [name for name in value if name not in parameters and name != "type"]
    problems.extend(f"additional property: {name} [json-pointer:{at}]" for name in unknown)
    for name, parameter in parameters.items():
        if parameter.default is inspect.Parameter.empty and value.get(name) is None:
            problems.append(f"missing required field: {name} [json-pointer:{at}]")


@cache
def _parameters(cls: type) -> Mapping[str, inspect.Parameter]:
    return {
        name: parameter
        for name, parameter in inspect.signature(cls).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and name != "subtype"
    }


def sdk_says(block: Json, at: str, problems: list[str]) -> None:
    """What the SDK's own class finds wrong."""
    try:
        parsed = cast(Any, Block).parse(block)
        if parsed is not None:
            parsed.to_dict()
    except (SlackObjectFormationError, TypeError, KeyError, AttributeError) as error:
        problems.append(f"{error} [json-pointer:{at}]")


def length(value: Any, most: int, at: str, problems: list[str]) -> None:
    """A text of 1 to ``most`` characters."""
    if not isinstance(value, str):
        problems.append(f"must be a string [json-pointer:{at}]")
    elif not value:
        problems.append(f"must be more than 0 characters [json-pointer:{at}]")
    elif len(value) > most:
        problems.append(f"must be less than {most + 1} characters [json-pointer:{at}]")


def text(value: Any, most: int, at: str, problems: list[str], only: str | None = None) -> None:
    """A text object."""
    if not is_object(value) or value.get("type") not in ("plain_text", "mrkdwn"):
        problems.append(f"must be a text object [json-pointer:{at}]")
        return
    value = value
    if only is not None and value["type"] != only:
        problems.append(f"must be a {only} object [json-pointer:{at}/type]")
    extra = set(value) - {"type", "text", "emoji" if value["type"] == "plain_text" else "verbatim"}
    problems.extend(f"additional property: {name} [json-pointer:{at}]" for name in sorted(extra))
    length(value.get("text"), most, f"{at}/text", problems)


def items(value: Json, name: str, most: int, at: str, problems: list[str]) -> Iterator[tuple[int, Any]]:
    """The items of a list of 1 to ``most``."""
    found = value.get(name)
    if not is_list(found) or not found:
        problems.append(f"must contain at least 1 item [json-pointer:{at}/{name}]")
        return
    found = found
    if len(found) > most:
        problems.append(f"no more than {most} items allowed [json-pointer:{at}/{name}]")
    yield from enumerate(found)


def check(element: Any, kinds: set[str], at: str, problems: list[str]) -> None:
    """An element of one of the ``kinds``."""
    kind = element.get("type") if is_object(element) else None
    if kind not in kinds or kind not in ELEMENTS:
        problems.append(f"unsupported type: {kind} [json-pointer:{at}/type]")
        return
    element = element
    known_fields(element, ELEMENTS[kind], at, problems)
    if "action_id" in element:
        length(element["action_id"], 255, f"{at}/action_id", problems)
    if "text" in element:
        text(element["text"], 75, f"{at}/text", problems, only="plain_text")
    for name, most in (("value", 2000), ("url", 3000)):
        if name in element:
            length(element[name], most, f"{at}/{name}", problems)
    if element.get("style") not in (None, "primary", "danger"):
        problems.append(f"must be one of: primary, danger [json-pointer:{at}/style]")
    if "placeholder" in element:
        text(element["placeholder"], 150, f"{at}/placeholder", problems, only="plain_text")
    if "confirm" in element:
        _confirm(element["confirm"], f"{at}/confirm", problems)
    if kind == "feedback_buttons":
        _feedback(element, at, problems)
    if kind in _OPTIONS:
        _options(element, _OPTIONS[kind], at, problems)


_OPTIONS = {"static_select": 100, "multi_static_select": 100, "overflow": 5, "checkboxes": 10, "radio_buttons": 10}


def _options(element: Json, most: int, at: str, problems: list[str]) -> None:
    if "option_groups" in element:
        for number, group in items(element, "option_groups", 100, at, problems):
            where = f"{at}/option_groups/{number}"
            text(group.get("label"), 75, f"{where}/label", problems, only="plain_text")
            _option_list(group, most, where, problems)
    else:
        _option_list(element, most, at, problems)


def _option_list(holder: Json, most: int, at: str, problems: list[str]) -> None:
    for number, option in items(holder, "options", most, at, problems):
        where = f"{at}/options/{number}"
        if not is_object(option):
            problems.append(f"must be an object [json-pointer:{where}]")
            continue
        option = option
        extra = sorted(set(option) - {"text", "value", "description", "url"})
        problems.extend(f"additional property: {name} [json-pointer:{where}]" for name in extra)
        text(option.get("text"), 75, f"{where}/text", problems)
        length(option.get("value"), 150, f"{where}/value", problems)
        if "description" in option:
            text(option["description"], 75, f"{where}/description", problems)


def _feedback(element: Json, at: str, problems: list[str]) -> None:
    for name in ("positive_button", "negative_button"):
        button: Json = element.get(name) or {}
        text(button.get("text"), 75, f"{at}/{name}/text", problems, only="plain_text")
        length(button.get("value"), 2000, f"{at}/{name}/value", problems)


def _confirm(value: Any, at: str, problems: list[str]) -> None:
    for name, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        if name in value or name in ("title", "text"):
            text(value.get(name), most, f"{at}/{name}", problems)
