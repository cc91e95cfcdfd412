"""One workspace of Slack: what is posted, edited and previewed, within its limits and in its form."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from time import monotonic
from typing import Any, TypeVar

from bot.pacing import Pacer
from bot.slack import PLATFORM, files, place, search
from bot.slack.blocks import Feature, fits
from bot.slack.earlier import earlier
from bot.slack.keys import continues, preview_keys
from bot.slack.memory import Memory
from bot.slack.messages import Messages
from bot.slack.people import People
from bot.slack.previews import Previews, Shown
from bot.slack.render import FEATURES, LENGTH, Message, one, render
from bot.slack.sessions import Look, Sessions
from bot.slack.web import Web
from bot.tokens import Tokens, fitted
from bot.views.commands import typed
from bot.views.compose import buttons
from domain.conversations.ports import Address, Capabilities, Earlier, Found, IncomingFile, Posted
from domain.conversations.said import FilePost, Said, Whisper
from domain.core.errors import Ambiguous, Invalid, LegworkError, NotFound, Unavailable
from domain.core.logging import logger

log = logger(__name__)

Json = dict[str, Any]
T = TypeVar("T")

CAPABILITIES = Capabilities(
    edits=True,
    previews=True,
    buttons=True,
    files=True,
    tables=True,
    charts=True,
    text_limit=LENGTH,
    finds=True,
    edit_interval=1.0,
)

Read = Callable[[str], Awaitable[bytes]]
"""The content of a stored file, by its key."""

_SECOND_LOOK = 1.0  # seconds: a message whose answer was lost may appear a moment later


class SlackGateway:
    """Says things in one workspace. Failures are those of ``ChatGateway``."""

    platform = PLATFORM
    capabilities = CAPABILITIES

    def __init__(
        self,
        web: Web,
        memory: Memory,
        pacer: Pacer,
        read: Read,
        tokens: Tokens,
        look: Look,
        *,
        now: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._web = web
        self._memory = memory
        self._pacer = pacer
        self._read = read
        self._tokens = tokens
        self._sleep = sleep
        self._sessions = Sessions(web, memory, look)
        self._previews = Previews(web, memory, pacer, now, self._sessions.settle)
        self._people = People(web)
        self._features: frozenset[Feature] = FEATURES
        self._messages = Messages(web, pacer)

    # -- ChatGateway ----------------------------------------------------------------------------------

    async def post(self, to: Address, said: Said, *, key: str, plain: bool = False, over: str | None = None) -> Posted:
        said = typed(said, _sign(to))
        if isinstance(said, Whisper):
            if not said.shown:
                await self._messages.whisper(to, said, render(said, self._features)[0])
            self._sessions.settle(to, key)
            return Posted(None)
        posted = await self._doubtful(to, key)
        if posted is None:
            try:
                posted = await place.somewhere(
                    lambda at, words: self._post(at, words, key, plain, over if at == to else None), to, said
                )
            except Ambiguous as error:
                posted = await self._look(to, key, error)
        self._sessions.settle(to, key)
        return posted

    async def edit(self, to: Address, message_id: str, said: Said, *, key: str, plain: bool = False) -> None:
        if said.type == "file":
            raise Invalid("A file in Slack cannot be replaced by another one.")
        said = typed(said, _sign(to))
        await self._in_some_form(
            to,
            said,
            plain,
            lambda messages: self._messages.update(to, message_id, one(messages), search.mark(key, 0, 1)),
        )
        self._sessions.changed(to, said, key)

    async def find(self, to: Address, key: str) -> Found:
        try:
            if (file := await files.shared(self._web, self._memory, to, key)) is not None:
                return file
        except LegworkError as error:
            log.warning("Slack does not say what became of a file", key=key, error=str(error))
            return "unknown"
        found = await search.posted(self._web, to, key)
        if found is None:
            return "unknown"
        ids, parts = found
        if ids and len(ids) == parts:
            return Posted(ids[0])
        if ids:
            await self._memory.put(_sent(key), " ".join(ids))  # the rest is still to be said
        return "absent"

    async def preview(self, to: Address, key: str, text: str) -> None:
        await self._previews.show(to, key, text)

    def open_file(self, ref: str) -> AsyncIterator[bytes]:
        return files.fetch(self._web, files.referred(ref)[1])

    async def about_file(self, ref: str) -> IncomingFile | None:
        return await files.about(self._web, files.referred(ref)[1])

    async def earlier(self, to: Address, message_id: str) -> Earlier:
        return await earlier(self._web, self._people, to, message_id)

    async def close(self) -> None:
        await self._previews.close()
        await self._sessions.close()
        await self._web.close()

    # -- posting --------------------------------------------------------------------------------------

    async def _post(self, to: Address, said: Said, key: str, plain: bool, over: str | None) -> Posted:
        keys = preview_keys(key)
        taken = await self._previews.take(keys)
        if over is not None:
            return await self._post_over(to, said, key, plain, over, taken)
        if said.type == "file" and not self._drawn(said, plain):
            if taken is not None:
                await self._messages.remove(taken[1])
                await self._previews.done(taken[0], final=False)
            return await self._upload(to, said, key)
        place = taken[1] if taken is not None else None
        posted = await self._in_some_form(to, said, plain, lambda messages: self._send(to, messages, key, place))
        if taken is not None and not continues(key, taken[0]):
            await self._previews.done(taken[0], final=False)
        elif taken is not None or said.type == "answer":  # a preview may still be on its way
            await self._previews.done(taken[0] if taken is not None else keys[-1], final=True)
        return posted

    async def _post_over(
        self, to: Address, said: Said, key: str, plain: bool, over: str, taken: tuple[str, Shown] | None
    ) -> Posted:
        """Say it in the place of another message. Raises NotFound where that is gone. Where its preview stands,
        somebody is reading that: it becomes what is said, and the other message goes.
        """
        card = Shown(to.chat, over, streams=False, taken=True)
        place = taken[1] if taken is not None else card
        must = place is card
        posted = await self._in_some_form(
            to, said, plain, lambda messages: self._send(to, messages, key, place, must=must)
        )
        if taken is not None:
            await self._messages.remove(card)
            await self._previews.done(taken[0], final=continues(key, taken[0]))
        elif said.type == "answer":  # a preview may still be on its way
            await self._previews.done(preview_keys(key)[-1], final=True)
        return posted

    async def _send(
        self, to: Address, messages: Sequence[Message], key: str, place: Shown | None, *, must: bool = False
    ) -> Posted:
        """Post each message that was not posted before; the first takes the place of the preview, or (``must``) of
        another message. Raises NotFound where that is gone.
        """
        ids = await self._begun(key) if len(messages) > 1 else []
        for number, message in enumerate(messages[len(ids) :], start=len(ids)):
            about = search.mark(key, number, len(messages))
            if number == 0 and place is not None:
                ids.append(await self._replace(to, place, message, about, must=must))
            else:
                ids.append(await self._messages.place(to, message, about))
            if len(messages) > 1:
                await self._memory.put(_sent(key), " ".join(ids))
        return Posted(ids[0])

    async def _replace(self, to: Address, place: Shown, message: Message, about: Json, *, must: bool) -> str:
        try:
            await self._messages.update(to, place.ts, message, about)
        except NotFound:
            if must:
                raise
            return await self._messages.place(to, message, about)
        return place.ts

    async def _upload(self, to: Address, post: FilePost, key: str) -> Posted:
        file_id = await self._messages.before(to, files.upload(self._web, await self._read(post.file.key), post))
        await self._pacer.wait(to.chat)
        return await self._messages.holding(to, files.share(self._web, self._memory, to, key, file_id, post))

    def _drawn(self, post: FilePost, plain: bool) -> bool:
        """Whether Slack draws the chart itself."""
        return not plain and any("charts" in message.features for message in render(post, self._features))

    # -- form and pace --------------------------------------------------------------------------------

    async def _in_some_form(
        self, to: Address, said: Said, plain: bool, send: Callable[[Sequence[Message]], Awaitable[T]]
    ) -> T:
        """Send it in Slack's newest form; where that is refused, in the one everybody has, and remember so."""
        if pressable := buttons(said):
            said = said.model_copy(update={"buttons": await fitted(pressable, self._tokens, to, fits)})
        messages = render(said, self._features, plain=plain)
        used = frozenset(feature for message in messages for feature in message.features)
        try:
            return await send(messages)
        except Invalid as error:
            if not used or "charts" in used:
                self._features -= used
                raise
            log.info("Slack shows this in its older form", refused=sorted(used), error=str(error))
            sent = await send(render(said, self._features - used, plain=plain))
        self._features -= used
        return sent

    # -- what became of a lost answer -----------------------------------------------------------------

    async def _doubtful(self, to: Address, key: str) -> Posted | None:
        """The post, if an earlier attempt whose answer was lost did arrive. Raises Ambiguous where nobody knows."""
        [doubt] = await self._memory.get(_doubt(key))
        if doubt is None:
            return None
        found = await self.find(to, key)
        if found == "unknown":
            raise Ambiguous("Slack did not say what became of the message.")
        await self._memory.drop(_doubt(key))
        return None if found == "absent" else found

    async def _look(self, to: Address, key: str, error: Ambiguous) -> Posted:
        """Ask Slack at once; what did not arrive is sent again later, after another look."""
        await self._memory.put(_doubt(key), "1")
        for pause in (0.0, _SECOND_LOOK):
            await self._sleep(pause)
            found = await self.find(to, key)
            if isinstance(found, Posted):
                return found
            if found == "unknown":
                raise error
        raise Unavailable(error.sentence, code=error.reason) from error

    async def _begun(self, key: str) -> list[str]:
        [ids] = await self._memory.get(_sent(key))
        return ids.split() if ids else []


def _sign(to: Address) -> str:
    """How a command begins there: Slack takes none of its own in threads."""
    return "!" if to.thread is not None else "/legwork "


def _doubt(key: str) -> str:
    return f"legwork:slack:doubt:{key}"


def _sent(key: str) -> str:
    return f"legwork:slack:sent:{key}"
