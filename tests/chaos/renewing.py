"""``python -m tests.chaos.renewing``: a process that renews the tokens of Slack workspaces without pause, as every
worker does now and then."""

import asyncio

from bot.edge import open_edge
from bot.slack.installed import open_installed
from domain.core import embedded, failpoints
from domain.core.settings import load

PAUSE = 0.02
"""Seconds between two looks."""


async def _renew() -> None:
    settings = load()
    failpoints.arm(settings)
    async with embedded.running(settings) as servers, open_edge(settings, servers) as edge:
        installed = open_installed(edge)
        assert installed is not None  # the row sets what it takes
        print("renewing", flush=True)
        while True:
            await installed.tend()
            await asyncio.sleep(PAUSE)


if __name__ == "__main__":
    asyncio.run(_renew())
