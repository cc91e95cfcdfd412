"""What opens something once is used and taken back at the same moment: one comes after the other, and neither fails."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from sqlalchemy import text

from domain.core import ids
from domain.core.db import Database, Session
from domain.core.errors import Invalid
from domain.core.ids import new_id
from domain.core.tokens import hash_of
from domain.identity import linking, magic_links
from domain.identity.linking import Account
from domain.orgs import invitations
from domain.orgs import service as orgs
from domain.orgs.access import Principal, Role
from tests.factories.jobs import blocked
from tests.fixtures.members import somebody
from tests.fixtures.waiting import eventually


async def token_of(session: Session, link_id: UUID) -> str:
    minted = await magic_links.mint(session, link_id)
    assert minted is not None
    return minted.token


async def test_an_invitation_is_followed_as_it_is_taken_back(database: Database) -> None:
    async with database.system("a test") as session:
        mara, ben = await somebody(session, "mara"), await somebody(session, "ben")
        org_id = await orgs.own(session, mara, "Mara")
        owner = Principal(frozenset({mara}), org_id, Role.OWNER)
        made = await invitations.invite(session, owner, role=Role.MEMBER, days=1, uses=1, by=mara)
        token = await token_of(session, made.link_id)

    async def take_back() -> None:
        async with database.system("a test") as session:
            await invitations.revoke(session, org_id, ids.text("inv", made.id), by=mara)

    async with database.system("a test") as session:
        link = await magic_links.take(session, hash_of(token), [invitations.PURPOSE])
        assert link is not None
        going = asyncio.create_task(take_back())
        await eventually(lambda: blocked(database))
        await invitations.accept_by(session, link, {ben}, ben)
    with pytest.raises(Invalid, match="is used: there is nothing to take back"):
        await going
    async with database.system("a test") as session:
        assert await orgs.role_of(session, org_id, ben) is Role.MEMBER


Act = Callable[[Session, Account], Awaitable[object]]


async def _separate(session: Session, account: Account) -> None:
    await linking.separate(session, account.user_id, await linking.account(session, account.identity_id))


@pytest.mark.parametrize("act", [linking.begin, _separate])
async def test_a_code_is_typed_as_another_is_asked_for(database: Database, act: Act) -> None:
    async with database.system("a test") as session:
        mara = await somebody(session, "mara")
        identity_id = await session.scalar(text("SELECT id FROM chat_identities"))
        account = Account(mara, identity_id, new_id())
        token = await token_of(session, await linking.begin(session, account))

    async def meanwhile() -> None:
        async with database.system("a test") as session:
            await act(session, account)

    async with database.system("a test") as session:
        assert await magic_links.take(session, hash_of(token), [linking.PURPOSE]) is not None
        going = asyncio.create_task(meanwhile())
        await eventually(lambda: blocked(database))
        await session.execute(text("UPDATE account_links SET status = 'typed', typed_at = now()"))
    await going
