"""The states of a task and of its steps.

A task::

    PENDING ──► RUNNING ──► SUCCEEDED ──(go on, after a part of the answer)──► PENDING
       │         │   ▲ └──► FAILED ──(retry)──► PENDING
       │         ▼   │
       ├──────► PAUSED   (by a person; or waiting for an answer, an approval, what became of a call, or for its person
       │         │        to be let in again)
       │         │
       └─────────┴────────► CANCELLED ──(retry)──► PENDING

What ends it, and what takes an end back, is in ``ending``.

A step::

    PENDING ──► RUNNING ──► SUCCEEDED | FAILED | SKIPPED | CANCELLED
                 │  ▲
                 ▼  │
              WAITING (an answer, an approval, a moment)      UNKNOWN (an external call whose outcome was lost)
              HANDED  (to another queue, whose job ends it)
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple


class TaskStatus(StrEnum):
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"

    @property
    def final(self) -> bool:
        return self in (TaskStatus.SUCCEEDED, TaskStatus.FAILED, TaskStatus.CANCELLED)


PERSON, ACCESS = "person", "access"
"""What a paused task waits for, where it stands still until somebody lets it go on: a person paused it; or the one it
works for may not have work done any more."""

HALTS = (PERSON, ACCESS)

HALTED = f"waiting_for IN ({', '.join(repr(each) for each in HALTS)})"
"""SQL of the same, of a task that is paused."""


class Outcome(StrEnum):
    """What a message that was taken on came to, where nothing failed. An answer is work that was done, also a partial
    one; the others are no work."""

    ANSWER = "answer"
    PARTIAL = "partial"
    """An agent had to stop at a limit: what it had found by then."""
    NOTED = "noted"
    """It was said to another task, which runs."""
    TALK = "talk"
    HELP = "help"
    NOT_UNDERSTOOD = "not_understood"
    """Nothing was done: it was not understood, or is something Legwork cannot do."""


WORK = (Outcome.ANSWER, Outcome.PARTIAL)
"""Outcomes of which something was done."""


class StepStatus(StrEnum):
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    WAITING = "WAITING"
    HANDED = "HANDED"
    UNKNOWN = "UNKNOWN"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"
    CANCELLED = "CANCELLED"

    @property
    def means(self) -> "Meaning":
        return _MEANS[self]

    @property
    def final(self) -> bool:
        return _MEANS[self].final


class Meaning(NamedTuple):
    """What the status of a step means for those around it."""

    final: bool = False
    """Nothing more comes of it."""
    ended: bool = False
    """What needs it waits no longer."""
    alive: bool = False
    """What needs it goes on from it."""
    over: bool = False
    """Whoever holds it waits no longer."""
    stops: bool = False
    """It ends with its task when a person stops that. So does what runs, unless it is a call that may be under way."""


_MEANS = {
    StepStatus.PENDING: Meaning(stops=True),
    StepStatus.RUNNING: Meaning(),
    StepStatus.WAITING: Meaning(stops=True),
    StepStatus.HANDED: Meaning(),
    StepStatus.UNKNOWN: Meaning(),
    StepStatus.SUCCEEDED: Meaning(final=True, ended=True, alive=True, over=True),
    StepStatus.FAILED: Meaning(final=True, over=True),
    StepStatus.SKIPPED: Meaning(final=True, ended=True, over=True),
    StepStatus.CANCELLED: Meaning(final=True),
}
STOPS = tuple(status for status in StepStatus if status.means.stops)


def word(status: TaskStatus | StepStatus) -> str:
    """As people read and write it."""
    return "stopped" if status in (TaskStatus.CANCELLED, StepStatus.CANCELLED) else status.value.lower()


def declined(output: Mapping[str, Any] | None) -> bool:
    """Whether a step's output is that a person said no: to a call, or at an approval."""
    return output is not None and (output.get("rejected") is True or output.get("approved") is False)


class Priority(StrEnum):
    """How soon a task should run, in the words of the chat."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    URGENT = "URGENT"

    @property
    def rank(self) -> int:
        """0 to 3, as queue rows are ordered by it."""
        return list(Priority).index(self)
