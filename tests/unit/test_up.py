"""``legwork up``: the Procfile, and a group of real processes that is kept running and stopped."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from bot.supervision.form import Form
from bot.supervision.group import Group, Pace
from bot.supervision.output import Lines, Output
from bot.supervision.procfile import parse
from bot.up import NO_MODEL, up
from domain.core.errors import Misconfigured
from domain.core.settings import Settings

ROOT = Path(__file__).parents[2]
ELSEWHERE = {"database_url": "postgres://me@db.example/legwork", "redis_url": "redis://cache.example"}

WAITS = "import signal; print('ready', flush=True); signal.pause()"
SAYS_GOODBYE = """
import os, signal, sys
def leave(number, frame):  # print would fail where the signal comes while “ready” is still being printed
    os.write(1, f'goodbye after {signal.Signals(number).name}\\n'.encode())
    sys.exit(0)
signal.signal(signal.SIGTERM, leave); signal.signal(signal.SIGINT, leave)
print('ready', flush=True)
while True: signal.pause()
"""
IS_DEAF = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print('ready', flush=True)
while True: signal.pause()
"""
HAS_A_CHILD = """
import subprocess, sys
child = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()'])
print(child.pid, flush=True)
"""


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


async def eventually(holds: Callable[[], object], within: float = 20.0) -> None:
    async with asyncio.timeout(within):
        while not holds():  # noqa: ASYNC110 - other processes set no event
            await asyncio.sleep(0.005)


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def is_used(directory: Path) -> bool:
    return any(directory.iterdir())


class Heard(list[str]):
    """The lines a group printed."""

    def has(self, words: str) -> bool:
        return any(words in line for line in self)


@asynccontextmanager
async def kept(heard: Heard, pace: Pace, **programs: str) -> AsyncIterator[Group]:
    """A group that runs the programs; on leaving the block it is stopped, unless it has been."""
    group = Group(dict(os.environ), Output(heard.append, programs, colours=False), pace)
    running = asyncio.create_task(group.keep({name: python(program) for name, program in programs.items()}))
    try:
        yield group
    finally:
        if not group.is_stopping:
            group.stop(signal.SIGTERM)
        async with asyncio.timeout(20):
            await running


class Counting(Pace):
    """Starts again at once, and keeps which end in a row each was."""

    ends: list[int]

    def delay(self, ends: int) -> float:
        self.ends.append(ends)
        return 0.0


def counting(*, healthy: float) -> Counting:
    pace = Counting(healthy=healthy)
    object.__setattr__(pace, "ends", [])
    return pace


def test_a_procfile_is_read_in_order_without_a_shell() -> None:
    text = "# parts\n\nrelease: legwork migrate\nbot:  python -m bot --port $PORT\nworker: NAME='a b' arq ${SETTINGS}\n"
    assert parse(text, {"PORT": "8080", "SETTINGS": "jobs.worker"}) == {
        "release": ["legwork", "migrate"],
        "bot": ["python", "-m", "bot", "--port", "8080"],
        "worker": ["env", "NAME=a b", "arq", "jobs.worker"],
    }


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "names no process"),
        ("bot python", "Line 1 .* “name: command”"),
        ("bot: a\nbot: b", "Line 2 .* second time"),
        ("bot: python 'x", "Line 1 .* cannot be read"),
        ("bot: a && b", "Line 1 .* shell"),
    ],
)
def test_what_is_no_procfile_is_refused_with_its_line(text: str, fault: str) -> None:
    with pytest.raises(Misconfigured, match=fault):
        parse(text)


def test_delays_double_up_to_the_longest_and_are_spread() -> None:
    pace = Pace(first_delay=0.5, longest_delay=30, jitter=lambda: 1.0)
    assert [pace.delay(ends) for ends in (1, 2, 3, 6, 7, 8, 5000)] == [0.5, 1, 2, 16, 30, 30, 30]
    assert len({Pace().delay(3) for _ in range(20)}) > 1


def test_lines_are_handed_on_whole_however_they_arrive() -> None:
    heard: list[str] = []
    lines = Lines(heard.append)
    for piece in (b"one\ntw", b"o\r\n\xff", b"\n", b"x" * 70_000, b"last"):
        lines.feed(piece)
    lines.end()
    assert heard[:3] == ["one", "two", "\ufffd"]
    assert "".join(heard[3:]) == "x" * 70_000 + "last"


def test_each_line_says_whose_it_is() -> None:
    heard = Heard()
    plain, coloured = (Output(heard.append, ["bot", "worker"], colours=colours) for colours in (False, True))
    plain.line("bot", "hello")
    coloured.line("worker", "hello")
    assert heard == ["bot    | hello\n", "\x1b[33mworker |\x1b[0m hello\n"]


async def test_a_process_that_ends_is_started_again() -> None:
    heard, pace = Heard(), counting(healthy=3600)
    async with kept(heard, pace, crash="print('here'); exit(7)", calm=WAITS):
        await eventually(lambda: len(pace.ends) >= 3)
    assert pace.ends[:3] == [1, 2, 3]
    assert heard.has("crash | ended with status 7; it starts again")
    assert not heard.has("calm  | ended"), "neighbours are left alone"


async def test_a_healthy_while_forgives_earlier_ends() -> None:
    pace = counting(healthy=0)
    async with kept(Heard(), pace, crash="exit(7)"):
        await eventually(lambda: len(pace.ends) >= 3)
    assert set(pace.ends) == {1}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_signal_is_forwarded_and_the_goodbye_heard(number: signal.Signals) -> None:
    heard = Heard()
    async with kept(heard, Pace(), one=SAYS_GOODBYE, two=SAYS_GOODBYE) as group:
        await eventually(lambda: heard.count("one | ready\n") and heard.count("two | ready\n"))
        group.stop(number)
    assert heard.has(f"one | goodbye after {number.name}")
    assert heard.has(f"two | goodbye after {number.name}")


