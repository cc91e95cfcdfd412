"""What people say in a group whose every message Telegram shows: Legwork goes on with whom it works, no more."""

from datetime import timedelta

import pytest

from bot.telegram.translate import overheard
from domain.flow.receive.spoken_to import FRESH_SECONDS
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan, question, reply, tool
from tests.fakes.telegram import Seat, group, person
from tests.fixtures.legwork import Script
from tests.fixtures.travel import travel
from tests.unit.telegram.conversation import Conversation
from tests.unit.telegram.events import BOT, GROUP, MARA, ME, PRIVATE, message, update

BEN = MARA | {"id": 512004712, "first_name": "Ben", "username": "benny"}
NAMED = {"type": "text_mention", "offset": 0, "length": 3, "user": BEN}
ASK = node("n1", "ask", "which one", question="Which branch?")


@pytest.mark.parametrize(
    ("body", "others"),
    [
        (message("hello all", chat=GROUP), False),
        (message("@benny hello", chat=GROUP, entities=[{"type": "mention", "offset": 0, "length": 6}]), True),
        (message("Ben hello", chat=GROUP, entities=[NAMED]), True),
        (message("so do I", chat=GROUP, reply_to_message=message("I agree", chat=GROUP, sender=BEN)), True),
        (message("and that too", chat=GROUP, reply_to_message=message("this", chat=GROUP)), False),
        (message("/tasks@other_bot", chat=GROUP), True),
        (message(None, chat=GROUP, sticker={"file_id": "s", "file_unique_id": "u", "type": "regular", "width": 1,
                                            "height": 1, "is_animated": False, "is_video": False}), True),
    ],
)  # fmt: skip
def test_what_calls_nobody_and_what_calls_others(body: dict[str, object], others: bool) -> None:
    found = overheard(update(body=body), ME)
    assert found is not None
    assert found.room
    assert found.others is others


@pytest.mark.parametrize(
    "body",
    [
        message("hello", chat=PRIVATE),
        message("@legwork_bot hello", chat=GROUP),
        message("sure?", chat=GROUP, reply_to_message=message("42", chat=GROUP, sender=BOT)),
        message("hi", sender=BOT, chat=GROUP),
        message("news", chat={"id": -100, "type": "channel", "title": "News"}),
        message(None, new_chat_members=[MARA], chat=GROUP),
    ],
    ids=lambda body: str(body.get("text")),
)
def test_what_is_said_to_the_bot_or_is_no_talk_is_not_overheard(body: dict[str, object]) -> None:
    assert overheard(update(body=body), ME) is None


class Group:
    def __init__(self, conversation: Conversation, script: Script) -> None:
        self.conversation = conversation
        self.script = script
        team = group(conversation.fake, privacy=False)
        self.mara = conversation.seat = conversation.seat.at(team)
        self.ben = person(conversation.fake, "Ben").at(team)

    async def answers(self, who: Seat, words: str, answer: str, *, to: int | None = None) -> None:
        self.script.then(reply(answer))
        self.conversation.seat = who
        said = await self.conversation.does(lambda: who.say(words, reply_to=to))
        assert [message["text"] for message in said] == [answer]

    async def leaves_alone(self, who: Seat, words: str, *, to: int | None = None) -> None:
        self.conversation.seat = who
        assert await self.conversation.does(lambda: who.say(words, reply_to=to)) == []


@pytest.fixture
def team(conversation: Conversation, script: Script) -> Group:
    return Group(conversation, script)


async def test_a_follow_up_of_the_same_person_goes_on(team: Group) -> None:
    await team.leaves_alone(team.mara, "good morning")
    await team.answers(team.mara, "@legwork_bot what changed?", "Hillside fell.")
    await team.answers(team.mara, "since when?", "Since June.")
    await team.leaves_alone(team.ben, "I knew it")
    await team.leaves_alone(team.mara, "how so?")
    await team.answers(team.mara, "@legwork_bot and the others?", "They are level.")
    await team.leaves_alone(team.mara, "Ben, are you coming?")


async def test_what_is_a_while_ago_is_over(team: Group) -> None:
    await team.answers(team.mara, "@legwork_bot what changed?", "Hillside fell.")
    database = team.conversation.worker.legwork.database
    await travel(database, timedelta(seconds=FRESH_SECONDS + 1))
    await team.leaves_alone(team.mara, "lunch?")


async def test_a_reply_to_somebody_else_is_for_them(team: Group) -> None:
    await team.answers(team.mara, "@legwork_bot what changed?", "Hillside fell.")
    said = team.ben.say("hello")
    await team.leaves_alone(team.mara, "and the others?", to=said)
    await team.answers(team.ben, "since when?", "Since June.", to=team.mara.said[0]["message_id"])


async def test_who_is_asked_may_answer_without_a_reply(team: Group, rehearsal: Rehearsal) -> None:
    team.script.then(plan(ASK, tool("n2", "note", text="{{ n1.output.text }}"), edges=[["n1", "n2"]]))
    await team.conversation.say("@legwork_bot note a branch")
    await team.leaves_alone(team.ben, "Dockside")
    await team.conversation.does(lambda: team.mara.say("Hillside"))
    assert rehearsal.of("note") == [{"text": "Hillside"}]


async def test_a_group_may_want_everything_or_mentions_alone(team: Group) -> None:
    await team.conversation.say("/threads listen all")
    await team.answers(team.ben, "what changed?", "Hillside fell.")
    team.conversation.seat = team.mara
    await team.conversation.say("/threads listen mentions")
    await team.leaves_alone(team.ben, "since when?")


async def test_a_file_that_is_asked_for_may_come_without_a_word(team: Group) -> None:
    team.script.then(question("Which file?"), reply("Three rows."))
    await team.conversation.say("@legwork_bot count the rows")
    said = await team.conversation.does(lambda: team.mara.document("a.csv", b"a\n1\n2\n3\n"))
    assert [message["text"] for message in said] == ["Three rows."]
    await team.leaves_alone(team.ben, "and mine?")
    before = len(team.script.requests)
    await team.conversation.does(lambda: team.ben.document("b.csv", b"a\n1\n"))
    assert len(team.script.requests) == before


async def test_an_album_in_a_group_that_wants_everything_heard_is_one_message(team: Group) -> None:
    await team.conversation.say("/threads listen all")
    team.script.then(reply("Two files."))
    files = [(f"part{number}.csv", b"a\n1\n") for number in range(2)]
    await team.conversation.does(lambda: team.ben.album(files, caption="compare these"))
    [request] = team.script.requests
    assert len(request.variables["attachments"]) == 2


async def test_in_a_private_chat_there_is_nothing_to_choose(conversation: Conversation) -> None:
    [said] = await conversation.say("/threads listen mentions")
    assert "Whatever you write here is for me." in said["text"]
