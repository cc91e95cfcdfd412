"""many rows"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_UNUSED = (
    ("ix_approvals_open", "approvals"),
    ("ix_button_values_created_at", "button_values"),
    ("ix_inbound_events_received_at", "inbound_events"),
    ("ix_messages_platform_message_id", "messages"),
    ("ix_messages_task_id", "messages"),
    ("ix_messages_user_id", "messages"),
    ("ix_queue_jobs_task_id", "queue_jobs"),
    ("ix_task_artifacts_url", "task_artifacts"),
    ("ix_task_logs_timestamp", "task_logs"),
    ("ix_tasks_message_id", "tasks"),
    ("ix_tasks_thread_id", "tasks"),
    ("ix_threads_chat_id", "threads"),
    ("ix_threads_org_id", "threads"),
    ("ix_threads_person", "threads"),
    ("ix_tool_executions_task", "tool_executions"),
    ("ix_usages_task_id", "usages"),
    ("ix_usages_user_created_at", "usages"),
)
"""Those that no statement looks into, and those that come anew below under their own or another name."""


def upgrade() -> None:
    for name, table in _UNUSED:
        op.drop_index(name, table)
    _artifacts_know_their_thread()
    _index("ix_messages_files", "messages", "thread_id", "id", where="attachments <> '[]'")
    _index("ix_messages_person", "messages", "user_id", "platform_message_id", where="user_id IS NOT NULL")
    _index("ix_outbound_messages_split", "outbound_messages", "chat_id", "seq", where="platform_message_id LIKE '%,%'")
    _index("ix_queue_jobs_quarantined", "queue_jobs", "id", where="status = 'quarantined'")
    pending = "task_id IS NOT NULL AND status IN ('available', 'scheduled')"
    _index("ix_queue_jobs_task_id", "queue_jobs", "task_id", where=pending)
    _index("ix_tasks_thread", "tasks", "thread_id", "id")
    _index("ix_threads_person", "threads", "org_id", "user_id", "active_at", "id")
    _index("ix_workflows_name", "workflows", "org_id", "lower(name)", "id", where="deleted_at IS NULL")
    op.create_index(
        "ix_usages_user_created_at",
        "usages",
        ["user_id", "created_at"],
        postgresql_include=["org_id", "tokens_total", "cost"],
    )


def _index(name: str, table: str, *columns: str, where: str | None = None) -> None:
    op.create_index(
        name,
        table,
        [sa.literal_column(column) for column in columns],
        postgresql_where=sa.text(where) if where is not None else None,
    )


def _artifacts_know_their_thread() -> None:
    op.add_column("task_artifacts", sa.Column("thread_id", sa.Uuid(), nullable=True))
    op.execute("UPDATE task_artifacts f SET thread_id = t.thread_id FROM tasks t WHERE t.id = f.task_id")
    op.alter_column("task_artifacts", "thread_id", nullable=False)
    op.create_foreign_key(
        op.f("fk_task_artifacts_thread_id_threads"),
        "task_artifacts",
        "threads",
        ["thread_id"],
        ["id"],
        ondelete="CASCADE",
    )
    _index("ix_task_artifacts_thread", "task_artifacts", "thread_id", "id")
