"""The trail in a real Postgres: what is written is sealed in order, and whatever is done to it afterwards is named."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.audit import SYSTEM, Actor, chain, erase, record, repository
from domain.audit.chain import PLATFORM, Head
from domain.core.db import Database
from domain.core.errors import Invalid
from domain.core.ids import new_id
from tests.factories.audit import ACME, OTHERS, act, places, seal, seal_all, tamper, verified
from tests.factories.jobs import blocked, execute, rows

# -- sealing ----------------------------------------------------------------------------------------------


async def test_every_organization_has_a_chain_of_its_own_and_so_has_the_platform(trail: Database) -> None:
    assert await places(trail, ACME) == [(f"tasks.{number}", number + 1) for number in range(5)]
    assert await places(trail, OTHERS) == [("tools.off", 1), ("tools.on", 2)]
    assert await places(trail) == [("health.turned", 1)]
    found = await verified(trail)
    assert (found.rows, found.misfits, found.erased) == (8, [], 0)
    assert {(head.chain, head.seq) for head in found.heads} == {(ACME, 5), (OTHERS, 2), (PLATFORM, 1)}


def test_a_seal_is_the_same_whichever_class_of_moment_a_driver_gives() -> None:
    class Moment(datetime):
        pass

    row = {**dict.fromkeys(chain.GIVEN), "details_hash": b"1"}
    given = (2026, 12, 1, 15, 0, 0, 250, UTC)
    [made] = {chain.seal(b"k", chain.START, 1, row | {"created_at": kind(*given)}) for kind in (datetime, Moment)}
    assert made.hex() == "e05374d613a301549aab177f0f383328874fb9118b74610922adfa872256cfaa2aa05756", (
        "as it has ever been"
    )


async def test_it_does_not_matter_how_many_are_sealed_at_a_time(database: Database) -> None:
    for number in range(7):
        await act(database, f"tasks.{number}", ACME)
    assert [await seal(database, many=3) for _ in range(4)] == [3, 3, 1, 0]
    assert [seq for _, seq in await places(database, ACME)] == [1, 2, 3, 4, 5, 6, 7]
    assert not (await verified(database)).misfits


async def test_what_is_committed_late_behind_younger_ones_is_sealed_late_and_breaks_nothing(database: Database) -> None:
    async with database.system("a test") as old:
        record(old, "tasks.old", org_id=ACME, actor=SYSTEM)
        await old.flush()
        await act(database, "tasks.young", ACME)
        await seal_all(database)
        await act(database, "tasks.younger", ACME)
    await seal_all(database)
    assert await places(database, ACME) == [("tasks.young", 1), ("tasks.old", 2), ("tasks.younger", 3)]
    assert not (await verified(database)).misfits


async def undone(database: Database) -> None:
    async with database.system("a test") as session:
        record(session, "tasks.undone", org_id=ACME, actor=SYSTEM)
        await session.flush()
        raise ZeroDivisionError


async def test_an_act_that_is_undone_is_not_on_the_trail_and_leaves_no_gap(database: Database) -> None:
    await act(database, "tasks.1", ACME)
    with pytest.raises(ZeroDivisionError):
        await undone(database)
    await act(database, "tasks.2", ACME)
    await seal_all(database)
    assert await places(database, ACME) == [("tasks.1", 1), ("tasks.2", 2)]


async def test_of_many_that_seal_at_once_each_finds_what_the_others_left(database: Database) -> None:
    for number in range(40):
        await act(database, f"tasks.{number}", ACME if number % 2 else OTHERS)
    sealed = await asyncio.gather(*(seal(database, many=15) for _ in range(6)))
    assert sorted(sealed) == [0, 0, 0, 10, 15, 15]
    assert [seq for _, seq in await places(database, ACME)] == [*range(1, 21)]
    assert not (await verified(database)).misfits


async def test_an_act_does_not_wait_for_who_seals(database: Database) -> None:
    await act(database, "tasks.1", ACME)
    async with database.system("a test") as session:
        assert await repository.unsealed(session, 10)
        await repository.alone(session)
        await asyncio.gather(*(act(database, f"tasks.{number}", ACME) for number in range(2, 10)))
        assert await blocked(database) == 0


# -- erasing ----------------------------------------------------------------------------------------------


async def test_details_are_erased_and_the_chain_holds(trail: Database) -> None:
    person = new_id()
    await act(trail, "tasks.stop", ACME, actor=Actor("person", person))
    await act(trail, "members.remove", ACME, resource=("user", person))
    await seal_all(trail)
    async with trail.system("a test") as session:
        assert await erase(session, [person], by=Actor("person", person)) == 2
    await seal_all(trail)
    found = await verified(trail)
    assert (found.misfits, found.erased) == ([], 2)
    [row] = await rows(trail, "SELECT actor_id, details FROM audit_logs WHERE action = 'audit.erase'")
    assert (row.actor_id, row.details["rows"]) == (person, 2)


@pytest.mark.parametrize(
    "details",
    [
        {},
        {"from": "member", "to": "admin", "nested": {"b": [1, 2.5, None, True], "a": "é🙂"}},
        {"small": 1e-9, "large": 1e21, "whole": 2.0, "below": -17, "most": 2**63 - 1},
        {"id": ACME, "when": timedelta(days=1)},
    ],
)
async def test_details_of_any_shape_are_the_same_when_they_are_read_back(database: Database, details: Any) -> None:
    await act(database, "tasks.stop", ACME, details=details)
    await seal_all(database)
    assert not (await verified(database)).misfits


# -- what the database lets nobody do ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_logs SET action = 'tasks.show'",
        "UPDATE audit_logs SET action = 'tasks.show', details = NULL",
        "UPDATE audit_logs SET seq = seq + 99",
        "UPDATE audit_logs SET seq = NULL, hash = NULL",
        "UPDATE audit_logs SET hash = ''",
        """UPDATE audit_logs SET details = '{"why": "never"}'""",
        "DELETE FROM audit_logs",
        "TRUNCATE audit_logs",
    ],
)
async def test_not_even_the_tables_owner_changes_or_removes_a_row(trail: Database, statement: str) -> None:
    with pytest.raises(DBAPIError, match="audit_logs only grows"):
        await execute(trail, statement)
    assert not (await verified(trail)).misfits


async def test_nor_what_is_not_sealed_yet(trail: Database) -> None:
    await act(trail, "tasks.new", ACME)
    for change in ("action = 'tasks.show'", "action = 'tasks.show', seq = 6, hash = ''", "seq = 6", "hash = ''"):
        with pytest.raises(DBAPIError, match="audit_logs only grows"):
            await execute(trail, f"UPDATE audit_logs SET {change} WHERE seq IS NULL")


FORGED = """INSERT INTO audit_logs (id, org_id, actor_kind, action, outcome, details_hash{more})
VALUES (gen_random_uuid(), :org, 'system', 'tasks.none', 'done', ''{values})"""


@pytest.mark.parametrize("statement", [
    FORGED.format(more=", seq, hash", values=", 9, ''"),
    FORGED.format(more=", created_at", values=", now() - interval '1 year'"),
    "UPDATE audit_logs SET details = NULL WHERE org_id = :org",
    "UPDATE audit_logs SET seq = 9 WHERE org_id = :org",
    "DELETE FROM audit_logs WHERE org_id = :org",
    "SET LOCAL session_replication_role = replica",
    "ALTER TABLE audit_logs DISABLE TRIGGER only_grows",
])  # fmt: skip
async def test_an_organizations_own_work_may_add_rows_without_place_and_seal_and_nothing_else(
    trail: Database, statement: str
) -> None:
    async def attempt() -> None:
        async with trail.transaction(ACME) as session:
            await session.execute(text(statement), {"org": ACME} if ":org" in statement else {})

    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
        await attempt()
    async with trail.transaction(ACME) as session:
        record(session, "tasks.more", org_id=ACME, actor=SYSTEM)
    await seal_all(trail)
    assert (await places(trail, ACME))[-1] == ("tasks.more", 6)


async def test_an_organizations_own_work_adds_no_row_to_anothers_trail(trail: Database) -> None:
    async def attempt(org: UUID | None) -> None:
        async with trail.transaction(ACME) as session:
            record(session, "tasks.none", org_id=org, actor=SYSTEM)

    for org in (OTHERS, None):
        with pytest.raises(DBAPIError, match="row-level security"):
            await attempt(org)


# -- heads as text ----------------------------------------------------------------------------------------


def test_a_head_is_read_back_from_the_log() -> None:
    for head in (Head(ACME, 7, b"\x01" * 36), Head(PLATFORM, 1, b"\x02" * 36)):
        assert chain.read(chain.written(head)) == head


@pytest.mark.parametrize(
    "line",
    ["", "platform", "platform:x:00", "nobody:1:00", f"{ACME}:1:zz"],
    ids=["nothing", "a chain alone", "a place that is no number", "no chain", "a digest that is none"],
)
def test_what_is_no_head_is_refused_in_a_sentence(line: str) -> None:
    with pytest.raises(Invalid, match="is no head of a chain"):
        chain.read(line)


async def test_only_chains_that_grew_are_told_anew(trail: Database) -> None:
    await tamper(trail, "UPDATE audit_logs SET created_at = now() - interval '2 hours' WHERE org_id = :org", org=ACME)
    async with trail.system("a test") as session:
        now = await session.scalar(text("SELECT now()"))
        grown = await repository.heads(session, now)
    assert {head.chain for head in grown} == {OTHERS, PLATFORM}
