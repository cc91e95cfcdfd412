"""What a person gets of their own data: all that is declared, nothing of anybody else's, however often it dies."""

import io
import json
import re
from typing import Any
from zipfile import ZipFile

import pytest

from domain.core.errors import Unavailable
from domain.core.failpoints import Point
from domain.metadata import metadata
from domain.personal.export import Collector
from domain.personal.exported import key_of
from domain.personal.inventory import personal_tables
from domain.personal.repository import add_export, export
from domain.personal.scope import scope_of
from tests.fixtures.struck import struck_at
from tests.fixtures.town import Town


async def _collector(town: Town, *, part: int = 1 << 30) -> Collector:
    async with town.database.system("a test looks at everything") as session:
        export_id = await add_export(session, town.mara, town.acme)
        scope = await scope_of(session, [town.mara])
    return Collector(await town.held(), town.storage, export_id, scope, part)


async def _state(town: Town, collector: Collector) -> dict[str, Any]:
    async with town.database.system("a test looks at everything") as session:
        row = await export(session, collector.export_id)
    assert row is not None
    return row["state"]


async def _archive(town: Town, collector: Collector) -> ZipFile:
    archive = ZipFile(io.BytesIO(await town.storage.read(key_of(collector.export_id))))
    assert archive.testzip() is None
    return archive


def _rows(archive: ZipFile, table: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in archive.read(f"{table}.jsonl").splitlines()]


async def test_every_table_that_is_declared_is_in_it(town: Town) -> None:
    collector = await _collector(town)
    size = await collector.collect({})
    archive = await _archive(town, collector)
    assert size == len(await town.storage.read(key_of(collector.export_id)))
    exported = {one.table.name for one in personal_tables() if one.told.exported is not None}
    assert {name for name in archive.namelist() if "/" not in name} == {f"{one}.jsonl" for one in exported} | {
        "README.txt"
    }
    assert [name for name in exported if not _rows(archive, name)] == []


async def test_nothing_of_anybody_else_is_in_it(town: Town) -> None:
    collector = await _collector(town)
    await collector.collect({})
    archive = await _archive(town, collector)
    words = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert re.findall(r"Kanarie~(?:ben|everybody|nobody)\S*", words) == []
    assert "Kanarie~mara~messages~content?" in words
    assert "~quoted?" not in words


async def test_of_shared_chats_it_holds_no_input_of_steps(town: Town) -> None:
    collector = await _collector(town)
    await collector.collect({})
    steps = {bool(row["input"]) for row in _rows(await _archive(town, collector), "task_steps")}
    assert steps == {True, False}
    words = (await _archive(town, collector)).read("task_steps.jsonl").decode()
    assert "task_steps~input? mara private" in words
    assert "task_steps~input? mara shared" not in words


async def test_columns_that_are_left_out_are(town: Town) -> None:
    collector = await _collector(town)
    await collector.collect({})
    archive = await _archive(town, collector)
    for one in personal_tables():
        if one.told.exported is not None:
            there = {name for row in _rows(archive, one.table.name) for name in row}
            assert there <= {column.name for column in metadata.tables[one.table.name].columns}
            assert not there & {*one.told.left_out, *one.told.names}, one.table.name


async def test_her_files_are_in_it(town: Town) -> None:
    collector = await _collector(town)
    await collector.collect({})
    archive = await _archive(town, collector)
    files = {name.removeprefix("files/") for name in archive.namelist() if name.startswith("files/")}
    told_there = {"outbound_messages", "task_steps"}  # said to everybody, and perhaps made of what others said
    left_out = {key for rows in town.rows if not rows.private for one, key in rows.files.items() if one in told_there}
    assert files == town.files_of("mara") - left_out - {"data_exports/mara-private.txt", "data_exports/mara-shared.txt"}
    for key in files:
        assert archive.read(f"files/{key}").decode() == key


@pytest.mark.parametrize("part", [1, 5_000])
async def test_in_parts_it_is_the_same_archive(town: Town, part: int) -> None:
    whole, parted = await _collector(town), await _collector(town, part=part)
    await whole.collect({})
    await parted.collect({})
    one, other = await _archive(town, whole), await _archive(town, parted)
    assert {name: one.read(name) for name in one.namelist() if name != "data_exports.jsonl"} == {
        name: other.read(name) for name in other.namelist() if name != "data_exports.jsonl"
    }
    left = {key for key in await town.files() if key.startswith("exports/")}
    assert left == {key_of(whole.export_id), key_of(parted.export_id)}


async def test_it_goes_on_where_it_was_cut_off(town: Town) -> None:
    collector = await _collector(town, part=1)
    write, written = town.storage.write, list[str]()

    class Dying(type(town.storage)):
        """A store that is away at every second file."""

        async def write(self, key: str, content: Any) -> int:
            written.append(key)
            if len(written) % 2:
                async for _ in content:
                    break
                raise Unavailable("The file store did not answer.")
            return await write(key, content)

    store = Dying(town.storage._store, town.storage._cache, limit=1)  # pyright: ignore[reportPrivateUsage]
    again = Collector(collector.held, store, collector.export_id, collector.scope, 1)
    for _ in range(1_000):
        try:
            await again.collect(await _state(town, collector))
            break
        except Unavailable:
            continue
    entries = (await _archive(town, collector)).namelist()
    assert len(entries) == len(set(entries)) > 20
    assert all(written.count(key) <= 2 for key in written)


async def test_what_is_no_longer_wanted_leaves_nothing(town: Town) -> None:
    collector = await _collector(town, part=1)
    await town.erase(town.mara)
    assert await collector.collect({}) is None
    assert not {key for key in await town.files() if key.startswith("exports/")}


@pytest.mark.parametrize("point", ["export.written", "export.joined"])
async def test_cut_off_at_any_place_it_goes_on(town: Town, monkeypatch: pytest.MonkeyPatch, point: Point) -> None:
    collector = await _collector(town, part=1)
    with struck_at(monkeypatch, point):
        await collector.collect({})
    size = await collector.collect(await _state(town, collector))
    entries = (await _archive(town, collector)).namelist()
    assert len(entries) == len(set(entries)) > 20
    assert size == len(await town.storage.read(key_of(collector.export_id)))
    assert {key for key in await town.files() if key.startswith("exports/")} == {key_of(collector.export_id)}
