"""Telegram as a chat platform: says things, changes them, shows what is being written, fetches files."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar

from telegram import InlineKeyboardMarkup, LinkPreviewOptions, Message

from bot.edge import Edge
from bot.pacing import Limit, Limits, Pacer
from bot.telegram.buttons import keyboard
from bot.telegram.connect import TRANSFER_SECONDS, Connection
from bot.telegram.download import Downloads
from bot.telegram.failures import NotModified, NoTopic, explained
from bot.telegram.files import form_of
from bot.telegram.place import is_group, replying, topic
from bot.telegram.previews import Previews
from bot.telegram.render import render, render_caption, render_within
from bot.telegram.runs import LIMIT
from bot.telegram.shown import Shown, replaced_by
from bot.telegram.toast import toast
from bot.telegram.translate import PLATFORM
from bot.tokens import StoredTokens, Tokens
from bot.views import buttons, compose
from bot.views.blocks import Line, View
from domain.conversations.ports import Address, Capabilities, Earlier, Found, IncomingFile, Posted
from domain.conversations.said import FilePost, Said, Whisper
from domain.core.errors import Ambiguous, Invalid, NotFound, Refused, Unavailable
from domain.core.logging import logger
from domain.core.settings import Settings

log = logger(__name__)

T = TypeVar("T")

CAPABILITIES = Capabilities(
    edits=True,
    previews=True,
    buttons=True,
    files=True,
    tables=False,
    charts=False,
    text_limit=LIMIT,
    finds=False,  # Telegram takes no key for a message, and bots cannot read what they have said
    edit_interval=1.5,
)

QUIET = LinkPreviewOptions(is_disabled=True)
HTML = "HTML"

Read = Callable[[str], Awaitable[bytes]]
"""The content of a stored file, by its key. Raises NotFound, Unavailable."""


class TelegramGateway:
    """See ``ChatGateway``. A message that Telegram shows as several has their ids, joined by commas."""

    platform = PLATFORM
    capabilities = CAPABILITIES

    def __init__(self, connection: Connection, read: Read, pacer: Pacer, shown: Shown, tokens: Tokens) -> None:
        self._connection = connection
        self._bot = connection.bot
        self._read = read
        self._pacer = pacer
        self._shown = shown
        self._tokens = tokens
        self._previews = Previews(connection.bot, pacer, shown)
        self._downloads = Downloads(connection.bot)

    async def post(self, to: Address, said: Said, *, key: str, plain: bool = False, over: str | None = None) -> Posted:
        if isinstance(said, Whisper):
            return Posted(await self._whisper(to, said))
        try:
            return Posted(await self._post(to, said, compose(said), key, plain, over))
        except NoTopic as error:  # what was asked in it is answered all the same, in the chat itself
            if to.thread is None:
                raise Refused(error.sentence) from error
            there = replace(to, thread=None, answers=None)
            view = (Line(error.sentence, "quiet"), *compose(said))
            return Posted(await self._post(there, said, view, key, plain, None))

    async def edit(self, to: Address, message_id: str, said: Said, *, key: str, plain: bool = False) -> None:
        ids = _ids(message_id)
        markup = await keyboard(buttons(said), self._tokens, to)
        messages = render_within(compose(said), len(ids), plainly=plain)
        for at, text in enumerate(messages):
            await self._edit_text(to, ids[at], text, markup if at == len(messages) - 1 else None, plain=plain)
        for surplus in ids[len(messages) :]:
            await self._delete(to, surplus)

    async def find(self, to: Address, key: str) -> Found:
        return "unknown"

    async def preview(self, to: Address, key: str, text: str) -> None:
        await self._previews.show(to, key, text)

    async def open_file(self, ref: str) -> AsyncIterator[bytes]:
        async for chunk in self._downloads.stream(ref):
            yield chunk

    async def about_file(self, ref: str) -> IncomingFile | None:
        return None  # Telegram names files where they are sent

    async def earlier(self, to: Address, message_id: str) -> Earlier:
        return Earlier()  # bots cannot read what was said before

    async def close(self) -> None:
        await self._downloads.close()
        await self._connection.close()

    async def _post(self, to: Address, said: Said, view: View, key: str, plain: bool, over: str | None) -> str:
        if isinstance(said, FilePost):
            return await self._post_file(to, said, view, key, plain)
        preview = await self._shown.take_over(to.chat, replaced_by(key, getattr(said, "task_id", None)))
        markup = await keyboard(buttons(said), self._tokens, to)
        messages = render(view, plainly=plain)
        if over is None:
            return await self._post_texts(to, messages, markup, key=key, plain=plain, over=preview)
        first, *surplus = _ids(over)
        if preview is not None:  # somebody is reading it: it becomes what is said, and the other message goes
            sent = await self._post_texts(to, messages, markup, key=key, plain=plain, over=preview)
            surplus.append(first)
        else:
            await self._edit_text(to, first, messages[0], markup if len(messages) == 1 else None, plain=plain)
            sent = await self._post_texts(to, messages, markup, key=key, plain=plain, begun=first)
        for message_id in surplus:
            await self._delete(to, message_id)
        return sent

    async def _whisper(self, to: Address, said: Whisper) -> str | None:
        """Answer the press where it was made. One that was made too long ago cannot be answered any more: in a private
        chat the words are said instead, in others they are left out.
        """
        if await toast(self._bot, said):
            return None
        if not said.text or not said.alert or (is_group(to.chat) and said.answers is not None):
            return None
        [text, *_] = render(compose(said))
        if is_group(to.chat) and said.person is not None:  # in their own chat with us, where they have one
            with suppress(Refused):
                await self._send_text(replace(to, chat=said.person, thread=None, answers=None), text, None, plain=False)
                return None
        return str(await self._send_text(to, text, None, plain=False))

    # -- texts ---------------------------------------------------------------------------------------

    async def _post_texts(
        self,
        to: Address,
        messages: Sequence[str],
        markup: InlineKeyboardMarkup | None,
        *,
        key: str,
        plain: bool,
        over: int | None = None,
        begun: int | None = None,
    ) -> str:
        """Send the texts in order; the keyboard goes under the last. One that was cut off goes on where it was.
        ``begun``: the message that holds the first of them already.
        """
        many = len(messages) > 1
        sent = await self._shown.parts(key) if many else []
        if begun is not None and not sent:
            sent = [begun]
        for at in range(len(sent), len(messages)):
            own = markup if at == len(messages) - 1 else None
            message_id = over if at == 0 else None
            if message_id is not None:
                message_id = await self._replaced(to, message_id, messages[at], own, plain=plain)
            place = to if at == 0 else replace(to, answers=None)
            sent.append(message_id or await self._send_text(place, messages[at], own, plain=plain))
            if many:
                await self._shown.note_parts(key, sent)
        return ",".join(map(str, sent))

    async def _send_text(self, to: Address, text: str, markup: InlineKeyboardMarkup | None, *, plain: bool) -> int:
        async def send() -> Message:
            return await self._bot.send_message(
                int(to.chat),
                text,
                parse_mode=None if plain else HTML,
                message_thread_id=topic(to),
                reply_parameters=replying(to),
                reply_markup=markup,
                link_preview_options=QUIET,
            )

        return (await self._call(to, send)).message_id

    async def _replaced(
        self, to: Address, message_id: int, text: str, markup: InlineKeyboardMarkup | None, *, plain: bool
    ) -> int | None:
        """The preview's message, holding the final text now; None where it is gone or cannot be changed."""
        try:
            await self._edit_text(to, message_id, text, markup, plain=plain)
        except NotFound:
            return None
        return message_id

    async def _edit_text(
        self, to: Address, message_id: int, text: str, markup: InlineKeyboardMarkup | None, *, plain: bool
    ) -> None:
        async def edit() -> object:
            return await self._bot.edit_message_text(
                text,
                int(to.chat),
                message_id,
                parse_mode=None if plain else HTML,
                reply_markup=markup,
                link_preview_options=QUIET,
            )

        try:
            await self._call(to, edit)
        except NotModified:
            return
        except Ambiguous as error:  # the same edit once more changes nothing
            raise Unavailable(error.sentence) from error

    async def _delete(self, to: Address, message_id: int) -> None:
        try:
            await self._call(to, lambda: self._bot.delete_message(int(to.chat), message_id))
        except (NotFound, Invalid):  # gone already, or older than the 48 hours in which it can be deleted
            return

    # -- files ---------------------------------------------------------------------------------------

    async def _post_file(self, to: Address, said: FilePost, view: View, key: str, plain: bool) -> str:
        form = form_of(said.file)
        if form == "too large":
            return await self._post_texts(to, _too_large(said), None, key=key, plain=True)
        caption, texts = render_caption(view, named=form != "photo" or plain, plainly=plain)
        sent = await self._shown.parts(key) if texts else []
        if not sent:
            content = await self._read(said.file.key)
            sent = [await self._send_file(to, said.file.name, content, caption, picture=form == "photo", plain=plain)]
        for text in texts[len(sent) - 1 :]:
            await self._shown.note_parts(key, sent)
            sent.append(await self._send_text(replace(to, answers=None), text, None, plain=plain))
        return ",".join(map(str, sent))

    async def _send_file(
        self, to: Address, name: str, content: bytes, caption: str, *, picture: bool, plain: bool
    ) -> int:
        given: dict[str, Any] = {
            "caption": caption or None,
            "parse_mode": None if plain or not caption else HTML,
            "message_thread_id": topic(to),
            "reply_parameters": replying(to),
            "filename": name,
            "read_timeout": TRANSFER_SECONDS,
        }
        if picture and not plain:
            try:
                return (await self._call(to, lambda: self._bot.send_photo(int(to.chat), content, **given))).message_id
            except Invalid as error:  # its sides are too long, or it is no picture after all
                log.info("a picture is sent as a document", name=name, error=str(error))
        return (await self._call(to, lambda: self._bot.send_document(int(to.chat), content, **given))).message_id

    # -- the one way to Telegram ---------------------------------------------------------------------

    async def _call(self, to: Address, call: Callable[[], Awaitable[T]]) -> T:
        """Wait for the chat's turn, then call. A request for patience is known to every process at once."""
        await self._pacer.wait(to.chat, group=is_group(to.chat))
        try:
            return await explained(call())
        except Unavailable as error:
            if error.reason == "flood" and error.after is not None:
                await self._pacer.hold(to.chat, error.after.total_seconds())
            raise


def pacing(settings: Settings) -> Limits:
    """https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this"""
    return Limits(
        chat=Limit(settings.telegram_chat_rate, settings.telegram_chat_burst),
        group=Limit(settings.telegram_group_rate, settings.telegram_group_burst),
        overall=Limit(settings.telegram_rate, settings.telegram_burst),
    )


def open_gateway(edge: Edge) -> TelegramGateway:
    """The gateway of a worker process. Raises Misconfigured."""
    connection = Connection(edge.settings)
    pacer = Pacer(edge.redis, f"{PLATFORM}:{connection.id}", pacing(edge.settings))
    return TelegramGateway(connection, edge.storage.read, pacer, Shown(edge.redis), StoredTokens(edge.database))


def _ids(message_id: str) -> list[int]:
    parts = message_id.split(",")
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise NotFound("There is no such message.")
    return [int(part) for part in parts]


def _too_large(said: FilePost) -> list[str]:
    size = said.file.size // 1024 // 1024
    return [f"{said.file.name} is ready, but its {size} MB are more than Telegram takes from a bot (50 MB)."]
