from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from domain.core.db import (
    WORDS_GONE,
    Fate,
    Files,
    created_at,
    key,
    metadata,
    moment,
    personal,
    reference,
    tenant,
    updated_at,
)
from domain.tasks.states import Outcome, StepStatus, TaskStatus


def _one_of(column: str, values: type[TaskStatus] | type[StepStatus] | type[Outcome]) -> str:
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


tasks = Table(
    "tasks",
    metadata,
    key(),
    reference("org_id", "organizations.id", index=False),
    reference("user_id", "users.id", index=False),
    reference("thread_id", "threads.id", index=False),
    Column("message_id", Uuid),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False, server_default=""),
    Column("quoted", JSONB, nullable=False, server_default="[]"),  # what that refers to: words of others
    Column("intent", Text),
    Column("status", Text, nullable=False, server_default="PENDING"),
    Column("outcome", Text, nullable=False, server_default="answer"),  # of a task that SUCCEEDED
    Column("waiting_for", Text),  # why a PAUSED task is: person, answer, approval, outcome, access
    Column("priority", SmallInteger, nullable=False, server_default="1"),
    Column("plan", JSONB(none_as_null=True)),
    Column("prompt_version", Text),
    Column("current_step", Integer, nullable=False, server_default="0"),
    Column("total_steps", Integer, nullable=False, server_default="0"),
    Column("replans", SmallInteger, nullable=False, server_default="0"),
    Column("card", Integer, nullable=False, server_default="0"),  # which state of the plan card was said last
    Column("result", JSONB(none_as_null=True)),
    Column("error", JSONB(none_as_null=True)),
    Column("cost", Numeric(12, 6), server_default="0"),  # null: not known
    Column("budget", Numeric(12, 6)),
    Column("followers", JSONB(none_as_null=True)),  # jobs to be queued when it ends, by their keys; see ``ending``
    Column(
        "unheard", SmallInteger, nullable=False, server_default="0"
    ),  # of what was said while it runs; see ``notes``
    Column("tainted", Boolean, nullable=False, server_default="false"),  # it has read what others wrote
    Column("tainted_by", JSONB, nullable=False, server_default="[]"),  # where that stood: hosts, files
    moment("started_at"),
    moment("completed_at"),
    created_at(),
    updated_at(),
    CheckConstraint(_one_of("status", TaskStatus), name="status"),
    CheckConstraint(_one_of("outcome", Outcome), name="outcome"),
    CheckConstraint("priority BETWEEN 0 AND 3", name="priority"),
    Index("ix_tasks_person", "org_id", "user_id", text("id DESC")),
    Index("ix_tasks_person_status", "org_id", "user_id", "status", text("id DESC")),
    Index("ix_tasks_created_at", "created_at"),
    Index("ix_tasks_thread", "thread_id", "id"),
    Index(
        "ix_tasks_open",
        "thread_id",
        "id",
        postgresql_where=text("status IN ('PENDING', 'RUNNING', 'PAUSED')"),
    ),
    Index("ix_tasks_told", "thread_id", postgresql_where=text("outcome IN ('help', 'not_understood')")),
    info=personal(
        Fate.ANONYMISED,
        "in a shared chat it is still seen that something was done there, and no longer what",
        exported="what you asked for and what came of it",
        of={"user_id": "users"},
        place="thread_id",
        left_out=("quoted", "tainted_by", "followers"),  # others' words, and what only the program reads
        blank={
            "title": WORDS_GONE,
            "description": WORDS_GONE,
            "quoted": [],
            "intent": None,
            "plan": None,
            "result": None,
            "error": None,
            "followers": None,
            "tainted_by": [],
        },
        stays=("status", "outcome", "waiting_for", "prompt_version"),
    ),
)

