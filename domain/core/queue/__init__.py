"""The ledger of work. A row is inserted in the transaction that makes the work necessary.

State machine of a row::

                 enqueue ──────────────► available ◄──────────── wake (due)
                    │ run_at ahead           │ claim                 ▲
                    └──────► scheduled ──────┼───────────────────────┤
                                 ▲           ▼                       │
            retry, snooze, again └──────  running ── release ────────┘ (a stopping worker; spends nothing)
                                             │   └── lease ran out ──► available, or quarantined (third crash)
                                             ├──► completed
                                             ├──► failed      (attempts spent, or an error that will stay)
                                             └──► cancelled
"""

from domain.core.queue.commands import (
    ENQUEUES,
    OPEN_JOBS,
    SERVED,
    TURN,
    Command,
    Queue,
    bring_forward,
    enqueue,
    give_jobs,
    served,
    to_queue,
)
from domain.core.queue.held import Again, Fence, Held
from domain.core.queue.ledger import (
    COMPLETES,
    COMPLETES_WITH,
    HELD,
    HOLDS,
    Job,
    Snooze,
    again,
    claim,
    complete,
    fail,
    give_job,
    held_by,
    hold,
    lost,
    note,
    release,
    retry,
    snooze,
)
from domain.core.queue.models import queue_jobs
from domain.core.queue.put_off import PUT_OFF, bring_back, is_behind, put_off, put_off_count
from domain.core.queue.sweep import CRASHES, Quarantined, Swept, next_due, sweep, unserved, waiting

__all__ = [
    "COMPLETES",
    "COMPLETES_WITH",
    "CRASHES",
    "ENQUEUES",
    "HELD",
    "HOLDS",
    "OPEN_JOBS",
    "PUT_OFF",
    "SERVED",
    "TURN",
    "Again",
    "Command",
    "Fence",
    "Held",
    "Job",
    "Quarantined",
    "Queue",
    "Snooze",
    "Swept",
    "again",
    "bring_back",
    "bring_forward",
    "claim",
    "complete",
    "enqueue",
    "fail",
    "give_job",
    "give_jobs",
    "held_by",
    "hold",
    "is_behind",
    "lost",
    "next_due",
    "note",
    "put_off",
    "put_off_count",
    "queue_jobs",
    "release",
    "retry",
    "served",
    "snooze",
    "sweep",
    "to_queue",
    "unserved",
    "waiting",
]
