"""Conversations as the flow uses them."""

from uuid import UUID

from sqlalchemy import RowMapping

from domain.conversations import quoted, repository
from domain.conversations.ports import NAMELESS, Address, Press
from domain.conversations.schemas import Attachment, Heard, Person, Thread
from domain.core.db import Session
from domain.core.errors import NotFound


async def heard(session: Session, message_id: UUID) -> Heard:
    """A stored message, with who said it and where. Raises NotFound."""
    row = await repository.heard(session, message_id)
    if row is None:
        raise NotFound("That message is no longer stored.")
    return Heard(
        message_id=row["id"],
        text=row["content"],
        attachments=tuple(Attachment(**file) for file in row["attachments"]),
        quoted=quoted.read(row["quoted"]),
        press=Press.read(row["press"]) if row["press"] else None,
        handled=row["handled_at"] is not None,
        person=_person(row, row["user_id"]),
        thread=_thread(row),
        address=_address(row),
        may_wait=row["may_wait"],
    )


async def setting(
    session: Session, thread_id: UUID, user_id: UUID, message_id: UUID | None = None
) -> tuple[Thread, Person, Address]:
    """A thread, a person in it, and where it is; with the message that is answered there. Raises NotFound."""
    row = await repository.setting(session, thread_id, user_id, message_id)
    if row is None:
        raise NotFound("That thread is gone.")
    return (
        _thread(row),
        _person(row, user_id),
        _address(row),
    )


def _person(row: RowMapping, user_id: UUID) -> Person:
    nameless = (row["platform_user_id"] or "").startswith(NAMELESS)
    return Person(
        user_id,
        row["org_id"],
        row["role"],
        row["name"],
        row["timezone"],
        nameless,
        row["account_id"],
        frozenset(row["others"]),
    )


def _thread(row: RowMapping) -> Thread:
    return Thread(
        row["thread_id"],
        row["chat_id"],
        row["thread_name"],
        row["instructions"],
        row["model"],
        row["held"],
        _address(row).account,
        row["org_id"],
        row["private"],
    )


def _address(row: RowMapping) -> Address:
    return Address(
        row["platform"],
        row["workspace"],
        row["chat"],
        row["platform_thread"],
        row["platform_user_id"],
        row["answers"],
    )
