"""What people decide where a task waits for them: approvals, questions, and calls that may have happened."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping

from domain.conversations.said import Note, Said
from domain.conversations.schemas import Heard
from domain.conversations.standing import shown_before
from domain.core.db import Session
from domain.core.errors import Refused
from domain.core.text import literal
from domain.flow.common.keys import asked_key
from domain.flow.common.noting import Remark, brief, remark
from domain.flow.common.outcome import DECIDED, DIGEST
from domain.flow.common.presses import step_value
from domain.flow.common.words import changes, consent
from domain.flow.execute.agent.hearing import NOT_MADE
from domain.flow.show.refresh import asked_again, close_card
from domain.flow.understand import acts
from domain.flow.understand.acts import acted
from domain.flow.understand.own_task import go_on, own_task
from domain.orgs.access import Act, denial
from domain.tasks import control
from domain.tasks import repository as tasks
from domain.tasks.states import StepStatus, TaskStatus

TOO_EARLY = Note(text="You wrote that before you could see what I ask. Please decide now.")


async def approve(session: Session, heard: Heard, task_id: UUID, node_id: str | None, *_: object) -> Sequence[Said]:
    return await _decide(session, heard, task_id, node_id, approved=True)


async def reject(session: Session, heard: Heard, task_id: UUID, node_id: str | None, *_: object) -> Sequence[Said]:
    return await _decide(session, heard, task_id, node_id, approved=False)


async def _decide(
    session: Session, heard: Heard, task_id: UUID, node_id: str | None, *, approved: bool, words: str = ""
) -> Sequence[Said]:
    """``words``: what the person says with their no."""
    act = acts.APPROVE if approved else acts.REJECT
    task = await own_task(session, heard, task_id, act)
    if heard.person.nameless:
        raise denial(
            act,
            ("task", task_id),
            "I need to know who decides this, and you write without a name.",
            remedy="Answer under your own name: an owner or admin of this organization may.",
            code="nameless",
        )
    step = await control.step(session, task_id, node_id or "")
    if step is None or step["status"] != "WAITING" or TaskStatus(task["status"]).final:
        raise Refused("That was decided already.", code="decided")
    given: dict[str, Any] = step["input"] or {}
    digest: str | None = given.get(DIGEST)
    outcome = _by(heard, "approved" if approved else "rejected") + (f": {words}" if words else "")
    decided = given | {DECIDED: outcome}
    if digest is not None:
        if not await control.decide(
            session, task_id, step["node_id"], digest, approved=approved, person=heard.person.user_id
        ):
            raise Refused("That was decided already, or asked too long ago.", code="decided")
        if approved:
            await control.set_step(session, task_id, step["node_id"], StepStatus.PENDING, input=decided)
        else:
            await _settle_step(session, task_id, step, StepStatus.SKIPPED, _no({"rejected": True}, words), outcome)
    elif approved:
        await _settle_step(session, task_id, step, StepStatus.SUCCEEDED, {"approved": True}, outcome)
    else:  # what hangs on it is then left out
        await _settle_step(session, task_id, step, StepStatus.SKIPPED, _no({"approved": False}, words), outcome)
    tasks.add_log(session, task_id, "INFO", "Approved." if approved else "Rejected.", step=step["node_id"])
    await _close(session, task, step, "approval", outcome)
    await go_on(session, task)
    acted(session, heard, act, ("task", task_id), task["user_id"])
    return (Note(text="Approved." if approved else "Rejected: it is not done.", shown=True),)


def _no(output: dict[str, Any], words: str) -> dict[str, Any]:
    """What a step puts out that a person said no to. Where they say what is to be done instead it is no no to what it
    does, but a change of it.
    """
    if words and changes(words):
        return {NOT_MADE: f"The person wants something else: {words}"}
    return output | {"words": words} if words else output


async def refuse(session: Session, heard: Heard, task_id: UUID, words: str) -> Sequence[Said] | None:
    """A no with words besides, to the one thing that a task wants to have approved: an agent reads them as the answer
    to its call, a plan is changed by them. None: there is not one alone.
    """
    task = await own_task(session, heard, task_id, acts.REJECT)
    if TaskStatus(task["status"]).final:
        return None
    asked = [step for step in await control.waiting_steps(session, task_id) if step["type"] != "ask"]
    if len(asked) != 1 or asked[0]["status"] != "WAITING":
        return None
    [step] = asked
    await _decide(session, heard, task_id, step["node_id"], approved=False, words=words)
    if await control.is_agents(session, task_id, step["node_id"]):
        return (Note(text=f"Not done. “{literal(task['title'])}” goes on with that: {literal(brief(words))}"),)
    told = await remark(session, task, Remark(heard.person.user_id, heard.message_id, words))
    return (Note(text=f"Not done. {told.text}" if told else "Not done.", buttons=told.buttons if told else ()),)


async def answer(session: Session, heard: Heard, task_id: UUID, words: str) -> Sequence[Said] | None:
    """The person's words answer what a task waits for. None: they are not an answer to it."""
    task = await own_task(session, heard, task_id, acts.ANSWER)
    if TaskStatus(task["status"]).final:
        return None  # it was stopped while the words were on their way
    waiting = [step for step in await control.waiting_steps(session, task_id) if step["status"] == "WAITING"]
    if task["plan"] is None:
        description = f"{task['description']}\n\n(You asked me for more, and I answered: {words})"
        await _say_closed(session, task, f"question:{task_id}:{task['card']}", _by(heard, "answered"))
        quoted = [*task["quoted"], *(piece.as_json() for piece in heard.quoted)]
        await go_on(
            session, task, description=description, quoted=quoted, message_id=heard.message_id, card=task["card"] + 1
        )
        return ()
    if not waiting:
        return None
    step = waiting[0]
    if step["type"] == "ask":
        return await _answered(session, heard, task, step, words, _by(heard, "answered"))
    decision = consent(words)
    if decision is None:
        return None
    button = step_value(task_id, step["node_id"])
    if not await shown_before(session, heard.message_id, task_id=task_id, button=button):
        return None
    await _decide(session, heard, task_id, step["node_id"], approved=decision)
    return ()  # what the card shows now, and what comes of it, is the answer


