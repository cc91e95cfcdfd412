"""Plans that are kept."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping

from domain.core.db import Session
from domain.workflows import repository
from domain.workflows.repository import Reader

__all__ = ["Reader", "find", "newest", "save", "saved", "share"]


async def save(
    session: Session,
    *,
    org_id: UUID,
    user_id: UUID,
    chat_id: UUID | None,
    name: str,
    description: str,
    spec: Mapping[str, Any],
    prompt_version: str | None,
) -> UUID:
    """Keep a plan as the first version of a workflow. ``chat_id``: of the shared chat whose members may run it."""
    return await repository.add(
        session,
        org_id=org_id,
        user_id=user_id,
        chat_id=chat_id,
        name=name,
        description=description,
        spec=spec,
        prompt_version=prompt_version,
    )


async def saved(
    session: Session, reader: Reader, *, name: str | None = None, before: UUID | None = None, limit: int
) -> Sequence[RowMapping]:
    """The workflows that somebody may see, newest first: id, user_id, chat_id, shared, name, description, spec_json,
    created_at.

    ``name``: those called so, in capitals or not. ``before``: those older than that one.
    """
    return await repository.newest(session, reader, name=name, before=before, limit=limit)


async def find(session: Session, reader: Reader, workflow_id: UUID) -> RowMapping | None:
    """One workflow that they may see, as ``saved`` has it."""
    return await repository.find(session, reader, workflow_id)


async def newest(session: Session, reader: Reader, *, limit: int) -> Sequence[UUID]:
    """The ids of the latest workflows that they may see: what a short id may mean."""
    return await repository.newest_ids(session, reader, limit=limit)


async def share(session: Session, workflow_id: UUID) -> None:
    """Have everybody in the organization see it and run it."""
    await repository.share(session, workflow_id)
