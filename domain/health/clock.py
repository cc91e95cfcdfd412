"""Whether this machine's clock is right, by what a web server says the time is."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from domain.core.clock import Clock
from domain.core.errors import Unavailable
from domain.health.check import Finding, error, ok, warning

__all__ = ["clock"]

_SLOW = 30.0
"""Seconds a clock may be wrong: a Date header has whole seconds, and comes late."""
_REMEDY = "Set this machine's clock, and keep it right with NTP (“timedatectl set-ntp true” on most Linux systems)."


async def clock(name: str, address: str, here: Clock, *, most: float | None = None) -> Sequence[Finding]:
    """Compare with the Date header of ``address``; more than ``most`` seconds apart is an error, half a minute a
    warning. The address must hold no secret.

    Raises:
        Unavailable: there is no answer, or none with a date.
    """
    import httpx  # loading it takes as long as all other checks together

    try:
        async with httpx.AsyncClient(timeout=4) as client:
            answer = await client.get(address)  # any status will do
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as failure:
        raise Unavailable(
            f"No server could be asked for the time ({type(failure).__name__}).",
            remedy="Check whether this machine reaches the platform's address.",
        ) from failure
    there = _date(answer.headers.get("date", ""))
    if there is None:
        raise Unavailable("The server does not tell the time.", remedy="Check what stands between it and this machine.")
    return [_compared(name, (here.now() - there).total_seconds(), most)]


def _date(header: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(header)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _compared(name: str, ahead: float, most: float | None) -> Finding:
    apart = abs(ahead)
    if apart <= _SLOW:
        return ok(name, "This machine's clock agrees with the platform's.")
    said = f"This machine's clock is {apart:.0f} s {'fast' if ahead > 0 else 'slow'}."
    if most is not None and apart > most:
        return error(name, f"{said} Signed deliveries are refused after {most:.0f} s.", _REMEDY)
    return warning(name, said, _REMEDY)
