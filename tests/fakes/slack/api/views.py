"""views.open, .push, .update, .publish."""

import copy
import json
import secrets
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.views import View as SdkView

from tests.fakes.slack import blocks, payloads
from tests.fakes.slack.api.call import Call
from tests.fakes.slack.elements import text
from tests.fakes.slack.refusal import Refusal, invalid
from tests.fakes.slack.rules import Rules
from tests.fakes.slack.shapes import is_object
from tests.fakes.slack.state import User, View
from tests.fakes.slack.world import World

Json = dict[str, Any]

_FIELDS = {
    "type", "title", "blocks", "close", "submit", "private_metadata", "callback_id", "clear_on_close",
    "notify_on_close", "external_id", "submit_disabled",
}  # fmt: skip


def open_(call: Call) -> Json:
    body = checked(call.get("view"), call.world.rules, "modal")
    user = _puller(call)
    user.modals.clear()
    return _answer(call, add_modal(call, user, body))


def push(call: Call) -> Json:
    body = checked(call.get("view"), call.world.rules, "modal")
    user = _puller(call)
    if len(user.modals) >= 3:
        raise Refusal("push_limit_reached")
    return _answer(call, add_modal(call, user, body))


def publish(call: Call) -> Json:
    user = call.workspace.users.get(call.text("user_id"))
    if user is None or user.is_bot:
        raise invalid("user_id is not a person of this workspace")
    body = checked(call.get("view"), call.world.rules, "home")
    if user.home is None:
        user.home = _new(call, user, body, None)
    else:
        if call.get("hash") not in (None, user.home.hash):
            raise Refusal("hash_conflict")
        replace(user.home, body)
    call.world.show_view(call.workspace, user.home)
    return _answer(call, user.home)


def update(call: Call) -> Json:
    if call.get("view_id"):
        view = call.workspace.views.get(call.text("view_id"))
    elif call.get("external_id"):
        views = call.workspace.views.values()
        view = next((view for view in views if view.external_id == call.get("external_id")), None)
    else:
        raise invalid("view_id or external_id is required")
    user = call.workspace.users[view.user] if view else None
    if view is None or user is None or (view is not user.home and view not in user.modals):
        raise Refusal("not_found")
    body = checked(call.get("view"), call.world.rules, view.body["type"])
    if call.get("hash") not in (None, view.hash):
        raise Refusal("hash_conflict")
    replace(view, body)
    call.world.show_view(call.workspace, view)
    return _answer(call, view)


def add_modal(call: Call, user: User, body: Json) -> View:
    """Put a modal on top of the person's stack."""
    view = _new(call, user, body, user.modals[-1] if user.modals else None)
    user.modals.append(view)
    call.world.show_view(call.workspace, view)
    return view


def replace(view: View, body: Json) -> None:
    """Fields keep what was entered where block_id and action_id stay the same."""
    view.body = body
    view.hash = new_hash()
    view.errors = {}
    kept = {block["block_id"] for block in body["blocks"] if block.get("block_id")}
    view.state = {block_id: held for block_id, held in view.state.items() if block_id in kept}


def new_hash() -> str:
    return f"{secrets.randbelow(10**10)}.{secrets.token_hex(4)}"


def checked(given: Any, rules: Rules, kind: str) -> Json:
    """A sound view of this kind. Raises Refusal: invalid_arguments, invalid_blocks, view_too_large."""
    if not is_object(given):
        raise invalid("view must be an object")
    body = copy.deepcopy(given)
    if body.get("type") != kind:
        raise invalid(f"view must be of type {kind} [json-pointer:/view/type]")
    unknown = sorted(set(body) - _FIELDS)
    if unknown:
        raise invalid(*(f"additional property: {name} [json-pointer:/view]" for name in unknown))
    if len(json.dumps(body)) > 250_000:
        raise Refusal("view_too_large")
    if "blocks" not in body:
        raise invalid("missing required field: blocks [json-pointer:/view]")
    if kind == "modal":
        _modal(body)
    blocks.check(body["blocks"], rules, "view")
    try:
        SdkView(**body).validate_json()
    except (SlackObjectFormationError, TypeError) as error:
        raise invalid(f"{error} [json-pointer:/view]") from error
    return body


def _modal(body: Json) -> None:
    problems: list[str] = []
    if "title" not in body:
        problems.append("missing required field: title [json-pointer:/view]")
    for name in ("title", "submit", "close"):
        if name in body:
            text(body[name], 24, f"/view/{name}", problems, only="plain_text")
    fields = any(block.get("type") == "input" for block in body["blocks"] if is_object(block))
    if fields and "submit" not in body:
        problems.append("submit is required when there are input blocks [json-pointer:/view]")
    if problems:
        raise invalid(*problems)


def _new(call: Call, user: User, body: Json, previous: View | None) -> View:
    external = body.get("external_id", "")
    if external and any(view.external_id == external for view in call.workspace.views.values()):
        raise Refusal("duplicate_external_id")
    view_id = call.world.id("V")
    root = previous.root if previous else view_id
    view = View(view_id, user.id, body, new_hash(), root, previous.id if previous else None, external)
    call.workspace.views[view.id] = view
    return view


def _puller(call: Call) -> User:
    if not call.get("trigger_id"):
        raise invalid("trigger_id is required")
    return call.world.pull(call.workspace, call.get("trigger_id"))


def _answer(call: Call, view: View) -> Json:
    return {"view": payloads.view(view, call.workspace, call.world.app_id)}


def respond(world: World, call: Call, user: User, view: View, answer: Json | None) -> None:
    """What becomes of a submitted modal. A malformed answer leaves it open with an error, as in Slack."""
    try:
        _become(world, call, user, view, answer or {})
    except (Refusal, KeyError):
        view.errors = {"": "We had some trouble connecting. Try again?"}
    if view in user.modals:
        world.show_view(call.workspace, view)


def _become(world: World, call: Call, user: User, view: View, answer: Json) -> None:
    action = answer.get("response_action")
    if action == "errors":
        view.errors = {block_id: said for block_id, said in answer["errors"].items() if block_id in _ids(view)}
        if not view.errors:
            raise invalid("errors name no block of the view")
    elif action == "clear":
        user.modals.clear()
    elif action == "update":
        replace(view, checked(answer["view"], world.rules, "modal"))
    elif action == "push":
        add_modal(call, user, checked(answer["view"], world.rules, "modal"))
    elif action is None:
        user.modals.remove(view)
    else:
        raise invalid(f"unknown response_action {action}")


def _ids(view: View) -> set[str]:
    return {block["block_id"] for block in view.blocks}
