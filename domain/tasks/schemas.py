from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.tasks.states import StepStatus, TaskStatus


@dataclass(slots=True)
class Task:
    """A task as the engine holds it. ``cost`` and ``budget`` are in US dollars; a cost of None is not known."""

    id: UUID
    org_id: UUID
    user_id: UUID
    thread_id: UUID
    message_id: UUID | None
    title: str
    description: str
    quoted: list[dict[str, Any]]
    """What the description refers to: words of others, each piece as ``Quoted.as_json`` writes it."""
    status: TaskStatus
    waiting_for: str | None
    priority: int
    plan: dict[str, Any] | None
    replans: int
    card: int
    cost: Decimal | None
    budget: Decimal | None
    tainted: bool
    """It has read what others wrote, for which nobody here answers."""
    tainted_by: list[str]
    """Where that stood, the first of it: hosts, files."""
    unheard: int
    """How much of what was said to it while it runs it has not heard yet."""
    started_at: datetime | None


@dataclass(slots=True)
class Step:
    """One node of a task's plan, as far as it has come."""

    node_id: str
    type: str
    name: str
    status: StepStatus = StepStatus.PENDING
    attempt_count: int = 0
    attempt_group: int = 0
    """Raised when a person asks for another attempt: a new idempotency key."""
    input: dict[str, Any] | None = None
    output: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
    idempotency_key: str | None = None
    wake_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    progress: str = ""
    """How far it is, in words. It is shown and not stored."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file a step made. ``key`` is its place in storage, ``size`` in bytes."""

    key: str
    name: str
    mime_type: str
    size: int
    checksum: str
    description: str = ""

    @property
    def type(self) -> str:
        if self.mime_type == "application/pdf":
            return "PDF"
        if self.mime_type == "application/json":
            return "JSON"
        kind = self.mime_type.partition("/")[0]
        return {"image": "IMAGE", "video": "VIDEO", "text": "TEXT"}.get(kind, "FILE")


@dataclass(frozen=True, slots=True)
class Approval:
    node_id: str
    hash: str
    decision: str | None


@dataclass(slots=True)
class Run:
    """Everything one advance of a task starts from."""

    task: Task
    steps: dict[str, Step] = field(default_factory=dict[str, Step])
    approvals: dict[tuple[str, str], str | None] = field(default_factory=dict[tuple[str, str], str | None])
    switches: tuple[int, frozenset[str]] = (0, frozenset())
    """What its organization lets it use, as it is set running: how often that was changed, and what is off."""
    files: bool = False
    """Whether files may have been made for it."""
