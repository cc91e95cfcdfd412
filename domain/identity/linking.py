"""Two accounts become one person's: each says so, having been shown who the other is.

    wanted ──► typed (the code, by the other account) ──► joined ──► undone, for thirty days
                        └──► refused

Joining moves accounts and nothing else. What was written, asked and done before stays under the user it was done by,
who counts as the same person from then on (``users.merged_into``): whoever lists what is a person's asks for all their
ids (``repository.ids_of``). So it can be undone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import orjson
from sqlalchemy import RowMapping, text

from domain.core.db import Session
from domain.core.db.moments import is_recent
from domain.core.errors import NotFound, Refused
from domain.core.ids import new_id
from domain.core.text import literal
from domain.core.tokens import code_in, hash_of
from domain.identity import magic_links, repository, sessions

PURPOSE = "link"
MAILED, MAILED_LASTS = "mail", timedelta(hours=1)
"""The purpose of a link that is mailed, to make the mail address an account; mail takes its time."""

TRIES = 5
"""Codes that an account may type within ``magic_links.LASTS``."""

UNDONE_WITHIN = timedelta(days=30)

LINKED = "Whoever types a code is added to the other account, and you have linked accounts of your own already."
INSTEAD = "Write “/link start” here and type that code there, or take them apart first with “/link remove”."


@dataclass(frozen=True, slots=True)
class Account:
    """One account of a person, and the private thread it speaks in; none where it is a mail address."""

    user_id: UUID
    identity_id: UUID
    thread_id: UUID | None


@dataclass(frozen=True, slots=True)
class Link:
    """Two accounts that may become one person's. ``first`` began it."""

    id: UUID
    status: Literal["wanted", "typed", "joined", "refused", "undone"]
    first: Account
    other: Account | None
    agreed: bool
    other_agreed: bool


async def begin(session: Session, first: Account, *, address: str | None = None) -> UUID:
    """Room for a link of that account's, to another or to a mail address; one that it began before is good no longer.
    Returns the magic link's id."""
    for purpose in (PURPOSE, MAILED):  # first, as whoever uses what was shown uses that up
        await magic_links.revoke_all(session, [first.user_id], purpose)
    await session.execute(
        text("""UPDATE account_links SET status = 'refused', decided_at = now()
        WHERE user_id = :user_id AND status = 'wanted'"""),
        {"user_id": first.user_id},
    )
    await session.execute(
        text("""INSERT INTO account_links (id, user_id, identity_id, thread_id)
        VALUES (:id, :user_id, :identity_id, :thread_id)"""),
        {
            "id": (link_id := new_id()),
            "user_id": first.user_id,
            "identity_id": first.identity_id,
            "thread_id": first.thread_id,
        },
    )
    return await magic_links.want(
        session,
        PURPOSE if address is None else MAILED,
        user_id=first.user_id,
        email=address,
        details={"account_link": link_id},
        lasts=magic_links.LASTS if address is None else MAILED_LASTS,
    )


_WITHIN = "CAST(:within AS interval)"
_LATELY = is_recent("tried_at", _WITHIN)
_TRIED = text(f"""
UPDATE chat_identities SET tries = CASE WHEN {_LATELY} THEN least(tries + 1, 1000) ELSE 1 END,
                           tried_at = CASE WHEN {_LATELY} THEN tried_at ELSE now() END
WHERE id = :id RETURNING tries
""")  # noqa: S608 - of the constant above


async def tried(session: Session, identity_id: UUID) -> bool:
    """Count a code that an account types. False: it has typed too many lately, and this one does not count."""
    tries = await session.scalar(_TRIED, {"id": identity_id, "within": magic_links.LASTS})
    return tries is not None and tries <= TRIES


_COLUMNS = """id, status, user_id, identity_id, thread_id, other_user_id, other_identity_id, other_thread_id, agreed,
              other_agreed"""
