"""What people do in a year-old database, so that every statement of the program meets the rows that stand there.

An ordinary person and the busiest one go the same ways: they ask, approve, answer, steer, list, page, rate and change
their minds; deliveries fail, workers die, health is looked at.
"""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID, uuid4

from sqlalchemy import text

from bot.commands.table import NOUNS
from bot.slack.events import Opened
from bot.slack.home import home
from domain.conversations import messages, outbox, tokens
from domain.conversations.ports import Address
from domain.conversations.said import Listing
from domain.core import ids
from domain.core.errors import Ambiguous, Invalid
from domain.health import queries as health
from domain.orgs import repository as orgs
from domain.tasks import files, queries
from domain.tasks.settled import facts_of, said_about, settled
from domain.tools import repository as executions
from tests.bench.rows_faults import chats_move, deliveries_fail, jobs_end, workers_die
from tests.bench.rows_probe import Probe
from tests.bench.rows_stage import Stage
from tests.bench.rows_tables import CHANNEL_THREADS, PEOPLE
from tests.factories.incoming import file
from tests.factories.specs import node, plan, question, reply, tool
from tests.fixtures.talk import Talk

PEOPLE_ASKED = {"the busiest": 1, "an ordinary": 5_000}
PAGES = 5
_SEND = tool("n1", "send", to="ben@example.org", text="hello")
_TABLE = b"day,sold\n2026-01-01,3\n2026-01-02,4\n"


async def go(stage: Stage, probe: Probe) -> None:
    """Every journey, for each of the people asked."""
    for who, number in PEOPLE_ASKED.items():
        probe.who = who
        talk = stage.talk(f"person-{number}")
        for journey in JOURNEYS:
            probe.during = journey.__name__
            await journey(stage, talk)
    probe.who = "anybody"
    for journey in ONCE:
        probe.during = journey.__name__
        await journey(stage)
    probe.who = ""


async def _works(stage: Stage, talk: Talk) -> None:
    """Answers, plans, loops, files that are sent and files that are made."""
    two = plan(tool("n1", "note", text="a"), tool("n2", "note", text="{{ n1.output.text }}"), edges=[["n1", "n2"]])
    loop = node("n1", "foreach", "note all", items=["a", "b"], node=tool("each", "note", text="{{ item }}"))
    made = plan(tool("n1", "write_file", name="made.csv", content="day,sold\n1,2\n"), title="Make a file")
    stage.script.then(reply("Hello."), two, plan(loop), made, plan(tool("n1", "analyse_table", file="table.csv")))
    for words in ("hello", "note it", "note them", "make a file"):
        await talk.say(words)
    message = await talk.tell("what moved?", [file("table.csv", _TABLE)])
    await talk.settle()
    await _as_a_terminal(stage, message)
    await talk.say("/tasks files")


async def _as_a_terminal(stage: Stage, message_id: UUID) -> None:
    """What the process of a terminal asks when a message is answered."""
    async with stage.legwork.database.system("a test") as session:
        outcome = await settled(session, message_id)
        assert outcome is not None
        await said_about(session, message_id, outcome["task_id"])
        await facts_of(session, outcome["task_id"])
        await files.of_task(session, outcome["task_id"])


async def _asks(stage: Stage, talk: Talk) -> None:
    """Consent, questions, answers."""
    ask = node("n1", "ask", "which one", question="Which one?", choices=["red", "blue"])
    stage.script.then(plan(_SEND), plan(_SEND), plan(ask), plan(ask), question("For which month?"), reply("Three."))
    await talk.say("write to Ben")
    await talk.say("/tasks show")
    await talk.say("/tasks resume")
    await talk.press("Approve")
    await talk.say("write to Ben")
    await talk.press("Reject")
    await talk.say("which one?")
    await talk.press("red")
    await talk.say("which one?")
    await talk.say("blue")
    await talk.say("how many?")
    await talk.say("May")


async def _steers(stage: Stage, talk: Talk) -> None:
    """Stopping, pausing, going on, trying again, rating; a changed mind while it runs and afterwards."""
    wait, note = node("n1", "delay", seconds=3_600), plan(tool("n1", "note", text="a"))
    stage.script.then(plan(wait), plan(wait), reply("Two."), note, plan(_SEND), plan(tool("n2", "note", text="b")))
    await talk.say("wait a while", message_id=_fresh())
    for words in ("/tasks priority urgent", "pause", "/tasks resume", "/tasks pause", "resume", "stop"):
        await talk.say(words)
    await talk.press("Retry")
    await talk.say("stop")
    changed = _fresh()
    await talk.say("one", message_id=changed)
    await talk.change(changed, "edited", "two")
    await talk.settle()
    await talk.press("Start again")
    with talk.worker.away():
        await talk.tell("note it", message_id=(early := _fresh()))
        await talk.change(early, "edited", "note it well")
    await talk.settle()
    await talk.send_press("again", ids.text("task", (await talk.task())["id"]))
    stage.rehearsal.fail("send", Ambiguous("Nobody answered."), Invalid("No."))
    await _of_no_known_outcome(stage, talk)
    await _rates(talk)


async def _of_no_known_outcome(stage: Stage, talk: Talk) -> None:
    stage.script.then(plan(_SEND), plan(tool("n2", "note", text="b")))
    await talk.say("write to Ben")
    await talk.press("Approve")
    await talk.press("Do it again")
    await talk.say("/tasks logs")


