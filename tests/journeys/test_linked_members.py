"""What organizations make of somebody with two accounts: none of them is a way around what was decided."""

import pytest

from domain.audit import OPERATOR
from domain.conversations.said import Listing
from domain.core.errors import Refused
from domain.orgs import queries
from domain.orgs import service as orgs
from domain.orgs.access import Role
from tests.fixtures.linked import APART, GROUP, WORK, account_of, code_of, link, notes, people, press, standing_of
from tests.fixtures.talk import Talk


async def test_of_two_roles_the_higher_stays_and_is_given_back(talk: Talk, work: Talk) -> None:
    boss = talk.other("boss", **WORK | {"private": False}, place="C1")
    await boss.say("/about")
    both = talk.other("mara", "C1", **GROUP)
    await both.say("/about")

    async def roles() -> dict[str, str]:
        rows = await talk.rows(
            """SELECT i.platform_user_id AS who, m.role FROM organization_members m
            JOIN organizations o ON o.id = m.org_id AND o.slug = 'T1'
            JOIN chat_identities i ON i.first_user_id = m.user_id"""
        )
        return {row["who"]: row["role"] for row in rows}

    before = await roles()
    assert (before["mara"], before["mara.nowak"]) == ("member", "owner")
    await link(talk, work)
    assert (await roles())["mara"] == "owner"
    audited = await talk.rows(
        "SELECT details ->> 'before' AS before, details ->> 'now' AS now FROM audit_logs WHERE action = 'members.role'"
    )
    assert ("member", "owner") in [(row["before"], row["now"]) for row in audited]
    account = next(row[0] for row in (await talk.say("/link list")).one(Listing).rows if "mara.nowak" in row[3])
    await talk.say(f"/link remove {account}")
    assert await roles() == before


async def test_whom_an_organization_keeps_out_is_not_brought_back_by_another_account(talk: Talk, work: Talk) -> None:
    both = talk.other("mara", "C1", **GROUP)
    await both.say("/about")
    await talk.rows(
        """UPDATE organization_members m SET status = 'removed' FROM organizations o, chat_identities i
        WHERE o.id = m.org_id AND o.slug = 'T1' AND i.user_id = m.user_id AND i.platform_user_id = 'mara'
        RETURNING m.id"""
    )
    await work.say(f"/link confirm {await code_of(talk)}")
    await press(work, "Join", work.place)
    assert "does not let in" in notes(await press(talk, "Join", talk.place))
    assert await people(talk) == APART


@pytest.fixture
async def office(talk: Talk) -> tuple[Talk, Talk]:
    """Mara, who owns it, and Ben, in a channel; Ben has a private chat besides."""
    mara, ben = talk.other("mara", "C1", **GROUP), talk.other("ben", "C1", **GROUP)
    await mara.say("/about")
    await ben.say("/about")
    await talk.other("ben", **WORK).say("/about")
    return mara, ben


@pytest.mark.parametrize("platform", [None, "admin"])
async def test_who_was_removed_does_not_come_back_as_a_person_whom_nobody_there_knows(
    talk: Talk, office: tuple[Talk, Talk], platform: str | None
) -> None:
    (mara, ben), fresh = office, talk.other("fresh")
    await fresh.say("/about")
    await mara.say("/org remove Ben")
    await link(fresh, talk.other("ben", **WORK))
    replies = await ben.say("/tasks", standing=platform)
    assert not replies.of(Listing)
    role, status = await standing_of(talk, "ben") or ("", "")
    assert status == "removed", role


async def test_who_was_removed_does_not_come_back_as_an_account_that_is_its_own_again(
    talk: Talk, office: tuple[Talk, Talk]
) -> None:
    (mara, _), alone, second = office, talk.other("ben", **WORK), talk.other("second")
    await second.say("/about")
    await link(alone, second)
    there = talk.other("second", "C1", **GROUP)
    await there.say("/about")
    await mara.say("/org remove Ben")
    account = next(row[0] for row in (await second.say("/link list")).one(Listing).rows if "second" in row[3])
    await second.say(f"/link remove {account}")
    assert not (await there.say("/tasks")).of(Listing)
    assert await standing_of(talk, "second") == ("member", "removed")


@pytest.mark.parametrize(("standing", "decided"), [(None, "viewer"), ("admin", "viewer"), ("admin", "member")])
async def test_who_was_made_less_while_linked_is_no_more_than_that_where_only_the_first_account_was_known(
    talk: Talk, office: tuple[Talk, Talk], standing: str | None, decided: str
) -> None:
    (mara, ben), alone, second = office, talk.other("ben", **WORK), talk.other("second")
    await second.say("/about")
    await link(alone, second)
    there = talk.other("second", "C1", **GROUP)
    await there.say("/about", standing=standing)
    await mara.say(f"/org role Ben {decided}")
    await second.say(f"/link remove {await account_of(second, 'second')}")
    for one, account in ((there, "second"), (ben, "ben")):
        await one.say("/about", standing=standing)
        assert await standing_of(talk, account) == (decided, "active")


