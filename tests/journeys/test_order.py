"""Answers of one thread keep the order of the questions, though the work on them is done side by side."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from itertools import permutations
from typing import Any

import pytest

from domain.conversations.said import Answer, FilePost, Note, PlanCard, Question
from domain.core.errors import Unavailable
from domain.flow.common.presses import step_value
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan, question, reply, tool
from tests.fakes.chat import FakeChat
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually


class Questions:
    """Questions asked in quick succession, whose answers come when they are let."""

    def __init__(self, talk: Talk, script: Script, chat: FakeChat) -> None:
        self.talk = talk
        self.script = script
        self.chat = chat
        self.gates: list[asyncio.Event] = []

    async def ask(self, words: str, answer: dict[str, Any], *, of: Talk | None = None) -> asyncio.Event:
        """Ask, and wait until the model is thinking. Returns what lets it answer."""
        gate = asyncio.Event()
        self.gates.append(gate)
        self.script.then([gate, json.dumps(answer)])
        before = len(self.script.requests)
        await (of or self.talk).tell(words)
        await self.talk.worker.start()
        await eventually(lambda: len(self.script.requests) > before)
        return gate

    @property
    def said(self) -> list[str]:
        """The words of answers and questions, in the order they stand in."""
        return [said.text for said in self.chat.shown.values() if isinstance(said, (Answer, Question, Note))]

    async def comes(self, *words: str) -> None:
        await self.shows(lambda: self.said == list(words))

    async def shows(self, holds: Callable[[], bool]) -> None:
        async def came() -> bool:
            await self.talk.worker.start()  # two that look at one moment leave it to the sweeper
            return holds()

        await eventually(came)

    async def nothing_more(self) -> list[str]:
        """What is said once whoever delivers has looked and has nothing that may be said."""
        pending = "SELECT 1 FROM queue_jobs WHERE queue = 'DELIVER' AND status IN ('available', 'running')"
        waiting = "SELECT 1 FROM outbound_messages WHERE status = 'queued' AND kind <> 'edit'"

        async def still() -> bool:
            await self.talk.worker.start()
            return bool(await self.talk.rows(waiting)) and not await self.talk.rows(pending)

        await eventually(still)
        return self.said


@pytest.fixture
async def asked(talk: Talk, script: Script, chat: FakeChat) -> AsyncIterator[Questions]:
    questions = Questions(talk, script, chat)
    yield questions
    for gate in questions.gates:
        gate.set()


async def test_an_answer_waits_for_the_one_to_the_question_before(asked: Questions) -> None:
    slow = await asked.ask("why?", reply("Because."))
    quick = await asked.ask("when?", reply("At noon."))
    quick.set()
    assert await asked.nothing_more() == []
    slow.set()
    await asked.comes("Because.", "At noon.")


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
@pytest.mark.parametrize("planned", [(), (0,), (1,)], ids=str)
async def test_in_whatever_order_the_work_ends_the_answers_are_in_that_of_the_questions(
    asked: Questions, rehearsal: Rehearsal, planned: Sequence[int], order: Sequence[int]
) -> None:
    works = [rehearsal.gate(f"work {number}") for number in range(3)]
    thoughts = [
        await asked.ask(
            f"question {number}",
            plan(tool("n1", "note", text=f"work {number}")) if number in planned else reply(f"answer {number}"),
        )
        for number in range(3)
    ]
    for number in planned:
        thoughts[number].set()
    await eventually(
        lambda: len([said for said in asked.chat.shown.values() if isinstance(said, PlanCard)]) == len(planned)
    )
    await asked.talk.rows("UPDATE tasks SET created_at = now() + interval '1 hour' RETURNING id")  # asked just now
    ended: list[int] = []
    for number in order:
        (works if number in planned else thoughts)[number].set()
        ended.append(number)
        first = [each for each in range(3) if all(earlier in ended for earlier in range(each + 1))]
        await asked.shows(lambda first=first: _numbers(asked.chat) == first)
    await asked.talk.settle()
    assert _numbers(asked.chat) == [0, 1, 2]


def _numbers(chat: FakeChat) -> list[int]:
    answers = [said.text for said in chat.shown.values() if isinstance(said, Answer)]
    return [int(text[text.rindex(" ") :].strip('"} \n`')) for text in answers]


async def test_a_quick_answer_does_not_stand_behind_a_long_task(asked: Questions, rehearsal: Rehearsal) -> None:
    gate = rehearsal.gate("long work")
    (await asked.ask("do the long work", plan(tool("n1", "note", text="long work")))).set()
    await eventually(lambda: rehearsal.of("note"))
    (await asked.ask("when?", reply("At noon."))).set()
    assert await asked.nothing_more() == []
    await asked.talk.travel(seconds=5, settle=False)
    await asked.talk.worker.start()
    await asked.comes("At noon.")
    gate.set()
    await asked.talk.settle()
    assert len(asked.said) == 2


async def test_a_task_that_was_asked_for_a_while_ago_is_not_waited_for(asked: Questions, rehearsal: Rehearsal) -> None:
    gate = rehearsal.gate("long work")
    (await asked.ask("do the long work", plan(tool("n1", "note", text="long work")))).set()
    await eventually(lambda: rehearsal.of("note"))
    await asked.talk.travel(seconds=5, settle=False)
    (await asked.ask("when?", reply("At noon."))).set()
    await asked.comes("At noon.")
    gate.set()


async def test_a_model_that_thinks_for_very_long_holds_nobody_up_for_ever(asked: Questions) -> None:
    slow = await asked.ask("why?", reply("Because."))
    (await asked.ask("when?", reply("At noon."))).set()
    assert await asked.nothing_more() == []
    await asked.talk.travel(seconds=29, settle=False)
    await asked.talk.worker.start()
    assert await asked.nothing_more() == []
    await asked.talk.travel(seconds=1, settle=False)
    await asked.talk.worker.start()
    await asked.comes("At noon.")
    slow.set()
    await asked.comes("At noon.", "Because.")
    [late] = [call for call in asked.chat.calls if isinstance(call.said, Answer) and call.said.text == "Because."]
    assert late.to.crossed, "it shows which question it answers"
    assert late.to.answers is not None


async def test_who_is_asked_back_first_reads_the_question(asked: Questions) -> None:
    slow = await asked.ask("book it", question("For which day?"))
    (await asked.ask("when?", reply("At noon."))).set()
    assert await asked.nothing_more() == []
    slow.set()
    await asked.comes("For which day?", "At noon.")


async def test_a_task_that_waits_for_a_person_is_not_waited_for(asked: Questions) -> None:
    (await asked.ask("write to Ben", plan(tool("n1", "send", to="ben")))).set()
    await eventually(lambda: any(isinstance(said, PlanCard) and said.asks for said in asked.chat.shown.values()))
    (await asked.ask("when?", reply("At noon."))).set()
    await asked.comes("At noon.")


async def test_when_the_earlier_task_is_stopped_the_later_answer_is_said(asked: Questions) -> None:
    await asked.ask("why?", reply("Because."))
    (await asked.ask("when?", reply("At noon."))).set()
    assert await asked.nothing_more() == []
    await asked.talk.begin("stop")
    await asked.shows(lambda: len(asked.said) == 2)
    assert asked.said[0] == "At noon."
    assert asked.said[1].startswith("Stopped: why?")


async def test_when_the_earlier_task_is_parked_the_later_answer_follows_shortly(asked: Questions) -> None:
    slow = asyncio.Event()
    asked.script.then([slow, Unavailable("The model is away.")])
    await asked.talk.begin("why?")
    await eventually(lambda: asked.script.requests)
    (await asked.ask("when?", reply("At noon."))).set()
    assert await asked.nothing_more() == []
    slow.set()
    await asked.shows(lambda: len(asked.said) == 1)
    assert len(await asked.nothing_more()) == 1
    await asked.talk.travel(seconds=5, settle=False)
    await asked.talk.worker.start()
    await asked.shows(lambda: asked.said[1:] == ["At noon."])


async def test_nothing_is_lost_when_the_worker_of_the_earlier_task_is_gone(asked: Questions) -> None:
    await asked.ask("why?", reply("Because."))
    (await asked.ask("when?", reply("At noon."))).set()
    assert await asked.nothing_more() == []
    await asked.talk.worker.stop()
    await asked.talk.rows("DELETE FROM queue_jobs WHERE queue = 'TASK' RETURNING id")  # nobody will go on with it
    later = Talk(asked.talk.legwork, asked.chat)
    await later.travel(seconds=30)
    assert asked.said == ["At noon."]
    await later.worker.stop()


async def test_another_person_is_not_waited_for(asked: Questions) -> None:
    ben = asked.talk.other("ben", asked.talk.place, private=False)
    await asked.ask("why?", reply("Because."))
    (await asked.ask("when?", reply("At noon."), of=ben)).set()
    await asked.comes("At noon.")


async def test_another_thread_is_not_waited_for(asked: Questions) -> None:
    await asked.ask("why?", reply("Because."))
    await asked.talk.tell("/threads new")
    await asked.talk.worker.start()
    await asked.shows(lambda: len(asked.said) == 1)
    (await asked.ask("when?", reply("At noon."))).set()
    await asked.shows(lambda: asked.said[-1:] == ["At noon."])


async def test_commands_are_answered_at_once(asked: Questions) -> None:
    await asked.ask("why?", reply("Because."))
    await asked.talk.tell("/whoami")
    await asked.talk.worker.start()
    await eventually(lambda: any(said.type == "details" for said in asked.chat.shown.values()))


async def test_nothing_is_shown_of_an_answer_above_the_one_before_it(asked: Questions, chat: FakeChat) -> None:
    slow, begun, end = asyncio.Event(), asyncio.Event(), asyncio.Event()
    asked.gates += [slow, begun, end]
    asked.script.then(
        [slow, json.dumps(reply("Because."))],
        ['{"kind": "answer", "reply": "At no', begun, "on, I th", end, 'ink."}'],
    )
    await asked.talk.tell("why?")
    await asked.talk.worker.start()
    await eventually(lambda: len(asked.script.requests) == 1)
    await asked.talk.tell("when?")
    await asked.talk.worker.start()
    await eventually(lambda: len(asked.script.requests) == 2)
    begun.set()
    await asked.talk.rows("SELECT 1")
    assert chat.previews == []
    slow.set()
    await asked.comes("Because.")
    await eventually(lambda: [text for _, text in chat.previews] == ["At noon, I th"])
    end.set()
    await asked.comes("Because.", "At noon, I think.")


async def test_files_come_with_their_answer(asked: Questions, chat: FakeChat) -> None:
    slow = await asked.ask("why?", reply("Because."))
    (await asked.ask("write it", plan(tool("n1", "write_file", name="a.txt", content="x")))).set()
    assert await asked.nothing_more() == []
    slow.set()
    await asked.talk.settle()
    kinds = [said.type for said in chat.shown.values()]
    assert kinds == ["plan", "answer", "answer", "file"]
    assert [said for said in chat.shown.values() if isinstance(said, FilePost)]


async def test_what_asks_in_a_later_task_is_not_closed_before_it_is_shown(asked: Questions, chat: FakeChat) -> None:
    slow = await asked.ask("why?", reply("Because."))
    ask = node("n1", "ask", "which one", question="Which branch?", choices=["Hillside"])
    (await asked.ask("note a branch", plan(ask))).set()
    assert await asked.nothing_more() == []
    [later] = await asked.talk.rows("SELECT id FROM tasks WHERE description = 'note a branch'")
    slow.set()
    await asked.talk.send_press("answer", f"{step_value(later['id'], 'n1')}:Hillside")
    assert not [said for said in chat.shown.values() if isinstance(said, Question)], "it shows what was answered"
