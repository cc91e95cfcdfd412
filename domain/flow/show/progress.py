"""How far a step is, in the words of its card."""

from collections.abc import Iterable
from uuid import UUID

from domain.core.db import Session
from domain.tasks import handed
from domain.tasks.schemas import Step
from domain.tasks.states import StepStatus
from domain.tools.redaction import redacted

LONGEST = 80
"""Characters of a note."""


def one_line(note: str) -> str:
    """What a tool says of its progress, as it may be kept and shown."""
    line = " ".join(str(redacted(note)).replace("\0", "").split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"


def worded(percent: int, note: str) -> str:
    """“40 %, page 4 of 10”."""
    return f"{percent} %, {note}" if note else f"{percent} %"


async def look_at_handed(session: Session, task_id: UUID, steps: Iterable[Step]) -> None:
    """Have the steps that were handed over say how far their jobs are, or what keeps them; one statement, where there
    are any.
    """
    away = {step.node_id: step for step in steps if step.status is StepStatus.HANDED}
    if not away:
        return
    for row in await handed.progress(session, task_id, list(away.values())):
        step = away.get(row["node_id"])
        if step is None:
            continue
        if row["status"] != "running":
            step.progress = row["note"] or ""
        elif row["progress"] or row["note"]:
            step.progress = worded(row["progress"], row["note"] or "")
