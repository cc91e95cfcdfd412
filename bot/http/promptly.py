"""Platforms wait for an answer only so long: what takes longer is answered with 503, and goes on behind it.

Slack gives three seconds (docs.slack.dev/apis/events-api#responding). An event whose answer is a 503 comes again; by
then it is stored, and known.
"""

import asyncio

from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.core.logging import logger

log = logger(__name__)

ANSWER_SECONDS = 2.3

WAITED_FOR = "waited for"
"""The name of routes that no platform asks for but a person's browser, which waits longer."""


class Promptly:
    """Routes that answer in time. ``close`` before closing what they work with."""

    def __init__(self, seconds: float = ANSWER_SECONDS) -> None:
        self._seconds = seconds
        self._late: set[asyncio.Task[None]] = set()

    def answering(self, route: Route) -> Route:
        """The same route, in time; one that a person waits for as it is."""
        if route.name == WAITED_FOR:
            return route
        route.app = self._around(route.app)
        return route

    async def close(self) -> None:
        """Let what has been answered for go on to its end."""
        if self._late:
            await asyncio.wait(self._late)

    def _around(self, app: ASGIApp) -> ASGIApp:
        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            said: list[Message] = []

            async def keep(message: Message) -> None:
                said.append(message)

            handling = asyncio.create_task(_handle(app, scope, receive, keep))
            try:
                done, _ = await asyncio.wait({handling}, timeout=self._seconds)
            finally:
                if not handling.done():
                    self._late.add(handling)
                    handling.add_done_callback(self._ended)
            if not done:
                log.warning("an event could not be taken in time and has to come again", path=scope["path"])
                await Response(status_code=503, headers={"retry-after": "5"})(scope, receive, send)
                return
            handling.result()
            for message in said:
                await send(message)

        return answer

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._late.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("an event that took long could not be taken", error=type(error).__name__, exc_info=error)


async def _handle(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    await app(scope, receive, send)
