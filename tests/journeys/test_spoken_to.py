"""In a thread that several people read Legwork answers what is meant for it, and leaves their talk alone."""

from collections.abc import AsyncIterator

import pytest
from arq.connections import ArqRedis

from domain.flow.common.legwork import Legwork
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan, reply, tool
from tests.fakes.slack import Message, Person
from tests.fixtures.legwork import Script
from tests.fixtures.office import Office, opened

ASK = node("n1", "ask", "which one", question="Which branch?")


class Thread:
    """A thread in a channel: Mara has begun it with Legwork, Ben reads along."""

    def __init__(self, office: Office, script: Script) -> None:
        self.office = office
        self.script = script
        self.mara = office.mara
        self.ben: Person = office.slack.person("Ben")
        self.ben.join(office.sales)
        self.root: Message | None = None

    async def begin(self, words: str = "what changed?") -> None:
        self.root = self.mara.mention(self.office.sales, words)
        await self.office.settle()

    async def says(self, who: Person, words: str, *, heard: bool, answer: str | None = None) -> None:
        """Somebody writes; ``heard``: Legwork took it, and answered where an answer is given."""
        assert self.root is not None
        if answer is not None:
            self.script.then(reply(answer))
        before = await self.stored()
        who.say(self.office.sales, words, thread_ts=self.root.ts)
        await self.office.settle()
        assert (await self.stored() > before) is heard, words
        if answer is not None:
            assert answer in self.office.reads(self.root)

    async def calls(self, who: Person, words: str, answer: str) -> None:
        await self.says(who, f"<@{self.office.slack.workspace.bot_user}> {words}", heard=True, answer=answer)

    async def stored(self) -> int:
        return (await self.office.rows("SELECT count(*) AS n FROM messages WHERE role = 'user'"))[0]["n"]


@pytest.fixture
async def thread(legwork: Legwork, redis: ArqRedis, script: Script) -> AsyncIterator[Thread]:
    async with opened(legwork, redis) as office:
        yield Thread(office, script)


async def test_whose_thread_it_is_goes_on_without_a_mention(thread: Thread) -> None:
    thread.script.then(reply("Hillside fell."))
    await thread.begin()
    await thread.says(thread.mara, "since when?", heard=True, answer="Since June.")
    await thread.says(thread.mara, "and the others?", heard=True, answer="They are level.")


async def test_talk_among_others_is_left_alone(thread: Thread) -> None:
    thread.script.then(reply("Hillside fell."))
    await thread.begin()
    await thread.says(thread.ben, "I knew it", heard=False)
    await thread.says(thread.mara, "how so?", heard=False)
    await thread.says(thread.ben, "they told me", heard=False)
    await thread.calls(thread.mara, "since when?", "Since June.")
    await thread.says(thread.mara, "and the others?", heard=True, answer="They are level.")


async def test_an_app_that_posts_there_is_nobody_who_speaks(thread: Thread) -> None:
    thread.script.then(reply("Hillside fell."))
    await thread.begin()
    assert thread.root is not None
    robot = thread.office.slack.person("Robot")
    robot.user.is_bot = True
    robot.join(thread.office.sales)
    robot.say(thread.office.sales, "Build 7 is green.", thread_ts=thread.root.ts, through="B0OTHERBOT")
    await thread.office.settle()
    await thread.says(thread.mara, "since when?", heard=True, answer="Since June.")


async def test_who_mentions_somebody_else_speaks_to_them(thread: Thread) -> None:
    thread.script.then(reply("Hillside fell."))
    await thread.begin()
    await thread.says(thread.mara, f"<@{thread.ben.id}> what do you think?", heard=False)
    bot = thread.office.slack.workspace.bot_user
    thread.script.then(reply("I cannot ask Ben."))
    await thread.says(thread.mara, f"<@{bot}> ask <@{thread.ben.id}>", heard=True)


async def test_another_person_is_heard_once_they_call_and_from_then_on(thread: Thread) -> None:
    thread.script.then(reply("Hillside fell."))
    await thread.begin()
    await thread.calls(thread.ben, "since when?", "Since June.")
    await thread.says(thread.ben, "and the others?", heard=True, answer="They are level.")
    await thread.says(thread.mara, "good to know", heard=False)


async def test_what_is_asked_is_answered_by_who_was_asked_whoever_speaks_between(
    thread: Thread, rehearsal: Rehearsal
) -> None:
    thread.script.then(plan(ASK, tool("n2", "note", text="{{ n1.output.text }}"), edges=[["n1", "n2"]]))
    await thread.begin("note a branch")
    await thread.says(thread.ben, "Dockside", heard=False)
    await thread.says(thread.mara, "Hillside", heard=True)
    assert rehearsal.of("note") == [{"text": "Hillside"}]


async def test_a_command_is_heard_from_everybody_in_the_thread(thread: Thread) -> None:
    thread.script.then(reply("Hillside fell."))
    await thread.begin()
    await thread.says(thread.ben, "!whoami", heard=True)
    await thread.says(thread.ben, "!nice work", heard=False)


async def test_a_chat_may_want_mentions_alone_or_everything(thread: Thread) -> None:
    thread.script.then(reply("Hillside fell."))
    await thread.begin()
    await thread.says(thread.mara, "!threads listen mentions", heard=True)
    await thread.says(thread.mara, "since when?", heard=False)
    await thread.says(thread.mara, "!threads listen all", heard=True)
    await thread.says(thread.ben, "since when?", heard=True, answer="Since June.")
    thread.script.then(reply("Good morning."))
    before = await thread.stored()
    thread.ben.say(thread.office.sales, "good morning")
    await thread.office.settle()
    assert await thread.stored() == before + 1
    await thread.says(thread.mara, "!threads listen thread", heard=True)
    await thread.says(thread.mara, "thank you all", heard=False)


async def test_what_is_left_alone_leaves_nothing_behind(thread: Thread) -> None:
    thread.script.then(reply("Hillside fell."))
    await thread.begin()
    tables = ("messages", "inbound_events", "queue_jobs", "users", "outbound_messages")
    counted = " UNION ALL ".join(f"SELECT '{name}' AS name, count(*) AS n FROM {name}" for name in tables)
    before = await thread.office.rows(counted)
    await thread.says(thread.ben, "I knew it", heard=False)
    thread.ben.say(thread.office.sales, "lunch?")
    await thread.office.settle()
    assert await thread.office.rows(counted) == before