async def test_who_does_not_go_in_time_is_killed() -> None:
    heard = Heard()
    async with kept(heard, Pace(grace=0.05), deaf=IS_DEAF) as group:
        await eventually(lambda: heard.has("ready"))
        group.stop(signal.SIGTERM)
    assert heard.has("deaf | is still running and is killed")


async def test_a_second_signal_waits_for_nobody() -> None:
    heard = Heard()
    async with kept(heard, Pace(grace=3600), deaf=IS_DEAF) as group:
        await eventually(lambda: heard.has("ready"))
        group.stop(signal.SIGTERM)
        group.stop(signal.SIGTERM)


async def test_a_stop_does_not_wait_for_a_process_that_is_down() -> None:
    heard = Heard()
    async with kept(heard, Pace(first_delay=3600, longest_delay=3600), crash="exit(1)") as group:
        await eventually(lambda: heard.has("starts again"))
        group.stop(signal.SIGTERM)


async def test_what_a_child_leaves_behind_ends_with_it() -> None:
    heard = Heard()
    async with kept(heard, Pace(first_delay=3600), parent=HAS_A_CHILD):
        await eventually(lambda: heard.has("ended with status 0"))
        grandchild = int(heard[0].rpartition("|")[2])
        await eventually(lambda: is_gone(grandchild))


async def test_a_failed_release_starts_nothing_else(tmp_path: Path) -> None:
    heard = Heard()
    settings = Settings.model_validate({"data_dir": tmp_path, **ELSEWHERE})
    commands = {"release": python("print('migrating'); exit(3)"), "bot": python("print('started')")}
    assert await up(settings, Form(commands), write=heard.append) == 3
    assert heard == ["release | migrating\n"]


async def test_a_process_that_no_restart_can_help_ends_everything(tmp_path: Path) -> None:
    heard = Heard()
    settings = Settings.model_validate({"data_dir": tmp_path, **ELSEWHERE})
    commands = {"bot": python("import sys; print('too old'); sys.exit(78)"), "calm": python(WAITS)}
    assert await up(settings, Form(commands), write=heard.append) == 78
    assert "bot  | too old\n" in heard
    assert not heard.has("starts again")


async def test_a_second_start_is_refused_in_a_sentence_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = Settings.model_validate({"data_dir": tmp_path, "port": taken.getsockname()[1], **ELSEWHERE})
        with pytest.raises(Misconfigured, match="running here already"):
            await up(settings, Form({"web": [sys.executable, "-m", "bot.http"]}))
    assert not is_used(tmp_path)


async def test_a_command_that_does_not_exist_is_named_before_anything_starts(tmp_path: Path) -> None:
    settings = Settings.model_validate({"data_dir": tmp_path})
    with pytest.raises(Misconfigured, match="process worker runs “no-such-program”"):
        await up(settings, Form({"worker": ["no-such-program"]}))
    assert not is_used(tmp_path)


UP = """
import asyncio, sys
from bot.supervision.form import Form
from bot.up import up
from domain.core.settings import load
program = "import os, signal; print(os.getpid(), os.environ['REDIS_URL'], flush=True); signal.pause()"
release = [sys.executable, '-c', 'print("released")']
sys.exit(asyncio.run(up(load(), Form({'bot': [sys.executable, '-c', program], 'release': release}))))
"""


@asynccontextmanager
async def a_process_that_is_up(tmp_path: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """``up`` in a process of its own, and the process id of its child."""
    environment = {"PYTHONPATH": str(ROOT), "LEGWORK_DATA_DIR": str(tmp_path), "PATH": os.defpath}
    addresses = {"DATABASE_URL": ELSEWHERE["database_url"], "REDIS_URL": ELSEWHERE["redis_url"]}
    process = await asyncio.create_subprocess_exec(
        *python(UP), env=environment | addresses, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(20):
            assert await process.stdout.readline() == b"release | released\n"
            _, _, child, redis_url = (await process.stdout.readline()).decode().split()
        assert redis_url == ELSEWHERE["redis_url"]
        yield process, int(child)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_it_says_what_it_waits_for_and_that_no_model_is_configured(tmp_path: Path) -> None:
    told: list[str] = []
    settings = Settings.model_validate(ELSEWHERE | {"data_dir": tmp_path, "openai_api_key": None})
    commands = {"release": python("raise SystemExit(3)"), "bot": python(WAITS)}
    assert await up(settings, Form(commands), write=Heard().append, tell=told.append) == 3
    assert told == [NO_MODEL, "bringing the database up to date …"]


async def test_ctrl_c_is_quiet_however_far_a_child_has_come(tmp_path: Path) -> None:
    """SIGINT makes a Python that has not come to its own handler print where it was."""
    async with a_process_that_is_up(tmp_path) as (process, child):
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(20):
            assert await process.wait() == 0
        assert process.stdout is not None
        assert await process.stdout.read() == b""
        assert is_gone(child)


async def test_sigterm_ends_everything_with_status_0(tmp_path: Path) -> None:
    async with a_process_that_is_up(tmp_path) as (process, child):
        process.terminate()
        async with asyncio.timeout(20):
            assert await process.wait() == 0
        assert is_gone(child)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent was killed")
async def test_killing_it_kills_its_children(tmp_path: Path) -> None:
    async with a_process_that_is_up(tmp_path) as (process, child):
        process.kill()
        await eventually(lambda: is_gone(child))
