"""What opens something once: a link with a token, or the same as a code of a few letters.

    wanted ──► shown (the token is made as it is said to somebody, and only its hash is kept) ──► used up
       └──────────┴──► over, by the database's clock

A token is made when it is said, not when it is asked for, so that it stands in no row, no job and no log. What it is
good for is said by its ``purpose``, which is carried out by whoever takes it, in the transaction that uses it up.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import RowMapping, text

from domain.core.db import Session
from domain.core.db.moments import is_good
from domain.core.ids import new_id
from domain.core.settings import Settings
from domain.core.tokens import new_code, new_token

LASTS = timedelta(minutes=10)

PATH = "/l/"
"""Where the page of a token is."""


def address(settings: Settings, token: str) -> str | None:
    """Of the page of a token; None where it is not said how the web process is reached."""
    return f"{str(settings.public_url).rstrip('/')}{PATH}{token}" if settings.public_url is not None else None


@dataclass(frozen=True, slots=True)
class MagicLink:
    """What a token or a code was made for, and whether it still does it."""

    id: UUID
    purpose: str
    user_id: UUID | None
    email: str | None
    details: Mapping[str, Any]
    good: bool


@dataclass(frozen=True, slots=True)
class Minted:
    """For one pair of eyes: these are kept nowhere."""

    token: str
    code: str


async def want(
    session: Session,
    purpose: str,
    *,
    user_id: UUID | None = None,
    email: str | None = None,
    details: Mapping[str, Any] | None = None,
    lasts: timedelta = LASTS,
    uses: int = 1,
) -> UUID:
    """Room for a link of that purpose, good for so long from now. It opens nothing until it was ``mint``ed."""
    link_id = new_id()
    await session.execute(
        text("""INSERT INTO magic_links (id, purpose, user_id, email, details, uses, expires_at)
        VALUES (:id, :purpose, :user_id, :email, CAST(:details AS jsonb), :uses, now() + CAST(:lasts AS interval))"""),
        {
            "id": link_id,
            "purpose": purpose,
            "user_id": user_id,
            "email": email,
            "details": orjson.dumps(dict(details or {}), default=str).decode(),
            "uses": uses,
            "lasts": lasts,
        },
    )
    return link_id


_GOOD = f"uses > 0 AND {is_good()}"
_MINT = text(f"""
UPDATE magic_links SET token_hash = :token_hash, code_hash = :code_hash WHERE id = :id AND {_GOOD} RETURNING id
""")  # noqa: S608 - of the constant above


async def mint(session: Session, link_id: UUID) -> Minted | None:
    """A token and a code for a link, in the place of those that were shown before. None: it is over or used up."""
    (token, token_hash), (code, code_hash) = new_token(), new_code()
    given = {"id": link_id, "token_hash": token_hash, "code_hash": code_hash}
    made = await session.scalar(_MINT, given)
    return Minted(token, code) if made is not None else None


_LINK = "id, purpose, user_id, email, details"
_FOUND = text(f"""
SELECT {_LINK}, {_GOOD} AS good FROM magic_links WHERE token_hash = :hash
""")  # noqa: S608 - of the constants above
_TAKE = f"""
UPDATE magic_links SET uses = uses - 1, used_at = now()
WHERE {{named}} AND {_GOOD} RETURNING {_LINK}, true AS good
"""  # noqa: S608 - of the constants above
_TAKE_TOKEN = text(_TAKE.format(named="token_hash = :hash AND purpose = ANY(:purposes)"))
_TAKE_CODE = text(_TAKE.format(named="code_hash = :hash AND purpose = :purpose"))


async def find(session: Session, token_hash: bytes) -> MagicLink | None:
    """What a token was made for; it is as good afterwards as before."""
    return _link(await session.first(_FOUND, {"hash": token_hash}))


async def take(session: Session, token_hash: bytes, purposes: Iterable[str]) -> MagicLink | None:
    """Use a token once, if it is for one of these. None: it is none, used up, or over; of many who come at once, one
    has it."""
    return _link(await session.first(_TAKE_TOKEN, {"hash": token_hash, "purposes": list(purposes)}))


async def take_code(session: Session, code_hash: bytes, purpose: str) -> MagicLink | None:
    """The same by the code of a link of that purpose. How often somebody may try is counted by whoever asks."""
    return _link(await session.first(_TAKE_CODE, {"hash": code_hash, "purpose": purpose}))


async def revoke(session: Session, link_id: UUID) -> bool:
    """It opens nothing any more. False: it did not before."""
    revoked = await session.scalar(
        text("UPDATE magic_links SET uses = 0 WHERE id = :id AND uses > 0 RETURNING id"), {"id": link_id}
    )
    return revoked is not None


async def revoke_all(session: Session, user_ids: Collection[UUID], purpose: str | None = None) -> None:
    """The same of all that were made for that person; ``purpose``: of those for that alone."""
    await session.execute(
        text("""UPDATE magic_links SET uses = 0 WHERE user_id = ANY(:user_ids) AND uses > 0
          AND (CAST(:purpose AS text) IS NULL OR purpose = :purpose)"""),
        {"user_ids": list(user_ids), "purpose": purpose},
    )


def _link(row: RowMapping | None) -> MagicLink | None:
    if row is None:
        return None
    return MagicLink(row["id"], row["purpose"], row["user_id"], row["email"], row["details"], row["good"])
