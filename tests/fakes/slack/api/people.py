"""auth.test, team.info, users.info, bots.info, reactions.*."""

from typing import Any

from tests.fakes.slack import payloads
from tests.fakes.slack.api.call import Call
from tests.fakes.slack.refusal import Refusal
from tests.fakes.slack.state import Message

Json = dict[str, Any]


def auth_test(call: Call) -> Json:
    return {
        "url": f"{call.workspace.domain}/",
        "team": call.workspace.name,
        "user": "legwork",
        "team_id": call.workspace.id,
        "user_id": call.workspace.bot_user,
        "bot_id": call.workspace.bot_id,
        "is_enterprise_install": False,
    }


def team_info(call: Call) -> Json:
    team = call.get("team")
    if team not in (None, call.workspace.id):
        raise Refusal("team_not_found")
    name = call.workspace.name
    return {"team": {"id": call.workspace.id, "name": name, "domain": name.lower(), "url": call.workspace.domain}}


def users_info(call: Call) -> Json:
    return {"user": payloads.user(call.user(), call.workspace, call.world.clock.now)}


def bots_info(call: Call) -> Json:
    if call.get("bot") not in (None, call.workspace.bot_id):
        raise Refusal("bot_not_found")
    return {
        "bot": {
            "id": call.workspace.bot_id,
            "app_id": call.world.app_id,
            "user_id": call.workspace.bot_user,
            "name": "legwork",
            "deleted": False,
        }
    }


def add_reaction(call: Call) -> Json:
    message = _item(call)
    users = message.reactions.setdefault(call.text("name"), [])
    if call.workspace.bot_user in users:
        raise Refusal("already_reacted")
    users.append(call.workspace.bot_user)
    return {}


def remove_reaction(call: Call) -> Json:
    users = _item(call).reactions.get(call.text("name"), [])
    if call.workspace.bot_user not in users:
        raise Refusal("no_reaction")
    users.remove(call.workspace.bot_user)
    return {}


def _item(call: Call) -> Message:
    name = call.text("name")
    if not name or not all(letter.isalnum() or letter in "_+-:'" for letter in name):
        raise Refusal("invalid_name")
    channel = call.channel()
    message = channel.find(call.text("timestamp"))
    if message is None:
        raise Refusal("message_not_found")
    return message