async def test_who_was_made_viewer_while_linked_is_no_member_where_only_the_other_account_was_known(
    talk: Talk, office: tuple[Talk, Talk]
) -> None:
    (mara, ben), fresh = office, talk.other("fresh")
    await fresh.say("/about")
    await link(fresh, talk.other("ben", **WORK))
    await mara.say("/org role Fresh viewer")
    await fresh.say(f"/link remove {await account_of(fresh, 'ben')}")
    for one, account in ((talk.other("fresh", "C1", **GROUP), "fresh"), (ben, "ben")):
        await one.say("/about")
        assert await standing_of(talk, account) == ("viewer", "active")


async def test_nobody_is_let_in_by_an_account_that_they_were_linked_to(talk: Talk, office: tuple[Talk, Talk]) -> None:
    alone, second = talk.other("ben", **WORK), talk.other("second")
    await second.say("/about")
    await link(alone, second)
    await second.say(f"/link remove {await account_of(second, 'second')}")
    assert await standing_of(talk, "second") is None
    assert await standing_of(talk, "ben") == ("member", "active")


async def test_what_an_admin_took_while_linked_does_not_come_back_by_undoing(talk: Talk, work: Talk) -> None:
    await link(talk, work)
    await talk.rows(
        """UPDATE organization_members m SET status = 'removed', role = 'viewer'
        FROM organizations o, chat_identities i
        WHERE o.id = m.org_id AND o.slug = 'T1' AND i.user_id = m.user_id AND i.platform_user_id = 'mara'
        RETURNING m.id"""
    )
    account = next(row[0] for row in (await talk.say("/link list")).one(Listing).rows if "mara.nowak" in row[3])
    await talk.say(f"/link remove {account}")
    rows = await talk.rows(
        """SELECT m.role, m.status FROM organization_members m JOIN organizations o ON o.id = m.org_id AND o.slug = 'T1'
        JOIN chat_identities i ON i.first_user_id = m.user_id WHERE i.platform_user_id = 'mara.nowak'"""
    )
    assert [(row["role"], row["status"]) for row in rows] == [("viewer", "removed")]


async def test_whoever_is_put_out_is_out_by_every_account(talk: Talk, work: Talk) -> None:
    boss = talk.other("boss", "C1", **GROUP)
    await boss.say("/about")
    await talk.rows(
        """UPDATE organization_members SET role = 'owner' WHERE user_id =
        (SELECT user_id FROM chat_identities WHERE platform_user_id = 'boss') RETURNING id"""
    )
    both = talk.other("mara", "C1", **GROUP)
    await both.say("/about")
    await link(talk, work)
    [org] = await talk.rows("SELECT id FROM organizations WHERE slug = 'T1'")
    listed = await talk.rows(
        """SELECT m.user_id, u.merged_into FROM organization_members m JOIN users u ON u.id = m.user_id
        JOIN chat_identities i ON i.first_user_id = u.id WHERE m.org_id = :org AND i.platform_user_id LIKE 'mara%'""",
        org=org["id"],
    )
    assert len(listed) == 2
    async with talk.legwork.database.system("a test") as session:
        shown = await queries.members(session, org["id"], limit=50)
        assert len([one for one in shown if one.user_id in {row["user_id"] for row in listed}]) == 1
        [named] = [row["user_id"] for row in listed if row["merged_into"] is None]
        await orgs.set_role(session, org["id"], named, Role.VIEWER, by=OPERATOR)
    rows = await talk.rows("SELECT role FROM organization_members WHERE user_id = ANY(:ids) AND org_id = :org",
                           ids=[row["user_id"] for row in listed], org=org["id"])  # fmt: skip
    assert {row["role"] for row in rows} == {"viewer"}
    async with talk.legwork.database.system("a test") as session:
        await orgs.remove(session, org["id"], named, by=OPERATOR)
    for one in (both, work):
        await one.hear("/tasks")
        assert not (await one.settle()).of(Listing)


async def test_the_last_owner_cannot_leave_by_having_two_accounts(talk: Talk, work: Talk) -> None:
    both = talk.other("mara", "C1", **GROUP)
    await both.say("/about")
    await link(talk, work)
    [org] = await talk.rows("SELECT id FROM organizations WHERE slug = 'T1'")
    owners = await talk.rows(
        "SELECT user_id FROM organization_members WHERE org_id = :org AND role = 'owner'", org=org["id"]
    )
    assert len(owners) == 2
    for row in owners:
        async with talk.legwork.database.system("a test") as session:
            with pytest.raises(Refused, match="last owner"):
                await orgs.remove(session, org["id"], row["user_id"], by=OPERATOR)


async def test_taking_accounts_apart_leaves_no_organization_without_an_owner(talk: Talk, work: Talk) -> None:
    both = talk.other("mara", "C1", **GROUP)
    await both.say("/about")
    await link(talk, work)
    [org] = await talk.rows("SELECT id FROM organizations WHERE slug = 'T1'")
    owners = """SELECT m.id FROM organization_members m
        WHERE m.org_id = :org AND m.role = 'owner' AND m.status = 'active'"""
    await talk.rows(
        """UPDATE organization_members m SET role = 'member' FROM chat_identities i WHERE m.org_id = :org
        AND i.first_user_id = m.user_id AND i.platform_user_id = 'mara' RETURNING m.id""",
        org=org["id"],
    )  # as the platform lowers one of them
    assert len(await talk.rows(owners, org=org["id"])) == 1
    await talk.say(f"/link remove {await account_of(talk, 'mara.nowak')}")
    assert len(await talk.rows(owners, org=org["id"])) == 1
