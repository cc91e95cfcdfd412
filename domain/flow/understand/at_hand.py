"""What is steered by a word or a command that names no task: the one at hand, or those a person chooses from."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping

from domain.conversations import repository as conversations
from domain.conversations.said import Button, Listing, Note, Said
from domain.conversations.schemas import Heard
from domain.conversations.standing import task_of
from domain.core import ids
from domain.core.db import Session
from domain.core.text import literal
from domain.flow.common.presses import task_value
from domain.flow.common.words import Wish, named_stop
from domain.flow.understand import steer
from domain.orgs.access import owns
from domain.tasks import control, queries
from domain.tasks.states import HALTS, Outcome, TaskStatus, word

ACTS = {"stop": steer.stop, "pause": steer.pause, "resume": steer.resume}
"""What each wish does to one task."""
_LABELS = {"stop": "Stop", "pause": "Pause", "resume": "Resume"}
_LISTED = 5

_TELLING = re.compile(r"[^\W_]{4,}|\d+")
"""Of a title, the words that tell it from another."""

NOTHING_RUNS = Note(text="Nothing is running.")
NOTHING_PAUSED = Note(text="Nothing is paused.")

STOP_ALL, STOP_THREAD = "stop_all", "stop_thread"
"""Actions: of the button under a list of tasks, and of a platform's own stop button in a thread."""

Steered = tuple[Sequence[Said], UUID | None]
"""What is said, and the task that was steered."""


async def steer_at_hand(session: Session, heard: Heard, wish: Wish) -> Steered:
    """Do it to the newest task of this thread that it can be done to, the person's own first; where nothing is open
    here, to their only one of this chat; else they choose. What goes on may also be what stopped early. Raises
    LegworkError, whose sentence the person reads.
    """
    here = await queries.open_in_thread(session, heard.thread.id)
    if not here and wish == "stop":
        if (unbegun := await _withdraw(session, heard)) is not None:
            return (Note(text=f"Stopped before it began: {unbegun}."),), None
        here = await queries.open_in_thread(session, heard.thread.id)  # it may have begun meanwhile
    if wish == "resume" and not any(_is_paused(task) for task in here):
        partial = await queries.partial_in_thread(session, heard.thread.id, heard.person.user_ids)
        if partial is not None:
            return await steer.more(session, heard, partial), partial
    if here:
        own = [task for task in here if owns(heard.principal, task["user_id"])]
        task = _fitting(own or here, wish)
        return await ACTS[wish](session, heard, task["id"]), task["id"]
    others = [task for task in await _open(session, heard) if wish != "resume" or _is_paused(task)]
    if len(others) == 1 and others[0]["here"]:
        return await ACTS[wish](session, heard, others[0]["id"]), others[0]["id"]
    if others:
        return (_choice(others, wish),), None
    return (NOTHING_PAUSED if wish == "resume" else NOTHING_RUNS,), None


async def go_on_answered(session: Session, heard: Heard, answers: str) -> Steered | None:
    """Let the task go on whose message the person answers, where it is theirs and stopped early; None for any other."""
    task_id = await task_of(session, heard.thread.chat_id, answers)
    if task_id is None:
        return None
    task = await queries.find(session, org_id=heard.person.org_id, task_id=task_id)
    if task is None or not owns(heard.principal, task["user_id"]) or task["outcome"] != Outcome.PARTIAL.value:
        return None
    return await steer.more(session, heard, task_id), task_id


async def stop_named(session: Session, heard: Heard, own: Sequence[RowMapping]) -> Steered | None:
    """“Stop the supplier prices”: the one of the person's ``own`` open tasks that is named. None: nothing of the kind
    is said, or it is none of them, or it may be several.
    """
    name = named_stop(heard.text) if not heard.own_files else None
    meant = [task for task in own if name is not None and is_named(task["title"], name)]
    if len(meant) != 1:
        return None
    return await steer.stop(session, heard, meant[0]["id"]), meant[0]["id"]


def is_named(title: str, name: str) -> bool:
    """Whether the name holds half of the title's telling words at least, and none besides."""
    told, named = (set(_TELLING.findall(words.casefold())) for words in (title, name))
    return bool(named) and named <= told and 2 * len(named) >= len(told)


