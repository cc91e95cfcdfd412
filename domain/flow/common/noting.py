"""Something said to a task that runs: it is written down with it, and whoever works on it is poked."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import RowMapping

from domain.conversations.said import Button, Note
from domain.core.db import Session
from domain.core.queue import enqueue
from domain.core.text import literal
from domain.flow.common.commands import advance_command
from domain.flow.common.presses import task_value
from domain.tasks import notes
from domain.tasks import repository as tasks
from domain.tasks.notes import MOST_UNHEARD, Noted
from domain.tasks.states import HALTS, TaskStatus
from domain.tools.redaction import redacted

OWN = "own"
"""The action of the button under what was noted: it becomes a task of its own. Its value names task and message."""

OWN_LABEL = "Make it a task of its own"

LONGEST = 160
"""Characters of a note that are said again."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What a person said, and in which message."""

    user_id: UUID
    message_id: UUID
    words: str


async def remark(session: Session, task: RowMapping, said: Remark) -> Note | None:
    """Note it with the task, a row of ``control.lock``, which goes on with that. Returns what the person is told; None:
    the task has ended, or can hear nothing, and it is work of its own.
    """
    if not may_hear(task):
        return None
    words, title = brief(said.words), literal(task["title"])
    own = own_button(task["id"], said.message_id)
    noted = await notes.add(session, task["id"], user_id=said.user_id, message_id=said.message_id, words=said.words)
    if noted is Noted.ENDED:
        return None
    if noted is Noted.FULL:
        text = f"“{title}” has not heard the last {MOST_UNHEARD} things you said to it yet. Not noted: {literal(words)}"
        return Note(text=text, buttons=(own,))
    if noted:
        tasks.add_log(session, task["id"], "INFO", f"Said meanwhile: {redacted(words)}")
    paused = is_halted(task)
    if not paused:
        await have_it_heard(session, task)
    said_again = f"Noted for “{title}”{', which is paused' if paused else ''}: {literal(words)}"
    return Note(text=said_again, buttons=(own,))


def may_hear(task: RowMapping) -> bool:
    """Whether what is said to it now can still change what it does. A task without a message came with its plan."""
    return not TaskStatus(task["status"]).final and task["message_id"] is not None


def is_halted(task: RowMapping) -> bool:
    """Whether it stands still until a person lets it go on."""
    return task["status"] == TaskStatus.PAUSED.value and task["waiting_for"] in HALTS


async def have_it_heard(session: Session, task: RowMapping) -> None:
    """Whoever works on the task looks at it anew; where nobody does, somebody begins."""
    await enqueue(session, advance_command(task["id"], task["user_id"], priority=max(task["priority"], 2)))
    session.signal(f"legwork:task:{task['id']}")


async def have_it_go_on(session: Session, task: RowMapping) -> None:
    """Something that was said to it is taken back: of a task that has a plan, what waited for that goes on."""
    if may_hear(task) and not is_halted(task) and task["plan"] is not None:
        await have_it_heard(session, task)


def own_button(task_id: UUID, message_id: UUID, label: str = OWN_LABEL) -> Button:
    return Button(label=label, action=OWN, value=f"{task_value(task_id)}/:{message_id.hex}")


def brief(words: str) -> str:
    """What was said, in one line that ends as a sentence does."""
    line = " ".join(words.split())
    if len(line) > LONGEST:
        return f"{line[: LONGEST - 1].rstrip()}…"
    return line if line[-1:] in ".!?…" else f"{line}."