async def _rates(talk: Talk) -> None:
    task = await talk.task()
    await talk.send_press("feedback", f"{ids.text('task', task['id'])}/:up")
    posted = await talk.rows(
        "SELECT platform_message_id FROM outbound_messages WHERE task_id = :id AND kind = 'post'", id=task["id"]
    )
    for message_id in (posted[0]["platform_message_id"], "none"):
        await talk.send_press("feedback", f"message:{message_id}:up")


async def _lists(stage: Stage, talk: Talk) -> None:
    """Every command, and the pages of every list."""
    stage.script.then(plan(tool("n1", "note", text="a"), title="Note it"))
    await talk.say("note it")
    newest = ids.short("task", (await talk.task())["id"])
    for noun in NOUNS:
        for verb in noun.verbs:
            await talk.say(f"/{noun.name} {verb.name}")
    for status in ("succeeded", "failed", "running", "paused", "cancelled", "pending"):
        await _page(talk, f"/tasks list {status}")
    for written in ("/tasks", "/threads", "/workflows", "/tools"):
        await _page(talk, written)
    await talk.say(f"/tasks show {newest}")
    await talk.say(f"/tasks save {newest} Notes of {uuid4().hex}")
    saved = await talk.rows("SELECT id FROM workflows ORDER BY id DESC LIMIT 1")
    await talk.say(f"/workflows run {ids.short('wf', saved[0]['id'])}")
    await talk.say("/tools run note text=a")
    await talk.say("/tools show note")


async def _page(talk: Talk, written: str) -> None:
    listing = (await talk.say(written)).last
    for _ in range(PAGES):
        if not isinstance(listing, Listing) or not listing.buttons:
            return
        listing = (await talk.send_press(listing.buttons[0].action, listing.buttons[0].value)).last


async def _threads(stage: Stage, talk: Talk) -> None:
    """Threads made, left, found again and deleted."""
    before = await talk.rows(
        """SELECT c.current_thread_id AS id FROM chats c WHERE c.platform = 'fake' AND c.chat = :chat""",
        chat=talk.place,
    )
    stage.script.then(reply("Hello."))
    await talk.say("/threads new Another")
    await talk.say("hello")
    for words in ("rename Yet another", "model gpt-5", "instructions Be brief", "instructions"):
        await talk.say(f"/threads {words}")
    made = await talk.rows("SELECT id FROM threads ORDER BY created_at DESC, id DESC LIMIT 1")
    await talk.say(f"/threads use {ids.short('thrd', before[0]['id'])}")
    await talk.say(f"/threads use {ids.text('thrd', before[0]['id'])}")
    await talk.say(f"/threads delete {ids.short('thrd', made[0]['id'])}")
    await talk.press("Delete")


async def _in_a_channel(stage: Stage, talk: Talk) -> None:
    """A thread of a busy channel, and a new one."""
    channel = stage.talk(talk.person, "channel", private=False, organization="org-1", thread=f"root-{CHANNEL_THREADS}")
    stage.script.then(plan(tool("n1", "note", text="a")), reply("Hello."))
    await channel.say("note it here")
    await channel.say("hello", thread=f"new-{uuid4().hex}")
    async with stage.legwork.database.system("a test") as session:
        await queries.standing(session, Address("fake", "w", "channel", f"root-{CHANNEL_THREADS}", talk.person))
        message = await session.scalar(text("SELECT id FROM tasks ORDER BY id DESC LIMIT 1"))
        await outbox.in_turn(session, message)
    await channel.say("/threads listen")
    await channel.say("/threads listen thread")


async def _at_home(stage: Stage, talk: Talk) -> None:
    """The home tab, asked for in the chat that this person has."""
    await home(stage.legwork.database, stage.legwork.settings, NOUNS, Opened("w", talk.person, talk.place, "home"))


async def _files_of_a_platform(stage: Stage, talk: Talk) -> None:
    async with stage.legwork.database.system("a test") as session:
        address = Address("fake", "w", talk.place)
        await outbox.chat_at(session, address)
        message = await session.scalar(text("SELECT id FROM messages ORDER BY id DESC LIMIT 1"))
        await messages.pending(session, message)
        await messages.set_collected(session, message, attachments=[], quoted=[])
        await outbox.mark_superseded(session, [message])
        await orgs.find(session, "org-1")
        token = await tokens.keep(session, {"action": "command", "value": "tasks"}, address)
        await tokens.look_up(session, token)


async def _health(stage: Stage) -> None:
    await health.server(stage.legwork.database)
    await health.ledger(stage.legwork.database)
    async with stage.legwork.database.system("a test") as session:
        await executions.executions(session, "note")


async def _somebody_new(stage: Stage) -> None:
    stage.script.then(reply("Hello."))
    await stage.talk(f"new-{uuid4().hex}").say("hello")


def _fresh() -> str:
    return uuid4().hex


Journey = Callable[[Stage, Talk], Awaitable[None]]
JOURNEYS: Sequence[Journey] = (
    _works,
    _asks,
    _steers,
    _lists,
    _threads,
    _in_a_channel,
    _at_home,
    _files_of_a_platform,
    jobs_end,
    deliveries_fail,
    chats_move,
    workers_die,
)
ONCE: Sequence[Callable[[Stage], Awaitable[None]]] = (_somebody_new, _health)
assert max(PEOPLE_ASKED.values()) <= PEOPLE
