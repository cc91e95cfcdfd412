"""What a hand finds on the screen: buttons and menus to press, fields to fill in."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.fakes.slack.marks import Marks
from tests.fakes.slack.shapes import is_object

Json = dict[str, Any]


class CannotDo(AssertionError):
    """The person looks for something that is not there."""


@dataclass(frozen=True, slots=True)
class Pressable:
    """A button or an option of a menu; ``action`` is what the bot is told of it."""

    label: str
    action_id: str
    action: Json


def press(blocks: list[Json], wanted: str, marks: Marks) -> Json:
    """The action of the button or option with this label or action_id. Raises CannotDo."""
    found = list(_pressables(blocks, marks))
    for pressable in found:
        if wanted in (pressable.label, pressable.action_id):
            return pressable.action
    raise CannotDo(f"there is nothing called {wanted!r} to press, only {[pressable.label for pressable in found]}")


def _pressables(blocks: list[Json], marks: Marks) -> Iterator[Pressable]:
    for block in blocks:
        elements = [*block.get("elements", []), *block.get("actions", [])]
        elements += [block[name] for name in ("accessory", "element") if is_object(block.get(name))]
        for element in elements:
            if is_object(element):
                yield from _of_element(element, block["block_id"], marks)
        yield from _pressables(block.get("child_blocks", []), marks)
        if block["type"] == "carousel":
            yield from _pressables(block["elements"], marks)


def _of_element(element: Json, block_id: str, marks: Marks) -> Iterator[Pressable]:
    kind = element.get("type")
    if kind is None or "action_id" not in element:
        return
    common = {"type": kind, "action_id": element["action_id"], "block_id": block_id}
    if kind in ("button", "icon_button"):
        carried = {name: element[name] for name in ("text", "value", "style") if name in element}
        yield Pressable(marks.plain(element["text"]["text"]), element["action_id"], common | carried)
    elif kind == "feedback_buttons":
        for name in ("positive_button", "negative_button"):
            button = element[name]
            carried = {"text": button["text"], "value": button["value"]}
            yield Pressable(marks.plain(button["text"]["text"]), name, common | carried)
    elif kind in ("static_select", "overflow", "radio_buttons", "checkboxes"):
        many = kind == "checkboxes"
        groups = [group["options"] for group in element.get("option_groups", [])]
        for option in [*element.get("options", []), *(option for group in groups for option in group)]:
            chosen = {"selected_options": [option]} if many else {"selected_option": option}
            yield Pressable(marks.plain(option["text"]["text"]), element["action_id"], common | chosen)


def fill_in(blocks: list[Json], values: dict[str, Any], marks: Marks) -> Json:
    """The state of a form's fields, by block_id and action_id. Raises CannotDo.

    ``values`` are named by label, block_id or action_id: text, the label of an option, or a list of them.
    """
    left = dict(values)
    state: Json = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        label = marks.plain(block["label"]["text"])
        name = next((name for name in (label, block["block_id"], element["action_id"]) if name in left), None)
        given = left.pop(name) if name is not None else _initial(element)
        if given in (None, "", []) and not block.get("optional", False):
            raise CannotDo(f"{label!r} has to be filled in")
        state[block["block_id"]] = {element["action_id"]: _held(element, given, marks)}
    if left:
        raise CannotDo(f"there are no fields called {sorted(left)}")
    return state


def _initial(element: Json) -> Any:
    for name in ("initial_value", "initial_date", "initial_time", "initial_user", "initial_conversation"):
        if name in element:
            return element[name]
    if "initial_option" in element:
        return element["initial_option"]["text"]["text"]
    if "initial_options" in element:
        return [option["text"]["text"] for option in element["initial_options"]]
    return None


def _held(element: Json, given: Any, marks: Marks) -> Json:
    kind = element["type"]
    match kind:
        case "static_select" | "radio_buttons":
            return {"type": kind, "selected_option": _option(element, given, marks) if given else None}
        case "multi_static_select" | "checkboxes":
            labels: list[str] = given or []
            return {"type": kind, "selected_options": [_option(element, label, marks) for label in labels]}
        case "datepicker" | "timepicker" | "users_select" | "conversations_select" | "channels_select":
            name = kind.removesuffix("picker").removesuffix("_select").removesuffix("s")
            return {"type": kind, f"selected_{name}": given}
        case "datetimepicker":
            return {"type": kind, "selected_date_time": given}
        case "multi_users_select" | "multi_conversations_select" | "multi_channels_select":
            return {"type": kind, f"selected_{kind.split('_')[1]}": given or []}
        case _:
            _fits(element, given)
            return {"type": kind, "value": given or None}


def _fits(element: Json, given: Any) -> None:
    size = len(given or "")
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if given and not least <= size <= most:
        raise CannotDo(f"the field takes {least} to {most} characters, not {size}")
    if "\n" in (given or "") and not element.get("multiline", False):
        raise CannotDo("the field is one line")


def _option(element: Json, label: str, marks: Marks) -> Json:
    groups = [group["options"] for group in element.get("option_groups", [])]
    for option in [*element.get("options", []), *(option for group in groups for option in group)]:
        if label in (marks.plain(option["text"]["text"]), option["value"]):
            return option
    raise CannotDo(f"there is no option {label!r}")
