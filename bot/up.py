"""``legwork up``: everything on this machine, in one terminal, kept running until it is told to stop."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot.http.listener import GRACE, listen
from bot.supervision.form import Form
from bot.supervision.group import Group, Pace
from bot.supervision.output import Output
from domain.core import embedded
from domain.core.crypto.required import required
from domain.core.errors import Misconfigured
from domain.core.settings import Settings

__all__ = ["up"]

RELEASE = "release"
"""The process that runs once, before all others."""

NO_MODEL = (
    "no language model is configured, so answers come from rules. Set OPENAI_API_KEY, or OPENAI_BASE_URL for a "
    "compatible server; LEGWORK_MODEL names the model."
)
"""Said at the start, where it is so."""

_WEB = "bot.http"
"""The module by which a web process is known."""

_FORWARDED = {
    signal.SIGTERM: signal.SIGTERM,
    signal.SIGINT: signal.SIGTERM,  # a child that has not come to its own handler yet would print a traceback
    signal.SIGHUP: signal.SIGTERM,  # the terminal is gone; a child that knows no SIGHUP would not shut down but die
}
_AFTER_SHUTDOWN = 5.0  # seconds beyond what a worker takes to hand its jobs back


def _print(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()  # into a pipe as well, line by line


def _tell(sentence: str) -> None:
    sys.stderr.write(f"legwork: {sentence}\n")
    sys.stderr.flush()


async def up(
    settings: Settings,
    form: Form,
    *,
    write: Callable[[str], object] = _print,
    tell: Callable[[str], object] = _tell,
    pace: Pace | None = None,
) -> int:
    """Run each process of the form until SIGTERM, SIGINT or SIGHUP.

    The servers whose address is not set are started first; processes that do not join them themselves get both
    addresses. One that ends starts again; when a signal ends us they get SIGTERM, and whoever does not go in time is
    killed. ``write`` takes every line the children print, ``tell`` each sentence on what is waited for. To be called on
    the main thread.

    Returns:
        0 after such a signal; the exit status of ``release`` when that failed, or of a process that starting again does
        not help.

    Raises:
        Misconfigured, Unavailable: a command does not exist, the web process' port is taken, or a server cannot
            be started.
    """
    required(settings)
    commands = form.commands
    pace = pace or Pace(grace=_grace(settings, form))
    environment = _environment()
    for name, command in commands.items():
        _check(name, command, environment)
    _check_port(settings, form)
    output = Output(write, commands, colours=sys.stdout.isatty() and "NO_COLOR" not in os.environ)
    if form.why is not None:
        tell(form.why)
    if not settings.has_model:
        tell(NO_MODEL)
    if missing := _embedded(settings):
        tell(f"starting {missing} in {settings.data_dir} …")
    async with embedded.running(settings) as servers:  # held here as well: they outlast a process that starts again
        if not form.together:
            environment |= {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
        group = Group(environment, output, pace)
        with _forwarding(group):
            return await _run(group, form, tell)


def _grace(settings: Settings, form: Form) -> float:
    """Seconds for a process to end: a worker hands its jobs back; in one process its neighbours end before it."""
    return settings.shutdown_seconds + _AFTER_SHUTDOWN + (GRACE if form.together else 0)


async def _run(group: Group, form: Form, tell: Callable[[str], object]) -> int:
    commands = form.commands
    if RELEASE in commands:
        tell("bringing the database up to date …")
        code = await group.run(RELEASE, commands[RELEASE])
        if group.is_stopping:
            return 0
        if code != 0:
            return code if code > 0 else 128 - code  # as a shell says it
    kept = {name: command for name, command in commands.items() if name != RELEASE}
    if form.together:
        tell("starting worker, web and bot as one process; Ctrl-C ends it")
    else:
        tell(f"starting {', '.join(kept)}; Ctrl-C ends them")
    await group.keep(kept)
    return group.status


def _embedded(settings: Settings) -> str:
    """The servers that are started because no address is given, as words."""
    given = (("Postgres", settings.database_url), ("Valkey", settings.redis_url))
    return " and ".join(name for name, address in given if address is None)


@contextmanager
def _forwarding(group: Group) -> Generator[None]:
    loop = asyncio.get_running_loop()
    for number, forwarded in _FORWARDED.items():
        loop.add_signal_handler(number, group.stop, forwarded)
    try:
        yield
    finally:
        for number in _FORWARDED:
            loop.remove_signal_handler(number)


def _environment() -> dict[str, str]:
    """Ours, with the programs beside our interpreter found first, and lines that come as they are printed."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    return {**os.environ, "PATH": path, "PYTHONUNBUFFERED": "1"}


def _check_port(settings: Settings, form: Form) -> None:
    """A web process that cannot listen would start again for ever. Raises Misconfigured."""
    if not form.together and not any(_WEB in command for command in form.commands.values()):
        return
    try:
        listen(settings.host, settings.port).close()
    except Misconfigured as error:
        raise Misconfigured(
            error.sentence,
            remedy="Legwork may be running here already; if not, set LEGWORK_HOST and LEGWORK_PORT to what is free.",
        ) from error


def _check(name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
    if shutil.which(command[0], path=environment["PATH"]) is None:
        raise Misconfigured(
            f"The process {name} runs “{command[0]}”, which is not there.",
            remedy="Install it, or correct the Procfile.",
        )
