"""What was used, and what it cost."""

from uuid import UUID

from sqlalchemy import update

from domain.billing.models import usages
from domain.core.db import Insert, Session
from domain.core.ids import new_id
from domain.llm.model import Reply

_ADD = Insert(
    usages,
    *("id", "org_id", "user_id", "task_id", "provider", "model", "type"),
    *("tokens_in", "tokens_out", "tokens_total", "cost", "duration_ms", "metadata"),
)


def record(session: Session, reply: Reply, *, org_id: UUID, user_id: UUID, task_id: UUID | None, purpose: str) -> None:
    """Keep one model call: tokens, cost in US dollars (null where the model has no known price), duration."""
    session.add(
        _ADD,
        {
            "id": new_id(),
            "org_id": org_id,
            "user_id": user_id,
            "task_id": task_id,
            "provider": reply.provider,
            "model": reply.model,
            "type": "chat",
            "tokens_in": reply.usage.tokens_in,
            "tokens_out": reply.usage.tokens_out,
            "tokens_total": reply.usage.tokens_in + reply.usage.tokens_out,
            "cost": reply.usage.cost,
            "duration_ms": reply.duration_ms,
            "metadata": {"purpose": purpose, "tokens_cached": reply.usage.tokens_cached},
        },
    )


async def give_usages(session: Session, before: UUID, now: UUID) -> None:
    """What one organization used counts for another."""
    await session.execute(update(usages).where(usages.c.org_id == before).values(org_id=now))
