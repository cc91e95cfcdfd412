"""When somebody wants to be told of what they did not just ask for: rules without a database.

What asks a person is told at once, whatever they have set: work waits for it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Any, Literal

from domain.core.errors import Invalid

Kind = Literal["done", "failed", "asks", "budget", "news"]
KINDS: tuple[Kind, ...] = ("done", "failed", "asks", "budget", "news")
"""News is what whoever runs the installation tells everybody."""
When = Literal["at once", "daily", "off"]
WHENS: tuple[When, ...] = ("at once", "daily", "off")

DAILY = time(8)
"""When what is told daily is told, where its person is."""


@dataclass(frozen=True, slots=True)
class Notifications:
    """``quiet``: nothing is told between these times of the day, where the person is."""

    when: Mapping[Kind, When]
    quiet: tuple[time, time] | None = None

    def as_json(self) -> dict[str, Any]:
        quiet = {"quiet": [f"{moment:%H:%M}" for moment in self.quiet]} if self.quiet is not None else {}
        return {**self.when, **quiet}

    def as_words(self) -> str:
        parts = [f"{kind} {when}" for kind, when in self.when.items()]
        if self.quiet is not None:
            parts.append(f"quiet from {self.quiet[0]:%H:%M} to {self.quiet[1]:%H:%M}")
        return ", ".join(parts)


def read(stored: Mapping[str, Any]) -> Notifications:
    """As they are kept; what is not set is told at once."""
    when: dict[Kind, When] = {kind: stored.get(kind, "at once") for kind in KINDS}
    when["asks"] = "at once"
    quiet = stored.get("quiet")
    return Notifications(when, (time.fromisoformat(quiet[0]), time.fromisoformat(quiet[1])) if quiet else None)


def kind(written: str) -> Kind:
    """Raises Invalid."""
    for one in KINDS:
        if one == written.lower():
            return one
    raise Invalid(f"“{written[:80]}” is nothing I tell of.", remedy=f"There are {', '.join(KINDS)}, and quiet.")


def when(written: str, of: Kind) -> When:
    """Raises Invalid."""
    wanted = " ".join(written.lower().split())
    if of == "asks" and wanted != "at once":
        raise Invalid("What asks you is never silenced: work would wait for an answer that nobody is asked for.")
    for one in WHENS:
        if one == wanted:
            return one
    raise Invalid(f"“{written[:80]}” is no time to be told.", remedy=f"There are: {', '.join(WHENS)}.")


_SPAN = re.compile(r"(\d{1,2})(?::(\d\d))?\s*(?:-|–|to|until)\s*(\d{1,2})(?::(\d\d))?")


def span(written: str) -> tuple[time, time]:
    """Two times of the day: “22:00-07:00”. Raises Invalid."""
    found = _SPAN.fullmatch(written.strip().lower())
    try:
        if found is None:
            raise ValueError
        begins, ends = time(int(found[1]), int(found[2] or 0)), time(int(found[3]), int(found[4] or 0))
        if begins == ends:
            raise ValueError
    except ValueError:
        raise Invalid(f"“{written[:80]}” are no quiet hours.", remedy="They look like 22:00-07:00.") from None
    return begins, ends


def told_at(of: Kind, chosen: Notifications, now: datetime, zone: tzinfo, *, waited: bool = False) -> datetime | None:
    """When somebody is told of that, at ``now`` (aware) at the soonest; None: never. ``waited``: it was put off until
    now, and does not wait for another morning."""
    wanted = chosen.when[of]
    if wanted == "off":
        return None
    local = now.astimezone(zone)
    at = _next(local, DAILY) if wanted == "daily" and not waited else local
    if of != "asks" and chosen.quiet is not None and _is_within(at.time(), chosen.quiet):
        at = _next(at, chosen.quiet[1])
    return at.astimezone(now.tzinfo)


def _next(after: datetime, moment: time) -> datetime:
    at = after.replace(hour=moment.hour, minute=moment.minute, second=0, microsecond=0)
    return at if at > after else at + timedelta(days=1)


def _is_within(moment: time, span: tuple[time, time]) -> bool:
    begins, ends = span
    return begins <= moment < ends if begins < ends else moment >= begins or moment < ends
