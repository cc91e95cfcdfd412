"""Socket Mode: Slack's deliveries over connections that Legwork opens, so it needs no public address.

Each delivery goes to one of the connections. With two of them one goes on while Slack renews the other.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.edge import Edge
from bot.slack.app import dispatch, listening
from bot.slack.ears import Ears
from bot.slack.shapes import mapping
from bot.slack.web import Web, open_web
from domain.core.errors import Misconfigured
from domain.core.logging import logger

log = logger(__name__)

CONNECTIONS = 2
_PATIENCE = 10.0
"""Seconds that deliveries which were begun have to end once the process is to stop."""


async def listen(edge: Edge, stop: asyncio.Event) -> None:
    """Take what Slack delivers until ``stop`` is set. Raises Misconfigured where Slack refuses the app's token."""
    web = open_web(edge.settings)
    ears = Ears(edge, web)
    app = listening(ears, edge.settings.slack_api_base_url)
    token = edge.settings.slack_app_token
    sockets: list[_Socket] = []
    try:
        for _ in range(CONNECTIONS):
            socket = _Socket(app, token.get_secret_value() if token is not None else "")
            sockets.append(socket)
            await socket.open()
        log.info("listening to Slack", connections=len(sockets))
        await stop.wait()
    finally:
        await _close(sockets, ears, web)


async def _close(sockets: Sequence["_Socket"], ears: Ears, web: Web) -> None:
    for socket in sockets:
        await socket.finish()
    await ears.close()
    await web.close()


class _Socket(AsyncSocketModeHandler):
    """One connection. What fails is not acknowledged, so that Slack delivers it again."""

    def __init__(self, app: AsyncApp, token: str) -> None:
        super().__init__(app, token, logger=app.logger)
        self._bolt = app
        self._under_way: set[asyncio.Task[Any]] = set()

    async def open(self) -> None:
        """Connect. Raises Misconfigured where the token is refused; while Slack is away it tries again and again."""
        client = cast(Any, self.client)
        try:
            client.wss_uri = await client.issue_new_wss_url()
        except SlackApiError as error:
            code = cast(Any, error).response["error"]
            raise Misconfigured(
                f"Slack refuses SLACK_APP_TOKEN ({code}).",
                remedy="Make an app-level token with the scope connections:write; docs/slack.md shows where.",
            ) from error
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
