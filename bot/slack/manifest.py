"""What Slack has to be told about the app: its features, permissions and events.

https://docs.slack.dev/reference/app-manifest
"""

from typing import Any

from bot.slack.app import ENDS, EVENTS, SLASH
from bot.slack.forms import GIVE
from bot.slack.home import PROMPTS
from bot.slack.http import PATH
from bot.slack.oauth import OAUTH
from bot.slack.scopes import SCOPES

Json = dict[str, Any]

_CONVERSATIONS = ("channels", "groups", "im", "mpim")


def manifest(public_url: str | None = None, installs: str | None = None) -> Json:
    """The manifest: for Socket Mode, or for deliveries to ``public_url``. ``installs``: the public address at which
    workspaces install the app by themselves; their tokens then expire, and are renewed.
    """
    address = f"{public_url.rstrip('/')}{PATH}" if public_url is not None else None
    redirects = {"redirect_urls": [f"{installs.rstrip('/')}{OAUTH}"]} if installs is not None else {}
    where = {"request_url": address} if address is not None else {}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Legwork",
            "description": "Does the legwork: plans, reads, computes, and reports back in the thread.",
            "background_color": "#1f3a4d",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Legwork", "always_online": True},
            "agent_view": {
                "agent_description": "Plans what you ask for, does it step by step, and reports back.",
                "suggested_prompts": [{"title": title, "message": message} for title, message in PROMPTS],
            },
            "shortcuts": [
                {
                    "name": "Give this to Legwork",
                    "type": "message",
                    "callback_id": GIVE,
                    "description": "Say what shall be done with a message",
                }
            ],
            "slash_commands": [
                {
                    "command": SLASH,
                    "description": "Tasks, threads, workflows and more; alone it opens a form",
                    "usage_hint": "tasks | help | what you need",
                    "should_escape": True,
                }
                | ({"url": address} if address is not None else {})
            ],
        },
        "oauth_config": {**redirects, "scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**where, "bot_events": bot_events()},
            "interactivity": {"is_enabled": True, **where},
            "org_deploy_enabled": False,
            "socket_mode_enabled": address is None,
            "token_rotation_enabled": installs is not None,
        },
    }


def bot_events() -> list[str]:
    """The events to subscribe to: a message has one for each kind of conversation."""
    kinds = [f"message.{kind}" for kind in _CONVERSATIONS]
    return sorted([*(name for name in EVENTS if name != "message"), *ENDS, *kinds])
