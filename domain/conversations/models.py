from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from domain.core.db import (
    WORDS_GONE,
    Fate,
    Files,
    created_at,
    key,
    metadata,
    moment,
    nobodys,
    personal,
    reference,
    tenant,
    updated_at,
)

chats = Table(
    "chats",
    metadata,
    key(),
    Column("platform", Text, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("chat", Text, nullable=False),
    reference("org_id", "organizations.id"),
    Column("also_of", ARRAY(Uuid), nullable=False, server_default="{}"),  # for whom it worked before: they go on in it
    Column("private", Boolean, nullable=False, server_default="true"),
    Column("held", Boolean, nullable=False, server_default="false"),  # delivered by the process of its terminal
    Column("current_thread_id", Uuid),
    Column("bound", Boolean, nullable=False, server_default="false"),  # people gave it to another organization
    Column("settings", JSONB, nullable=False, server_default="{}"),
    created_at(),
    updated_at(),
    UniqueConstraint("platform", "workspace", "chat"),
    info=personal(
        Fate.ERASED, "a private chat is one person's; a shared one stays", exported="your private chats", place="id"
    ),
)

threads = Table(
    "threads",
    metadata,
    key(),
    reference("org_id", "organizations.id", index=False),
    reference("user_id", "users.id", index=False),
    reference("chat_id", "chats.id", index=False),
    Column("identity_id", Uuid),  # of chat_identities: the account it was begun by
    Column("platform_thread", Text),
    Column("name", Text),
    Column("storage_id", Text, nullable=False, unique=True),
    Column("instructions", Text),
    Column("model", Text),
    Column("summary", Text),
    moment("active_at", nullable=False, server_default=text("now()")),
    moment("deleted_at"),
    created_at(),
    updated_at(),
    UniqueConstraint("chat_id", "platform_thread"),
    Index("ix_threads_person", "org_id", "user_id", "active_at", "id"),
    info=personal(
        Fate.ANONYMISED,
        "in a shared chat others go on in it",
        exported="those you began",
        of={"user_id": "users"},
        place="chat_id",
        left_out=("summary",),
        blank={"name": None, "instructions": None, "summary": None},
        stays=("platform_thread", "storage_id", "model"),
    ),
)

messages = Table(
    "messages",
    metadata,
    key(),
    tenant(),
    reference("thread_id", "threads.id", index=False),
    reference("user_id", "users.id", nullable=True, index=False),
    Column("identity_id", Uuid),  # of chat_identities: the account that spoke
    Column("role", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("attachments", JSONB, nullable=False, server_default="[]"),
    Column("quoted", JSONB, nullable=False, server_default="[]"),  # what it refers to: words of others
    Column("press", JSONB(none_as_null=True)),
    Column("platform_message_id", Text),
    Column("tokens", Integer),
    Column("task_id", Uuid),
    moment("handled_at"),
    created_at(),
    CheckConstraint("role IN ('user', 'assistant')", name="role"),
    Index("ix_messages_thread", "thread_id", "id"),
    # a platform's id is unique in its chat at most: with the person in front few rows are alike
    Index("ix_messages_person", "user_id", "platform_message_id", postgresql_where=text("user_id IS NOT NULL")),
    Index("ix_messages_files", "thread_id", "id", postgresql_where=text("attachments <> '[]'")),
    info=personal(
        Fate.ANONYMISED,
        "in a shared chat it is still seen that something was said and answered, and no longer what",
        exported="what you wrote; in private chats what was answered too",
        of={"user_id": "users", "task_id": "tasks"},
        place="thread_id",
        left_out=("quoted",),  # others' words
        blank={"content": WORDS_GONE, "attachments": [], "quoted": [], "press": None, "platform_message_id": None},
        stays=("role",),
        files=Files("attachments"),
    ),
)

inbound_events = Table(
    "inbound_events",
    metadata,
    key(),
    Column("platform", Text, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("event_key", Text, nullable=False),
    Column("chat", Text, nullable=False),
    Column("platform_message_id", Text),
    moment("received_at", nullable=False, server_default=text("now()")),
    UniqueConstraint("platform", "workspace", "event_key"),
    Index(
        "uq_inbound_events_message",
        "platform",
        "workspace",
        "chat",
        "platform_message_id",
        unique=True,
        postgresql_where=text("platform_message_id IS NOT NULL"),
    ),
    info=personal(
        Fate.ERASED,
        "it makes events unique and holds no word; those of shared chats name nobody",
        exported=None,
        place=("platform", "workspace", "chat"),
    ),
)

outbound_messages = Table(
    "outbound_messages",
    metadata,
    key(),
    tenant(),
    Column("seq", BigInteger, Identity(always=True), nullable=False),  # the order things were said in
    reference("chat_id", "chats.id", index=False),
    reference("thread_id", "threads.id", index=False),
    Column("task_id", Uuid),
    Column("reply_to", Uuid),  # the message this is said in answer to
    Column("kind", Text, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("dedupe_key", Text, nullable=False),
    Column("target_key", Text),  # of an edit: the dedupe key of the post it changes
    Column("status", Text, nullable=False, server_default="queued"),
    Column("plain", Boolean, nullable=False, server_default="false"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    moment("not_before"),
    Column("platform_message_id", Text),
    Column("error", Text),
    Column("told_by", Uuid),  # of a lost post: the note by which a person was told that it may not have arrived
    created_at(),
    moment("sent_at"),
    UniqueConstraint("dedupe_key"),
    CheckConstraint("kind IN ('post', 'edit', 'file', 'whisper')", name="kind"),
    CheckConstraint("status IN ('queued', 'sending', 'sent', 'unknown', 'failed', 'superseded')", name="status"),
    Index("ix_outbound_messages_thread", "thread_id", "seq"),
    Index("ix_outbound_messages_open", "chat_id", "seq", postgresql_where=text("status IN ('queued', 'sending')")),
    Index("ix_outbound_messages_task_id", "task_id", postgresql_where=text("task_id IS NOT NULL")),
    Index(
        "ix_outbound_messages_platform_message_id",
        "chat_id",
        "platform_message_id",
        postgresql_where=text("platform_message_id IS NOT NULL"),
    ),
    Index("ix_outbound_messages_split", "chat_id", "seq", postgresql_where=text("platform_message_id LIKE '%,%'")),
    Index("ix_outbound_messages_reply_to", "reply_to", postgresql_where=text("reply_to IS NOT NULL")),
    Index("ix_outbound_messages_lost", "chat_id", postgresql_where=text("status = 'unknown'")),
    Index("ix_outbound_messages_failed", "created_at", postgresql_where=text("status IN ('failed', 'unknown')")),
    info=personal(
        Fate.ANONYMISED,
        "in a shared chat it is still known what was sent where, and no longer what it said",
        exported="what was said to you in private chats",
        shared=False,
        of={"task_id": "tasks", "reply_to": "messages"},
        place="chat_id",
        left_out=("error",),
        blank={"body": {"type": "note", "text": WORDS_GONE}, "error": None},
        stays=("kind", "dedupe_key", "target_key", "status", "platform_message_id"),
        files=Files("body", at="file"),
    ),
)

button_values = Table(
    "button_values",
    metadata,
    key(),
    Column("token", Text, nullable=False, unique=True),
    Column("value", JSONB, nullable=False),
    Column("org_id", Uuid),  # with the next two null where it is shown in no chat that is known
    Column("chat_id", Uuid),
    Column("user_id", Uuid),  # of a private chat's one person
    moment("expires_at", nullable=False, server_default=text("now() + interval '30 days'")),
    created_at(),
    info=personal(
        Fate.ERASED,
        "what a button of their private chat means; it goes after thirty days",
        exported=None,
        of={"user_id": "users"},
        place="chat_id",
    ),
)

bots = Table(
    "bots",
    metadata,
    key(),
    Column("platform", Text, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("name", Text, nullable=False),  # as links to it have it
    created_at(),
    updated_at(),
    UniqueConstraint("platform", "workspace"),
    info=nobodys("what the bots of this installation are called"),
)
