"""In which form Legwork runs on this machine: as one process, or as one for each line of the Procfile."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.supervision.procfile import parse
from domain.core.errors import Misconfigured
from domain.core.settings import Settings

__all__ = ["OWN", "Form", "chosen"]

OWN = Path(__file__).parents[2] / "Procfile"
"""The one Legwork came with."""


@dataclass(frozen=True, slots=True)
class Form:
    commands: Mapping[str, Sequence[str]]
    """Each process' name with its words."""
    together: bool = False
    """It is one process, which joins the embedded servers and brings the schema up to date itself."""
    why: str | None = None
    """What the person who starts it should know of the choice."""


def chosen(settings: Settings, *, apart: bool, here: Path, own: Path = OWN) -> Form:
    """One process where the servers are embedded and the Procfile is Legwork's own; ``apart``, or as the Procfile
    ``here`` says, otherwise.

    Raises:
        Misconfigured: there is no Procfile, or it cannot be read.
    """
    theirs = _read(here)
    ours = theirs if here.resolve() == own.resolve() else _read(own)
    if theirs is not None and theirs != ours:
        return Form(theirs, why="the Procfile here is not Legwork's own, so each of its processes runs by itself.")
    addresses = _addresses(settings)
    if not apart and not addresses:
        return Form({"legwork": [sys.executable, "-m", "jobs"]}, together=True)
    if ours is None:
        raise Misconfigured("There is no Procfile here.", remedy="Run “legwork up” where Legwork was checked out.")
    if apart:
        return Form(ours)
    are = "is" if len(addresses) == 1 else "are"
    return Form(ours, why=f"{' and '.join(addresses)} {are} set, so each process of the Procfile runs by itself.")


def _read(procfile: Path) -> Mapping[str, Sequence[str]] | None:
    return parse(procfile.read_text(encoding="utf-8")) if procfile.is_file() else None


def _addresses(settings: Settings) -> Sequence[str]:
    """The servers' addresses that are set, by variable."""
    given = (("DATABASE_URL", settings.database_url), ("REDIS_URL", settings.redis_url))
    return [name for name, address in given if address is not None]
