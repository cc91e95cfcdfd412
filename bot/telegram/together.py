"""What Telegram cuts into several updates is held together until no further part has come for a moment: an album, a
paste that is longer than a message may be, messages that are forwarded at once.

None of the parts is acknowledged before all are stored.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from bot.commands.table import WORDS
from bot.telegram.runs import LIMIT, units
from bot.telegram.updates import Message, Update
from domain.flow.common.words import is_control

QUIET_SECONDS = 1.0
"""After this long without a further part a message is whole. Telegram delivers the parts within a fraction of it."""

FULL = LIMIT // 2
"""Units beyond which a text may be a part of a longer one: the apps cut it at the best place of its second half."""

ALBUM = 10
"""The most parts an album has (https://core.telegram.org/bots/api#sendmediagroup): with the tenth it is whole."""

_AT_ONCE = 0.3
"""Of the quiet, after what was forwarded: it comes in one go, and who sent it waits to be asked about it."""

COMMENT_SECONDS = 0.2
"""A comment that is typed while forwarding comes as a message of its own, just before; the apps send both at once."""

_LAST = 10_000
"""Places of which it is remembered who said what last."""

Take = Callable[[Sequence[Update], Message | None], Awaitable[None]]
"""Store the parts of one message. What was forwarded comes with the comment that may have been meant for it."""

_Key = tuple[str | int | None, ...]


class _Whole:
    def __init__(self, quiet: float, comment: Message | None, most: int | None) -> None:
        """With ``most`` parts it is whole; None where any number may follow."""
        self.comment = comment
        self.most = most
        self.parts: dict[int, Update] = {}
        self.quiet = quiet
        self.grown = asyncio.Event()
        self.ended = False
        self.settled: asyncio.Task[None] | None = None

    def add(self, update: Update, *, ends: bool) -> None:
        self.parts[update.update_id] = update
        self.ended = self.ended or ends or len(self.parts) == self.most
        self.grown.set()

    def end(self) -> None:
        """No further part is waited for."""
        self.ended = True
        self.grown.set()


class Together:
    """Between the updates and their transaction. One process sees the parts it was given: where two web processes
    share a bot, one message may become two."""

    def __init__(self, take: Take, *, quiet: float = QUIET_SECONDS) -> None:
        self._take = take
        self._quiet = quiet
        self._open: dict[_Key, _Whole] = {}
        self._last: dict[_Key, tuple[float, Message]] = {}
        """When somebody wrote last in a place, and what."""

    def holds(self, update: Update) -> bool:
        """Whether the update waits for others that it belongs to."""
        return _key(update) is not None or self._continues(update) is not None

    async def take(self, update: Update) -> None:
        """Return when the update is stored, with what it is a part of.

        Raises what storing it raises; then none of the parts may be acknowledged.
        """
        comment = self._noted(update)
        key = _key(update) or self._continues(update)
        await self._end_others(update, key)
        if key is None:
            await self._take([update], None)
            return
        whole = self._open.get(key)
        if whole is None:
            quiet = self._quiet * (_AT_ONCE if key[0] == "forwards" else 1)
            whole = self._open[key] = _Whole(quiet, comment, ALBUM if key[0] == "album" else None)
            whole.settled = asyncio.create_task(self._settle(key, whole))
        assert whole.settled is not None
        whole.add(update, ends=_key(update) is None)
        await asyncio.shield(whole.settled)

    async def close(self) -> None:
        """What has not been stored is not acknowledged, and comes again."""
        tasks = [whole.settled for whole in self._open.values() if whole.settled is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _noted(self, update: Update) -> Message | None:
        """Remember what somebody writes; what they wrote just before, for something that is forwarded."""
        message = update.message
        if message is None:
            return None
        now = asyncio.get_running_loop().time()
        at, before = self._last.get(_place(message), (now, None))
        if message.forward_origin is None:
            if len(self._last) >= _LAST:
                self._last.clear()
            self._last[_place(message)] = now, message
            return None
        recent = before is not None and now - at <= COMMENT_SECONDS and 0 <= message.date - before.date <= 1
        return before if recent and before is not None and before.text else None

    def _continues(self, update: Update) -> _Key | None:
        """The paste that a shorter text is the end of."""
        message = update.message
        if message is None or not message.text or message.forward_origin is not None:
            return None
        key = _paste(message)
        return key if key in self._open and not is_control(message.text, WORDS) else None

    async def _end_others(self, update: Update, own: _Key | None) -> None:
        """What the person says next is said after what they said before: that is whole now."""
        if update.message is None:
            return
        for key in (_paste(update.message), _forwards(update.message)):
            whole = self._open.get(key) if key != own else None
            if whole is not None and whole.settled is not None:
                whole.end()
                await asyncio.wait([whole.settled])

    async def _settle(self, key: _Key, whole: _Whole) -> None:
        try:
            while not whole.ended and await self._grows(whole):
                pass
        finally:
            del self._open[key]  # a part that comes now is on its own
        await self._take([whole.parts[number] for number in sorted(whole.parts)], whole.comment)

    async def _grows(self, whole: _Whole) -> bool:
        whole.grown.clear()
        try:
            async with asyncio.timeout(whole.quiet):
                await whole.grown.wait()
        except TimeoutError:
            return False
        return True


def _key(update: Update) -> _Key | None:
    """What an update is a part of, by itself; None for one that is whole, or the end of a paste."""
    message = update.message
    if message is None:
        return None
    if message.forward_origin is not None:
        return _forwards(message)
    if message.media_group_id:
        return "album", message.chat.id, message.media_group_id
    return _paste(message) if units(message.text) > FULL else None


def _paste(message: Message) -> _Key:
    return "paste", *_place(message)


def _forwards(message: Message) -> _Key:
    return "forwards", *_place(message)


def _place(message: Message) -> _Key:
    """Who says it where."""
    sender = message.sender.id if message.sender is not None else None
    return message.chat.id, message.message_thread_id, sender
