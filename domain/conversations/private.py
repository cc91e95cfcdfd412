"""What is said to one person alone: in their private chat, wherever the reason for it lies."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from domain.conversations import chats, service
from domain.conversations.outbox import say
from domain.conversations.said import Note, Said
from domain.conversations.schemas import Thread
from domain.core.db import Session
from domain.core.queue import Command, Queue, enqueue
from domain.identity.notifications import Kind

OPEN_ONE = "Write to me in a private chat once, and ask again there."
"""How somebody gets a private chat."""

NO_PLACE = "What I answer to that is for you alone, and we have no private chat yet."

NOT_DONE = Note(text=f"{NO_PLACE} Nothing was done: write to me in a private chat once, and ask again here.")
"""What somebody without one is told where others read along: what is said there is of this place's organization."""


class Whom(Protocol):
    """A person in an organization; ``Person`` is one."""

    @property
    def user_id(self) -> UUID: ...

    @property
    def org_id(self) -> UUID: ...


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody of whom it is known who they are, and in which organization they are told."""

    user_id: UUID
    org_id: UUID


async def say_to_every_account(
    session: Session, user_id: UUID, said: Said, *, key: str, besides: UUID | None = None
) -> None:
    """Say it now in the private chat of each account of a person that has one, but of the account ``besides``; each is
    told once a ``key``. In a transaction that sees every organization."""
    for place in await chats.private_threads(session, user_id):
        if place["identity_id"] != besides:
            thread, _, _ = await service.setting(session, place["thread_id"], place["user_id"])
            await say(session, thread, said, key=f"{key}:{place['identity_id']}")


async def say_privately(
    session: Session,
    person: Whom,
    said: Said,
    *,
    key: str,
    place: Thread | None = None,
    reply_to: UUID | None = None,
    about: Kind | None = None,
    besides: str | None = None,
) -> None:
    """Have something said where nobody but this person reads it, once this transaction has committed; the same ``key``
    is said once, and what is said to a person comes in order.

    The private chat may belong to another organization than what is told of, so a job of its own finds it. ``place``:
    where they asked for it, and are told that it was said, or how to open a private chat. ``about``: they have not
    asked for it, and are told when they want to be told of such things, if at all; None: they have. ``besides``: an
    account (``platform:workspace``) where nothing can be said any more.
    """
    data = {
        "user_id": str(person.user_id),
        "org_id": str(person.org_id),
        "said": said.model_dump(mode="json"),
        "key": key,
        "place": str(place.id) if place is not None else None,
        "reply_to": str(reply_to) if reply_to is not None else None,
        "about": about,
        "besides": besides,
    }
    lane = f"private:{person.user_id}:{about}" if about else f"private:{person.user_id}"
    await enqueue(session, Command(Queue.DELIVER, "private", data, lane=lane, dedupe_key=f"private:{key}", priority=2))
