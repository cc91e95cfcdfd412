"""A check, what it finds, and how many are run at once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic

from domain.core.errors import LegworkError
from domain.core.logging import logger

log = logger(__name__)


class Level(StrEnum):
    """How a finding is to be taken; the names are those of ``health_checks.status``."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: ``message`` is a sentence for an operator, ``remedy`` what to do about it."""

    name: str
    level: Level
    message: str
    remedy: str | None = None


def ok(name: str, message: str) -> Finding:
    return Finding(name, Level.OK, message)


def warning(name: str, message: str, remedy: str) -> Finding:
    return Finding(name, Level.WARNING, message, remedy)


def error(name: str, message: str, remedy: str | None) -> Finding:
    return Finding(name, Level.ERROR, message, remedy)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at. ``limit`` is in seconds."""

    name: str
    look: Callable[[], Awaitable[Sequence[Finding]]]
    limit: float = 5.0


@dataclass(frozen=True, slots=True)
class Timed:
    """A finding, and how many milliseconds its check took."""

    finding: Finding
    response_time: int


async def examine(checks: Sequence[Check]) -> list[Finding]:
    """The findings of all checks in their order. Never raises: a check that fails or takes too long is a finding."""
    return [timed.finding for timed in await examine_timed(checks)]


async def examine_timed(checks: Sequence[Check]) -> list[Timed]:
    """The same, each with how long it took."""
    found = await asyncio.gather(*(_timed(check) for check in checks))
    return [timed for each in found for timed in each]


async def _timed(check: Check) -> list[Timed]:
    begun = monotonic()
    findings = await _look(check)
    took = round((monotonic() - begun) * 1000)
    return [Timed(finding, took) for finding in findings]


def broken(name: str, failure: Exception) -> Finding:
    """What is said of a check that itself went wrong: the system's own words, never an exception's, which may quote."""
    if isinstance(failure, OSError) and failure.strerror:
        return error(name, f"It could not be looked at: {failure.strerror}.", "Mend that, and look again.")
    return error(name, f"The check itself failed: {type(failure).__name__}.", "See the log.")


def failing(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.level is Level.ERROR]


async def _look(check: Check) -> Sequence[Finding]:
    try:
        async with asyncio.timeout(check.limit):
            return await check.look()
    except TimeoutError:
        return [error(check.name, f"No answer within {check.limit:g} s.", "See whether it is reachable from here.")]
    except LegworkError as failure:
        return [error(check.name, failure.sentence, failure.remedy)]
    except Exception as failure:
        log.warning("a health check broke", check=check.name, exc_info=failure)
        return [broken(check.name, failure)]
