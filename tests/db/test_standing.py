"""What the platform says of people is followed: who they are where they write, and what becomes of that."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

import pytest
from sqlalchemy import text

from bot.edge import Edge
from domain.audit import OPERATOR, Actor
from domain.conversations import chats
from domain.conversations.ports import About, Incoming, Stands
from domain.core.crypto.keyring import Keyring
from domain.core.db import Database, Session
from domain.core.settings import Settings
from domain.core.storage import Storage
from domain.orgs import admission
from domain.orgs import service as orgs
from domain.orgs.access import Admission, Role
from tests.factories.jobs import rows
from tests.fixtures.members import Say, decide, ids, members, somebody, told


@pytest.mark.parametrize(
    ("standing", "member"),
    [
        ("owner", ("owner", "active")),
        ("admin", ("admin", "active")),
        ("member", ("member", "active")),
        ("guest", ("viewer", "active")),
        ("stranger", ("member", "stranger")),
        ("unknown", ("viewer", "active")),
        (None, ("owner", "active")),
    ],
)
async def test_the_first_to_write_is_what_the_platform_says(
    database: Database, say: Say, standing: Any, member: tuple[str, str]
) -> None:
    received = await say(standing=standing)
    assert await members(database) == {"Mara": member}
    assert (received.message_id is None) == (standing == "stranger")


async def test_strangers_are_told_once_and_served_where_the_organization_says_so(database: Database, say: Say) -> None:
    await say(person="mara", standing="admin")
    for _ in range(3):
        assert (await say(person="zoe", standing="stranger")).message_id is None
    assert await told(database) == ["Here I work for members of this workspace only. One of its admins can invite you."]
    org_id, mara = await ids(database, "Mara")
    for serves in (True, False):
        async with database.system("a test") as session:
            await orgs.serve_strangers(session, org_id, serves=serves, by=Actor("person", mara))
        assert ((await say(person="zoe", standing="stranger")).message_id is not None) == serves
    assert (await members(database))["Mara"] == ("admin", "active")


async def test_a_stranger_whom_an_admin_takes_in_is_a_member(database: Database, say: Say) -> None:
    await say(person="mara", standing="admin")
    await say(person="zoe", standing="stranger")
    await decide(database, orgs.take_in, "Zoe", Role.MEMBER)
    assert (await say(person="zoe", standing="stranger")).message_id is not None


@pytest.mark.parametrize(
    ("said", "became"),
    [
        (["admin", "member"], ("member", "active")),
        (["member", "guest"], ("viewer", "active")),
        (["guest", "member"], ("member", "active")),
        (["member", "admin"], ("admin", "active")),
        (["admin", "unknown"], ("admin", "active")),
        (["admin", None], ("admin", "active")),
        (["admin", "stranger"], ("member", "stranger")),
        (["admin", "stranger", "member"], ("member", "active")),
        ([None, "member"], ("member", "active")),
    ],
)
async def test_a_change_on_the_platform_is_followed_with_the_next_message(
    database: Database, say: Say, said: list[Any], became: tuple[str, str]
) -> None:
    for standing in said:
        await say(standing=standing)
    assert await members(database) == {"Mara": became}


@pytest.mark.parametrize(
    ("given", "said", "became"),
    [
        (Role.ADMIN, ["member", "guest"], "viewer"),
        (Role.VIEWER, ["member", "admin"], "viewer"),
        (Role.ADMIN, ["member", "admin", "member"], "member"),
        (Role.OWNER, [None, "member"], "owner"),
        (Role.MEMBER, ["admin", "member", "admin"], "member"),
        (Role.VIEWER, ["member", "guest", "admin"], "viewer"),
    ],
)
async def test_a_role_that_people_gave_is_lowered_by_the_platform_and_never_raised(
    database: Database, say: Say, given: Role, said: list[Any], became: str
) -> None:
    await say(person="ben", standing="owner")
    await say(person="mara", standing=said[0])
    await decide(database, orgs.set_role, "Mara", given)
    for standing in said[1:]:
        await say(person="mara", standing=standing)
    assert (await members(database))["Mara"] == (became, "active")


async def test_who_was_removed_stays_so_though_the_platform_makes_them_admin(database: Database, say: Say) -> None:
    await say(person="ben", standing="owner")
    await say(person="mara", standing="member")
    await decide(database, orgs.remove, "Mara")
    assert (await say(person="mara", standing="admin")).message_id is None
    assert (await members(database))["Mara"][1] == "removed"


@pytest.mark.parametrize("private", [False, True])
async def test_the_platform_says_nothing_of_an_organization_that_a_chat_was_given_to(
    database: Database, say: Say, private: bool
) -> None:
    where: dict[str, Any] = {"private": private, "organization": "slack:w", "platform": "slack", "chat": "C9"}
    await say(person="mara", chat="dm-mara", organization=None, private=True, platform="slack")
    org_id, _ = await ids(database, "Mara")
    await say(person="mara", standing="member", **where)
    async with database.system("a test") as session:
        [chat] = await session.all(text("SELECT id FROM chats WHERE chat = 'C9'"))
        await (chats.work_for if private else chats.bind)(session, chat["id"], org_id)
    for standing in ("member", "guest", "stranger"):
        assert (await say(person="mara", standing=standing, **where)).message_id is not None
    await say(person="zoe", standing="owner", **where)
    found = await rows(
        database,
        f"""SELECT u.name, m.role FROM organization_members m JOIN users u ON u.id = m.user_id
        WHERE m.org_id = '{org_id}' AND m.status = 'active' ORDER BY m.id""",
    )
    joined = [] if private else [("Zoe", "member")]
    assert [tuple(row) for row in found] == [("Mara", "owner"), *joined]


async def test_name_and_time_zone_are_followed_unless_people_set_their_own(database: Database, say: Say) -> None:
    async def now() -> tuple[str, str]:
        [row] = await rows(database, "SELECT u.name, p.timezone FROM users u JOIN user_profiles p ON p.user_id = u.id")
        return row.name, row.timezone

    await say(person_name="Mara", timezone="Europe/Warsaw")
    await say(person_name="Mara Nowak", timezone="Asia/Tokyo")
    assert await now() == ("Mara Nowak", "Asia/Tokyo")
    await rows(database, "UPDATE user_profiles SET timezone = 'America/Lima' RETURNING 1")
    await say(person_name="M. Nowak", timezone="Europe/Berlin")
    assert await now() == ("M. Nowak", "America/Lima")


async def test_who_left_while_the_group_waited_is_a_stranger_once_it_is_let_in(database: Database) -> None:
    async with database.system("a test") as session:
        org = await orgs.named(session, slug="G", name="G", admission=Admission.WAITING)
        ben = await somebody(session, "ben")
        await orgs.join(session, org, ben, standing="member")
        await orgs.follow(session, org, ben, "stranger")
        await admission.admit(session, org, by=OPERATOR)
        assert await orgs.role_of(session, org, ben) is None
        await orgs.follow(session, org, ben, "member")
        assert await orgs.role_of(session, org, ben) is Role.MEMBER


@pytest.mark.parametrize(("before", "read", "now", "became"), [
    ("member", "admin", "member", "member"),
    ("member", "admin", "guest", "viewer"),
    ("member", "admin", "unknown", "member"),
    ("admin", "member", "member", "member"),
])  # fmt: skip
async def test_what_was_read_a_while_ago_is_asked_again_before_it_is_followed(
    database: Database, say: Say, before: str, read: Any, now: Any, became: str
) -> None:
    asked: list[Incoming] = []

    async def afresh(incoming: Incoming) -> Incoming:
        asked.append(incoming)
        return replace(incoming, standing=now, afresh=None)

    await say(standing=before)
    await say(standing=before, afresh=afresh)
    assert not asked, "what stands so already"
    assert (await say(standing=read, afresh=afresh)).message_id is not None
    assert len(asked) == 1
    assert (await members(database))["Mara"] == (became, "active")


async def test_who_is_new_is_what_the_platform_says_now(database: Database, say: Say) -> None:
    async def afresh(incoming: Incoming) -> Incoming:
        return replace(incoming, standing="guest", person_name="Mara Nowak", afresh=None)

    await say(standing="admin", afresh=afresh)
    assert await members(database) == {"Mara Nowak": ("viewer", "active")}


class Counted(Database):
    """Notes of each transaction whether it is one statement."""

    single: list[bool]

    @asynccontextmanager
    async def opened(self, org_id: UUID | None, *, single: bool = False) -> AsyncGenerator[Session]:
        self.single.append(single)
        async with super().opened(org_id, single=single) as session:
            yield session


async def test_what_is_no_news_of_somebody_costs_one_statement_and_nobody_is_asked(
    database: Database, say: Say
) -> None:
    where: dict[str, Any] = {"platform": "slack", "workspace": "T1", "organization": "slack:T1"}
    await say(standing="member", **where)
    counted = Counted(database.connections)
    edge = Edge(Settings(), counted, cast(Storage, None), cast(Any, None), cast(Keyring, None))

    async def afresh() -> About:
        raise AssertionError("nobody is to be asked")

    for person, standing in (("mara", "member"), ("mara", "unknown"), *((f"new-{n}", "admin") for n in range(50))):
        counted.single = []
        about = About("slack", "T1", person, "slack:T1", cast(Stands, standing), "Mara", "Europe/Warsaw")
        await edge.knows(replace(about, name="Mara" if person == "mara" else "New"), afresh)
        assert counted.single == [True]
    found = await rows(database, "SELECT count(*) FROM users UNION ALL SELECT count(*) FROM organization_members")
    assert [row[0] for row in found] == [1, 1]
