"""Socket Mode: Slack's deliveries over connections that Legwork opens, so it needs no public address.

Each delivery goes to one of the connections. With two of them one goes on while Slack renews the other.
"""

import asyncio
from functools import partial

from bot.edge import Edge
from bot.slack.app import dispatch, listening
from bot.slack.ears import Ears
from bot.slack.hears import ears
from bot.slack.installed import open_installed
from bot.slack.socket import FIRST_PAUSE, Socket
from bot.slack.web import app_token
from bot.slack.workspaces import Workspaces
from domain.core.errors import Misconfigured

CONNECTIONS = 2
_LONGEST_PAUSE = 30.0
"""Seconds between two attempts to learn whose the tokens are, at most."""


async def listen(edge: Edge, stop: asyncio.Event) -> None:
    """Take what Slack delivers until ``stop`` is set. Events of workspaces without a token are passed over.

    Raises:
        Misconfigured: Slack refuses the app's token, or every bot token.
    """
    token = app_token(edge.settings)
    installed = open_installed(edge)
    workspaces = ears(edge, installed)
    app = listening(
        workspaces.find, edge.settings.slack_api_base_url, installed.heard_of_end if installed is not None else None
    )
    sockets = [Socket(app.client, token, partial(dispatch, app)) for _ in range(CONNECTIONS)]
    tasks = [asyncio.create_task(_learn(workspaces)), *(asyncio.create_task(socket.run()) for socket in sockets)]
    going, stopping = asyncio.gather(*tasks), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({going, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not stop.is_set():
            await going  # it ends by what it raises: a socket is kept up for ever
    finally:
        await asyncio.gather(*(socket.settle() for socket in sockets))
        for task in (*tasks, stopping):
            task.cancel()
        await asyncio.gather(going, stopping, *tasks, return_exceptions=True)
        await workspaces.close()
        if installed is not None:
            await installed.close()


async def _learn(workspaces: Workspaces[Ears]) -> None:
    """Until Slack has said whose each token is. Raises Misconfigured where it refuses all of them."""
    pause = FIRST_PAUSE
    while not await workspaces.learn():
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)
    if (refusal := workspaces.refusal) is not None:
        raise Misconfigured(refusal.sentence, remedy=refusal.remedy) from refusal
