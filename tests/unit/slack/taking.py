"""A process that listens to the double over Socket Mode, and keeps what it takes."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import cast

from bot.edge import Edge
from bot.slack.listen import CONNECTIONS, listen
from domain.conversations.ports import Incoming
from domain.core.errors import Unavailable
from domain.core.settings import Settings
from domain.flow.receive.message import Received
from tests.contracts.telegram import nowhere
from tests.fakes.slack import FakeSlack


class Taking:
    """An edge that keeps what it is given; ``failing`` times it cannot."""

    def __init__(self, slack: FakeSlack, tokens: str | None = None) -> None:
        """``tokens`` are what SLACK_BOT_TOKEN holds: the first workspace's, unless others are given."""
        self.settings = Settings.model_validate(
            {
                "slack_bot_token": tokens or slack.bot_token,
                "slack_app_token": slack.app_token,
                "slack_api_base_url": slack.base_url,
            }
        )
        self.redis = nowhere()
        self.database = None  # nothing is looked up
        self.taken: list[Incoming] = []
        self.failing = 0
        self.waiting = False
        self.gate = asyncio.Event()
        self.gate.set()

    async def accept(self, incoming: Incoming) -> Received:
        self.waiting = True
        await self.gate.wait()
        if self.failing:
            self.failing -= 1
            raise Unavailable("The database does not answer.")
        self.taken.append(incoming)
        return Received(None)


@asynccontextmanager
async def listening(slack: FakeSlack, tokens: str | None = None) -> AsyncGenerator[Taking]:
    edge, stop = Taking(slack, tokens), asyncio.Event()
    running = asyncio.create_task(listen(cast(Edge, edge), stop))
    try:
        await slack.connected(CONNECTIONS)
        yield edge
    finally:
        stop.set()
        await running
        await edge.redis.aclose()
