"""How long things are kept: what is older goes, of whom it was said, and nothing else."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from sqlalchemy import text

from bot.cli_data import keep
from bot.console.failures import Misuse
from domain.core.ids import new_id
from domain.personal import retention
from domain.personal.retention import Kind
from tests.fixtures.town import Town

TABLES = ("task_logs", "inbound_events", "messages", "outbound_messages", "task_artifacts", "button_values")
REST = "events, messages, artifacts, audit"
_DAY_MS = 24 * 3600 * 1000


async def _ages(town: Town, days: int) -> None:
    """Everything is that much older: keys tell when a row was made."""
    async with town.open() as session:
        await session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        for table in (*TABLES, "audit_logs"):
            for row in await session.all(text(f"SELECT id FROM {table}")):
                older = UUID(int=row["id"].int - ((days * _DAY_MS) << 80))
                given = {"id": row["id"], "older": older}
                await session.execute(text(f"UPDATE {table} SET id = :older WHERE id = :id"), given)
        await session.execute(text("UPDATE messages SET handled_at = now()"))
        await session.execute(text("UPDATE outbound_messages SET status = 'sent'"))


async def _keep(town: Town, *terms: tuple[Kind, int | None, UUID | None]) -> None:
    async with town.open() as session:
        for kind, days, org_id in terms:
            await retention.set_term(session, kind, days, org_id)


async def _count(town: Town, table: str, org_id: UUID | None = None) -> int:
    where = "WHERE org_id = :org_id" if org_id is not None else ""
    async with town.open() as session:
        return await session.scalar(text(f"SELECT count(*) FROM {table} {where}"), {"org_id": org_id})


async def _worded(town: Town) -> Sequence[str]:
    async with town.open() as session:
        return retention.worded(await retention.terms(session))


async def test_what_the_operator_says_is_kept_is_written_down(town: Town) -> None:
    async with town.open() as session:
        slug = await session.scalar(text("SELECT slug FROM organizations WHERE slug IS NOT NULL ORDER BY id LIMIT 1"))
    assert await keep(town.database, (Kind.LOGS, 90), None) == await keep(town.database, None, None)
    await keep(town.database, (Kind.MESSAGES, None), slug)
    with pytest.raises(Misuse, match="no organization “nobody”"):
        await keep(town.database, (Kind.LOGS, 90), "nobody")
    async with town.open() as session:
        found = await session.all(
            text("""SELECT actor_kind, resource_id, details ->> 'days' AS days, details ? 'org' AS of_one
            FROM audit_logs WHERE action = 'data.keep' ORDER BY id""")
        )
    assert [tuple(row.values()) for row in found] == [
        ("operator", "logs", "90", False),
        ("operator", "messages", "ever", True),
    ]


async def test_nothing_goes_unless_it_is_said(town: Town) -> None:
    await _ages(town, 4_000)
    kept = [table for table in TABLES if table != "button_values"]  # what a button means is nobody's to keep for ever
    before = [await _count(town, table) for table in kept]
    assert set(await retention.apply(await town.held(), town.storage)) == {"button_values"}
    assert [await _count(town, table) for table in kept] == before


async def test_what_is_older_goes_and_what_is_not_stays(town: Town) -> None:
    await _ages(town, 10)
    await _keep(town, (Kind.LOGS, 9, None), (Kind.MESSAGES, 11, None), (Kind.EVENTS, 9, None))
    gone = await retention.apply(await town.held(), town.storage)
    assert gone == {"task_logs": 4, "inbound_events": 4}
    assert await _count(town, "messages") == 4


async def test_what_is_kept_for_longer_than_there_were_clocks_stays_and_holds_up_nothing(town: Town) -> None:
    await _ages(town, 10)
    await _keep(town, (Kind.LOGS, retention.MOST_DAYS, None), (Kind.MESSAGES, 9, None))
    logs = await _count(town, "task_logs")
    gone = await retention.apply(await town.held(), town.storage)
    assert {"messages", "outbound_messages"} <= set(gone)
    assert await _count(town, "task_logs") == logs


async def test_an_organization_may_keep_things_for_another_time(town: Town) -> None:
    await _ages(town, 10)
    await _keep(town, (Kind.LOGS, 9, None), (Kind.LOGS, 30, town.acme), (Kind.ARTIFACTS, 9, town.own))
    await retention.apply(await town.held(), town.storage)
    assert await _count(town, "task_logs", town.acme) == 3
    assert await _count(town, "task_logs", town.own) == 0
    assert await _count(town, "task_artifacts", town.acme) == 3
    assert await _count(town, "task_artifacts", town.own) == 0


async def test_files_go_with_the_rows_that_name_them(town: Town) -> None:
    await _ages(town, 10)
    before = await town.files()
    await _keep(town, (Kind.MESSAGES, 9, None), (Kind.ARTIFACTS, 9, None))
    await retention.apply(await town.held(), town.storage)
    gone = {key for key in before if key.startswith(("messages/", "outbound_messages/", "task_artifacts/"))}
    assert before - await town.files() == gone


async def test_of_the_trail_only_details_go(town: Town) -> None:
    await _ages(town, 10)
    before = await _count(town, "audit_logs")
    await _keep(town, (Kind.AUDIT, 9, None))
    gone = await retention.apply(await town.held(), town.storage)
    assert gone == {"audit_logs": before}
    assert await _count(town, "audit_logs") == before


async def test_what_a_button_stands_for_goes_after_a_month(town: Town) -> None:
    async with town.open() as session:
        given = {"id": UUID(int=new_id().int - ((31 * _DAY_MS) << 80)), "token": "old"}
        await session.execute(text("INSERT INTO button_values (id, token, value) VALUES (:id, :token, '{}')"), given)
        given = {"id": new_id(), "token": "new"}
        await session.execute(text("INSERT INTO button_values (id, token, value) VALUES (:id, :token, '{}')"), given)
    assert await retention.apply(await town.held(), town.storage) == {"button_values": 1}


async def test_whom_was_mailed_is_forgotten_after_a_month(town: Town) -> None:
    """Whoever is written to may be nobody here, who could have it deleted."""
    async with town.open() as session:
        user_id = await session.scalar(text("SELECT id FROM users LIMIT 1"))
        for days in (31, 29):
            given = {"id": UUID(int=new_id().int - ((days * _DAY_MS) << 80)), "user": user_id, "org": town.acme}
            await session.execute(
                text("""INSERT INTO mailed_links (id, org_id, user_id, link_id, kind, address, status)
                VALUES (:id, :org, :user, gen_random_uuid(), 'link', 'ben@example.org', 'sent')"""),
                given,
            )
            for purpose in ("mail", "invitation"):
                at = UUID(int=new_id().int - ((days * _DAY_MS) << 80))
                await session.execute(
                    text("""INSERT INTO magic_links (id, purpose, user_id, email, uses, expires_at)
                    VALUES (:id, :purpose, :user, 'ben@example.org', 0, now())"""),
                    {"id": at, "purpose": purpose, "user": user_id},
                )
    assert await retention.apply(await town.held(), town.storage) == {"mailed_links": 1, "magic_links": 1}


async def test_an_address_that_became_nobodys_account_is_forgotten_after_a_month(town: Town) -> None:
    """So is one that somebody was invited by, once that is over."""
    async with town.open() as session:
        mara = await session.scalar(text("SELECT id FROM users LIMIT 1"))
        for address, days, joined in (("a", 31, False), ("b", 29, False), ("c", 31, True)):
            given = {"id": UUID(int=new_id().int - ((days * _DAY_MS) << 80)), "name": f"{address}@example.org"}
            given |= {"mara": mara, "user": mara if joined else given["id"]}
            for statement in (
                "INSERT INTO users (id, name, merged_into) VALUES (:id, :name, nullif(CAST(:user AS uuid), :id))",
                """INSERT INTO chat_identities (id, platform, workspace, platform_user_id, user_id, first_user_id)
                VALUES (gen_random_uuid(), 'mail', 'mail', :name, :user, :id)""",
            ):
                await session.execute(text(statement), given)
        for days, lasts in ((31, 7), (31, 90), (29, 7)):
            given = {"id": UUID(int=new_id().int - ((days * _DAY_MS) << 80)), "org": town.acme, "mara": mara}
            await session.execute(
                text("""INSERT INTO invitations (id, org_id, link_id, role, meant_for, uses, invited_by, expires_at)
                VALUES (:id, :org, gen_random_uuid(), 'member', 'd@example.org', 1, :mara,
                    now() + make_interval(days => :left))"""),
                {**given, "left": lasts - days},
            )
    assert await retention.apply(await town.held(), town.storage) == {"users": 1, "invitations": 1}
    async with town.open() as session:
        left = await session.all(text("SELECT platform_user_id FROM chat_identities WHERE platform = 'mail'"))
        told = await session.all(text("SELECT 1 FROM invitations WHERE meant_for = 'd@example.org'"))
    assert {row["platform_user_id"] for row in left} == {"b@example.org", "c@example.org"}
    assert len(told) == 2


async def test_what_is_set_is_told(town: Town) -> None:
    assert await _worded(town) == [f"logs, {REST} for ever"]
    await _keep(town, (Kind.LOGS, 90, None), (Kind.MESSAGES, 30, town.acme))
    assert await _worded(town) == [f"logs 90 days, {REST} for ever", "Acme: messages 30 days"]
    await _keep(town, (Kind.LOGS, None, None), (Kind.MESSAGES, 60, town.acme))
    assert await _worded(town) == [f"logs, {REST} for ever", "Acme: messages 60 days"]
