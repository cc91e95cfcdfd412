"""A message that was edited or deleted after it was sent.

Before its work has begun the new text counts. While it runs the person is told, and may start again.
Afterwards nothing is repeated unasked: “Answer again” is offered under the answer.
"""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping

from domain.conversations import messages, service
from domain.conversations import repository as conversations
from domain.conversations.outbox import say
from domain.conversations.ports import Incoming
from domain.conversations.quoted import pasted_in, with_pasted
from domain.conversations.said import Button, Note
from domain.conversations.schemas import Attachment
from domain.core.db import Session
from domain.core.text import literal, storable, storable_json
from domain.flow.common.presses import task_value
from domain.flow.receive import renoted
from domain.flow.receive.renoted import may_change
from domain.flow.receive.withheld import withheld
from domain.flow.understand.begin import title_of
from domain.flow.understand.restate import offer
from domain.tasks import control


async def follow_change(
    session: Session, incoming: Incoming, user_id: UUID, attachments: Sequence[Attachment] = ()
) -> bool:
    """Take an edit or a deletion into account; one of a message that is not known, or not theirs, changes nothing.

    ``user_id``: who changed it. Of work that is another's by now, or for whom they may have none done any more, it
    changes nothing. ``attachments`` holds what of the new text is kept as a file. Returns whether the message is known.
    """
    row = await messages.sent_message(session, incoming.address, incoming.message_id or "")
    if row is None:
        return False
    if row["handled_at"] is not None:
        incoming = replace(incoming, text=withheld(incoming.text))
    pasted = storable_json([piece.as_json() for piece in incoming.quoted if piece.kind == "pasted"])
    before = pasted_in(row["quoted"])
    if incoming.change == "edited" and storable(incoming.text) == row["content"] and pasted == before:
        return True
    if incoming.change == "edited" and incoming.most is not None and (before or len(row["content"]) > incoming.most):
        await _say_partly(session, incoming, row)
        return True
    if incoming.change == "edited":
        words = storable(incoming.text)
        await messages.reword(session, row["id"], words, handled=withheld(words))
    _, person, _ = await service.setting(session, row["thread_id"], user_id)
    if await renoted.follow(session, incoming, row, person):
        return True
    task = await control.lock(session, row["task_id"], row["org_id"]) if row["task_id"] is not None else None
    if task is not None and not may_change(person, task):
        return True
    if incoming.change == "edited" and pasted != before:
        begun = task is not None and not _is_new(task)
        await _replace_pasted(session, row, pasted, attachments, begun=begun)
    if task is None:
        if incoming.change == "deleted" and row["handled_at"] is None:
            await conversations.mark_handled(session, row["id"], None)
    elif _is_new(task):
        await _not_begun(session, incoming, task, pasted)
    elif task["status"] in ("PENDING", "RUNNING", "PAUSED"):
        await _running(session, incoming, row["id"], task)
    elif incoming.change == "edited":
        await _ended(session, incoming, task)
    return True


async def _say_partly(session: Session, incoming: Incoming, row: RowMapping) -> None:
    """One message of several that were a longer text says nothing of the others."""
    note = Note(
        text="You edited one of the messages that your long text was sent in. I keep to what it said; "
        "send it again to have it taken as it reads now."
    )
    thread, _, _ = await service.setting(session, row["thread_id"], row["user_id"])
    await say(session, thread, note, key=f"changed:{incoming.event_key}", reply_to=row["id"])


def _is_new(task: RowMapping) -> bool:
    return task["status"] == "PENDING" and task["plan"] is None


async def _replace_pasted(
    session: Session,
    row: RowMapping,
    pasted: list[dict[str, Any]],
    attachments: Sequence[Attachment],
    *,
    begun: bool,
) -> None:
    """What was pasted before the edit is no part of the message any more. Work that has ``begun`` may need its file."""
    gone, now = [] if begun else _names(pasted_in(row["quoted"])), _names(pasted)
    kept = [file for file in row["attachments"] if file["name"] not in gone]
    added = [file.as_json() for file in attachments if file.name in now]
    await messages.set_collected(
        session, row["id"], attachments=[*kept, *added], quoted=with_pasted(row["quoted"], pasted)
    )


def _names(pieces: Sequence[dict[str, Any]]) -> list[str]:
    return [name for piece in pieces for name in piece.get("files", ())]


async def _not_begun(session: Session, incoming: Incoming, task: RowMapping, pasted: list[dict[str, Any]]) -> None:
    if incoming.change == "deleted":
        await control.cancel(session, task["id"])
        return
    words = storable(incoming.text)
    await control.reword(
        session,
        task["id"],
        description=words,
        title=title_of(words, _names(pasted)),
        quoted=with_pasted(task["quoted"], pasted),
    )


async def _ended(session: Session, incoming: Incoming, task: RowMapping) -> None:
    """What was answered is not answered anew unasked: it is offered under the answer, once for what the message says
    now. A message without an answer to change has nothing to offer it under.
    """
    names = _names([piece.as_json() for piece in incoming.quoted if piece.kind == "pasted"])
    edit = blake2b("\n".join([storable(incoming.text), *names]).encode(), digest_size=6).hexdigest()
    value = f"{task_value(task['id'])}/:{edit}"
    again = Button(label="Answer again", action="restart", value=value, style="primary")
    await offer(session, task, again, f"changed:{incoming.event_key}")


async def _running(session: Session, incoming: Incoming, message_id: UUID, task: RowMapping) -> None:
    value, title = task_value(task["id"]), literal(task["title"])
    stop = Button(label="Stop", action="stop", value=value, style="danger")
    if incoming.change == "deleted":
        note = Note(text=f"You deleted the message I am working on (“{title}”). I go on.", buttons=(stop,))
    else:
        note = Note(
            text=f"You edited the message while I was working on it (“{title}”). I go on with what it said.",
            buttons=(Button(label="Start again", action="restart", value=value, style="primary"), stop),
        )
    thread, _, _ = await service.setting(session, task["thread_id"], task["user_id"])
    await say(session, thread, note, key=f"changed:{incoming.event_key}", task_id=task["id"], reply_to=message_id)