async def too_early(session: Session, heard: Heard, task_id: UUID) -> Sequence[Said] | None:
    """What is said to a yes or a no that was written before the person could see what it would be for, which is asked
    again. None: it is none, or nothing is asked.
    """
    asks = await asked_again(session, task_id) if consent(heard.text) is not None else ()
    return (TOO_EARLY, *asks) if asks else None


async def answer_button(
    session: Session, heard: Heard, task_id: UUID, node_id: str | None, chosen: str | None
) -> Sequence[Said]:
    task = await own_task(session, heard, task_id, acts.ANSWER)
    step = await control.step(session, task_id, node_id or "")
    if step is None or step["status"] != "WAITING" or TaskStatus(task["status"]).final:
        raise Refused("That was answered already.", code="decided")
    acted(session, heard, acts.ANSWER, ("task", task_id))
    return await _answered(session, heard, task, step, chosen or "", _by(heard, f"answered “{chosen or ''}”"))


async def _answered(
    session: Session, heard: Heard, task: RowMapping, step: RowMapping, text: str, outcome: str
) -> Sequence[Said]:
    beginnings = [piece.text for piece in heard.quoted if piece.kind == "pasted"]
    output = {"text": text, "beginning": beginnings[0]} if beginnings else {"text": text}
    await _settle_step(session, task["id"], step, StepStatus.SUCCEEDED, output, outcome)
    await _close(session, task, step, "question", outcome)
    await go_on(session, task)
    return ()


async def redo(session: Session, heard: Heard, task_id: UUID, node_id: str | None, *_: object) -> Sequence[Said]:
    """It may have happened, and the person wants it done again: a new attempt with a new idempotency key."""
    task, _step = await _unknown(session, heard, task_id, node_id, acts.REDO, "to be done again")
    await control.change_unknown(session, task_id, node_id or "")
    await go_on(session, task)
    return (Note(text="I do it again."),)


async def done(session: Session, heard: Heard, task_id: UUID, node_id: str | None, *_: object) -> Sequence[Said]:
    """It did happen: the step counts as done."""
    task, step = await _unknown(session, heard, task_id, node_id, acts.DONE, "noted as done")
    outcome = _by(heard, "noted as done")
    await _settle_step(session, task_id, step, StepStatus.SUCCEEDED, {"assumed_done": True}, outcome)
    await go_on(session, task)
    return (Note(text="Noted as done."),)


async def _unknown(
    session: Session, heard: Heard, task_id: UUID, node_id: str | None, act: Act, outcome: str
) -> tuple[RowMapping, RowMapping]:
    task = await own_task(session, heard, task_id, act)
    step = await control.step(session, task_id, node_id or "")
    if step is None or step["status"] != "UNKNOWN" or TaskStatus(task["status"]).final:
        raise Refused("That was decided already.", code="decided")
    await _close(session, task, step, "unknown", _by(heard, outcome))
    acted(session, heard, act, ("task", task_id), task["user_id"])
    return task, step


async def _settle_step(
    session: Session, task_id: UUID, step: RowMapping, status: StepStatus, output: dict[str, Any], outcome: str
) -> None:
    given: dict[str, Any] = step["input"] or {}
    decided = given | {DECIDED: outcome}
    await control.set_step(
        session, task_id, step["node_id"], status, input=decided, output=output, error=None, wake_at=None
    )


def _by(heard: Heard, outcome: str) -> str:
    """What somebody decided, with their name."""
    return f"{outcome} by {heard.person.name}" if heard.person.name else outcome


async def _close(session: Session, task: RowMapping, step: RowMapping, kind: str, outcome: str) -> None:
    """Where it was asked below the card, too: the buttons go, and who decided what stands there."""
    await _say_closed(session, task, asked_key(task["id"], step["node_id"], step["attempt_group"], kind), outcome)


async def _say_closed(session: Session, task: RowMapping, key: str, outcome: str) -> None:
    words = f"{outcome[:1].upper()}{outcome[1:]}."
    await close_card(session, task["thread_id"], task["user_id"], key, words)