_TYPED = text(f"""
UPDATE account_links SET status = 'typed', typed_at = now(), other_user_id = :user_id,
       other_identity_id = :identity_id, other_thread_id = :thread_id
WHERE id = CAST(:id AS uuid) AND status = 'wanted' RETURNING {_COLUMNS}
""")  # noqa: S608 - of the constant above


async def typed(session: Session, written: str, other: Account) -> Link | None:
    """The link whose code or token the other account has typed; it is used up by that. None: it is none, used, over."""
    letters = code_in(written)
    if letters is not None:
        taken = await magic_links.take_code(session, hash_of(letters), PURPOSE)
    else:
        taken = await magic_links.take(session, hash_of(written), (PURPOSE,))
    return await typed_with(session, taken, other) if taken is not None else None


async def typed_with(session: Session, taken: magic_links.MagicLink, other: Account) -> Link | None:
    """The same with what was used up for it in this transaction."""
    given = {"id": taken.details["account_link"], "user_id": other.user_id, "identity_id": other.identity_id}
    return _link(await session.first(_TYPED, {**given, "thread_id": other.thread_id}))


_ANSWERABLE = f"""id = :id AND :identity_id IN (identity_id, other_identity_id)
      AND status = 'typed' AND {is_recent("typed_at", _WITHIN)}"""
_AGREED = text(f"""
UPDATE account_links SET agreed = agreed OR identity_id = :identity_id,
       other_agreed = other_agreed OR other_identity_id = :identity_id
WHERE {_ANSWERABLE} RETURNING {_COLUMNS}
""")  # noqa: S608 - of the constants above
_REFUSED = text(f"""
UPDATE account_links SET status = 'refused', decided_at = now() WHERE {_ANSWERABLE} RETURNING {_COLUMNS}
""")  # noqa: S608 - of the constants above


async def agree(session: Session, link_id: UUID, identity_id: UUID) -> Link | None:
    """One of the two accounts agrees. None: it is not asked, or it is over. Held until the transaction ends."""
    given = {"id": link_id, "identity_id": identity_id, "within": magic_links.LASTS}
    return _link(await session.first(_AGREED, given))


async def refuse(session: Session, link_id: UUID, identity_id: UUID) -> Link | None:
    """One of the two does not. None as above."""
    given = {"id": link_id, "identity_id": identity_id, "within": magic_links.LASTS}
    return _link(await session.first(_REFUSED, given))


async def join(session: Session, link: Link) -> None:
    """Make of two people one: the first. Raises Refused where one of them is somebody else by now, or where the other
    has accounts of their own: what has been given to each of those could not be told apart any more."""
    assert link.other is not None  # it was typed
    users = {"first": link.first.user_id, "other": link.other.user_id}
    speaking = await session.all(
        text("""SELECT id FROM chat_identities
        WHERE (id, user_id) IN ((:one, :first), (:two, :other)) ORDER BY id FOR UPDATE"""),
        {**users, "one": link.first.identity_id, "two": link.other.identity_id},
    )
    locked = await session.all(
        text("SELECT id FROM users WHERE id IN (:first, :other) AND merged_into IS NULL ORDER BY id FOR UPDATE"), users
    )
    if len(speaking) != 2 or len(locked) != 2:
        raise Refused("One of the two accounts was linked elsewhere meanwhile.", remedy="Begin with “/link start”.")
    if await session.first(text("SELECT id FROM users WHERE merged_into = :other LIMIT 1"), users) is not None:
        raise Refused(LINKED, remedy=INSTEAD)
    await session.execute(
        text("UPDATE chat_identities SET user_id = :first, linked_at = now() WHERE user_id = :other"), users
    )
    await session.execute(text("UPDATE users SET merged_into = :first, updated_at = now() WHERE id = :other"), users)


async def joined(session: Session, link_id: UUID, roles: Sequence[Mapping[str, Any]]) -> None:
    """It is done; ``roles`` is what has to be given back where it is undone."""
    await session.execute(
        text("""UPDATE account_links SET status = 'joined', decided_at = now(), roles = CAST(:roles AS jsonb)
        WHERE id = :id"""),
        {"id": link_id, "roles": orjson.dumps(list(roles), default=str).decode()},
    )


