"""What people say into running work, over the whole path and without a model: each message has one fate."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import RowMapping

from domain.flow.common.legwork import Legwork
from domain.llm.model import Event, Request
from domain.llm.offline.provider import OfflineModel
from domain.llm.scripted import ScriptedModel
from tests.factories.specs import node, plan
from tests.fakes.chat import FakeChat
from tests.fixtures.talk import Talk
from tests.unit.llm.test_said_meanwhile import OPEN, Case, cases

PARTS, EVERY = 6, 7
"""Every seventh of the labelled messages, in six parts."""

WAITS = {
    "approval": node("n1", "approval", text="Write to Ben."),
    "question": node("n1", "ask", question="Which year?"),
}
WAITS |= {"freigabe": WAITS["approval"], "frage": WAITS["question"]}
RUNS = node("n1", "delay", seconds=3_600)
BEGUN = {task["doing"]: task["title"] for tasks in OPEN.values() for task in tasks}


class Planning:
    """The offline provider, but for the messages that begin the work that runs: their plans are given."""

    name = "offline"

    def __init__(self) -> None:
        self.step = RUNS
        self._given = ScriptedModel(lambda asked: plan(self.step, title=BEGUN[asked.variables["message"]]))
        self._rules = OfflineModel()

    async def stream(self, request: Request) -> AsyncIterator[Event]:
        given = request.prompt.name == "decide" and request.variables["message"] in BEGUN
        async with aclosing((self._given if given else self._rules).stream(request)) as events:
            async for event in events:
                yield event

    async def close(self) -> None:
        """Nothing is held open."""


@dataclass(frozen=True, slots=True)
class Came:
    """What became of the tasks that ran and of the message."""

    ran: list[RowMapping]
    notes: list[RowMapping]
    begun: list[RowMapping]
    kinds: str

    @property
    def kind(self) -> str:
        if any(task["decided"] for task in self.ran):
            return "answer"  # a no with words is heard by the plan, too
        if self.notes:
            return "change"
        if any(task["status"] == "CANCELLED" for task in self.ran):
            return "stop"
        return "other" if self.begun else "progress"


@pytest.fixture
def planning() -> Planning:
    return Planning()


@pytest.fixture
async def room(legwork: Legwork, chat: FakeChat, planning: Planning) -> AsyncIterator[Talk]:
    talk = Talk(replace(legwork, model=planning), chat)
    yield talk
    await talk.worker.stop()


async def hear(talk: Talk, planning: Planning, case: Case) -> Came:
    planning.step = WAITS.get(case.open, RUNS)
    for task in OPEN[case.open]:
        await talk.say(task["doing"])
    before = await _tasks(talk)
    said = await talk.say(case.message)
    after = await _tasks(talk)
    known = {task["id"] for task in before}
    notes = await talk.rows(
        "SELECT n.*, k.title FROM task_notes n JOIN tasks k ON k.id = n.task_id WHERE n.task_id = ANY(:ids)",
        ids=list(known),
    )
    begun = [task for task in after if task["id"] not in known and task["outcome"] != "note"]
    return Came(
        [task for task in after if task["id"] in known],
        list(notes),
        begun,
        " ".join(type(words).__name__ for words in said),
    )


async def _tasks(talk: Talk) -> list[RowMapping]:
    rows = await talk.rows(
        """SELECT k.id, k.title, k.status, k.outcome,
                  EXISTS (SELECT 1 FROM task_steps s WHERE s.task_id = k.id AND s.status <> 'WAITING'
                          AND s.input ? 'decided') AS decided
           FROM tasks k JOIN users u ON u.id = k.user_id WHERE k.thread_id IN (
               SELECT t.id FROM threads t JOIN chats c ON c.id = t.chat_id WHERE c.chat = :place) ORDER BY k.id""",
        place=talk.place,
    )
    return list(rows)


def expected(case: Case) -> str:
    return "other" if case.task == "0" else case.label


@pytest.mark.parametrize("begin", range(PARTS))
async def test_each_message_has_one_fate(room: Talk, planning: Planning, begin: int) -> None:
    sample: list[Case] = cases("said_meanwhile.tsv")[begin * EVERY :: PARTS * EVERY]
    wrong: list[str] = []
    for place, case in enumerate(sample):
        came = await hear(room.other(f"person{begin}-{place}"), planning, case)
        meant = [task for task in OPEN[case.open] if str(task["number"]) == case.task]
        if came.kind not in (expected(case), "other"):
            wrong.append(f"{case} became {came.kind}")
        if came.kind == "change" and [row["title"] for row in came.notes] != [task["title"] for task in meant]:
            wrong.append(f"{case} was noted for {[row['title'] for row in came.notes]}")
        if came.kind == "progress" and "Note" not in came.kinds:
            wrong.append(f"{case} was answered with {came.kinds}")
    assert wrong == []
