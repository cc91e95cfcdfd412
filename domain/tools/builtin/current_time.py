"""current_time: what time it is, where the person is or anywhere else."""

import re
import unicodedata
from datetime import timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field

from domain.core.errors import Invalid
from domain.tools.registry import Arguments, Category, Effect, Output, Tool, ToolContext

__all__ = ["current_time"]

_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-−])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)

_CITIES_WITHOUT_A_ZONE = {
    "bangalore": "Asia/Kolkata",
    "barcelona": "Europe/Madrid",
    "beijing": "Asia/Shanghai",
    "boston": "America/New_York",
    "cape town": "Africa/Johannesburg",
    "delhi": "Asia/Kolkata",
    "frankfurt": "Europe/Berlin",
    "geneva": "Europe/Zurich",
    "hamburg": "Europe/Berlin",
    "hanoi": "Asia/Bangkok",
    "houston": "America/Chicago",
    "krakow": "Europe/Warsaw",
    "miami": "America/New_York",
    "milan": "Europe/Rome",
    "montreal": "America/Toronto",
    "mumbai": "Asia/Kolkata",
    "munich": "Europe/Berlin",
    "new delhi": "Asia/Kolkata",
    "osaka": "Asia/Tokyo",
    "rio de janeiro": "America/Sao_Paulo",
    "san francisco": "America/Los_Angeles",
    "seattle": "America/Los_Angeles",
    "shenzhen": "Asia/Shanghai",
    "st petersburg": "Europe/Moscow",
    "washington": "America/New_York",
}
"""Large cities that the time zone database does not name."""


class _Arguments(Arguments):
    timezone: str | None = Field(
        default=None, max_length=64, description="IANA name or a city, e.g. Asia/Tokyo or Tokyo. Default: the person's."
    )


def current_time() -> Tool:
    return Tool(
        name="current_time",
        display_name="Current time",
        description="The current date and time, in the person's time zone or in the one of a city.",
        category=Category.GENERAL,
        effect=Effect.READ,
        arguments=_Arguments,
        run=_run,
        timeout=5.0,
    )


async def _run(arguments: _Arguments, context: ToolContext) -> Output:
    written = (arguments.timezone or "").strip()
    zone = _zone(written) if written else context.timezone
    now = context.clock.now().astimezone(zone)
    offset = f"{now:%z}"
    abbreviation = f"{now:%Z}, " if f"{now:%Z}".isalpha() else ""
    return {
        "iso": now.isoformat(timespec="seconds"),
        "text": f"{now:%A}, {now.day} {now:%B %Y, %H:%M} ({abbreviation}UTC{offset[:3]}:{offset[3:5]})",
        "timezone": str(zone),
    }


def _zone(written: str) -> tzinfo:
    offset = _OFFSET.fullmatch(written)
    if offset is not None:
        return _fixed(offset)
    name = _CITIES_WITHOUT_A_ZONE.get(_folded(written)) or _zone_names().get(_folded(written))
    if name is None:
        raise Invalid(
            f"“{written}” is no time zone or city Legwork knows.",
            remedy="Name a larger city nearby, or a zone such as Europe/Warsaw.",
        )
    return ZoneInfo(name)


def _fixed(offset: re.Match[str]) -> tzinfo:
    away = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
    if away > timedelta(hours=14) or int(offset[3] or 0) > 59:
        raise Invalid(f"“{offset[0]}” is no offset from UTC.", remedy="They go from -12:00 to +14:00.")
    return timezone(away if offset[1] == "+" else -away)


@cache
def _zone_names() -> dict[str, str]:
    """Zones by their whole name and by the city at its end. A city named twice keeps its shortest zone."""
    names: dict[str, str] = {}
    zones = sorted(available_timezones(), key=lambda name: (name.count("/"), name))
    for zone in zones:
        names[_folded(zone)] = zone
    for zone in zones:
        if "/" in zone and not zone.startswith(("Etc/", "posix/", "right/", "SystemV/")):
            names.setdefault(_folded(zone.rpartition("/")[2]), zone)
    return names


def _folded(name: str) -> str:
    """A name without case, accents and punctuation: São Paulo, Sao_Paulo and sao paulo are one."""
    letters = unicodedata.normalize("NFKD", name).casefold().replace("_", " ").replace("-", " ").replace(".", "")
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())
