"""The manifest says what the app does, and no more."""

import asyncio
import json
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot import cli
from bot.edge import Edge
from bot.slack.app import dispatch, listening
from bot.slack.ears import Ears
from bot.slack.manifest import bot_events, manifest
from bot.slack.scopes import SCOPES
from bot.slack.web import Json, Web

SCOPES_OF_EVENTS = {
    "agent_session_stopped": "assistant:write",
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "app_uninstalled": None,
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "reaction_added": "reactions:read",
    "tokens_revoked": None,
    "user_change": "users:read",
}
"""https://docs.slack.dev/reference/events"""

SCOPES_OF_CALLS = {
    "assistant:write",  # agents.sessions.setStatus, assistant.threads.setSuggestedPrompts
    "chat:write",  # chat.*
    "commands",  # the slash command, the shortcut, and with them views.*
    "files:read",  # files.info
    "files:write",  # files.getUploadURLExternal, files.completeUploadExternal
    "im:write",  # conversations.open
    "users:read",  # users.info, user_change
}


class Hearing(Ears):
    """Notes what it was given, and takes nothing."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        super().__init__(
            cast(Edge, SimpleNamespace(redis=None, database=None)), Web("xoxb-test", "http://127.0.0.1:9/")
        )

    async def message(self, body: Json) -> None:
        self.heard.append("message")

    async def stopped(self, body: Json) -> None:
        self.heard.append("stopped")

    async def reaction(self, body: Json) -> None:
        self.heard.append("reaction")

    async def changed(self, body: Json) -> None:
        self.heard.append("changed")

    async def opened(self, body: Json) -> None:
        self.heard.append("opened")

    async def pressed(self, body: Json) -> None:
        self.heard.append("pressed")

    async def commanded(self, body: Json) -> str | None:
        self.heard.append("commanded")
        return None

    async def shortcut(self, body: Json) -> None:
        self.heard.append("shortcut")

    async def submitted(self, body: Json) -> None:
        self.heard.append("submitted")


async def heard(body: dict[str, Any]) -> list[str]:
    ears = Hearing()

    async def find(team: str | None) -> Ears | None:
        await asyncio.sleep(0)
        return ears if team == "T1" else None

    async def end(team: str, status: str, at: datetime) -> None:
        await asyncio.sleep(0)
        ears.heard.append(status)

    answer = await dispatch(listening(find, "http://127.0.0.1:9/", end), body)
    assert answer.status == 200
    return ears.heard


def event(name: str) -> dict[str, Any]:
    of = {"type": name.partition(".")[0], "tokens": {"bot": ["U1"]}}
    return {"type": "event_callback", "team_id": "T1", "event_time": 1_764_000_000, "event": of}


@pytest.mark.parametrize("name", bot_events())
async def test_every_event_subscribed_to_is_listened_to(name: str) -> None:
    assert len(await heard(event(name))) == 1


def test_every_event_that_is_listened_to_is_subscribed_to() -> None:
    assert set(bot_events()) == set(SCOPES_OF_EVENTS)


def test_where_workspaces_install_it_the_app_says_where_they_come_back_and_that_tokens_expire() -> None:
    made = manifest(installs="https://legwork.example.com/")
    assert made["oauth_config"]["redirect_urls"] == ["https://legwork.example.com/slack/oauth"]
    assert made["settings"]["token_rotation_enabled"] is True
    assert "redirect_urls" not in manifest()["oauth_config"]


async def test_other_events_are_not_listened_to() -> None:
    assert await heard(event("team_join")) == []


async def test_events_of_unknown_workspaces_are_not_listened_to() -> None:
    assert await heard(event("message.im") | {"team_id": "T2"}) == []


async def test_the_command_the_shortcut_and_the_forms_are_listened_to() -> None:
    features = manifest()["features"]
    [command], [shortcut] = features["slash_commands"], features["shortcuts"]
    team: dict[str, Any] = {"team": {"id": "T1"}, "user": {"id": "U1"}}
    assert await heard({"command": command["command"], "text": "", "team_id": "T1", "user_id": "U1"}) == ["commanded"]
    handed = {"type": "message_action", "callback_id": shortcut["callback_id"], "message": {}, **team}
    assert await heard(handed) == ["shortcut"]
    view = {"type": "modal", "callback_id": shortcut["callback_id"], "state": {"values": {}}}
    assert await heard({"type": "view_submission", "view": view, **team}) == ["submitted"]


def test_the_permissions_are_those_that_are_used() -> None:
    assert set(SCOPES) == SCOPES_OF_CALLS | {scope for scope in SCOPES_OF_EVENTS.values() if scope is not None}
    assert manifest()["oauth_config"]["scopes"]["bot"] == list(SCOPES)


def test_over_http_every_address_is_the_public_one() -> None:
    made = manifest("https://legwork.example/")
    address = "https://legwork.example/slack/events"
    assert made["settings"]["event_subscriptions"]["request_url"] == address
    assert made["settings"]["interactivity"]["request_url"] == address
    assert made["features"]["slash_commands"][0]["url"] == address
    assert made["settings"]["socket_mode_enabled"] is False


def test_texts_keep_slacks_limits() -> None:
    made = manifest()
    assert len(made["display_information"]["description"]) <= 140
    assert len(made["features"]["agent_view"]["agent_description"]) <= 300
    assert len(made["features"]["agent_view"]["suggested_prompts"]) <= 4
    [shortcut] = made["features"]["shortcuts"]
    assert len(shortcut["name"]) <= 24
    assert len(shortcut["description"]) <= 150


def test_the_command_line_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["manifest", "slack"]) == 0
    assert json.loads(capsys.readouterr().out) == manifest()
