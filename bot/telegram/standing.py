"""How people stand in a group: looked up once an hour, never waited for long, and changed when Telegram says so."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import inf
from time import monotonic

from telegram import Bot

from bot.telegram.failures import NotModified, explained
from bot.telegram.updates import Membership
from domain.conversations.ports import NAMELESS, Incoming, Stands
from domain.core.errors import LegworkError
from domain.core.logging import logger

log = logger(__name__)

KEPT_SECONDS = 3600.0
_SECONDS = 1.5
_MOST = 10_000
"""People in groups of whom it is remembered."""


_NEVER: tuple[float, Stands] = (-inf, "unknown")


class Standings:
    """In one bot's groups. ``now`` counts seconds."""

    def __init__(self, bot: Bot, now: Callable[[], float] = monotonic) -> None:
        self._bot = bot
        self.now = now
        self._known: OrderedDict[tuple[str, str], tuple[float, Stands]] = OrderedDict()

    async def placed(self, parts: Sequence[Incoming]) -> list[Incoming]:
        """The parts of one person's message, with how they stand where they said it."""
        if not parts or parts[0].private or parts[0].person.startswith(NAMELESS):
            return list(parts)
        heard, chat, person = self.now(), parts[0].chat, parts[0].person
        standing = await self.of(chat, person)
        at, _ = self._known.get((chat, person), _NEVER)

        async def afresh(incoming: Incoming) -> Incoming:
            return replace(incoming, standing=await self.of(chat, person, since=heard), afresh=None)

        return [replace(part, standing=standing, afresh=afresh if at < heard else None) for part in parts]

    async def of(self, chat: str, person: str, *, since: float = -inf) -> Stands:
        """``unknown`` where Telegram does not say so at once; as it said before, unless that was before ``since``."""
        at, before = self._known.get((chat, person), _NEVER)
        if at >= since and self.now() < at + KEPT_SECONDS:
            return before
        asked = self.now()
        try:
            member = await explained(
                self._bot.get_chat_member(int(chat), int(person), read_timeout=_SECONDS, connect_timeout=_SECONDS)
            )
        except (LegworkError, NotModified) as error:
            log.info("Telegram does not say how somebody stands in a group", chat=chat, error=str(error))
            return before if at >= since else "unknown"
        return self.keep(chat, person, stands(member.status, is_member=getattr(member, "is_member", False)), asked)

    def keep(self, chat: str, person: str, standing: Stands, at: float) -> Stands:
        """What Telegram has said of somebody, when it was asked or by itself."""
        if at >= self._known.get((chat, person), _NEVER)[0]:  # what was asked before and comes after is older
            self._known[chat, person] = at, standing
            self._known.move_to_end((chat, person))
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
        return self._known[chat, person][1]


def changed(update: Membership) -> tuple[str, str, Stands] | None:
    """Group, person and how they stand from now on, of a ``chat_member`` update; None for a bot's."""
    member = update.new_chat_member
    if member.user is None or member.user.is_bot:
        return None
    return str(update.chat.id), str(member.user.id), stands(member.status, is_member=member.is_member)


def stands(status: str, *, is_member: bool) -> Stands:
    """A ChatMember's: https://core.telegram.org/bots/api#chatmember. Who left a group may still comment in it."""
    match status:
        case "creator":
            return "owner"
        case "administrator":
            return "admin"
        case "member":
            return "member"
        case "restricted":
            return "member" if is_member else "stranger"
        case "left" | "kicked":
            return "stranger"
        case _:
            return "unknown"
