"""What an update comes to: one transaction, and afterwards, without hurry, the signs a person waits for.

An album, a long paste and what is forwarded at once come as one update a part. All parts known when it is taken in
become one message; each part's event and message id are recorded in that transaction, so that one which is delivered
again, alone or in other company, changes nothing, and one that comes late becomes a message of its own.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from functools import partial
from math import inf
from time import monotonic
from typing import Any

from sqlalchemy.exc import DBAPIError
from telegram import Bot

from bot.commands.table import WORDS
from bot.edge import Edge
from bot.inbound import surely
from bot.telegram.buttons import pressed
from bot.telegram.failures import NotModified, explained
from bot.telegram.joined import joined
from bot.telegram.standing import Standings, changed
from bot.telegram.translate import PLATFORM, Me, moved, overheard, translate, translate_parts
from bot.telegram.updates import Membership, Message, Update
from bot.tokens import Tokens
from domain.conversations import repository as conversations
from domain.conversations.ports import Address, Incoming
from domain.conversations.schemas import Attachment
from domain.core.db import AWAY
from domain.core.errors import LegworkError, Unavailable
from domain.core.logging import logger
from domain.flow.receive.message import Received, receive

log = logger(__name__)

SIGN_SECONDS = 2.0
"""A “typing …” is not sent again for so long; Telegram shows each for five seconds, or until the answer."""

MOST_SIGNS = 10_000
"""Places of which it is remembered."""

_UNFIT = ("22", "23")
"""Classes of SQLSTATE in which the data is at fault: the same event would fail again."""


def is_away(error: BaseException) -> bool:
    """Whether storing failed for a reason that passes, so that the update has to come again."""
    if isinstance(error, DBAPIError):
        state: object = getattr(error.orig, "sqlstate", None)
        return not (isinstance(state, str) and state.startswith(_UNFIT))
    return isinstance(error, (Unavailable, *AWAY))


class _Known(Exception):
    """Parts were received before, without ``new``: whatever this transaction wrote is undone."""

    def __init__(self, new: list[Incoming]) -> None:
        super().__init__()
        self.new = new


class Inbox:
    """Takes updates in. To be closed, so that nothing is left under way."""

    def __init__(self, edge: Edge, bot: Bot, me: Me, tokens: Tokens) -> None:
        self._edge = edge
        self._bot = bot
        self._me = me
        self._tokens = tokens
        self._signs: set[asyncio.Task[None]] = set()
        self._standings = Standings(bot)
        self._shown: dict[tuple[str | None, ...], float] = {}
        """When a sign was last shown in a chat and topic."""

    async def take(self, updates: Sequence[Update], comment: Message | None = None) -> None:
        """Store one update, or the parts of one message; when this returns they may be acknowledged.

        ``comment`` is what may have been said of it just before (see ``Together``).

        Raises what the database raises while it is away: Telegram has to deliver again.
        """
        [update, *others] = updates
        if update.message is not None and (others or update.message.forward_origin is not None):
            parts = translate_parts(updates, self._me, comment)
            await self._take_parts(await self._standings.placed(parts or await self._overheard(updates)))
            return
        if update.chat_member is not None:
            await self._follow(update.chat_member)
            return
        if (ids := moved(update)) is not None:
            await self._edge.follow(PLATFORM, self._me.workspace, *ids)
            return
        incoming = translate(update, self._me) or next(iter(await self._overheard(updates)), None)
        query = update.callback_query
        if incoming is not None:
            if query is not None and incoming.press is not None:
                press = await pressed(incoming.press.action, self._tokens)
                incoming = replace(incoming, press=replace(press, answers=query.id))
            [incoming] = await self._standings.placed([incoming])
            await self._accepted(incoming, await self._edge.accept(incoming))
        elif query is not None:  # what is not understood here is answered by nobody else
            self._show(self._bot.answer_callback_query(query.id))

    async def _follow(self, update: Membership) -> None:
        if (found := changed(update)) is not None:
            chat, person, standing = found
            self._standings.keep(chat, person, standing, self._standings.now())
            at = Address(PLATFORM, self._me.workspace, chat, person=person)
            await self._edge.stands(at, standing, partial(self._standings.of, chat, person, since=inf))

    async def _overheard(self, updates: Sequence[Update]) -> list[Incoming]:
        """What was said in a group without calling the bot, and is for it all the same: the parts, words first."""
        heard = [one for update in updates if (one := overheard(update, self._me)) is not None]
        heard.sort(key=lambda one: not one.incoming.text)
        return [one.incoming for one in heard] if heard and await self._edge.hears(heard[0]) else []

    async def close(self) -> None:
        """Let the signs be shown that are on their way."""
        await asyncio.gather(*self._signs, return_exceptions=True)

    async def _take_parts(self, parts: list[Incoming]) -> None:
        while parts:
            whole = joined(parts)
            if await self._edge.turn_away(whole) is not None:
                return
            whole, attachments = await self._edge.keep(whole)
            try:
                received = await surely(whole, partial(self._accept_together, attachments=attachments, parts=parts))
            except _Known as error:
                parts = error.new
            else:
                await self._accepted(whole, received)
                return

    async def _accept_together(
        self, whole: Incoming, attachments: Sequence[Attachment], parts: Sequence[Incoming]
    ) -> Received:
        """The whole under the first part's name, unless one of the parts was received before."""
        first, *others = parts
        async with self._edge.database.system("who speaks where is not known yet") as session:
            new = [part for part in others if await conversations.first_heard(session, part)]
            if len(new) < len(others):
                raise _Known([first, *new])
            received = await receive(session, whole, attachments, WORDS, self._edge.door)
            if received.message_id is None and not received.turned_away:
                raise _Known(new)
        return received

    async def _accepted(self, incoming: Incoming, received: Received) -> None:
        """Somebody wrote, and it is new: show at once that it was heard, unless that is shown there just now."""
        if received.message_id is not None and incoming.press is None and self._is_due(incoming.chat, incoming.thread):
            topic = int(incoming.thread) if incoming.thread is not None else None
            self._show(self._bot.send_chat_action(int(incoming.chat), "typing", message_thread_id=topic))

    def _is_due(self, *place: str | None) -> bool:
        now = monotonic()
        if now < self._shown.get(place, 0.0) + SIGN_SECONDS:
            return False
        if len(self._shown) >= MOST_SIGNS:
            self._shown.clear()
        self._shown[place] = now
        return True

    def _show(self, call: Coroutine[Any, Any, bool]) -> None:
        task = asyncio.create_task(_ignoring(call))
        self._signs.add(task)
        task.add_done_callback(self._signs.discard)


async def _ignoring(call: Coroutine[Any, Any, bool]) -> None:
    """A sign that cannot be shown (the button was pressed long ago, the person blocked us) is none."""
    try:
        await explained(call)
    except (LegworkError, NotModified) as error:
        log.debug("a sign was not shown", error=str(error))
