"""What the person said while a plan ran, heard by it: what they want is told with their words from then on, and a plan
that does not change for it says so.
"""

from collections.abc import Sequence
from decimal import Decimal

from domain.conversations.outbox import say
from domain.conversations.said import Button, Note
from domain.core.db import Session
from domain.core.text import literal
from domain.flow.common.advance import Advance
from domain.flow.common.noting import brief, own_button
from domain.flow.common.planned import Planned
from domain.flow.common.usage import store_replies
from domain.llm.prices import total
from domain.tasks import control, notes
from domain.tasks import repository as tasks
from domain.tasks.notes import TaskNote
from domain.tools.redaction import redacted

_OFFERED = 3
"""Of what a plan did not change for, so much is offered as tasks of their own."""


async def hear(
    session: Session,
    advance: Advance,
    said: Sequence[TaskNote],
    *,
    unchanged: bool = False,
    cost: Decimal | None = Decimal(0),
) -> Sequence[TaskNote]:
    """The plan has heard it, in a transaction of the job's: what is still to be worded reads it with the message.
    ``unchanged``: the plan is as it was; ``cost`` is what came on top, in US dollars. Returns what was heard: not what
    the person has taken back, or made a task of its own, since it was read.
    """
    task = advance.task
    marked = set(await notes.heard(session, task.id, [note.id for note in said], f"plan:{task.card}"))
    heard = [note for note in said if note.id in marked]
    task.unheard = await notes.left(session, task.id)
    if words := "\n".join(note.words for note in heard):
        as_it_was = " The plan did not change for it." if unchanged else ""
        task.description = f"{task.description}\n\n(While you were working on it I wrote: {words}){as_it_was}"
    task.cost = total((task.cost, cost))
    await control.reword(
        session, task.id, description=task.description, title=task.title, quoted=task.quoted, cost=cost
    )
    return heard


async def hear_unplanned(advance: Advance, planned: Planned | None = None) -> None:
    """The next decision knows what was said meanwhile. What was ``planned`` before does not hold, and is paid for."""
    task = advance.task
    async with advance.held.transaction() as session:
        if planned is not None:
            store_replies(session, advance, planned.replies, planned.version)
        cost = planned.cost if planned is not None else Decimal(0)
        await hear(session, advance, await notes.unheard(session, task.id), cost=cost)


async def keep(
    session: Session, advance: Advance, said: Sequence[TaskNote], why: str, *, cost: Decimal | None = Decimal(0)
) -> None:
    """The plan goes on as it was, and the person is told so: ``why`` is a sentence, or empty; ``cost`` is what it took
    to find out, in US dollars.
    """
    heard = await hear(session, advance, said, unchanged=True, cost=cost) if said else ()
    if not heard:
        return
    task = advance.task
    words = " ".join(brief(note.words) for note in heard)
    text = f"“{literal(task.title)}” goes on as it was planned; it has nothing to change for this: {literal(words)}"
    tasks.add_log(session, task.id, "WARN", f"Nothing changed for what was said: {redacted(words)}")
    await say(
        session,
        advance.thread,
        Note(text=f"{text} {why}".strip(), buttons=_own(heard)),
        key=f"kept:{heard[-1].id}",
        task_id=task.id,
        reply_to=heard[-1].message_id,
    )


def _own(said: Sequence[TaskNote]) -> tuple[Button, ...]:
    if len(said) == 1:
        return (own_button(said[0].task_id, said[0].message_id),)
    return tuple(
        own_button(note.task_id, note.message_id, f"Make {place} a task")
        for place, note in enumerate(said[:_OFFERED], 1)
    )
