from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, func, insert, select, update

from domain.core.db import Session
from domain.core.ids import new_id
from domain.workflows.models import workflow_versions, workflows


async def add(
    session: Session,
    *,
    org_id: UUID,
    user_id: UUID,
    name: str,
    description: str,
    spec: Mapping[str, Any],
    prompt_version: str | None,
) -> UUID:
    workflow_id = new_id()
    await session.execute(
        insert(workflows).values(
            id=workflow_id,
            org_id=org_id,
            user_id=user_id,
            name=name,
            description=description,
            spec_json=spec,
            llm_prompt_version=prompt_version,
        )
    )
    await session.execute(
        insert(workflow_versions).values(
            id=new_id(), workflow_id=workflow_id, version=1, spec_json=spec, author_id=user_id
        )
    )
    return workflow_id


async def newest(
    session: Session, *, org_id: UUID, name: str | None = None, before: UUID | None = None, limit: int
) -> Sequence[RowMapping]:
    query = _of(org_id).order_by(workflows.c.id.desc()).limit(limit)
    if name is not None:
        query = query.where(func.lower(workflows.c.name) == func.lower(name))
    if before is not None:
        query = query.where(workflows.c.id < before)
    return await session.all(query)


async def find(session: Session, *, org_id: UUID, workflow_id: UUID) -> RowMapping | None:
    return await session.first(_of(org_id).where(workflows.c.id == workflow_id))


async def newest_ids(session: Session, *, org_id: UUID, limit: int) -> Sequence[UUID]:
    query = select(workflows.c.id).where(workflows.c.org_id == org_id, workflows.c.deleted_at.is_(None))
    return (await session.execute(query.order_by(workflows.c.id.desc()).limit(limit))).scalars().all()


async def give_workflows(session: Session, before: UUID, now: UUID) -> None:
    """The plans that one organization kept become another's."""
    await session.execute(update(workflows).where(workflows.c.org_id == before).values(org_id=now))


def _of(org_id: UUID) -> Select[*tuple[Any, ...]]:
    return select(
        workflows.c.id,
        workflows.c.name,
        workflows.c.description,
        workflows.c.spec_json,
        workflows.c.created_at,
    ).where(workflows.c.org_id == org_id, workflows.c.deleted_at.is_(None))
