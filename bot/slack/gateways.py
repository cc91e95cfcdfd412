"""Slack as one chat platform, however many workspaces the app is installed in: each has a token of its own."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from bot.edge import Edge
from bot.pacing import Limit, Limits, Pacer
from bot.slack import PLATFORM, files
from bot.slack.gateway import CAPABILITIES, SlackGateway
from bot.slack.installed import Installed, open_installed
from bot.slack.memory import Memory
from bot.slack.sessions import looking
from bot.slack.web import Web, open_webs
from bot.slack.workspaces import Workspaces
from bot.tokens import StoredTokens
from domain.conversations.ports import Address, Earlier, Found, IncomingFile, Posted
from domain.conversations.said import Said
from domain.core.errors import LegworkError, Refused
from domain.core.logging import logger

log = logger(__name__)


_LOST = frozenset({"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"})
"""What Slack says where a token is no longer good."""


class SlackGateways:
    """See ``ChatGateway``. Says everything through the gateway of the address' workspace; an unknown one is Refused."""

    platform = PLATFORM
    capabilities = CAPABILITIES

    def __init__(self, workspaces: Workspaces[SlackGateway], installed: Installed | None = None) -> None:
        self._workspaces = workspaces
        self._installed = installed

    async def post(self, to: Address, said: Said, *, key: str, plain: bool = False, over: str | None = None) -> Posted:
        async with self._in(to.workspace) as gateway:
            return await gateway.post(to, said, key=key, plain=plain, over=over)

    async def edit(self, to: Address, message_id: str, said: Said, *, key: str, plain: bool = False) -> None:
        async with self._in(to.workspace) as gateway:
            await gateway.edit(to, message_id, said, key=key, plain=plain)

    async def find(self, to: Address, key: str) -> Found:
        try:
            gateway = await self._workspaces.of(to.workspace)
        except LegworkError as error:
            log.warning("nobody can say what became of a Slack message", key=key, error=str(error))
            return "unknown"
        return await gateway.find(to, key)

    async def preview(self, to: Address, key: str, text: str) -> None:
        try:
            gateway = await self._workspaces.of(to.workspace)
        except LegworkError as error:
            log.debug("a preview was not shown", key=key, error=str(error))
            return
        await gateway.preview(to, key, text)

    async def open_file(self, ref: str) -> AsyncIterator[bytes]:
        async with self._in(files.referred(ref)[0]) as gateway:
            async for chunk in gateway.open_file(ref):
                yield chunk

    async def about_file(self, ref: str) -> IncomingFile | None:
        async with self._in(files.referred(ref)[0]) as gateway:
            return await gateway.about_file(ref)

    async def earlier(self, to: Address, message_id: str) -> Earlier:
        async with self._in(to.workspace) as gateway:
            return await gateway.earlier(to, message_id)

    def doubt(self, workspace: str) -> None:
        """Look at the installation in a workspace anew before it is next spoken to."""
        self._workspaces.doubt(workspace)

    async def tend(self) -> None:
        """Renew the tokens that expire soon, and forget installations that ended long ago."""
        if self._installed is not None:
            await self._installed.tend()

    async def close(self) -> None:
        await self._workspaces.close()
        if self._installed is not None:
            await self._installed.close()

    @asynccontextmanager
    async def _in(self, workspace: str) -> AsyncGenerator[SlackGateway]:
        """The gateway of a workspace. Where Slack refuses its token, it is looked whether the installation has ended:
        Slack tells of that too, but perhaps later, or in vain."""
        gateway = await self._workspaces.of(workspace)
        try:
            yield gateway
        except Refused as error:
            if error.reason in _LOST and self._installed is not None and self._workspaces.doubt(workspace):
                await self._installed.doubt(workspace)
            raise


def open_gateway(edge: Edge) -> SlackGateways:
    """The gateway of a worker process. Raises Misconfigured without a token."""
    chat = Limit(edge.settings.slack_chat_rate, edge.settings.slack_chat_burst)
    pacer = Pacer(edge.redis, PLATFORM, Limits(chat=chat, group=chat))
    memory, tokens, look = Memory(edge.redis), StoredTokens(edge.database), looking(edge.database)

    def make(web: Web) -> SlackGateway:
        return SlackGateway(web, memory, pacer, edge.storage.read, tokens, look)

    installed = open_installed(edge)
    find = installed.find if installed is not None else None
    return SlackGateways(Workspaces(open_webs(edge.settings), make, find, edge.settings.slack_api_base_url), installed)