task_steps = Table(
    "task_steps",
    metadata,
    key(),
    tenant(),
    reference("task_id", "tasks.id", index=False),
    Column("node_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("status", Text, nullable=False, server_default="PENDING"),
    Column("attempt_count", SmallInteger, nullable=False, server_default="0"),
    Column("attempt_group", SmallInteger, nullable=False, server_default="0"),
    Column("input", JSONB(none_as_null=True)),
    Column("output", JSONB(none_as_null=True)),
    Column("error", JSONB(none_as_null=True)),
    Column("idempotency_key", Text),
    moment("wake_at"),
    moment("started_at"),
    moment("finished_at"),
    created_at(),
    UniqueConstraint("task_id", "node_id"),
    CheckConstraint(_one_of("status", StepStatus), name="status"),
    info=personal(
        Fate.ERASED,
        "it is how a person's task was done",
        exported="the steps of your tasks; what went in and came out in private chats",
        of={"task_id": "tasks"},
        left_out=("idempotency_key",),
        private=("input", "output"),  # in a shared chat others' words may be among them
        files=Files("output", key="stored", under="outputs/"),
    ),
)

task_notes = Table(
    "task_notes",
    metadata,
    key(),
    reference("org_id", "organizations.id", index=False),
    reference("task_id", "tasks.id", index=False),
    reference("user_id", "users.id", index=False),
    Column("message_id", Uuid, nullable=False),
    Column("words", Text, nullable=False),
    Column("heard_by", Text),  # null: nobody yet; a round of an agent, ``plan:<card>``, ``task:<id>``, ``dropped``
    created_at(),
    UniqueConstraint("task_id", "message_id"),
    Index("ix_task_notes_message", "message_id"),
    info=personal(
        Fate.ANONYMISED,
        "a task of somebody else has heard it, and counts what it has not",
        exported="what you said to tasks",
        of={"user_id": "users"},
        names=("task_id",),
        blank={"words": WORDS_GONE},
        stays=("heard_by",),
    ),
)

task_logs = Table(
    "task_logs",
    metadata,
    key(),
    tenant(),
    reference("task_id", "tasks.id", index=False),
    Column("level", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("step", Text),
    Column("metadata", JSONB, nullable=False, server_default="{}"),
    moment("timestamp", nullable=False, server_default=text("now()")),
    CheckConstraint("level IN ('DEBUG', 'INFO', 'WARN', 'ERROR')", name="level"),
    Index("ix_task_logs_task", "task_id", "id"),
    info=personal(
        Fate.ERASED, "it is how a person's task was done", exported="those of your tasks", of={"task_id": "tasks"}
    ),
)

task_artifacts = Table(
    "task_artifacts",
    metadata,
    key(),
    tenant(),
    reference("task_id", "tasks.id", index=False),
    reference("thread_id", "threads.id", index=False),  # its task's, so that a thread's files need not go by its tasks
    Column("step", Text),
    Column("type", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False, server_default=""),
    Column("url", Text, nullable=False),  # the key in storage
    Column("size", BigInteger, nullable=False),
    Column("mime_type", Text, nullable=False),
    Column("checksum", Text, nullable=False),
    created_at(),
    CheckConstraint("type IN ('SCREENSHOT', 'PDF', 'FILE', 'IMAGE', 'VIDEO', 'JSON', 'TEXT')", name="type"),
    Index("ix_task_artifacts_task", "task_id", "id"),
    Index("ix_task_artifacts_thread", "thread_id", "id"),
    info=personal(
        Fate.ERASED,
        "it was made for one person, and its file goes with it",
        exported="those of your tasks, with their files",
        of={"task_id": "tasks"},
        place="thread_id",
        files=Files("url"),
    ),
)

approvals = Table(
    "approvals",
    metadata,
    key(),
    tenant(),
    reference("task_id", "tasks.id", index=False),
    Column("node_id", Text, nullable=False),
    Column("hash", Text, nullable=False),
    reference("requested_of", "users.id"),
    reference("decided_by", "users.id", nullable=True),
    Column("decision", Text),
    moment("decided_at"),
    moment("expires_at", nullable=False),
    created_at(),
    UniqueConstraint("task_id", "node_id", "hash"),
    CheckConstraint("decision IN ('approved', 'rejected', 'expired')", name="decision"),
    info=personal(
        Fate.KEPT,
        "it proves that somebody agreed to exactly that call, by a hash; with a private chat it goes",
        exported="those of your tasks",
        of={"task_id": "tasks"},
        names=("requested_of", "decided_by"),
    ),
)

task_feedback = Table(
    "task_feedback",
    metadata,
    key(),
    tenant(),
    reference("task_id", "tasks.id", index=False),
    reference("user_id", "users.id"),
    Column("value", SmallInteger, nullable=False),  # 1: thumbs up, -1: thumbs down
    created_at(),
    updated_at(),
    UniqueConstraint("task_id", "user_id"),
    CheckConstraint("value IN (-1, 1)", name="value"),
    info=personal(
        Fate.ERASED,
        "it is what one person thinks",
        exported="what you thought of results",
        of={"user_id": "users"},
        names=("task_id",),
    ),
)
