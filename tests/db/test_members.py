"""Who is let in: by what people have decided, whatever anybody writes."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.inbound import accept
from domain.audit import OPERATOR, SYSTEM, Actor
from domain.conversations import repository as conversations
from domain.core.db import Database
from domain.core.errors import LegworkError, Refused
from domain.core.settings import Settings
from domain.core.storage import open_storage
from domain.identity import service as identity
from domain.orgs import admission, installed, repository
from domain.orgs import service as orgs
from domain.orgs.access import Admission, Role
from domain.tools.kit import kit_of
from tests.factories.incoming import incoming, pressed
from tests.factories.jobs import blocked, rows
from tests.fixtures.members import TEAM, Say, decide, ids, members, somebody, told, understood
from tests.fixtures.waiting import eventually


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (orgs.remove, "You are no longer a member of this workspace. An admin can invite you again."),
        (orgs.suspend, "Your membership of this workspace is suspended. An admin can let you in again."),
    ],
)
async def test_who_was_put_out_stays_out_whatever_they_write(
    database: Database, say: Say, act: Any, sentence: str
) -> None:
    await say(person="mara")
    await say(person="ben")
    await decide(database, act, "Ben")
    before, status = await understood(database), (await members(database))["Ben"]
    event = incoming("let me in", person="ben", **TEAM)
    for again in (event, event):
        await say("let me in", person="ben", event_key=again.event_key, message_id=again.message_id)
    for words in ("please", "/tasks", "stop"):
        assert (await say(words, person="ben")).message_id is None
    assert (await members(database))["Ben"] == status
    assert await understood(database) == before
    assert await told(database) == [sentence], "once a day, and the message it answers is stored once"
    assert len(await rows(database, "SELECT 1 FROM messages WHERE content = 'let me in'")) == 1


async def test_who_is_put_out_is_told_anew_the_next_day(database: Database, say: Say) -> None:
    await say(person="ben")
    await say(person="mara")
    await decide(database, orgs.suspend, "Mara")
    await say(person="mara")
    await rows(database, "UPDATE organization_members SET told_at = told_at - interval '25 hours' RETURNING 1")
    await say(person="mara")
    assert len(await told(database)) == 2


async def test_a_press_of_who_is_put_out_does_nothing(database: Database, tmp_path: Path, say: Say) -> None:
    await say(person="mara")
    await say(person="ben")
    await decide(database, orgs.remove, "Ben")
    before = await understood(database)
    storage = open_storage(Settings.model_validate({"data_dir": tmp_path, "max_file_mb": 1}))
    await accept(database, storage, pressed("approve", "x", person="ben", **TEAM))
    assert await understood(database) == before


async def test_an_edit_of_who_is_put_out_changes_nothing(database: Database, say: Say) -> None:
    await say(person="mara")
    await say("as it was", person="ben", message_id="m1")
    await decide(database, orgs.remove, "Ben")
    await say("something else", person="ben", message_id="m1", change="edited")
    [row] = await rows(database, "SELECT content FROM messages WHERE platform_message_id = 'm1'")
    assert row.content == "as it was"


async def test_who_is_taken_in_again_is_heard_again(database: Database, say: Say) -> None:
    await say(person="mara")
    await say(person="ben")
    await decide(database, orgs.remove, "Ben")
    assert (await say(person="ben")).message_id is None
    await decide(database, orgs.take_in, "Ben", Role.VIEWER)
    assert (await members(database))["Ben"] == ("viewer", "active")
    assert (await say(person="ben")).message_id is not None


async def test_a_role_is_that_of_an_active_membership(database: Database, say: Say) -> None:
    received = await say(person="mara")
    await say(person="ben")
    message = (await say("one more", person="ben")).message_id
    assert message is not None
    assert received.message_id is not None

    async def role() -> tuple[str | None, str | None]:
        _, ben = await ids(database, "Ben")
        async with database.system("a test") as session:
            heard = await conversations.heard(session, message)
            assert heard is not None
            setting = await conversations.setting(session, heard["thread_id"], ben)
            assert setting is not None
            return heard["role"], setting["role"]

    assert await role() == ("member", "member")
    await decide(database, orgs.suspend, "Ben")
    assert await role() == (None, None)


async def test_the_last_owner_stays_though_two_go_at_once(database: Database, say: Say) -> None:
    await say(person="mara")
    await say(person="ben")
    await decide(database, orgs.set_role, "Ben", Role.OWNER)

    async def go(act: Any, name: str, *given: Any) -> str:
        try:
            await decide(database, act, name, *given)
        except Refused as error:
            return error.reason
        return "gone"

    came = await asyncio.gather(go(orgs.remove, "Mara"), go(orgs.set_role, "Ben", Role.MEMBER))
    assert sorted(came) == ["gone", "last_owner"]
    assert [row for row in (await members(database)).values() if row == ("owner", "active")]
    for act in (orgs.remove, orgs.suspend):
        last = next(name for name, row in (await members(database)).items() if row == ("owner", "active"))
        assert await go(act, last) == "last_owner"


async def test_what_is_decided_about_members_is_written_down(database: Database, say: Say) -> None:
    await say(person="mara")
    await say(person="ben")
    for act, given in ((orgs.set_role, [Role.ADMIN]), (orgs.suspend, []), (orgs.restore, []), (orgs.remove, [])):
        await decide(database, act, "Ben", *given)
    _, ben = await ids(database, "Ben")
    found = await rows(database, f"SELECT action, details FROM audit_logs WHERE resource_id = '{ben}' ORDER BY id")
    assert [row.action for row in found] == ["member.role", "member.suspend", "member.take_in", "member.remove"]
    assert found[0].details["role"] == ["member", "admin"]


async def test_nobody_is_no_member(database: Database, say: Say) -> None:
    await say(person="mara")
    org_id, user_id = await ids(database, "Mara")
    async with database.system("a test") as session:
        with pytest.raises(LegworkError):
            await orgs.remove(session, org_id, org_id, by=Actor("person", user_id))


async def test_a_second_person_in_a_private_chat_joins_nothing(database: Database, say: Say) -> None:
    private = {"private": True, "organization": None, "chat": "dm-mara"}
    await say(person="mara", **private)
    before = await understood(database)
    assert (await say(person="ben", **private)).message_id is None
    assert await members(database) == {"Mara": ("owner", "active")}
    assert await understood(database) == before


async def test_who_joins_while_the_organization_is_refused_is_not_let_in(database: Database) -> None:
    async with database.system("a test") as session:
        org_id = await orgs.named(session, slug="T1", name="T1")
        ben = await identity.find_or_add(
            session, platform="fake", workspace="w", platform_user_id="ben", name="Ben", timezone=None
        )

    async def refuse() -> None:
        async with database.system("a test") as session:
            await admission.refuse(session, org_id, by=Actor("operator"))

    async with database.system("a test") as joining:
        await orgs.join(joining, org_id, ben, standing="member")
        refusing = asyncio.create_task(refuse())
        await eventually(lambda: _waits_or_is_done(database, refusing))
    await refusing
    assert [row.status for row in await rows(database, "SELECT status FROM organization_members")] == ["waiting"]


async def _waits_or_is_done(database: Database, task: asyncio.Task[Any]) -> bool:
    return task.done() or bool(await blocked(database))


async def test_who_installs_second_where_it_waits_is_no_owner(database: Database) -> None:
    async with database.system("a test") as session:
        org = await orgs.named(session, slug="S", name="S", admission=Admission.WAITING)
        mara, ben = await somebody(session, "mara"), await somebody(session, "ben")
        await installed.install(session, org, mara, standing="member")
        await installed.install(session, org, ben, standing="member")
        await admission.admit(session, org, by=OPERATOR)
        assert await orgs.role_of(session, org, mara) is Role.OWNER
        assert await orgs.role_of(session, org, ben) is Role.MEMBER


async def test_a_message_lets_in_no_organization_that_is_refused_just_then(database: Database) -> None:
    async with database.system("a test") as session:
        org_id = await orgs.named(session, slug="G", name="G", admission=Admission.WAITING)

    async def open_it() -> bool:
        async with database.system("a test") as session:
            return await admission.open_to(session, org_id, by=SYSTEM)

    async with database.system("a test") as refusing:
        await admission.refuse(refusing, org_id, by=OPERATOR)
        opening = asyncio.create_task(open_it())
        await eventually(lambda: blocked(database))
    assert not await opening
    assert [row.admission for row in await rows(database, "SELECT admission FROM organizations")] == ["refused"]


async def test_who_is_put_out_is_so_once_a_call_that_is_written_down_for_them_is(database: Database, say: Say) -> None:
    await say(person="mara")
    await say(person="ben")
    org_id, ben = await ids(database, "Ben")
    async with database.transaction(org_id) as writing:
        assert (await kit_of(writing, org_id, ben, held=True)).role == Role.MEMBER
        removing = asyncio.create_task(decide(database, orgs.remove, "Ben"))
        await eventually(lambda: _waits_or_is_done(database, removing))
        assert not removing.done()
    await removing


async def test_no_call_is_written_down_for_who_is_put_out_just_then(database: Database, say: Say) -> None:
    await say(person="mara")
    await say(person="ben")
    org_id, ben = await ids(database, "Ben")

    async def role() -> str | None:
        async with database.transaction(org_id) as writing:
            return (await kit_of(writing, org_id, ben, held=True)).role

    async with database.system("a test") as removing:
        await orgs.remove(removing, org_id, ben, by=OPERATOR)
        asking = asyncio.create_task(role())
        await eventually(lambda: _waits_or_is_done(database, asking))
        assert not asking.done()
    assert await asking is None


@pytest.mark.parametrize(
    ("before", "now", "status"),
    [(Admission.ADMITTED, Admission.REFUSED, "waiting"), (Admission.WAITING, Admission.ADMITTED, "active")],
)
async def test_who_wrote_where_a_group_goes_on_is_let_in_as_the_group_is(
    database: Database, before: Admission, now: Admission, status: str
) -> None:
    async with database.system("a test") as session:
        group = await orgs.named(session, slug="G", name="G", admission=now)
        new = await orgs.named(session, slug="N", name="N", admission=before)
        mara = await somebody(session, "mara")
        await orgs.join(session, new, mara, standing="member")
        await orgs.merge(session, new, group)
        member = await repository.member(session, group, mara)
        assert member is not None
        assert (member["role"], member["status"]) == ("member", status)
