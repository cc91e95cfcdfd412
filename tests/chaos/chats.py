"""Chats of both platforms that know Legwork already, in which numbered notes wait to be said."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import uuid4

from sqlalchemy import text

from domain.conversations import outbox, service
from domain.conversations.ports import Incoming
from domain.conversations.said import Note
from domain.conversations.schemas import Thread
from domain.flow.receive.message import receive
from tests.chaos.ground import Ground
from tests.chaos.platforms import stands
from tests.fakes.slack import FakeSlack
from tests.fakes.telegram import FakeTelegram, person


@dataclass(slots=True)
class Chat:
    """``written`` is what was queued there, in order; ``read`` what each of the bot's messages says now, in order."""

    platform: str
    address: str
    thread: Thread
    read: Callable[[], Sequence[str]]
    written: list[str]

    def shown(self) -> list[str]:
        """The notes as they stand in the chat, in order; one that stands there twice comes twice."""
        return [note for message in self.read() for note in self.written if stands(note, message)]

    @property
    def missing(self) -> int:
        return len(set(self.written) - set(self.shown()))

    @property
    def repeated(self) -> int:
        shown = self.shown()
        return len(shown) - len(set(shown))

    @property
    def disordered(self) -> int:
        """How many notes stand before one that was queued earlier."""
        places = [self.written.index(note) for note in dict.fromkeys(self.shown())]
        return sum(later < earlier for earlier, later in pairwise(places))


async def slack_chats(ground: Ground, slack: FakeSlack, count: int) -> list[Chat]:
    """Direct messages of so many people. To be called before a worker runs: what they asked is forgotten."""
    made: list[Chat] = []
    for number in range(count):
        room = slack.person(f"Person {number}").dm_channel
        thread = await _heard(ground, "slack", slack.workspace.id, room.id)
        made.append(Chat("slack", room.id, thread, lambda room=room: [slack.shown(m) for m in slack.said(room)], []))
    return made


async def telegram_chats(ground: Ground, telegram: FakeTelegram, count: int) -> list[Chat]:
    """Private chats of so many people, likewise."""
    made: list[Chat] = []
    for number in range(count):
        seat = person(telegram, f"Seat{number}")
        address = str(seat.chat.id)
        thread = await _heard(ground, "telegram", str(telegram.world.bot["id"]), address)
        made.append(
            Chat("telegram", address, thread, lambda seat=seat: [str(m.get("text", "")) for m in seat.said], [])
        )
    return made


async def _heard(ground: Ground, platform: str, workspace: str, chat: str) -> Thread:
    event = Incoming(platform=platform, workspace=workspace, chat=chat, person=chat, event_key=uuid4().hex, text="?")
    async with ground.database.system("a test") as session:
        received = await receive(session, event)
        assert received.message_id is not None
        heard = await service.heard(session, received.message_id)
        await session.execute(text("DELETE FROM queue_jobs WHERE queue = 'TASK'"))
        session.wakes.clear()
    return heard.thread


async def write(ground: Ground, chats: Sequence[Chat], each: int) -> None:
    """Queue so many more notes in every chat, one in each before the second in any."""
    for _ in range(each):
        for chat in chats:
            note = f"{chat.address}-note-{len(chat.written)}"
            chat.written.append(note)
            async with ground.database.system("a test") as session:
                await outbox.say(session, chat.thread, Note(text=note), key=note)


async def settled(ground: Ground) -> bool:
    """Whether nothing waits to be said any more."""
    return await ground.crew.count("outbound_messages WHERE status IN ('queued', 'sending')") == 0


async def came_to(ground: Ground, status: str, *platforms: str) -> int:
    """How many of the outbox's rows for these platforms, or for all, have that status now."""
    [found] = await ground.crew.rows(
        """SELECT count(*) AS rows FROM outbound_messages o JOIN chats c ON c.id = o.chat_id
        WHERE o.status = :status AND (c.platform = ANY(:platforms) OR :platforms = '{}')""",
        status=status,
        platforms=list(platforms),
    )
    return int(found["rows"])
