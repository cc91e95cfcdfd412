"""What a thread remembers, as the planner is told it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping

from domain.conversations import messages
from domain.core.db import Session
from domain.flow.common.planned import History
from domain.flow.common.words import is_control
from domain.llm.model import Turn
from domain.llm.wording import referring
from domain.tasks import files, queries
from domain.tasks.schemas import Task
from domain.tasks.states import WORK, Outcome, TaskStatus

TURNS = 12
_WITHOUT_RESULT = (TaskStatus.FAILED.value, TaskStatus.CANCELLED.value)
LONGEST_TURN = 1_500
"""Characters of an earlier turn that are shown to the planner, and as many of what it referred to."""


async def recall(
    session: Session, task: Task, before: UUID, sent: Sequence[Mapping[str, Any]] | None = None
) -> History:
    """Earlier turns (oldest first), the message's own files, the thread's others, and the task before this one.

    ``sent`` are the message's own files, where they are known.
    """
    rows = await messages.history(session, task.thread_id, before=before, limit=TURNS)
    own = sent if sent is not None else await messages.attachments_of(session, before)
    everything = await files.of_thread(session, task.thread_id, limit=30)
    mine = {attachment["key"] for attachment in own}
    earlier = [dict(row) for row in everything if row["key"] not in mine]
    previous = await queries.previous_in_thread(session, task.thread_id, task.user_id, task.id)
    return History(
        turns=[_turn(row) for row in reversed(rows) if (row["content"] or row["quoted"]) and not _steers(row)],
        attachments=[_brief(attachment) for attachment in own],
        files=[_brief(row) | {"made": row["made"]} for row in earlier],
        last=_last(previous, earlier),
        result=previous["result"] or "",
        first=list(previous["first_words"]),
        helped=previous["helped"],
        under_way=previous["under_way"],
        open=[{"number": number, **row} for number, row in enumerate(previous["open"] or [], 1)],
    )


def _turn(row: RowMapping) -> Turn:
    text = referring(_cut(row["content"]), row["quoted"], LONGEST_TURN)
    if row["role"] != "assistant":
        return Turn(row["role"], text, quoted=row["quoted"])
    unanswerable = row["planned"] and row["outcome"] == Outcome.NOT_UNDERSTOOD.value
    failed = unanswerable or row["status"] in _WITHOUT_RESULT
    talk = not unanswerable and row["outcome"] not in WORK
    return Turn("assistant", text, failed=failed, talk=talk, quoted=row["quoted"])


def _steers(row: RowMapping) -> bool:
    """Words that steered a task were not said to a model, and would stand between two turns of its conversation."""
    return row["role"] == "user" and is_control(row["content"], ())


def _last(previous: RowMapping, earlier: list[dict[str, Any]]) -> dict[str, Any] | None:
    if previous["plan"] is None:
        return None
    return {
        "question": previous["description"],
        "plan": previous["plan"],
        "columns": previous["columns"] or [],
        "query": previous["query"],
        "files": [row["name"] for row in earlier if not row["made"]],
    }


def _brief(file: Any) -> dict[str, Any]:
    brief = {"name": file["name"], "mime_type": file["mime_type"], "size": file["size"]}
    return brief | {"of_others": True} if file.get("of_others") else brief


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TURN else text[:LONGEST_TURN] + " …"
