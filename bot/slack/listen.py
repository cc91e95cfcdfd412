"""Socket Mode: Slack's deliveries over connections that Legwork opens, so it needs no public address.

Each delivery goes to one of the connections. With two of them one goes on while Slack renews the other.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import aiohttp
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.edge import Edge
from bot.slack.app import dispatch, listening
from bot.slack.ears import Ears
from bot.slack.failures import app_token_refused
from bot.slack.shapes import mapping, string
from bot.slack.web import open_webs
from bot.slack.workspaces import Workspaces
from domain.core.errors import Misconfigured
from domain.core.logging import logger

log = logger(__name__)

CONNECTIONS = 2
_REFUSALS = frozenset(
    {"account_inactive", "invalid_auth", "missing_scope", "not_allowed_token_type", "not_authed", "token_revoked"}
)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 30.0  # seconds between two attempts to reach Slack
_MISREAD = (AttributeError, KeyError, TypeError, ValueError)
"""What the SDK raises as it reads an answer of another form than Slack's."""
_PATIENCE = 10.0
"""Seconds that deliveries which were begun have to end once the process is to stop."""


async def listen(edge: Edge, stop: asyncio.Event) -> None:
    """Take what Slack delivers until ``stop`` is set. Events of workspaces without a token are passed over.

    Raises:
        Misconfigured: Slack refuses the app's token, or every bot token.
    """
    workspaces = Workspaces(open_webs(edge.settings), lambda web: Ears(edge, web))
    app = listening(workspaces.find, edge.settings.slack_api_base_url)
    given = edge.settings.slack_app_token
    token = given.get_secret_value() if given is not None else ""
    sockets = [_Socket(app, token) for _ in range(CONNECTIONS)]
    connecting = asyncio.gather(_learn(workspaces), *(socket.open() for socket in sockets))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({connecting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if connecting.done():
            await connecting
            log.info("listening to Slack", connections=len(sockets))
        await stopping
    finally:
        stopping.cancel()
        connecting.cancel()
        await asyncio.gather(connecting, stopping, return_exceptions=True)
        await _close(sockets, workspaces)


async def _learn(workspaces: Workspaces[Ears]) -> None:
    """Until Slack has said whose each token is. Raises Misconfigured where it refuses all of them."""
    pause = _FIRST_PAUSE
    while not await workspaces.learn():
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)
    if (refusal := workspaces.refusal) is not None:
        raise Misconfigured(refusal.sentence, remedy=refusal.remedy) from refusal


async def _close(sockets: Sequence["_Socket"], workspaces: Workspaces[Ears]) -> None:
    for socket in sockets:
        await socket.finish()
    await workspaces.close()


class _Socket(AsyncSocketModeHandler):
    """One connection. What fails is not acknowledged, so that Slack delivers it again."""

    def __init__(self, app: AsyncApp, token: str) -> None:
        super().__init__(app, token, logger=app.logger)
        self._bolt = app
        self._under_way: set[asyncio.Task[Any]] = set()

    async def open(self) -> None:
        """Connect; while Slack is away, again and again. Raises Misconfigured where the token is refused."""
        client = cast(Any, self.client)
        pause = _FIRST_PAUSE
        while client.wss_uri is None:
            try:
                client.wss_uri = _checked(await client.issue_new_wss_url())
            except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError, *_MISREAD) as error:
                _raise_refused(error)
                log.warning("Slack cannot be reached, trying again", error=repr(error)[:200], seconds=pause)
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
        await self.connect_async()

    async def handle(self, client: Any, req: SocketModeRequest) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._under_way.add(task)
        try:
            answer = await dispatch(self._bolt, mapping(cast(Any, req).payload))
            await send_async_response(client, req, answer, 0.0)
        finally:
            self._under_way.discard(task)

    async def finish(self) -> None:
        """Let what was begun end, then close."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=_PATIENCE)
        await self.close_async()


def _checked(address: object) -> str:
    """Raises ValueError for what is no address of a socket."""
    if isinstance(address, str) and address.startswith(("ws://", "wss://")):
        return address
    raise ValueError("Slack's answer holds no address of a socket")


def _raise_refused(error: Exception) -> None:
    """Raises Misconfigured for an error that trying again will not mend."""
    code = string(mapping(getattr(getattr(error, "response", None), "data", None)).get("error"))
    if code in _REFUSALS:
        raise app_token_refused(code) from error
