"""What does not fit on the trail is named, whatever was done to it by who may do anything in the database."""

import pytest

from domain.audit.verify import verify
from domain.core.db import Database
from tests.factories.audit import ACME, OTHERS, act, seal_all, tamper, verified
from tests.factories.jobs import rows

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


async def test_of_two_heads_that_were_kept_of_one_place_neither_hides_the_other(trail: Database) -> None:
    before = (await verified(trail)).heads
    await tamper(trail, "DELETE FROM audit_logs WHERE org_id = :org AND seq > 3", org=ACME)
    for _ in range(2):
        await act(trail, "tasks.instead", ACME)
    await seal_all(trail)
    after = (await verified(trail)).heads
    for known in ([*before, *after], [*after, *before]):
        [misfit] = (await verified(trail, known=known)).misfits
        assert (misfit.chain, misfit.seq, misfit.what) == (ACME, 5, "is not the one whose seal is known")


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


@pytest.mark.parametrize("seq", [1, 3, 5])
async def test_a_seal_that_was_wiped_is_named_and_keeps_nobody_from_sealing(trail: Database, seq: int) -> None:
    await tamper(trail, "UPDATE audit_logs SET hash = NULL WHERE org_id = :org AND seq = :seq", org=ACME, seq=seq)
    await act(trail, "tasks.more", ACME)
    await seal_all(trail)
    found = await verified(trail)
    assert found.waiting == 0
    [misfit] = found.misfits
    assert (misfit.chain, misfit.seq, misfit.what) == (ACME, seq, "has no seal")


async def test_seals_of_another_key_are_told_apart_from_rows_that_were_changed(trail: Database) -> None:
    found = await verify(trail, bytes(32))
    assert {misfit.what for misfit in found.misfits} == {"is sealed with another key"}
    assert {misfit.seq for misfit in found.misfits} == {1}
