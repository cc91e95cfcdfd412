"""Single messages of one app: placed, changed, removed, or shown to one person, each in its chat's turn."""

from collections.abc import Awaitable
from typing import Any, TypeVar

from bot.pacing import Pacer
from bot.slack.failures import LIMITED
from bot.slack.place import remarked, was_moved
from bot.slack.previews import Shown
from bot.slack.render import Message
from bot.slack.web import Web
from domain.conversations.ports import Address
from domain.conversations.said import Whisper
from domain.core.errors import Ambiguous, LegworkError, Unavailable
from domain.core.logging import logger

log = logger(__name__)

Json = dict[str, Any]
T = TypeVar("T")


class Messages:
    """Failures are those of ``ChatGateway``."""

    def __init__(self, web: Web, pacer: Pacer) -> None:
        self._web = web
        self._pacer = pacer

    async def place(self, to: Address, message: Message, about: Json) -> str:
        answer = await self.paced(
            to,
            "chat.postMessage",
            channel=to.chat,
            thread_ts=to.thread,
            text=message.text,
            blocks=list(message.blocks) or None,
            metadata=about,
            unfurl_links=False,
            unfurl_media=False,
        )
        if was_moved(to, answer):
            await self.update(to, str(answer["ts"]), remarked(message), about)
        return str(answer["ts"])

    async def update(self, to: Address, ts: str, message: Message, about: Json) -> None:
        try:
            await self.paced(
                to,
                "chat.update",
                channel=to.chat,
                ts=ts,
                text=message.text,
                blocks=list(message.blocks) or None,
                metadata=about,
            )
        except Ambiguous as error:  # the same once more changes nothing
            raise Unavailable(error.sentence, code=error.reason) from error

    async def whisper(self, to: Address, said: Whisper, message: Message) -> None:
        """Shown to one person, until they load Slack anew: https://docs.slack.dev/reference/methods/chat.postEphemeral"""
        person = said.person or to.person
        if said.text and person is not None:
            await self.paced(
                to,
                "chat.postEphemeral",
                channel=to.chat,
                user=person,
                thread_ts=to.thread,
                text=message.text,
                blocks=list(message.blocks) or None,
            )

    async def remove(self, shown: Shown) -> None:
        try:
            await self._web.call("chat.delete", channel=shown.channel, ts=shown.ts)
        except LegworkError as error:
            log.info("a message was left standing", channel=shown.channel, error=str(error))

    async def paced(self, to: Address, method: str, **arguments: Any) -> Json:
        await self._pacer.wait(to.chat)
        return await self.holding(to, self._web.call(method, **arguments))

    async def holding(self, to: Address, call: Awaitable[T]) -> T:
        try:
            return await call
        except Unavailable as error:
            if error.reason == LIMITED and error.after is not None:
                await self._pacer.hold(to.chat, error.after.total_seconds())
            raise

    async def before(self, to: Address, call: Awaitable[T]) -> T:
        """A call that shows nothing to anybody: one whose answer was lost may be repeated."""
        try:
            return await self.holding(to, call)
        except Ambiguous as error:
            raise Unavailable(error.sentence, code=error.reason) from error
