from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Select, func, insert, or_, select, update

from domain.core.db import Session
from domain.core.ids import new_id
from domain.workflows.models import workflow_versions, workflows


async def add(
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
    workflow_id = new_id()
    await session.execute(
        insert(workflows).values(
            id=workflow_id,
            org_id=org_id,
            user_id=user_id,
            chat_id=chat_id,
            name=name,
            description=description,
            spec_json=spec,
            llm_prompt_version=prompt_version,
        )
    )
    await session.execute(
        insert(workflow_versions).values(
            id=new_id(), org_id=org_id, workflow_id=workflow_id, version=1, spec_json=spec, author_id=user_id
        )
    )
    return workflow_id


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks for workflows, and where: they see their own, those kept in that shared chat, and those shared."""

    org_id: UUID
    user_ids: frozenset[UUID]
    chat_id: UUID | None
    """The shared chat they stand in; None: a private one."""
    everywhere: bool = False
    """They oversee the organization: those of all shared chats."""


async def newest(
    session: Session, reader: Reader, *, name: str | None = None, before: UUID | None = None, limit: int
) -> Sequence[RowMapping]:
    query = _for(reader).order_by(workflows.c.id.desc()).limit(limit)
    if name is not None:
        query = query.where(func.lower(workflows.c.name) == func.lower(name))
    if before is not None:
        query = query.where(workflows.c.id < before)
    return await session.all(query)


async def find(session: Session, reader: Reader, workflow_id: UUID) -> RowMapping | None:
    return await session.first(_for(reader).where(workflows.c.id == workflow_id))


async def newest_ids(session: Session, reader: Reader, *, limit: int) -> Sequence[UUID]:
    query = select(workflows.c.id).where(*_seen_by(reader))
    return (await session.execute(query.order_by(workflows.c.id.desc()).limit(limit))).scalars().all()


async def share(session: Session, workflow_id: UUID) -> None:
    await session.execute(update(workflows).where(workflows.c.id == workflow_id).values(shared=True))


async def give_workflows(session: Session, before: UUID, now: UUID) -> None:
    """The plans that one organization kept become another's."""
    await session.execute(
        update(workflow_versions)
        .where(workflow_versions.c.workflow_id == workflows.c.id, workflows.c.org_id == before)
        .values(org_id=now)
    )
    await session.execute(update(workflows).where(workflows.c.org_id == before).values(org_id=now))


async def follow_chat(session: Session, before: UUID, now: UUID) -> None:
    """A chat goes on as another: its plans are for those who are there."""
    await session.execute(update(workflows).where(workflows.c.chat_id == before).values(chat_id=now))


def _for(reader: Reader) -> Select[*tuple[Any, ...]]:
    return select(
        workflows.c.id,
        workflows.c.user_id,
        workflows.c.chat_id,
        workflows.c.shared,
        workflows.c.name,
        workflows.c.description,
        workflows.c.spec_json,
        workflows.c.created_at,
    ).where(*_seen_by(reader))


def _seen_by(reader: Reader) -> tuple[ColumnElement[bool], ...]:
    seen: list[ColumnElement[bool]] = [workflows.c.user_id.in_(reader.user_ids), workflows.c.shared]
    if reader.everywhere:
        seen.append(workflows.c.chat_id.is_not(None))
    elif reader.chat_id is not None:
        seen.append(workflows.c.chat_id == reader.chat_id)
    return workflows.c.org_id == reader.org_id, workflows.c.deleted_at.is_(None), or_(*seen)
