"""Answers while they are written: streamed where Slack streams, else a message that is edited as the text grows.

A stream lives for about five minutes (slackapi/python-slack-sdk issue 1859) and takes additions only. One that grows
old, or whose text was begun anew, goes on as an edited message. Whoever delivers the final text takes the message
over, wherever the preview was begun.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from bot.pacing import Pacer
from bot.slack.failures import LIMITED
from bot.slack.literal import settled, streamed
from bot.slack.memory import Memory
from bot.slack.render import writing
from bot.slack.web import Web
from bot.views.clean import visible
from domain.conversations.ports import Address
from domain.core.errors import LegworkError, Unavailable
from domain.core.logging import logger

log = logger(__name__)

STREAM_SECONDS = 240.0
"""After so long a stream is ended in time."""
_INTERVAL = 1.0  # seconds between two sends of one preview
_LONGEST = 10_000  # characters of a preview: the rest comes with the final text
_LOOKS, _LOOK = 20, 0.1  # how often, and after how many seconds each, a message being begun is looked for
_MOST = 500  # previews a process keeps in mind
_BEGUN = "begun"
_TAKEN = "taken"
_BY_PERSON = "stopped_by_user"
"""What Slack says of a stream that was stopped with its own button: it stays as it is."""
Posted = Callable[[Address, str], None]
"""Told where something new stands now, and under which key."""

_NO_STREAMS = frozenset(
    {"channel_type_not_supported", "feature_not_enabled", "missing_scope", "not_allowed_token_type", "unknown_method"}
)


@dataclass(frozen=True, slots=True)
class Shown:
    """Where a preview stands. ``taken``: its message is becoming something else, which no preview may overwrite."""

    channel: str
    ts: str
    streams: bool
    taken: bool = False


@dataclass(slots=True)
class _Writing:
    """A preview this process writes. ``at`` and ``since``: the last send and the first, in seconds."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    shown: Shown | None = None
    text: str = ""
    at: float = float("-inf")
    since: float = 0.0


