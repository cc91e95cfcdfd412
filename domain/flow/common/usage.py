"""What the model calls of a task used."""

from collections.abc import Iterable

from domain.billing import service as billing
from domain.core.db import Session
from domain.flow.common.advance import Advance
from domain.llm.model import Reply


def store_replies(session: Session, advance: Advance, replies: Iterable[Reply], purpose: str) -> None:
    """Keep what model calls used."""
    task = advance.task
    for reply in replies:
        billing.record(session, reply, org_id=task.org_id, user_id=task.user_id, task_id=task.id, purpose=purpose)
