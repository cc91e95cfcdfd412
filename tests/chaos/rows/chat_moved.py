"""Processes that die while a group goes elsewhere in the middle of what is done there: a bot as it hears that the group
is a supergroup now, a worker as it finds that out from a refusal, a worker as ``/org bind`` moves the group to another
organization.

One worker stays alive, and a bot that dies is started again. Each group has a page read while it moves. Once the page
is there, everything that belongs to the group has to be where the group is, and to one organization.
"""

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from domain.core.failpoints import Point
from tests.chaos.crew import Process
from tests.chaos.ground import Ground
from tests.chaos.platforms import UNHURRIED
from tests.chaos.row import Outcome, Row
from tests.chaos.victims import kill_at_each, victims_beside
from tests.fakes.telegram import FakeTelegram, Seat, group, person
from tests.fakes.telegram.world import Chat
from tests.fixtures.waiting import eventually

Kind = Literal["told", "refused", "bound"]

BY_BOTS: tuple[tuple[Kind, Point], ...] = (("told", "move.moving"), ("told", "move.moved"))
BY_WORKERS: tuple[tuple[Kind, Point], ...] = (
    ("refused", "move.moving"),
    ("bound", "understand.settled"),
    ("bound", "understand.understood"),
)
TIMES: dict[Point, int] = {"understand.settled": 4, "understand.understood": 4}
"""Messages of one group that is bound: the last two ask for it, in vain while it is at work, and then not."""
WITHIN = 60.0
"""Seconds after which something said counts as lost."""
HANGS = {
    "threads": "chat_id = :chat",
    "outbound_messages": "chat_id = :chat",
    "messages": "thread_id IN (SELECT id FROM threads WHERE chat_id = :chat)",
    "tasks": "thread_id IN (SELECT id FROM threads WHERE chat_id = :chat)",
    "task_steps": "task_id IN (SELECT id FROM tasks WHERE thread_id IN (SELECT id FROM threads WHERE chat_id = :chat))",
    "tool_executions": "task_id IN (SELECT id FROM tasks WHERE thread_id IN (SELECT id FROM threads "
    "WHERE chat_id = :chat))",
}
"""What belongs to a chat, by table."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A group: its chat before and now, and its people."""

    kind: Kind
    before: Chat
    now: Chat
    mara: Seat
    ben: Seat


