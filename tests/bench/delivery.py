"""A thousand chats with one answer and two edits of a progress card each, all waiting in the outbox, against a
Telegram that enforces its limits: 30 messages a second over all chats, one a second in each.

The worker is a process; the doubles run in this one. While Telegram has a long queue, one message on Slack is due. The
floor is what the limits allow: the newest edit and the answer of each chat, the burst at once and the rest at the rate.
"""

import asyncio
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from uuid import UUID, uuid4

from sqlalchemy import text

from domain.conversations import outbox, service
from domain.conversations.ports import Incoming
from domain.conversations.said import Answer, Note
from domain.core.db import Database
from domain.core.ids import new_id
from domain.flow.receive.message import receive
from tests.bench.measure import Figure
from tests.bench.processes import processes, servers_in, waking
from tests.fakes.slack import FakeSlack
from tests.fakes.telegram import FakeTelegram, Pace, Received, Seat, person
from tests.fixtures.waiting import eventually

CHATS = 1_000
PATIENCE = 300.0
PACE = Pace()
READY = "worker is ready"
_SHOWING = ("sendMessage", "editMessageText")


async def run(folder: Path) -> list[Figure]:
    async with (
        FakeTelegram(pace=PACE) as fake,
        FakeSlack() as slack,
        servers_in(folder / "delivery") as (servers, database),
    ):
        for _ in range(CHATS):
            await _say(database, person(fake))
        environment = {
            "TELEGRAM_BOT_TOKEN": fake.token,
            "TELEGRAM_API_BASE_URL": fake.base_url,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_BASE_URL": slack.base_url,
        }
        commands = {READY: [sys.executable, "-m", "jobs.worker"]}
        async with waking(servers, database), processes(folder / "delivery", servers, commands, **environment):
            await eventually(lambda: len(fake.ledger) > CHATS // 10, PATIENCE)
            elsewhere = await _meanwhile(database, slack)
            await _drained(database)
        calls = [call for call in fake.ledger if call.method in _SHOWING]
    return [*_figures(calls), Figure("a message on Slack meanwhile: said after", "ms", [elsewhere * 1000])]


async def _meanwhile(database: Database, slack: FakeSlack) -> float:
    """Seconds until an answer on Slack is said, which has nothing to do with Telegram's queue."""
    mara = slack.person("Mara")
    incoming = Incoming(
        platform="slack",
        workspace=slack.workspace.id,
        chat=mara.dm_channel.id,
        person=mara.id,
        event_key=uuid4().hex,
        text="?",
        private=True,
    )
    async with database.system("a test") as session:
        received = await receive(session, incoming)
        assert received.message_id is not None
        thread = (await service.heard(session, received.message_id)).thread
        await session.execute(text("DELETE FROM queue_jobs WHERE queue = 'TASK'"))
    begun, before = monotonic(), len(slack.seen)
    async with database.system("a test") as session:
        await _answer(session, thread, new_id())
    await eventually(lambda: any(shown.kind == "posted" for shown in slack.seen[before:]), PATIENCE, every=0.001)
    return monotonic() - begun


async def _say(database: Database, seat: Seat) -> None:
    """What one chat waits for: two edits of the card that stands there, then the answer."""
    card = seat.fake.world.add_message(seat.chat, seat.fake.world.bot, text="0 of 2")
    async with database.system("a test") as session:
        received = await receive(session, _question(seat))
        assert received.message_id is not None
        thread = (await service.heard(session, received.message_id)).thread
        task_id = new_id()
        await outbox.say(session, thread, Note(text="0 of 2"), key=f"card:{task_id}")
        await session.execute(
            text("UPDATE outbound_messages SET status = 'sent', platform_message_id = :id WHERE dedupe_key = :key"),
            {"id": str(card["message_id"]), "key": f"card:{task_id}"},
        )
        for step in ("1 of 2", "2 of 2"):
            await outbox.say(session, thread, Note(text=step), key=f"card:{task_id}:{step[0]}", edits=f"card:{task_id}")
        await _answer(session, thread, task_id)
        await session.execute(text("DELETE FROM queue_jobs WHERE queue = 'TASK'"))


async def _answer(session: outbox.Session, thread: outbox.Thread, task_id: UUID) -> None:
    await outbox.say(session, thread, Answer(task_id=task_id, text="42"), key=f"answer:{task_id}", task_id=task_id)


def _question(seat: Seat) -> Incoming:
    return Incoming(
        platform="telegram",
        workspace=seat.fake.token.partition(":")[0],
        chat=str(seat.chat.id),
        person=str(seat.user["id"]),
        event_key=uuid4().hex,
        text="?",
    )


async def _drained(database: Database) -> None:
    async def none_left() -> bool:
        await asyncio.sleep(0.1)
        async with database.system("a test") as session:
            left = await session.scalar(
                text("SELECT count(*) FROM outbound_messages WHERE status IN ('queued', 'sending')")
            )
        return left == 0

    await eventually(none_left, PATIENCE)


def _figures(calls: Sequence[Received]) -> list[Figure]:
    taken = [call for call in calls if call.status == 200]
    begun = calls[0].at
    answers = [call.at - begun for call in taken if call.method == "sendMessage"]
    edits = [call.at - begun for call in taken if call.method == "editMessageText"]
    assert len(answers) == CHATS, f"{len(answers)} answers"
    allowed = max(edits[-1], answers[-1])
    return [
        Figure(f"{CHATS:,} chats: everything said", "s", [allowed], [_floor(len(taken))]),
        Figure(f"{CHATS:,} chats: every answer said", "s", [max(answers)], [_floor(CHATS)]),
        Figure("edits sent, of two waiting in each chat", "calls", [len(edits)]),
        Figure("calls refused for the limit", "calls", [sum(call.status == 429 for call in calls)]),
        Figure("calls to a chat within its Retry-After", "calls", [_inside(calls)]),
        Figure("chats not shown their answer first and then the newest edit", "chats", [_disordered(taken)]),
    ]


def _floor(calls: int) -> float:
    rate, burst = PACE.overall
    return max(0, calls - burst) / rate


def _inside(calls: Sequence[Received]) -> int:
    """Calls that came before the patience the chat's last refusal asked for was over."""
    until: dict[object, float] = {}
    found = 0
    for call in calls:
        chat = call.arguments["chat_id"]
        found += call.at < until.get(chat, 0.0)
        if call.status == 429:
            until[chat] = call.at + float(call.description.rpartition(" ")[2])
    return found


def _disordered(taken: Sequence[Received]) -> int:
    said: defaultdict[object, list[str]] = defaultdict(list)
    for call in taken:
        said[call.arguments["chat_id"]].append(call.arguments["text"])
    return sum(texts != ["42", "2 of 2"] for texts in said.values())
