"""Answers of one thread keep the order of the questions, though the work on them is done side by side.

What came of a later task waits for what comes of an earlier one of the same person, where that is expected shortly: not
for ever, so that a quick answer does not stand behind a long task (see ``outbox.QUICK`` and ``outbox.SILENT``).
"""

from collections.abc import Sequence
from datetime import timedelta

from domain.conversations.schemas import Outbound


def in_turn(rows: Sequence[Outbound]) -> tuple[list[Outbound], timedelta | None]:
    """Of the open rows those that may be sent now, in order; and how long the first of the others waits, if any do.

    An edit of something that waits waits with it. Where the outcomes of two tasks are open, the earlier task's goes
    first; everything else keeps its place.
    """
    waiting = {row.dedupe_key: row.behind for row in rows if row.behind is not None}
    now = [row for row in rows if row.dedupe_key not in waiting and row.target_key not in waiting]
    return sorted(now, key=lambda row: _place(row, now)), min(waiting.values(), default=None)


def _place(row: Outbound, rows: Sequence[Outbound]) -> tuple[int, str, int]:
    """An outcome stands behind those of the tasks that came before its own in the thread."""
    if not row.outcome:
        return row.seq, "", row.seq
    earlier = [one.seq for one in rows if one.outcome and one.thread_id == row.thread_id and _task(one) <= _task(row)]
    return max(earlier), _task(row), row.seq


def _task(row: Outbound) -> str:
    return str(row.task_id)  # ids of tasks are in the order in which they were begun