class Groups:
    """Those that went elsewhere."""

    def __init__(self, ground: Ground, telegram: FakeTelegram) -> None:
        self.moved: list[Moved] = []
        self.counts = Counter[str]()
        self.bot: Process | None = None
        self._ground = ground
        self._telegram = telegram
        self._mara, self._ben = person(telegram, "Mara"), person(telegram, "Ben")
        self._following: asyncio.Task[None] | None = None

    # -- the bot -------------------------------------------------------------------------------------

    async def listen(self, variables: dict[str, str]) -> Process:
        """Another bot, in the place of the one there was; when it is killed, one without failpoints follows it."""
        if self._following is not None:
            await self._following
        if self.bot is not None:
            await self.bot.kill()
        self.bot = await self._start(variables)
        self._following = asyncio.create_task(self._follow(self.bot)) if variables else None
        return self.bot

    async def _follow(self, victim: Process) -> None:
        await victim.process.wait()
        self.bot = await self._start({})

    async def _start(self, variables: dict[str, str]) -> Process:
        bot = await self._ground.crew.start("bot", **variables)
        await bot.says("fetching Telegram's updates")
        return bot

    # -- a group -------------------------------------------------------------------------------------

    async def found_acme(self) -> None:
        """Mara owns another organization."""
        acme = group(self._telegram, "Acme")
        acme.ranks[self._mara.user["id"]] = "creator"
        await self._told(self._mara.at(acme), "/org show")

    async def run(self, kind: Kind) -> None:
        """One more; it is counted whatever became of it."""
        web, number = self._ground.web, len(self.moved)
        before = group(self._telegram, f"Team {number}", kind="group")
        before.ranks[self._mara.user["id"]] = "creator"
        mara, ben = self._mara.at(before), self._ben.at(before)
        await self._told(mara, "/org show")
        path = f"/moved/{number}"
        web.gates[path] = gate = asyncio.Event()
        ben.say(f"@{self._telegram.world.bot['username']} read {web.url(path)}")
        with suppress(TimeoutError):
            await eventually(lambda: web.count(path), WITHIN)
        now = mara.upgrade(heard=() if kind == "refused" else ("to", "from"))
        now.ranks.update(before.ranks)
        moved = Moved(kind, before, now, mara.at(now), ben.at(now))
        self.moved.append(moved)
        if kind == "bound":
            await self._told(moved.mara, "/org bind Acme")
        gate.set()
        with suppress(TimeoutError):
            await eventually(lambda: _answers(moved), WITHIN, every=0.05)
        if kind == "bound":
            await self._ground.crew.settles()
            await self._told(moved.mara, "/org bind Acme")
        await self._ground.crew.settles()

    async def _told(self, seat: Seat, words: str) -> None:
        """Say it, and wait for something to be said there."""
        before = len(seat.said)
        seat.say(words)
        with suppress(TimeoutError):
            await eventually(lambda: len(seat.said) > before, WITHIN, every=0.05)

    async def zeros(self) -> dict[str, int]:
        """What must not have happened."""
        crew, counts = self._ground.crew, Counter[str]()
        for one in self.moved:
            counts["answers lost, or said twice"] += abs(_answers(one) - 1)
            counts["chats left under the id before"] += await crew.count(f"chats WHERE chat = '{one.before.id}'")
            found = await crew.rows(
                """SELECT c.id, c.org_id, o.name FROM chats c JOIN organizations o ON o.id = c.org_id
                WHERE c.chat = :chat""",
                chat=str(one.now.id),
            )
            counts["chats lost, or there twice"] += len(found) != 1
            for chat in found[:1]:
                counts["chats in another organization than they were moved to"] += (chat["name"] == "Acme") is not (
                    one.kind == "bound"
                )
                counts["rows of another organization than their chat"] += await self._strays(chat["id"], chat["org_id"])
                ranks = await crew.rows(
                    """SELECT role FROM organization_members m JOIN users u ON u.id = m.user_id
                    WHERE m.org_id = :org_id AND m.status = 'active' AND u.name = 'Mara'""",
                    org_id=chat["org_id"],
                )
                counts["owners who are none any more"] += [row["role"] for row in ranks] != ["owner"]
        bound = sum(one.kind == "bound" for one in self.moved)
        noted = await crew.count("audit_logs WHERE action = 'org.bind' AND outcome = 'done'")
        counts["moves not written down in both organizations, or twice"] += abs(noted - 2 * bound)
        counts["posts failed"] += await crew.count("outbound_messages WHERE status = 'failed'")
        return dict(counts)

    async def _strays(self, chat_id: object, org_id: object) -> int:
        return sum(
            [
                len(
                    await self._ground.crew.rows(
                        f"SELECT 1 FROM {table} WHERE {where} AND org_id <> :org_id",
                        chat=chat_id,
                        org_id=org_id,
                    )
                )
                for table, where in HANGS.items()
            ]
        )


def _answers(moved: Moved) -> int:
    """How many messages that stand in the group, before or now, are the result."""
    said = [*moved.ben.at(moved.before).said, *moved.ben.said]
    return sum(str(message.get("text", "")).endswith("\ndone") for message in said)


async def drive(ground: Ground, count: int) -> Outcome:
    """So many at each boundary."""
    async with FakeTelegram() as telegram:
        ground.environment.update(
            TELEGRAM_BOT_TOKEN=telegram.token,
            TELEGRAM_API_BASE_URL=telegram.base_url,
            LEGWORK_TELEGRAM_RATE=UNHURRIED,
            LEGWORK_TELEGRAM_BURST=UNHURRIED,
            LEGWORK_TELEGRAM_CHAT_RATE=UNHURRIED,
            LEGWORK_TELEGRAM_CHAT_BURST=UNHURRIED,
        )
        [survivor] = await ground.crew.muster(1)
        groups = Groups(ground, telegram)
        await groups.listen({})
        await groups.found_acme()
        bots = await kill_at_each(BY_BOTS, count, groups.listen, groups.run, at_once=1)
        await groups.listen({})
        victims = victims_beside(ground.crew, survivor)
        workers = await kill_at_each(BY_WORKERS, count, victims, groups.run, TIMES, at_once=1)
        await ground.crew.settles()
        return Outcome(
            zero={
                **await groups.zeros(),
                "jobs left over": await ground.crew.left(),
                "survivors that died": not survivor.alive,
                "boundaries at which nobody died": bots.short + workers.short,
            },
            told={
                "killed": bots.at.total() + workers.at.total(),
                "groups moved": len(groups.moved),
                "posts marked unknown": await ground.crew.count("outbound_messages WHERE status = 'unknown'"),
            },
            remarks=[*bots.missed, *workers.missed],
        )


ROW = Row(
    name="chat-moved",
    fault="a bot or worker killed (SIGKILL) as a group goes on under another id, or in another organization",
    promise="all that belongs to it goes along, what is done there is answered once",
    full=20,
    short=1,
    drive=drive,
)
