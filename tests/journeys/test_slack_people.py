"""People of a workspace change while Legwork works for them: Slack says so, and they need not write for it to count."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from arq.connections import ArqRedis

from domain.audit import OPERATOR
from domain.flow.common.legwork import Legwork
from domain.orgs import service as orgs
from domain.orgs.access import Role
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import plan, reply, tool
from tests.fixtures.legwork import Script
from tests.fixtures.office import Office, opened
from tests.fixtures.waiting import eventually
from tests.journeys.test_slack_members import members

TWO = plan(tool("n1", "note", text="first"), tool("n2", "note", text="second"), edges=[["n1", "n2"]])


@pytest.fixture
async def office(legwork: Legwork, redis: ArqRedis) -> AsyncIterator[Office]:
    async with opened(legwork, redis) as made:
        yield made


async def heard(office: Office) -> None:
    """Until what Slack said was taken."""
    await office.slack.settled()


async def standing(office: Office) -> tuple[str, str | None]:
    [task] = await office.rows("SELECT status, waiting_for FROM tasks ORDER BY id DESC LIMIT 1")
    return task["status"], task["waiting_for"]


@pytest.mark.parametrize(
    ("becomes", "member"),
    [
        ({"rank": "guest"}, ("viewer", "active")),
        ({"deleted": True}, ("member", "stranger")),
        ({"team": "T0ELSEWHERE"}, ("member", "stranger")),
    ],
)
async def test_what_runs_for_somebody_stands_still_as_soon_as_slack_says_that_they_may_not(
    office: Office, script: Script, rehearsal: Rehearsal, becomes: dict[str, Any], member: tuple[str, str]
) -> None:
    script.then(TWO)
    gate = rehearsal.gate("first")
    office.mara.mention(office.sales, "note it")
    await office.slack.settled()
    await office.worker.start()
    await eventually(lambda: rehearsal.of("note"))
    office.mara.becomes(**becomes)
    await heard(office)
    assert await members(office) == {"Mara": member}
    gate.set()
    await office.settle()
    assert await standing(office) == ("PAUSED", "access")
    assert [call["text"] for call in rehearsal.of("note")] == ["first"]


async def test_who_was_deactivated_is_out_though_strangers_are_served_and_in_again_when_they_are_back(
    office: Office, script: Script
) -> None:
    script.then(reply("Hello."))
    office.mara.mention(office.sales, "hello")
    await office.settle()
    [org] = await office.rows("SELECT id FROM organizations WHERE slug LIKE 'slack:%'")
    async with office.legwork.database.system("a test") as session:
        await orgs.serve_strangers(session, org["id"], serves=True, by=OPERATOR)
    office.mara.becomes(team="T0ELSEWHERE")
    await heard(office)
    assert (await members(office))["Mara"][1] == "active"
    office.mara.becomes(team=None, deleted=True)
    await heard(office)
    assert (await members(office))["Mara"][1] == "stranger"
    async with office.legwork.database.system("a test") as session:
        await orgs.serve_strangers(session, org["id"], serves=True, by=OPERATOR)
    assert (await members(office))["Mara"][1] == "stranger"
    office.mara.becomes(deleted=False)
    await heard(office)
    assert await members(office) == {"Mara": ("member", "active")}


async def test_the_last_owner_who_was_deactivated_may_nothing_and_owns_it_when_they_are_back(
    office: Office, script: Script
) -> None:
    script.then(reply("Hello."))
    office.mara.mention(office.sales, "hello")
    await office.settle()
    [mara] = await office.rows("SELECT org_id, user_id FROM organization_members")
    async with office.legwork.database.system("a test") as session:
        await orgs.take_in(session, mara["org_id"], mara["user_id"], Role.OWNER, by=OPERATOR)
    for deleted, member in ((True, ("owner", "stranger")), (False, ("owner", "active"))):
        office.mara.becomes(deleted=deleted)
        await heard(office)
        assert await members(office) == {"Mara": member}


async def test_name_and_time_zone_go_along_without_a_message(office: Office, script: Script) -> None:
    script.then(reply("Hello."))
    office.mara.mention(office.sales, "hello")
    await office.settle()
    office.mara.becomes(name="Mara Nowak", timezone="Asia/Tokyo")
    await heard(office)
    [person] = await office.rows("SELECT u.name, p.timezone FROM users u JOIN user_profiles p ON p.user_id = u.id")
    assert tuple(person.values()) == ("Mara Nowak", "Asia/Tokyo")


async def test_a_promotion_is_heard_by_every_account_that_the_person_has_there(office: Office, script: Script) -> None:
    """Tasks that were begun before two accounts became one are still the first one's."""
    script.then(reply("Hello."))
    office.mara.mention(office.sales, "hello")
    await office.settle()
    [mara] = await office.rows("SELECT org_id, user_id FROM organization_members")
    await office.rows(
        f"""WITH made AS (INSERT INTO users (id, name) VALUES (gen_random_uuid(), 'Both') RETURNING id),
        here AS (INSERT INTO organization_members (id, org_id, user_id, standing)
            SELECT gen_random_uuid(), '{mara["org_id"]}', id, 'member' FROM made)
        UPDATE chat_identities SET user_id = made.id FROM made WHERE user_id = '{mara["user_id"]}' RETURNING 1"""
    )
    office.mara.becomes(deleted=True)
    await heard(office)
    assert {status for _, status in (await members(office)).values()} == {"stranger"}


async def test_people_who_never_wrote_stay_unknown(office: Office) -> None:
    for number in range(20):
        office.slack.person(f"Somebody {number}").becomes(rank="admin")
    await heard(office)
    assert all(delivery.state == "acknowledged" for delivery in office.slack.deliveries)
    assert await office.rows("SELECT 1 FROM users UNION ALL SELECT 1 FROM organizations") == []
    assert not [one for one in office.slack.requests if one.method == "users.info"]


async def test_what_this_process_has_known_for_a_while_undoes_nothing_that_another_has_heard(
    office: Office, script: Script
) -> None:
    script.then(reply("Hello."))
    office.mara.user.rank = "admin"
    office.mara.mention(office.sales, "hello")
    await office.settle()
    assert await members(office) == {"Mara": ("admin", "active")}
    office.mara.user.rank = "member"
    await office.rows("UPDATE organization_members SET role = 'member', standing = 'member' RETURNING 1")
    office.mara.dm("/tasks")
    await office.settle()
    assert await members(office) == {"Mara": ("member", "active")}


async def test_a_change_that_slack_brings_late_undoes_nothing_newer(office: Office, script: Script) -> None:
    script.then(reply("Hello."))
    office.mara.mention(office.sales, "hello")
    await office.settle()
    for rank in ("admin", "guest"):
        office.mara.becomes(rank=rank)
        await heard(office)
    late = next(
        one
        for one in office.slack.deliveries
        if one.payload["event"]["type"] == "user_change" and one.payload["event"]["user"]["is_admin"]
    )
    office.slack.repeat(late)
    await heard(office)
    assert await members(office) == {"Mara": ("viewer", "active")}


async def test_a_change_counts_though_slack_does_not_answer_when_it_is_asked(office: Office, script: Script) -> None:
    script.then(reply("Hello."))
    office.mara.mention(office.sales, "hello")
    await office.settle()
    office.slack.break_down("users.info")
    office.mara.becomes(rank="guest")
    await heard(office)
    assert await members(office) == {"Mara": ("viewer", "active")}