class Previews:
    """The previews of one app. ``show`` never raises."""

    def __init__(self, web: Web, memory: Memory, pacer: Pacer, now: Callable[[], float], posted: Posted) -> None:
        """``now`` gives seconds that only grow."""
        self._web = web
        self._memory = memory
        self._pacer = pacer
        self._now = now
        self._posted = posted
        self._writing: dict[str, _Writing] = {}
        self._sending: set[asyncio.Future[None]] = set()
        self._streams = True

    async def show(self, to: Address, key: str, text: str) -> None:
        """Show the text so far; dropped where it comes too fast."""
        text = settled(visible(text)[:_LONGEST])
        if not text.strip():
            return
        # whoever watches the model may give up in the middle: a message that was begun must still become known
        sending = asyncio.ensure_future(self._show(to, key, text))
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)
        await asyncio.shield(sending)

    async def take(self, keys: Sequence[str]) -> tuple[str, Shown] | None:
        """End the newest preview under one of the keys: from now on its message may be edited. Raises Unavailable."""
        async with AsyncExitStack() as turns:
            for key in keys:
                if (own := self._writing.get(key)) is not None:
                    await turns.enter_async_context(own.turn)  # one that is being sent
            notes = await self._settled(keys)
            for key, note in zip(keys, notes, strict=True):
                if note is not None and (shown := _read(note)) is not None:
                    if shown.streams:
                        await self._stop(shown)
                    taken = Shown(shown.channel, shown.ts, streams=False, taken=True)
                    await self._memory.put(_name(key), _written(taken))
                    return key, taken
        return None

    async def done(self, key: str, *, final: bool) -> None:
        """The message was taken over. ``final``: nothing more is shown under that key."""
        self._writing.pop(key, None)
        if final:
            await self._memory.put(_name(key), _TAKEN)
        else:
            await self._memory.drop(_name(key))

    async def close(self) -> None:
        """Wait for what is being sent."""
        await asyncio.gather(*self._sending, return_exceptions=True)

    # -- writing --------------------------------------------------------------------------------------

    async def _show(self, to: Address, key: str, text: str) -> None:
        own = self._own(key)
        now = self._now()
        async with own.turn:
            if now - own.at < _INTERVAL or text == own.text:
                return
            own.at = now
            try:
                await self._go_on(to, key, own, text, now)
            except LegworkError as error:
                if isinstance(error, Unavailable) and error.reason == LIMITED and error.after is not None:
                    await self._pacer.hold(to.chat, error.after.total_seconds())
                log.debug("a preview was not shown", key=key, error=str(error))
            except Exception:  # the call of the model goes on whatever happens to its preview
                log.warning("a preview failed", key=key, exc_info=True)

    def _own(self, key: str) -> _Writing:
        """What this process knows of the preview; the oldest of many is forgotten, its note is not."""
        if key not in self._writing and len(self._writing) >= _MOST:
            del self._writing[next(iter(self._writing))]
        return self._writing.setdefault(key, _Writing())

    async def _go_on(self, to: Address, key: str, own: _Writing, text: str, now: float) -> None:
        [note] = await self._memory.get(_name(key))
        if note == _TAKEN:
            return
        own.shown = _read(note) if note is not None else None
        if own.shown is not None and own.shown.taken:
            return
        if own.shown is None:
            await self._begin(to, key, own, text, now)
        elif own.shown.streams and text.startswith(own.text) and now - own.since < STREAM_SECONDS:
            await self._append(key, own, own.shown, text)
        else:
            await self._edit(key, own, own.shown, text)

    async def _begin(self, to: Address, key: str, own: _Writing, text: str, now: float) -> None:
        await self._pacer.wait(to.chat, patience=0)
        await self._memory.put(_name(key), _BEGUN)
        try:
            own.shown = await self._stream(to, text) or await self._place(to, text)
        except LegworkError:
            await self._memory.drop(_name(key))
            raise
        own.text, own.since = text, now
        await self._memory.put(_name(key), _written(own.shown))
        self._posted(to, key)

    async def _stream(self, to: Address, text: str) -> Shown | None:
        """None where this chat has no streams."""
        if not self._streams or to.thread is None or to.person is None:
            return None
        try:
            answer = await self._web.call(
                "chat.startStream",
                channel=to.chat,
                thread_ts=to.thread,
                recipient_team_id=to.workspace,
                recipient_user_id=to.person,
                chunks=[_chunk(text)],
            )
        except Unavailable:
            raise
        except LegworkError as error:
            log.info("Slack streams nothing here", chat=to.chat, error=str(error))
            self._streams = error.reason not in _NO_STREAMS
            return None
        return Shown(to.chat, str(answer["ts"]), streams=True)

    async def _place(self, to: Address, text: str) -> Shown:
        message = writing(text)
        answer = await self._web.call(
            "chat.postMessage",
            channel=to.chat,
            thread_ts=to.thread,
            text=message.text,
            blocks=list(message.blocks),
            unfurl_links=False,
            unfurl_media=False,
        )
        return Shown(str(answer["channel"]), str(answer["ts"]), streams=False)

    async def _append(self, key: str, own: _Writing, shown: Shown, text: str) -> None:
        addition = [_chunk(text, len(own.text))]
        try:
            await self._web.call("chat.appendStream", channel=shown.channel, ts=shown.ts, chunks=addition)
        except Unavailable:
            raise
        except LegworkError as error:
            log.debug("a stream ended early", key=key, error=str(error))
            ended = _TAKEN if error.reason == _BY_PERSON else _written(Shown(shown.channel, shown.ts, streams=False))
            await self._memory.put(_name(key), ended)
        else:
            own.text = text

    async def _edit(self, key: str, own: _Writing, shown: Shown, text: str) -> None:
        await self._pacer.wait(shown.channel, patience=0)
        if shown.streams:
            await self._stop(shown)
            own.shown = shown = Shown(shown.channel, shown.ts, streams=False)
            await self._memory.put(_name(key), _written(shown))
        message = writing(text)
        await self._web.call(
            "chat.update", channel=shown.channel, ts=shown.ts, text=message.text, blocks=list(message.blocks)
        )
        own.text = text

    # -- ending ---------------------------------------------------------------------------------------

    async def _stop(self, shown: Shown) -> None:
        """End a stream; one that has ended already, or is gone, is no failure."""
        try:
            await self._web.call("chat.stopStream", channel=shown.channel, ts=shown.ts)
        except Unavailable:
            raise
        except LegworkError as error:
            log.debug("a stream had ended already", error=str(error))

    async def _settled(self, keys: Sequence[str]) -> Sequence[str | None]:
        """The notes under the keys, once none of them says that a message is just being begun elsewhere."""
        notes = await self._memory.get(*map(_name, keys))
        for _ in range(_LOOKS):
            if _BEGUN not in notes:
                return notes
            await asyncio.sleep(_LOOK)
            notes = await self._memory.get(*map(_name, keys))
        for key, note in zip(keys, notes, strict=True):
            if note == _BEGUN:  # whoever began it is gone
                await self._memory.drop(_name(key))
        return notes


def _name(key: str) -> str:
    return f"legwork:shown:slack:{key}"


def _chunk(text: str, start: int = 0) -> dict[str, Any]:
    return {"type": "markdown_text", "text": streamed(text, start)}


def _written(shown: Shown) -> str:
    return json.dumps([shown.channel, shown.ts, shown.streams, shown.taken])


def _read(note: str) -> Shown | None:
    return Shown(*json.loads(note)) if note not in (_BEGUN, _TAKEN) else None
