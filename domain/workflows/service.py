"""Plans that are kept."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping

from domain.core.db import Session
from domain.workflows import repository


async def save(
    session: Session,
    *,
    org_id: UUID,
    user_id: UUID,
    name: str,
    description: str,
    spec: Mapping[str, Any],
    prompt_version: str | None,
) -> UUID:
    """Keep a plan as the first version of a workflow."""
    return await repository.add(
        session,
        org_id=org_id,
        user_id=user_id,
        name=name,
        description=description,
        spec=spec,
        prompt_version=prompt_version,
    )


async def saved(
    session: Session, *, org_id: UUID, name: str | None = None, before: UUID | None = None, limit: int
) -> Sequence[RowMapping]:
    """An organization's workflows, newest first: id, name, description, spec_json, created_at.

    ``name``: those called so, in capitals or not. ``before``: those older than that one.
    """
    return await repository.newest(session, org_id=org_id, name=name, before=before, limit=limit)


async def find(session: Session, *, org_id: UUID, workflow_id: UUID) -> RowMapping | None:
    """One workflow of that organization, as ``saved`` has it."""
    return await repository.find(session, org_id=org_id, workflow_id=workflow_id)


async def newest(session: Session, *, org_id: UUID, limit: int) -> Sequence[UUID]:
    """The ids of an organization's latest workflows: what a short id may mean."""
    return await repository.newest_ids(session, org_id=org_id, limit=limit)
