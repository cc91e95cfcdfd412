"""The Bolt app: which events and interactions are listened to. The manifest is made from the same names."""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, cast

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import events
from bot.slack.ears import Ears
from bot.slack.forms import COMMAND, GIVE
from bot.slack.shapes import string
from domain.core.db import AWAY
from domain.core.errors import LegworkError
from domain.core.logging import logger

log = logger(__name__)

Json = dict[str, Any]
Hear = Callable[[Json], Awaitable[str | None]]

Find = Callable[[str | None], Awaitable[Ears | None]]
"""What hears a workspace; None for one that is none of ours. Raises Unavailable while that is not known."""

EVENTS: Mapping[str, Callable[[Ears], Hear]] = {
    "agent_session_stopped": lambda ears: ears.stopped,
    "app_home_opened": lambda ears: ears.opened,
    "app_mention": lambda ears: ears.message,
    "message": lambda ears: ears.message,
    "reaction_added": lambda ears: ears.reaction,
    "user_change": lambda ears: ears.changed,
}
"""Events by type; the ``message.*`` of every kind of conversation arrive as ``message``."""

ENDS: Mapping[str, str] = {"app_uninstalled": "uninstalled", "tokens_revoked": "revoked"}
"""Events by which an installation comes to its end, in either order, and what it is from then on."""

End = Callable[[str, str, datetime], Awaitable[None]]
"""Hears of that: the workspace, what the installation is, and when that was, by Slack's clock."""

SLASH = "/legwork"


class NotTaken(Exception):
    """What was heard could not be stored: Slack should deliver it again."""


def listening(find: Find, base_url: str, end: End | None = None) -> AsyncApp:
    """The app. A listener has ended before its answer, which is the acknowledgement, is given."""

    def by(hear: Callable[[Ears], Hear]) -> Callable[..., Awaitable[None]]:
        return _listener(find, hear)

    app = AsyncApp(
        name="legwork",
        logger=_quiet(),
        client=AsyncWebClient(base_url=base_url, retry_handlers=[]),
        authorize=_authorize,
        process_before_response=True,
        request_verification_enabled=False,  # see bot.slack.signature: Bolt's own fails on malformed headers
        ignoring_self_events_enabled=False,  # see bot.slack.events
        ssl_check_enabled=False,
        url_verification_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    on = cast(Any, app)  # Bolt's decorators are not typed throughout
    for name, hear in EVENTS.items():
        on.event(name)(by(hear))
    if end is not None:
        for name, status in ENDS.items():
            on.event(name)(_ending(end, status))
    on.action(re.compile(".*"))(by(lambda ears: ears.pressed))
    on.command(SLASH)(by(lambda ears: ears.commanded))
    on.message_shortcut(GIVE)(by(lambda ears: ears.shortcut))
    for form in (COMMAND, GIVE):
        on.view(form)(by(lambda ears: ears.submitted))
    on.error(_failed)
    return app


async def dispatch(app: AsyncApp, body: Json) -> BoltResponse:
    """Hand a delivery to its listener. Status 200: taken, or none of ours; 400: malformed; 503: deliver it again."""
    try:
        request = AsyncBoltRequest(mode="socket_mode", body=body)  # the mode in which a body is a mapping already
        answer = await app.async_dispatch(request)
    except Exception as error:  # noqa: BLE001 - Bolt reads a body's parts unchecked; listeners' errors reach _failed
        log.warning("a delivery of Slack's is malformed", error=repr(error))
        return BoltResponse(status=400)
    if answer.status != 404:
        return answer
    log.info("a delivery of Slack's is none that is listened to", type=string(body.get("type")))
    return BoltResponse(status=200)


def _listener(find: Find, hear: Callable[[Ears], Hear]) -> Callable[..., Awaitable[None]]:
    async def listen(body: Json, ack: AsyncAck) -> None:
        team = events.team(body)
        try:
            ears = await find(team)
            told = await hear(ears)(body) if ears is not None else None
        except Exception as error:
            raise NotTaken from error
        if ears is None:
            log.info("a delivery of a Slack workspace that is none of ours is passed over", team=team)
        await (ack(told) if told else ack())

    return listen


def _ending(end: End, status: str) -> Callable[..., Awaitable[None]]:
    async def listen(body: Json, ack: AsyncAck) -> None:
        team, at = events.team(body), events.moment(body)
        if team is None or at is None or not events.is_of_bot(body):
            log.info("an end of a Slack installation is passed over", team=team, status=status)
        else:
            try:
                await end(team, status, at)
            except Exception as error:
                raise NotTaken from error
        await ack()

    return listen


async def _failed(error: Exception) -> BoltResponse:
    if isinstance(error, NotTaken):
        cause = error.__cause__
        # what the database says of a statement quotes its values
        said = str(cause) if isinstance(cause, LegworkError) else type(cause).__name__
        expected = isinstance(cause, (LegworkError, *AWAY))
        log.error("what was heard in Slack could not be taken", error=said, exc_info=not expected)
        return BoltResponse(status=503, headers={"retry-after": "5"})
    log.warning("a delivery of Slack's is malformed", error=repr(error))
    return BoltResponse(status=400)


async def _authorize(team_id: str | None, enterprise_id: str | None) -> AuthorizeResult:
    """Everybody in the workspace may speak; what they may do is decided by their role."""
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)


def _quiet() -> logging.Logger:
    """Bolt warns of every delivery without a listener, and of tokens it is not to use."""
    own = logging.getLogger("slack_bolt.legwork")
    own.setLevel(logging.ERROR)
    return own
