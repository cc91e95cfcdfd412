"""What is left of a person whose data was deleted: what is declared kept, and nothing else."""

import re
from contextlib import suppress
from dataclasses import replace
from itertools import count

import pytest
from sqlalchemy import text

from domain.core.db import Fate
from domain.core.db.tables import Personal, people_in
from domain.core.errors import LeaseLost
from domain.core.failpoints import POINTS, Point
from domain.core.queue import Held
from domain.flow.common.legwork import Legwork
from domain.metadata import metadata
from domain.personal import journal, work
from domain.personal.inventory import personal_tables
from domain.personal.rows import Rows
from domain.personal.scope import scope_of
from tests.fixtures.mortal import Mortal
from tests.fixtures.stage import Death
from tests.fixtures.struck import struck_at
from tests.fixtures.town import Town

PLACES = tuple(point for point in POINTS if point.startswith("erase."))
ONCE = ("erase.begun", "erase.stopping", "erase.stopped")
"""Those that an erasure comes by a single time."""


def _declared_kept(table: str, column: str) -> bool:
    told = people_in(metadata.tables[table])
    return isinstance(told, Personal) and (told.fate is Fate.KEPT or column in told.stays)


async def test_the_search_finds_every_table_before(town: Town) -> None:
    found = {(table, column) for table, _, column in await town.left_of("mara")}
    worded = {(one.table.name, name) for one in personal_tables() for name in one.told.blank}
    assert {one for one in worded - found if one[0] not in ("users", "organizations")} == {("tasks", "followers")}


async def test_nothing_is_left_but_what_is_declared_kept(town: Town) -> None:
    await town.erase(town.mara)
    left = {(table, column) for table, _, column in await town.left_of("mara")}
    assert {one for one in left if not _declared_kept(*one)} == set()


async def test_of_a_private_chat_nothing_is_left_at_all(town: Town) -> None:
    await town.erase(town.mara)
    for name, dumped in (await town.dump()).items():
        told = people_in(metadata.tables[name])
        if isinstance(told, Personal) and told.fate is not Fate.KEPT:
            assert not re.search(r"Kanarie~mara~\S+ mara private", dumped), name


async def test_her_files_go_and_those_of_others_stay(town: Town) -> None:
    assert await town.files() == town.files_of("mara") | town.files_of("ben")
    await town.erase(town.mara)
    assert await town.files() == town.files_of("ben")


async def test_others_lose_nothing(town: Town) -> None:
    before = await town.left_of("ben")
    await town.erase(town.mara)
    assert await town.left_of("ben") == before


async def test_what_is_kept_names_nobody(town: Town) -> None:
    await town.erase(town.mara)
    async with town.database.system("a test looks at everything") as session:
        spent = await session.all(text("SELECT user_id FROM usages WHERE user_id = :id"), {"id": town.mara})
        person = await session.first(text("SELECT * FROM users WHERE id = :id"), {"id": town.mara})
    assert len(spent) == 2
    assert person is not None
    assert {name for name, value in person.items() if value is not None} <= {"id", "created_at", "updated_at"}


async def test_with_an_organization_go_what_opens_its_workspace_and_its_keys(town: Town) -> None:
    await town.erase(town.mara)
    async with town.open() as session:
        tokens = await session.all(text("SELECT org_id FROM slack_installations"))
        keys = await session.all(text("SELECT org_id FROM data_keys WHERE org_id IS NOT NULL"))
    assert {row["org_id"] for row in (*tokens, *keys)} == {town.acme}


async def test_who_is_erased_a_second_time_is_erased_by_then(town: Town) -> None:
    await town.erase(town.mara)
    before = await town.dump()
    await town.erase(town.mara)
    after = await town.dump()
    assert {name for name in before if before[name] != after[name]} <= {"erasures", "queue_jobs"}


async def test_of_linked_accounts_everything_goes(town: Town) -> None:
    await town.erase(town.mara, town.ben)
    left = {(table, column) for who in ("mara", "ben") for table, _, column in await town.left_of(who)}
    assert {one for one in left if not _declared_kept(*one)} == set()


async def test_no_row_is_found_twice_or_by_others(town: Town) -> None:
    async with town.database.system("a test looks at everything") as session:
        scope = await scope_of(session, (town.mara,))
    for one in personal_tables():
        rows = Rows(one.table, one.told, scope)
        found = [row["id"] async for batch in rows.exported(town.open, "id") for row in batch]
        assert len(found) == len(set(found)), one.table.name
        theirs = {each.made.get(one.table.name) for each in town.rows if each.whose == "ben"}
        assert not theirs & set(found), one.table.name


async def test_it_may_die_at_any_transaction_and_goes_on(town: Town) -> None:
    begun, last = await town.begin(town.mara), 0
    for last in count(1):
        held = Held(Mortal(town.database, last, committed=last % 2 == 0), begun.held.job, begun.held.lease)
        with suppress(Death):
            await town.carry_out(replace(begun, held=held))
            break
    assert last > 60  # it died at each of the transactions there are
    left = {(table, column) for table, _, column in await town.left_of("mara")}
    assert {one for one in left if not _declared_kept(*one)} == set()
    assert await town.files() == town.files_of("ben")


async def test_whose_job_was_given_to_another_erases_nothing(town: Town) -> None:
    begun = await town.begin(town.mara)
    before = await town.left_of("mara")
    stale = Held(town.database, replace(begun.held.job, epoch=begun.held.job.epoch - 1), begun.held.lease)
    with pytest.raises(LeaseLost):
        await town.carry_out(replace(begun, held=stale))
    assert await town.left_of("mara") == before


@pytest.mark.parametrize(
    ("point", "time"), [(point, time) for point in PLACES for time in (1, 2, 5) if time == 1 or point not in ONCE]
)
async def test_cut_off_at_any_place_it_goes_on(
    town: Town, legwork: Legwork, monkeypatch: pytest.MonkeyPatch, point: Point, time: int
) -> None:
    given = replace(legwork, storage=town.storage)
    begun = await town.begin(town.mara)
    with struck_at(monkeypatch, point, time):
        await work.erase(given, begun.held, begun.erasure_id)
    await work.erase(given, begun.held, begun.erasure_id)
    left = {(table, column) for table, _, column in await town.left_of("mara")}
    assert {one for one in left if not _declared_kept(*one)} == set()
    assert {key for key in await town.files() if not key.startswith(journal.FOLDER)} == town.files_of("ben")
