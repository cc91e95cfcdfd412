"""current_time: what time it is, where the person is or anywhere else."""

import re
import unicodedata
from datetime import timedelta, timezone, tzinfo
from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field

from domain.core.errors import Invalid
from domain.tools.registry import Arguments, Category, Effect, Output, Tool, ToolContext

__all__ = ["current_time"]

_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-−])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)

_CITIES_WITHOUT_A_ZONE = {
    name: zone
    for zone, names in {
        "Africa/Cairo": "kairo, le caire, egypt",
        "Africa/Johannesburg": "cape town, kapstadt, south africa, pretoria, durban",
        "America/Chicago": "houston, dallas, austin, new orleans, minneapolis",
        "America/Los_Angeles": "san francisco, seattle, san diego, las vegas, portland, la",
        "America/New_York": "boston, miami, washington, washington dc, philadelphia, atlanta, nyc, new york city",
        "America/Sao_Paulo": "rio de janeiro, rio, brasilia",
        "America/Toronto": "montreal, ottawa, quebec",
        "Asia/Bangkok": "hanoi, thailand",
        "Asia/Ho_Chi_Minh": "saigon, vietnam",
        "Asia/Kolkata": "bangalore, delhi, mumbai, new delhi, chennai, hyderabad, india, indien, inde, bombay",
        "Asia/Seoul": "south korea, busan, séoul",
        "Asia/Shanghai": "beijing, shenzhen, peking, pekin, guangzhou, china, chine",
        "Asia/Singapore": "singapur, singapour",
        "Asia/Tokyo": "osaka, tokio, kyoto, japon",
        "Europe/Amsterdam": "the netherlands, netherlands, holland, rotterdam, the hague, den haag",
        "Europe/Athens": "athen, athènes, greece, griechenland",
        "Europe/Berlin": "frankfurt, hamburg, munich, münchen, cologne, köln, stuttgart, germany, deutschland, "
        "allemagne, düsseldorf, leipzig, dresden, hanover, hannover, nuremberg, nürnberg",
        "Europe/Brussels": "brüssel, bruxelles, belgium, belgien, antwerp",
        "Europe/Bucharest": "bukarest, bucarest, romania",
        "Europe/Budapest": "hungary, ungarn",
        "Europe/Copenhagen": "kopenhagen, copenhague, denmark, dänemark, københavn",
        "Europe/Dublin": "ireland",
        "Europe/Istanbul": "ankara, turkey, türkei, izmir",
        "Europe/Kiev": "kyjiw, kiew",
        "Europe/Lisbon": "lissabon, lisbonne, lisboa, porto",
        "Europe/London": "londres, edinburgh, manchester, england, uk, great britain, glasgow, liverpool, birmingham",
        "Europe/Luxembourg": "luxemburg",
        "Europe/Madrid": "barcelona, sevilla, seville, valencia, spain, spanien, espagne",
        "Europe/Moscow": "st petersburg, moskau, moscou",
        "Europe/Oslo": "norway, norwegen, bergen",
        "Europe/Paris": "lyon, marseille, nice, france, frankreich, bordeaux, toulouse, strasbourg",
        "Europe/Prague": "prag, praha, czechia",
        "Europe/Rome": "milan, rom, mailand, milano, roma, naples, neapel, turin, florence, florenz, venice, venedig, "
        "italy, italien, italie",
        "Europe/Stockholm": "gothenburg, sweden, schweden, malmö",
        "Europe/Vienna": "wien, vienne, austria, österreich, graz, salzburg",
        "Europe/Warsaw": "krakow, warschau, varsovie, krakau, gdansk, poland, polen, warszawa, wroclaw",
        "Europe/Zurich": "geneva, genf, genève, basel, bern, switzerland, schweiz, suisse, lausanne",
        "Pacific/Auckland": "wellington, new zealand",
    }.items()
    for name in names.split(", ")
}
"""Large cities, and countries of one zone, that the database does not name, as several languages write them."""


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
        volatile=True,
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
    name = _cities().get(_folded(written)) or _zone_names().get(_folded(written))
    if name is None:
        near = _near(_folded(written))
        raise Invalid(
            f"“{written}” is no time zone or city Legwork knows.",
            remedy=f"Did you mean {near}?" if near else "Name a larger city nearby, or a zone such as Europe/Warsaw.",
        )
    return ZoneInfo(name)


def _near(folded: str) -> str | None:
    """The city or zone whose name is nearly that."""
    known = {**_zone_names(), **_cities()}
    near = get_close_matches(folded, [name for name in known if "/" not in name and len(name) > 2], n=1, cutoff=0.75)
    return near[0].title() if near else None


def _fixed(offset: re.Match[str]) -> tzinfo:
    away = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
    if away > timedelta(hours=14) or int(offset[3] or 0) > 59:
        raise Invalid(f"“{offset[0]}” is no offset from UTC.", remedy="They go from -12:00 to +14:00.")
    return timezone(away if offset[1] == "+" else -away)


@cache
def _cities() -> dict[str, str]:
    return {_folded(name): zone for name, zone in _CITIES_WITHOUT_A_ZONE.items()}


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