@dataclass(frozen=True, slots=True)
class Known:
    """An account as its person sees it. ``name`` is that of whose it first was."""

    id: UUID
    platform: str
    workspace: str
    platform_user_id: str
    name: str | None
    first_user_id: UUID
    linked_at: datetime | None
    undoable: bool
    """Whether it was linked so lately that this can be undone."""

    @property
    def in_words(self) -> tuple[str, str]:
        """The name, and what cannot be chosen: where it is an account, and which."""
        where = f"{self.platform.title()} ({self.workspace}, {self.platform_user_id})"
        return self.name or "somebody without a name", where

    @property
    def called(self) -> str:
        """Markdown, as another account is shown it: a name alone is anybody's, and shows nothing but itself."""
        name = literal(self.name or "somebody without a name")
        return f"**{name}** on {self.platform.title()} ({literal(self.workspace)}, {literal(self.platform_user_id)})"


_KNOWN = """
SELECT i.id, i.platform, i.workspace, i.platform_user_id, u.name, i.first_user_id, i.linked_at,
       coalesce(i.linked_at > now() - CAST(:within AS interval), false) AS undoable
FROM chat_identities i JOIN users u ON u.id = i.first_user_id
"""
_ACCOUNTS = text(f"{_KNOWN} WHERE i.user_id = :user_id ORDER BY i.linked_at NULLS FIRST, i.id")
_ACCOUNT = text(f"{_KNOWN} WHERE i.id = :id")


async def accounts(session: Session, user_id: UUID) -> Sequence[Known]:
    """All accounts of a person, the first one first."""
    rows = await session.all(_ACCOUNTS, {"user_id": user_id, "within": UNDONE_WITHIN})
    return [Known(**row) for row in rows]


async def account(session: Session, identity_id: UUID) -> Known:
    """One account. Raises NotFound."""
    row = await session.first(_ACCOUNT, {"id": identity_id, "within": UNDONE_WITHIN})
    if row is None:
        raise NotFound("That account is gone.")
    return Known(**row)


_OVER = text("""
UPDATE account_links SET status = 'refused', decided_at = now()
WHERE status IN ('wanted', 'typed') AND :id IN (identity_id, other_identity_id)
""")


async def separate(session: Session, user_id: UUID, left: Known) -> list[dict[str, Any]]:
    """Undo that an account was linked: it is its first user's again, and what it was about to be linked to it is not.
    Whichever of the accounts asked for it, no browser stays signed in, and no link that was shown opens anything.
    Returns what was changed of memberships when it was linked, newest first."""
    given = {"user_id": user_id, "first": left.first_user_id}
    people = await repository.ids_of(session, user_id)
    await sessions.end_all(session, people)
    await magic_links.revoke_all(session, people)
    await session.execute(_OVER, {"id": left.id})
    await session.execute(
        text("UPDATE chat_identities SET user_id = first_user_id, linked_at = NULL WHERE id = :id"), {"id": left.id}
    )
    await session.execute(
        text("UPDATE users SET merged_into = NULL, updated_at = now() WHERE id = :first AND merged_into = :user_id"),
        given,
    )
    rows = await session.all(
        text("""UPDATE account_links SET status = 'undone', decided_at = now()
        WHERE status = 'joined' AND user_id = :user_id AND other_user_id = :first RETURNING id, roles"""),
        given,
    )
    return [change for row in sorted(rows, key=lambda row: row["id"], reverse=True) for change in row["roles"]]


def _link(row: RowMapping | None) -> Link | None:
    if row is None:
        return None
    other = None
    if row["other_user_id"] is not None:
        other = Account(row["other_user_id"], row["other_identity_id"], row["other_thread_id"])
    first = Account(row["user_id"], row["identity_id"], row["thread_id"])
    return Link(row["id"], row["status"], first, other, row["agreed"], row["other_agreed"])
