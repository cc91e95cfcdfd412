"""Links that are mailed: whom to, for whom, and what became of it. All of it is the system's: addresses are counted
over all organizations.

    queued ──► sending ──► sent
      ▲           ├──► queued (not now) ──► refused (not for a day)
      │           ├──► refused
      └───────────┴──► unknown (it was cut off)          queued ──► over (the link is)
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import RowMapping, text

from domain.core.db import Session
from domain.core.errors import Refused
from domain.core.ids import new_id
from domain.core.queue import Command, Queue, enqueue
from domain.emails.address import mailbox

Kind = Literal["invitation", "link"]
Settled = Literal["queued", "sent", "refused", "unknown", "over"]

OF_A_PERSON, TO_AN_ADDRESS = 50, 5
"""Mails a day that one person may have sent, and that one address may get, whoever asks."""

TRIED_FOR = timedelta(days=1)
"""For so long a letter is offered to a mail server that does not take it now."""


@dataclass(frozen=True, slots=True)
class Mailed:
    id: UUID
    org_id: UUID
    user_id: UUID
    link_id: UUID
    kind: Kind
    address: str
    status: str
    attempts: int
    created_at: datetime
    late: bool
    """It was offered for as long as it is."""


_COUNT = text("""
SELECT count(*) FILTER (WHERE user_id = ANY(:user_ids)) AS theirs,
       count(*) FILTER (WHERE regexp_replace(lower(address), '\\+[^@]*', '') = :mailbox) AS there
FROM mailed_links WHERE created_at > now() - interval '1 day'
""")
_HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))")
_ADD = text("""
INSERT INTO mailed_links (id, org_id, user_id, link_id, kind, address)
VALUES (:id, :org_id, :user_id, :link_id, :kind, :address)
""")


async def want(
    session: Session,
    *,
    org_id: UUID,
    user_id: UUID,
    user_ids: Collection[UUID],
    link_id: UUID,
    kind: Kind,
    address: str,
) -> None:
    """Have a link mailed once this has committed; ``user_ids`` is all that who asks is known as.

    Raises Refused: they, or that address, have had enough for today.
    """
    to = mailbox(address)
    # in this order, so that no two wait for one another
    for lock in (f"mail of {min(user_ids)}", f"mail to {to}"):
        await session.execute(_HOLD, {"lock": lock})
    counted = await session.first(_COUNT, {"user_ids": [*user_ids], "mailbox": to})
    assert counted is not None  # it counts
    if counted["theirs"] >= OF_A_PERSON:
        raise Refused(
            f"{OF_A_PERSON} mails were sent for you within a day.",
            remedy="Pass links on yourself, or wait until tomorrow.",
            code="mails_of_a_person",
        )
    if counted["there"] >= TO_AN_ADDRESS:
        raise Refused(
            f"{TO_AN_ADDRESS} mails went to that address within a day.",
            remedy="Pass the link on yourself, or wait until tomorrow.",
            code="mails_to_an_address",
        )
    given = {"org_id": org_id, "user_id": user_id, "link_id": link_id, "kind": kind}
    await session.execute(_ADD, {"id": (mailed_id := new_id()), "address": address, **given})
    await enqueue(session, Command(Queue.UPKEEP, "mail", {"mailed_id": str(mailed_id)}, share="mail"))


_READ = text("""
SELECT id, org_id, user_id, link_id, kind, address, status, attempts, created_at,
       created_at < now() - CAST(:within AS interval) AS late
FROM mailed_links WHERE id = :id FOR UPDATE
""")
_SENDING = text("UPDATE mailed_links SET status = 'sending', attempts = attempts + 1 WHERE id = :id")
_SETTLE = text("""
UPDATE mailed_links SET status = :status, decided_at = CASE WHEN :status <> 'queued' THEN now() END WHERE id = :id
""")


async def hold(session: Session, mailed_id: UUID) -> Mailed | None:
    """One, until the transaction ends; None: it is gone, with whoever asked for it."""
    row: RowMapping | None = await session.first(_READ, {"id": mailed_id, "within": TRIED_FOR})
    return Mailed(**row) if row is not None else None


async def sending(session: Session, mailed_id: UUID) -> None:
    """It is about to be handed to the mail server."""
    await session.execute(_SENDING, {"id": mailed_id})


async def settle(session: Session, mailed_id: UUID, status: Settled) -> None:
    """What became of that."""
    await session.execute(_SETTLE, {"id": mailed_id, "status": status})
