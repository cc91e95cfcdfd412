"""What is being written, shown while it is: a draft in a private chat, elsewhere a message that is edited."""

from collections.abc import Callable
from hashlib import blake2b
from time import monotonic

from telegram import Bot, LinkPreviewOptions

from bot.pacing import Pacer
from bot.telegram.failures import NotModified, explained
from bot.telegram.place import is_group, replying, topic
from bot.telegram.render import render_preview
from bot.telegram.shown import Shown
from domain.conversations.ports import Address
from domain.core.errors import LegworkError, Unavailable
from domain.core.logging import logger

log = logger(__name__)

PRIVATE_SECONDS = 1.0
GROUP_SECONDS = 6.0
"""Between two previews of one text: what is said must still find room below the limits of the chat."""
_MOST = 1_000


class Previews:
    def __init__(self, bot: Bot, pacer: Pacer, shown: Shown, *, clock: Callable[[], float] = monotonic) -> None:
        self._bot = bot
        self._pacer = pacer
        self._shown = shown
        self._clock = clock
        self._last: dict[str, float] = {}

    async def show(self, to: Address, key: str, text: str) -> None:
        """Show the text so far, unless one was shown just now or there is no room. Never raises."""
        group = is_group(to.chat)
        if not self._is_time(key, GROUP_SECONDS if group else PRIVATE_SECONDS):
            return
        written = render_preview(text)
        if not written or await self._shown.is_over(key):
            return
        try:
            await self._pacer.wait(to.chat, group=group, patience=0)
            await explained((self._placeholder if group else self._draft)(to, key, written))
        except NotModified:
            return
        except LegworkError as error:
            log.debug("a preview was not shown", error=str(error))
            if isinstance(error, Unavailable) and error.reason == "flood" and error.after is not None:
                await self._pacer.hold(to.chat, error.after.total_seconds())

    def _is_time(self, key: str, seconds: float) -> bool:
        now = self._clock()
        if now - self._last.get(key, -seconds) < seconds:
            return False
        self._last.pop(key, None)
        self._last[key] = now
        while len(self._last) > _MOST:
            del self._last[next(iter(self._last))]
        return True

    async def _draft(self, to: Address, key: str, written: str) -> None:
        """It is gone after 30 seconds, or when the text itself has been said."""
        await self._bot.send_message_draft(
            int(to.chat), draft_id(key), written, message_thread_id=topic(to), parse_mode="HTML"
        )

    async def _placeholder(self, to: Address, key: str, written: str) -> None:
        quiet = LinkPreviewOptions(is_disabled=True)
        known = await self._shown.preview(to.chat, key)
        if known is not None:
            await self._bot.edit_message_text(
                written, int(to.chat), known, parse_mode="HTML", link_preview_options=quiet
            )
            return
        message = await self._bot.send_message(
            int(to.chat),
            written,
            parse_mode="HTML",
            message_thread_id=topic(to),
            reply_parameters=replying(to),
            link_preview_options=quiet,
            disable_notification=True,
        )
        await self._shown.note_preview(to.chat, key, message.message_id)


def draft_id(key: str) -> int:
    """A number other than zero that stands for a key."""
    return int.from_bytes(blake2b(key.encode(), digest_size=4).digest(), "big") % 0x7FFFFFFE + 1
