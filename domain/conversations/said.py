"""What Legwork says, as meaning: what it looks like is decided by ``bot.views`` and each platform.

Each value is stored as the body of an ``outbound_messages`` row, so it is JSON and speaks for itself:
whoever delivers it later needs no other table.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _absent(value: object) -> bool:
    return value is None


class Button(_Said):
    """Something a person can press. ``action``, ``value`` and ``org_id`` come back in the event of the press."""

    label: str
    action: str
    value: str = ""
    style: Literal["plain", "primary", "danger"] = "plain"
    org_id: UUID | None = Field(default=None, exclude_if=_absent)
    """The organization it was shown for, whatever chat it stands in. None: that of the chat in which it is pressed."""


class FileRef(_Said):
    """A file in storage. ``size`` is in bytes."""

    key: str
    name: str
    mime_type: str
    size: int


TOKEN, CODE = "{token}", "{code}"
"""Where a note's text has what its one-time link is made of."""


class Note(_Said):
    """A plain statement, in Markdown."""

    type: Literal["note"] = "note"
    text: str
    buttons: tuple[Button, ...] = ()
    shown: bool = False
    """Of a press: what was pressed shows it by now."""
    mints: UUID | None = Field(default=None, exclude_if=_absent)
    """The one-time link that is made as the note is sent: ``TOKEN`` and ``CODE`` stand for what no row may hold."""


class FilePost(_Said):
    """A file handed over. A chart also carries the numbers it draws, for faces that draw it themselves."""

    type: Literal["file"] = "file"
    file: FileRef
    caption: str = ""
    chart: dict[str, Any] | None = None


class StepState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    RETRYING = "retrying"
    ASKING = "asking"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


class CardLine(_Said):
    """Something that a step did on its way."""

    label: str
    state: StepState
    note: str = ""


def _none(lines: object) -> bool:
    return not lines


class CardStep(_Said):
    label: str
    state: StepState
    note: str = ""
    lines: tuple[CardLine, ...] = Field(default=(), exclude_if=_none)


class Question(_Said):
    """Something is missing: answered by typing in the thread or by a button."""

    type: Literal["question"] = "question"
    task_id: UUID
    text: str
    buttons: tuple[Button, ...] = ()


class ApprovalCard(_Said):
    """Before anything leaves the house: what exactly will be done, and to whom."""

    type: Literal["approval"] = "approval"
    task_id: UUID
    title: str
    details: tuple[tuple[str, str], ...]
    buttons: tuple[Button, ...] = ()


class PlanCard(_Said):
    """A task as it advances: posted once, then edited in place. ``cost`` is in US dollars.

    ``asks`` is what it waits for people to decide or answer; their buttons are the first of the card's own. ``brief``:
    the task has ended, its answer stands elsewhere, and one line of the card is left.
    """

    type: Literal["plan"] = "plan"
    task_id: UUID
    title: str
    status: str
    steps: tuple[CardStep, ...]
    started_at: datetime | None = None
    elapsed_ms: int = 0
    cost: Decimal | None = None
    asks: tuple[ApprovalCard | Question, ...] = ()
    brief: bool = False
    buttons: tuple[Button, ...] = ()


class Answer(_Said):
    """The result of a task. ``text`` is Markdown; ``numbers`` of it were checked against ``facts``.

    ``card`` is the task's card, where the answer takes its place: it is there, and shown only where ``unfolded``.
    """

    type: Literal["answer"] = "answer"
    task_id: UUID
    text: str
    numbers: int | None = None
    facts: int | None = None
    card: PlanCard | None = None
    unfolded: bool = False
    buttons: tuple[Button, ...] = ()


class Problem(_Said):
    """What failed, what was done before it, what was not, and what the person can do. ``card`` as in an answer."""

    type: Literal["problem"] = "problem"
    sentence: str
    remedy: str = ""
    done: tuple[str, ...] = ()
    not_done: tuple[str, ...] = ()
    task_id: UUID | None = None
    card: PlanCard | None = None
    unfolded: bool = False
    buttons: tuple[Button, ...] = ()


class Details(_Said):
    """One thing, field by field."""

    type: Literal["details"] = "details"
    title: str
    fields: tuple[tuple[str, str], ...]
    text: str = ""
    buttons: tuple[Button, ...] = ()


class Listing(_Said):
    """Many things, a row each; ``buttons`` page through them."""

    type: Literal["listing"] = "listing"
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str = "Nothing here yet."
    footer: str = ""
    buttons: tuple[Button, ...] = ()


class Whisper(_Said):
    """A word to one person alone about what they pressed, as it stands: best effort, and kept by no platform.

    ``person`` is the platform's id of them, ``answers`` its handle of the press, where it has one. ``alert``: it was
    refused, and should be read. ``shown``: what was pressed shows it by now, so that it need not be told where a press
    has no answer of its own. Without ``text`` nothing is told but that the press was taken.
    """

    type: Literal["whisper"] = "whisper"
    text: str
    person: str | None = None
    answers: str | None = None
    alert: bool = False
    shown: bool = False


Said = Annotated[
    Note | Whisper | Answer | FilePost | PlanCard | Question | ApprovalCard | Problem | Details | Listing,
    Field(discriminator="type"),
]

_ADAPTER: TypeAdapter[Said] = TypeAdapter(Said)


def read(body: dict[str, Any]) -> Said:
    """The body of a stored row."""
    return _ADAPTER.validate_python(body)
