"""A mail address as an account of a person's: it is proven by using the link that was mailed there, and joined when the
account that asked for it has said so too, as any account is. Equal addresses join nobody."""

from uuid import UUID

from sqlalchemy import text

from domain.core.db import Session
from domain.core.errors import NotFound, Refused
from domain.identity import linking, repository, service
from domain.identity.linking import Account, Known, Link
from domain.identity.magic_links import MagicLink

PLATFORM = WORKSPACE = "mail"

_ASKER = text("""
SELECT a.identity_id FROM magic_links m JOIN account_links a ON a.id = CAST(m.details ->> 'account_link' AS uuid)
WHERE m.id = :id
""")
_ACCOUNT = text("""
SELECT id, user_id, user_id <> first_user_id AS linked FROM chat_identities
WHERE platform = :platform AND workspace = :workspace AND platform_user_id = :address
""")


async def asker(session: Session, link: MagicLink) -> Known:
    """The account that a mailed link was made for. Raises NotFound."""
    return await asker_of(session, link.id)


async def asker_of(session: Session, link_id: UUID) -> Known:
    """The same by the link's id."""
    identity_id = await session.scalar(_ASKER, {"id": link_id})
    if identity_id is None:
        raise NotFound("That account is gone.")
    return await linking.account(session, identity_id)


async def proven(session: Session, link: MagicLink) -> Link:
    """Whoever reads the address has used the link that was mailed there: it agrees, and who asked is to. It is an
    account of nobody else's until then. The link is used up by this transaction.

    Raises Refused: it is an account of somebody's already, or who asked wants it no more.
    """
    assert link.email is not None  # it was mailed
    given = {"platform": PLATFORM, "workspace": WORKSPACE}
    address = link.email.lower()
    await service.find_or_add(session, **given, platform_user_id=address, name=link.email, timezone=None)
    row = await session.first(_ACCOUNT, {**given, "address": address})
    assert row is not None  # it was found, or added
    assert link.user_id is not None  # such a link is always somebody's
    people = await repository.ids_of(session, link.user_id)
    if row["linked"] or row["user_id"] in people:
        raise Refused("That address is somebody's account already.", remedy="“/link list” has yours.", code="linked")
    typed = await linking.typed_with(session, link, Account(row["user_id"], row["id"], None))
    agreed = await linking.agree(session, typed.id, row["id"]) if typed is not None else None
    if agreed is None:
        raise Refused("Who asked for this wants it no more.", remedy="Ask anew with “/link start”.", code="decided")
    return agreed