async def stop_everything(session: Session, heard: Heard) -> Steered:
    """Stop the person's only open task; several are listed, and stopped when they say so."""
    tasks = await _open(session, heard)
    if not tasks:
        return await steer_at_hand(session, heard, "stop")
    if len(tasks) == 1:
        return await steer.stop(session, heard, tasks[0]["id"]), tasks[0]["id"]
    return (_choice(tasks, "stop"),), None


async def stop_all(session: Session, heard: Heard, newest: UUID) -> Steered:
    """Stop what was listed: every task of the person that is open here and no newer than ``newest``."""
    return await _stop_each(session, heard, [task for task in await _open(session, heard) if task["id"] <= newest])


async def stop_thread(session: Session, heard: Heard) -> Steered:
    """The platform's own stop of a thread: whatever the person has open in it. Others' work is refused as ever."""
    here = await queries.open_in_thread(session, heard.thread.id)
    own = [task for task in here if owns(heard.principal, task["user_id"])]
    if here:
        return await _stop_each(session, heard, own or here[:1])
    unbegun = await _withdraw(session, heard)
    return (Note(text=f"Stopped before it began: {unbegun}.") if unbegun else NOTHING_RUNS,), None


async def _stop_each(session: Session, heard: Heard, tasks: Sequence[RowMapping]) -> Steered:
    said = [words for task in tasks for words in await steer.stop(session, heard, task["id"])]
    if len(tasks) <= 1:
        return (said or (NOTHING_RUNS,)), tasks[0]["id"] if tasks else None
    titles = "\n".join(f"- {literal(task['title'])}" for task in tasks)
    return (Note(text=f"Stopped {len(tasks)} tasks; what they had done is kept.\n\n{titles}"),), None


async def is_choice(session: Session, heard: Heard) -> bool:
    """Whether the words are one of those that a task of the person in this thread offers: then they answer it."""
    words = heard.text.strip().casefold()
    for task in await queries.open_in_thread(session, heard.thread.id):
        if task["asks"] and owns(heard.principal, task["user_id"]):
            for step in await control.waiting_steps(session, task["id"]):
                given: dict[str, Any] = step["input"] or {}
                offered: list[Any] = given.get("choices") or []
                if words in [str(choice).strip().casefold() for choice in offered]:
                    return True
    return False


def _fitting(tasks: Sequence[RowMapping], wish: Wish) -> RowMapping:
    """The newest that the wish makes sense for, or the newest."""
    wanted = (task for task in tasks if wish == "stop" or _is_paused(task) == (wish == "resume"))
    return next(wanted, tasks[0])


def _is_paused(task: RowMapping) -> bool:
    return task["status"] == TaskStatus.PAUSED.value and task["waiting_for"] in HALTS


async def _open(session: Session, heard: Heard) -> Sequence[RowMapping]:
    return await queries.open_of(
        session, org_id=heard.person.org_id, user_ids=heard.person.user_ids, chat_id=heard.thread.chat_id
    )


async def _withdraw(session: Session, heard: Heard) -> str | None:
    """What the person said here and nobody has begun with yet is not begun; its words, in Markdown, or None."""
    words = await conversations.withdraw(
        session, thread_id=heard.thread.id, user_id=heard.person.user_id, before=heard.message_id
    )
    return ", ".join(f"“{literal(text[:80].strip()) or 'your files'}”" for text in words) or None


def _choice(tasks: Sequence[RowMapping], wish: Wish) -> Said:
    shown = tasks[:_LISTED]
    buttons = [
        Button(label=f"{_LABELS[wish]} {ids.short('task', task['id'])}", action=wish, value=task_value(task["id"]))
        for task in shown
    ]
    if wish == "stop" and len(tasks) > 1:
        all_of_them = f"Stop all {len(tasks)}"
        buttons.append(Button(label=all_of_them, action=STOP_ALL, value=task_value(tasks[0]["id"]), style="danger"))
    count = "One task is" if len(tasks) == 1 else f"{len(tasks)} tasks are"
    return Listing(
        title=f"{count} {'paused' if wish == 'resume' else 'open'}. Which one do you mean?",
        columns=("id", "task", "state", ""),
        rows=tuple(
            (
                ids.short("task", task["id"]),
                task["title"],
                word(TaskStatus(task["status"])),
                "" if task["here"] else "in another chat",
            )
            for task in shown
        ),
        footer=f"{len(tasks) - len(shown)} more are not shown." if len(tasks) > len(shown) else "",
        buttons=tuple(buttons),
    )
