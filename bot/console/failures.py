"""Failures of a command, told on standard error: one sentence and its remedy, never a bare traceback."""

import contextlib
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import cast

from domain.core.errors import LegworkError

FAILED, MISUSED = 1, 2
"""Exit statuses: it did not work (or a person has to decide first), and it was wrongly used."""


class Misuse(LegworkError):
    """The command was written wrongly."""

    code = "misuse"


def explain(error: BaseException) -> int:
    """Tell a failure on standard error: its sentence and remedy, or where the details are. Returns the status."""
    error = first(error)
    if isinstance(error, LegworkError):
        return tell(str(error), MISUSED if isinstance(error, Misuse) else FAILED)
    log = _recorded(error)
    return tell(f"Something unexpected went wrong ({type(error).__name__}). The details are in {log}.", FAILED)


def tell(sentence: str, status: int) -> int:
    """Write a sentence to standard error and pass the exit status on."""
    from bot.views.clean import visible

    sys.stderr.write(f"legwork: {visible(sentence)}\n")
    return status


def first(error: BaseException) -> BaseException:
    """The first failure of a group of tasks: the others followed from it."""
    while isinstance(error, BaseExceptionGroup):
        error = cast("BaseExceptionGroup[BaseException]", error).exceptions[0]
    return error


def _recorded(error: BaseException) -> Path:
    """Where the traceback was written: the data directory, or a temporary file where that cannot be used."""
    from domain.core.discretion import discreet
    from domain.core.settings import load

    entry = f"{datetime.now(UTC).isoformat()}\n{''.join(traceback.format_exception(error))}\n"
    with contextlib.suppress(LegworkError, OSError):
        settings = load()
        entry = discreet(settings)(entry)
        log = settings.data_dir / "logs" / "errors.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.touch(mode=0o600)
        with log.open("a", encoding="utf-8") as writing:
            writing.write(entry)
        return log
    with NamedTemporaryFile("w", encoding="utf-8", prefix="legwork-", suffix=".log", delete=False) as writing:
        writing.write(entry)
        return Path(writing.name)
