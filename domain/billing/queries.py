"""Reading what was used."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from domain.core.db import Session


@dataclass(frozen=True, slots=True)
class Used:
    """``cost`` is in US dollars, None where no model that was used has a known price."""

    calls: int
    tokens: int
    cost: Decimal | None


_THIS_MONTH = text("""
SELECT count(*) AS calls, coalesce(sum(tokens_total), 0) AS tokens, sum(cost) AS cost FROM usages
WHERE org_id = :org_id AND user_id = ANY(:user_ids) AND created_at >= date_trunc('month', now(), 'UTC')
""")


async def used_this_month(session: Session, *, org_id: UUID, user_ids: Collection[UUID]) -> Used:
    """A person's model calls in an organization since the first of the month (UTC), by all of their ids."""
    row = await session.first(_THIS_MONTH, {"org_id": org_id, "user_ids": list(user_ids)})
    assert row is not None  # an aggregate always has its one row
    return Used(int(row["calls"]), int(row["tokens"]), row["cost"])
