"""The trail in a real Postgres: what is written is sealed in order, and whatever is done to it afterwards is named."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.audit import SYSTEM, Actor, chain, erase, record, repository
from domain.audit.chain import PLATFORM, Head
from domain.audit.verify import verify
from domain.core.db import Database
from domain.core.errors import Invalid
from domain.core.ids import new_id
from tests.factories.audit import act, seal, seal_all, tamper, verified
from tests.factories.jobs import blocked, execute, rows

ACME, OTHERS = new_id(), new_id()


@pytest.fixture
async def trail(database: Database) -> Database:
    """Five acts of an organization, two of another, one of the platform: all sealed."""
    for number in range(5):
        actor = Actor("person", new_id(), new_id())
        more: dict[str, Any] = {"resource": ("task", number), "permission": "work", "request_id": number}
        await act(database, f"tasks.{number}", ACME, actor=actor, **more)
    for name in ("tools.off", "tools.on"):
        await act(database, name, OTHERS, outcome="refused")
    await act(database, "health.turned")
    await seal_all(database)
    return database


async def places(database: Database, org: UUID | None = None) -> list[tuple[str, int | None]]:
    found = await rows(
        database, "SELECT action, seq FROM audit_logs WHERE chain = :chain ORDER BY seq, id", chain=org or PLATFORM
    )
    return [(row.action, row.seq) for row in found]


# -- sealing ----------------------------------------------------------------------------------------------


async def test_every_organization_has_a_chain_of_its_own_and_so_has_the_platform(trail: Database) -> None:
    assert await places(trail, ACME) == [(f"tasks.{number}", number + 1) for number in range(5)]
    assert await places(trail, OTHERS) == [("tools.off", 1), ("tools.on", 2)]
    assert await places(trail) == [("health.turned", 1)]
    found = await verified(trail)
    assert (found.rows, found.misfits, found.erased) == (8, [], 0)
    assert {(head.chain, head.seq) for head in found.heads} == {(ACME, 5), (OTHERS, 2), (PLATFORM, 1)}


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


# -- what does not fit is named ---------------------------------------------------------------------------

CHANGES = {
    "id": "gen_random_uuid()",
    "org_id": f"'{OTHERS}'",
    "actor_kind": "'operator'",
    "actor_id": "gen_random_uuid()",
    "on_behalf_of": "NULL",
    "action": "'tasks.show'",
    "resource_type": "'chat'",
    "resource_id": "'x'",
    "outcome": "'refused'",
    "permission": "NULL",
    "details": """details || '{"why": "never"}'""",
    "details_hash": "sha256('x')",
    "request_id": "'x'",
    "created_at": "created_at + interval '1 microsecond'",
    "seq": "17",
    "hash": "sha256('x')",
}


def test_every_column_is_among_those_that_are_changed_here() -> None:
    from domain.audit.models import audit_logs

    assert {*audit_logs.c.keys()} - {*CHANGES} == {"chain"}, "which is made of org_id"


@pytest.mark.parametrize("seq", [1, 3, 5])
@pytest.mark.parametrize("column", CHANGES)
async def test_a_changed_row_is_named_whatever_was_changed(trail: Database, column: str, seq: int) -> None:
    [row] = await rows(trail, "SELECT id FROM audit_logs WHERE org_id = :org AND seq = :seq", org=ACME, seq=seq)
    change = f"UPDATE audit_logs SET {column} = {CHANGES[column]} WHERE id = :id"
    if column == "org_id":  # the other chain has its places taken
        change = change.replace("WHERE", ", seq = seq + 2 WHERE")
    await tamper(trail, change, id=row.id)
    found = (await verified(trail)).misfits
    assert found
    if column == "org_id":
        assert {misfit.chain for misfit in found} <= {ACME, OTHERS}
    elif column == "seq":
        assert (found[0].chain, found[0].seq) == (ACME, seq)
    else:
        assert (found[0].chain, found[0].seq) == (ACME, seq)
        assert found[0].id == row.id or column == "id"


@pytest.mark.parametrize("seq", [1, 2, 4])
async def test_a_removed_row_is_named_by_its_place(trail: Database, seq: int) -> None:
    await tamper(trail, "DELETE FROM audit_logs WHERE org_id = :org AND seq = :seq", org=ACME, seq=seq)
    [misfit] = (await verified(trail)).misfits
    assert (misfit.chain, misfit.seq, misfit.what) == (ACME, seq, "is gone: what follows it is there")


async def test_two_rows_that_changed_places_are_named(trail: Database) -> None:
    for given, becomes in ((2, 99), (3, 2), (99, 3)):
        change = "UPDATE audit_logs SET seq = :becomes WHERE org_id = :org AND seq = :given"
        await tamper(trail, change, org=ACME, given=given, becomes=becomes)
    [misfit] = (await verified(trail)).misfits
    assert (misfit.seq, misfit.what) == (2, "does not fit its seal")


async def test_a_row_that_is_put_in_is_named(trail: Database) -> None:
    await tamper(trail, "UPDATE audit_logs SET seq = seq + 100 WHERE org_id = :org AND seq > 2", org=ACME)
    await tamper(trail, "UPDATE audit_logs SET seq = seq - 99 WHERE org_id = :org AND seq > 100", org=ACME)
    await tamper(
        trail,
        """INSERT INTO audit_logs (id, org_id, actor_kind, action, outcome, details_hash, seq, hash)
        SELECT gen_random_uuid(), org_id, 'system', 'tasks.none', 'done', '', 3, hash FROM audit_logs
        WHERE org_id = :org AND seq = 2""",
        org=ACME,
    )
    [misfit] = (await verified(trail)).misfits
    assert (misfit.chain, misfit.seq, misfit.what) == (ACME, 3, "does not fit its seal")


async def test_a_tail_that_is_cut_shows_where_a_head_was_kept(trail: Database) -> None:
    heads = (await verified(trail)).heads
    await tamper(trail, "DELETE FROM audit_logs WHERE org_id = :org AND seq > 3", org=ACME)
    assert not (await verified(trail)).misfits, "by itself a chain cannot tell"
    [misfit] = (await verified(trail, known=heads)).misfits
    assert (misfit.chain, misfit.seq) == (ACME, 4)


async def test_a_tail_that_is_cut_and_grown_anew_shows_too(trail: Database) -> None:
    heads = (await verified(trail)).heads
    await tamper(trail, "DELETE FROM audit_logs WHERE org_id = :org AND seq > 3", org=ACME)
    for _ in range(3):
        await act(trail, "tasks.instead", ACME)
    await seal_all(trail)
    assert not (await verified(trail)).misfits
    [misfit] = (await verified(trail, known=heads)).misfits
    assert (misfit.seq, misfit.what) == (5, "is not the one whose seal is known")


async def test_a_chain_that_is_gone_shows_where_a_head_was_kept(trail: Database) -> None:
    heads = (await verified(trail)).heads
    await tamper(trail, "DELETE FROM audit_logs WHERE org_id = :org", org=OTHERS)
    [misfit] = (await verified(trail, known=heads)).misfits
    assert (misfit.chain, misfit.what) == (OTHERS, "is gone, with its whole chain")


async def test_heads_that_were_kept_and_have_been_passed_fit(trail: Database) -> None:
    heads = (await verified(trail)).heads
    await act(trail, "tasks.more", ACME)
    await seal_all(trail)
    assert not (await verified(trail, known=heads)).misfits


async def test_what_has_no_seal_yet_is_counted_and_no_fault(trail: Database) -> None:
    await act(trail, "tasks.late", ACME)
    found = await verified(trail)
    assert (found.waiting, found.rows, found.misfits) == (1, 8, [])


async def test_a_seal_that_was_taken_off_shows_by_the_gap_it_leaves(trail: Database) -> None:
    await tamper(trail, "UPDATE audit_logs SET seq = NULL, hash = NULL WHERE org_id = :org AND seq = 2", org=ACME)
    await seal_all(trail)
    [misfit] = (await verified(trail)).misfits
    assert (misfit.chain, misfit.seq) == (ACME, 2)


async def test_seals_of_another_key_are_told_apart_from_rows_that_were_changed(trail: Database) -> None:
    found = await verify(trail, bytes(32))
    assert {misfit.what for misfit in found.misfits} == {"is sealed with another key"}
    assert {misfit.seq for misfit in found.misfits} == {1}


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
