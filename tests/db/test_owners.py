"""No organization that others belong to is left without an owner, whichever way the last one would go."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from sqlalchemy import text

from domain.audit import OPERATOR
from domain.core.db import Database, Session
from domain.core.errors import Refused
from domain.orgs import administer, admission, merged, repository
from domain.orgs import service as orgs
from domain.orgs.access import Principal, Role
from domain.personal import service as own_data
from domain.personal.scope import left_without_owner
from tests.factories.jobs import blocked
from tests.fixtures.members import somebody
from tests.fixtures.waiting import eventually

Act = Callable[[Session, UUID, UUID], Awaitable[None]]


async def organization(session: Session, **standings: str) -> tuple[UUID, dict[str, UUID]]:
    """One in which these people stand so."""
    org_id = await orgs.named(session, slug="T1", name="T1")
    people = {name: await somebody(session, name) for name in standings}
    for name, standing in standings.items():
        await orgs.join(session, org_id, people[name], standing=standing)
    return org_id, people


async def speaks_as(session: Session, other: UUID, first: UUID | None) -> None:
    given = {"other": other, "first": first}
    await session.execute(text("UPDATE users SET merged_into = :first WHERE id = :other"), given)


async def leave(session: Session, org_id: UUID, user_id: UUID) -> None:
    ids = await session.all(text("SELECT id FROM users WHERE :id IN (id, merged_into) ORDER BY id"), {"id": user_id})
    await administer.leave(session, Principal(frozenset(row["id"] for row in ids), org_id, Role.MEMBER))


async def step_down(session: Session, org_id: UUID, user_id: UUID) -> None:
    await orgs.set_role(session, org_id, user_id, Role.VIEWER, by=OPERATOR)


async def be_removed(session: Session, org_id: UUID, user_id: UUID) -> None:
    await orgs.remove(session, org_id, user_id, by=OPERATOR)


async def be_suspended(session: Session, org_id: UUID, user_id: UUID) -> None:
    await orgs.suspend(session, org_id, user_id, by=OPERATOR)


WAYS = [leave, step_down, be_removed, be_suspended]


@pytest.mark.parametrize("act", WAYS)
async def test_who_owns_it_by_their_other_account_alone_stays(database: Database, act: Act) -> None:
    async with database.system("a test") as session:
        org_id, people = await organization(session, mara="member", work="owner", ben="member")
        await speaks_as(session, people["work"], people["mara"])
        with pytest.raises(Refused, match="last owner"):
            await act(session, org_id, people["mara"])
        found = await session.all(text("SELECT role FROM organization_members WHERE status = 'active' ORDER BY id"))
        assert [row["role"] for row in found] == ["member", "owner", "member"]


@pytest.mark.parametrize("act", WAYS)
async def test_an_account_that_speaks_as_another_is_no_second_owner(database: Database, act: Act) -> None:
    async with database.system("a test") as session:
        org_id, people = await organization(session, mara="member", work="owner", ben="owner")
        await speaks_as(session, people["work"], people["mara"])
        with pytest.raises(Refused, match="last owner"):
            await act(session, org_id, people["ben"])
        assert await left_without_owner(session, [people["ben"]]) == ["T1"]
        await speaks_as(session, people["work"], None)
        assert await left_without_owner(session, [people["ben"]]) == []
        await act(session, org_id, people["ben"])


async def test_who_owns_what_waits_to_be_let_in_owns_it(database: Database) -> None:
    async with database.system("a test") as session:
        org_id, people = await organization(session, mara="owner", ben="member")
        await admission.refuse(session, org_id, by=OPERATOR)
        assert await left_without_owner(session, [people["mara"]]) == ["T1"]


@pytest.mark.parametrize("standing", ["stranger", "guest", "member"])
async def test_whom_people_made_the_last_owner_stays_that_whatever_the_platform_says(
    database: Database, standing: str
) -> None:
    async with database.system("a test") as session:
        org_id, people = await organization(session, mara="admin", ben="member")
        await orgs.set_role(session, org_id, people["mara"], Role.OWNER, by=OPERATOR)
        await orgs.follow(session, org_id, people["mara"], standing)
        assert await orgs.role_of(session, org_id, people["mara"]) is Role.OWNER
        await orgs.set_role(session, org_id, people["ben"], Role.OWNER, by=OPERATOR)
        await orgs.follow(session, org_id, people["mara"], "admin")
        await orgs.follow(session, org_id, people["mara"], standing)
        assert await orgs.role_of(session, org_id, people["mara"]) is not Role.OWNER


async def test_who_is_a_stranger_by_one_account_is_none_by_the_other_once_they_are_apart(database: Database) -> None:
    async with database.system("a test") as session:
        org_id, people = await organization(session, mara="member", work="owner")
        changed = await merged.join(session, people["mara"], people["work"])
        linked_at = await session.scalar(text("SELECT now()"))
        await speaks_as(session, people["work"], people["mara"])
        await orgs.follow(session, org_id, people["mara"], "stranger")
        await speaks_as(session, people["work"], None)
        await merged.separate(session, people["mara"], people["work"], changed, linked_at=linked_at)
        assert await orgs.role_of(session, org_id, people["work"]) is Role.OWNER
        assert await orgs.role_of(session, org_id, people["mara"]) is None


async def test_what_is_decided_while_accounts_are_taken_apart_holds_for_both(database: Database) -> None:
    async with database.system("a test") as session:
        org_id, people = await organization(session, mara="member", work="owner", ben="owner")
        changed = await merged.join(session, people["mara"], people["work"])
        linked_at = await session.scalar(text("SELECT now()"))
        await speaks_as(session, people["work"], people["mara"])

    async def take_apart() -> None:
        async with database.system("a test") as session:
            await speaks_as(session, people["work"], None)
            await merged.separate(session, people["mara"], people["work"], changed, linked_at=linked_at)

    async with database.system("a test") as session:
        await repository.hold(session, org_id)
        going = asyncio.create_task(take_apart())
        await eventually(lambda: blocked(database))
        await step_down(session, org_id, people["mara"])
    await going
    async with database.system("a test") as session:
        assert [await orgs.role_of(session, org_id, people[name]) for name in ("mara", "work")] == [Role.VIEWER] * 2


async def test_of_two_owners_whose_data_is_deleted_at_once_one_stays(database: Database) -> None:
    async with database.system("a test") as session:
        org_id, people = await organization(session, mara="owner", ben="owner", zoe="member")

    async def leaves(name: str) -> None:
        async with database.system("a test") as session:
            await own_data.leave(session, [people[name]])

    async with database.system("a test") as session:
        await own_data.leave(session, [people["mara"]])
        going = asyncio.create_task(leaves("ben"))
        await eventually(lambda: blocked(database))
    with pytest.raises(Refused, match="last owner"):
        await going
    async with database.system("a test") as session:
        found = [await orgs.role_of(session, org_id, people[name]) for name in ("mara", "ben", "zoe")]
    assert found == [None, Role.OWNER, Role.MEMBER]
