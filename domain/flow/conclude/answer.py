"""How a task ends, or comes to wait: what is stored, and what is said."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import RowMapping

from domain.conversations import repository as conversations
from domain.conversations.outbox import say
from domain.conversations.said import Answer, Button, FilePost, FileRef, Problem, Question
from domain.core.db import Session
from domain.core.errors import LegworkError
from domain.core.failpoints import reach
from domain.core.text import storable
from domain.flow.common.advance import Advance
from domain.flow.common.board import Board
from domain.flow.common.keys import answer_key, card_key
from domain.flow.common.planned import Planned
from domain.flow.common.presses import task_value
from domain.flow.common.usage import store_replies
from domain.flow.conclude.early import outcome_of
from domain.flow.show.cards import card_now, say_card
from domain.flow.show.place import Place, Saying, find_place
from domain.llm.offline.talk import is_courtesy
from domain.tasks import files, notes
from domain.tasks import repository as tasks
from domain.tasks.ending import end
from domain.tasks.states import Outcome, StepStatus, TaskStatus
from domain.workflows.spec import ANSWER, Node, NodeType


class _SpokenTo(Exception):
    """What was to be said does not hold: the person has said more."""


async def answer_directly(advance: Advance, planned: Planned) -> bool:
    """The first call was the answer, or asks back: the job ends with it. False: nothing is said, since the person has
    said something meanwhile that has to be known first.
    """
    try:
        await _answer_directly(advance, planned)
    except _SpokenTo:
        return False
    return True


async def _answer_directly(advance: Advance, planned: Planned) -> None:
    task, text = advance.task, storable(planned.decision.reply)
    async with advance.held.transaction(done=True) as session:
        if planned.decision.kind == "question":
            said = await _ask_back(session, advance, text, planned.cost)
        else:
            result = {"text": text, "cut": True} if planned.decision.cut else {"text": text}
            outcome = _outcome(advance, planned)
            said = await end(session, task.id, TaskStatus.SUCCEEDED, outcome=outcome, result=result, cost=planned.cost)
            if not said and await notes.left(session, task.id):
                raise _SpokenTo
            if said:
                await _say_answer(session, advance, Answer(task_id=task.id, text=text))
        if said:
            _remember(session, advance, text)
        store_replies(session, advance, planned.replies, planned.version)
        reach("conclude.concluding")
    reach("conclude.concluded")


def _outcome(advance: Advance, planned: Planned) -> Outcome:
    """A model is not asked what its reply is: to a greeting it is talk."""
    courtesy = is_courtesy(advance.task.description) and not advance.task.quoted
    return Outcome.TALK if courtesy else Outcome(planned.decision.outcome)


async def _ask_back(session: Session, advance: Advance, text: str, cost: Decimal | None) -> bool:
    """False where a person has stopped or paused the task meanwhile: then nothing is asked."""
    task = advance.task
    if not await tasks.wait_for(session, task.id, "answer", cost=cost):
        return False
    if await notes.left(session, task.id):
        raise _SpokenTo
    question = Question(task_id=task.id, text=text)
    key = f"question:{task.id}:{task.card}"
    await say(session, advance.thread, question, key=key, task_id=task.id, reply_to=task.message_id)
    return True


async def fail_unplanned(advance: Advance, error: LegworkError) -> None:
    """There is no plan: the person is told why, and nothing else has happened."""
    async with advance.held.transaction(done=True) as session:
        await _say_problem(session, advance, error.sentence, error.remedy or "", code=error.reason)


async def succeed(
    session: Session, advance: Advance, board: Board, status: TaskStatus, result: Mapping[str, Any]
) -> None:
    """Everything is done, or was not to be, and the task has ended so: its last card, the answer, and the files."""
    made = await files.of_task(session, advance.task.id) if advance.run.files else ()
    text, value = result["text"], task_value(advance.task.id)
    first = ("Go on", "more", "primary") if outcome_of(board) is Outcome.PARTIAL else ("Run again", "again", "plain")
    answer = Answer(
        task_id=advance.task.id,
        text="\n\n".join([text, *_shown_before(made)]),
        numbers=result.get("numbers"),
        facts=result.get("facts"),
        buttons=(
            Button(label=first[0], action=first[1], value=value, style=first[2]),
            Button(label="Details", action="unfold", value=value),
            Button(label="👍", action="feedback", value=f"{value}/:up"),
            Button(label="👎", action="feedback", value=f"{value}/:down"),
        ),
    )
    await _end(session, advance, board, status, answer, f"{answer_key(advance.task.id)}:{advance.task.card}")
    await _say_files(session, advance, board, made)
    _remember(session, advance, text)


async def _end(
    session: Session, advance: Advance, board: Board, status: TaskStatus, said: Answer | Problem, key: str
) -> None:
    """The last a task says: its card becomes it, or shrinks to a line above it."""
    task = advance.task
    if await find_place(session, advance, Saying.ENDING) is Place.CARD:
        said, over = said.model_copy(update={"card": card_now(advance, board, status)}), card_key(task.id)
    else:
        await say_card(session, advance, board, status, brief=True)
        over = None
    await say(session, advance.thread, said, key=key, task_id=task.id, reply_to=task.message_id, over=over)


async def fail(session: Session, advance: Advance, board: Board) -> None:
    """Something failed for good: what, what was done before it, and what was not."""
    failed = board.failed[0]
    error = failed.error or {}
    labels = {node.id: node.label for node in board.spec.nodes}
    early = {step.node_id for step in board.limited}
    ended = [node.id for node in board.spec.nodes if board.steps[node.id].status is StepStatus.SUCCEEDED]
    over = [labels[node_id] for node_id in ended if node_id not in early]
    left = [
        labels[node.id] + (" (stopped early)" if node.id in early else "")
        for node in board.spec.nodes
        if node.id in early or (board.steps[node.id].status is StepStatus.PENDING and not _only_tells(node))
    ]
    await _say_problem(
        session,
        advance,
        str(error.get("sentence", "A step failed.")),
        str(error.get("remedy") or ""),
        code=str(error.get("code", "failed")),
        done=over,
        not_done=left,
        board=board,
    )
    await _say_files(session, advance, board, await files.of_task(session, advance.task.id))


async def decline(session: Session, advance: Advance, board: Board) -> None:
    """A table cannot answer what it was asked: the reason and the remedy are the answer, and nothing counts as done."""
    task, error = advance.task, board.failed[0].error or {}
    text = " ".join(filter(None, (str(error.get("sentence", "")), str(error.get("remedy") or ""))))
    if not await end(session, task.id, TaskStatus.SUCCEEDED, outcome=Outcome.NOT_UNDERSTOOD, result={"text": text}):
        return  # a person stopped it meanwhile
    details = Button(label="Details", action="unfold", value=task_value(task.id))
    answer = Answer(task_id=task.id, text=text, buttons=(details,))
    await _end(session, advance, board, TaskStatus.FAILED, answer, f"{answer_key(task.id)}:{task.card}")
    _remember(session, advance, text)


def _only_tells(node: Node) -> bool:
    """Whether the node does no work of its own, but words what the others found."""
    return node.type is NodeType.LLM and node.name == ANSWER


async def _say_problem(
    session: Session,
    advance: Advance,
    sentence: str,
    remedy: str,
    *,
    code: str,
    done: Sequence[str] = (),
    not_done: Sequence[str] = (),
    board: Board | None = None,
) -> None:
    task = advance.task
    error = {"code": code, "sentence": sentence, "remedy": remedy}
    if not await end(session, task.id, TaskStatus.FAILED, error=error):
        return  # a person stopped it meanwhile
    tasks.add_log(session, task.id, "ERROR", sentence, code=code)
    problem = Problem(
        sentence=sentence,
        remedy=remedy,
        done=tuple(done),
        not_done=tuple(not_done),
        task_id=task.id,
        buttons=(
            Button(label="Retry", action="retry", value=task_value(task.id), style="primary"),
            Button(label="Details", action="unfold" if board else "details", value=task_value(task.id)),
        ),
    )
    key = f"problem:{task.id}:{task.card}"
    if board is not None:
        await _end(session, advance, board, TaskStatus.FAILED, problem, key)
    else:
        await say(session, advance.thread, problem, key=key, task_id=task.id, reply_to=task.message_id)
    _remember(session, advance, f"{sentence} {remedy}".strip())


async def _say_answer(session: Session, advance: Advance, answer: Answer) -> None:
    task = advance.task
    await say(
        session,
        advance.thread,
        answer,
        key=f"{answer_key(task.id)}:{task.card}",
        task_id=task.id,
        reply_to=task.message_id,
    )


def _remember(session: Session, advance: Advance, text: str) -> None:
    """The answer becomes a turn of the thread."""
    conversations.add_turn(session, thread_id=advance.task.thread_id, content=text, task_id=advance.task.id)


async def _say_files(session: Session, advance: Advance, board: Board, made: Sequence[RowMapping]) -> None:
    charts = {
        step.output["file"]: step.output["chart"]
        for step in board.steps.values()
        if step.output is not None and "chart" in step.output and "file" in step.output
    }
    for row in made:
        if row["shown"]:
            continue  # the answer says so
        await say(
            session,
            advance.thread,
            FilePost(
                file=FileRef(key=row["key"], name=row["name"], mime_type=row["mime_type"], size=row["size"]),
                caption=row["description"],
                chart=charts.get(row["name"]),
            ),
            key=f"file:{row['key']}",
            task_id=advance.task.id,
            reply_to=advance.task.message_id,
        )


def _shown_before(made: Sequence[RowMapping]) -> Sequence[str]:
    """What is said instead of pictures that stand in the thread already."""
    names = [row["name"] for row in made if row["shown"]]
    return [f"The same chart as above: {', '.join(names)}."] if names else []
