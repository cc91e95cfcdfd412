"""What people may say of themselves, and how what they write is read: rules without a database."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from domain.core.errors import Invalid

LONGEST_NAME = 120
LONGEST_ADDRESS = 500
LONGEST_NUMBER = 40
"""Characters."""
MOST = 20
"""Airlines, numbers or networks of one person."""

CABINS = ("economy", "business", "first")
WORK = ("resume", "linkedin", "github", "portfolio")

NONE = frozenset({"-", "none", "nothing"})
"""Words that take away what was set."""

_AIRLINE = re.compile(r"(?=[A-Z0-9]*[A-Z])[A-Z0-9]{2}")
_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9 -]*")
_NETWORK = re.compile(r"[a-z][a-z0-9.-]{0,30}")
_LOCALE = re.compile(r"[a-z]{2,3}([-_][A-Za-z]{2,4})?")


@cache
def _zones() -> Mapping[str, str]:
    """Every zone of the IANA database, by its name in lower case."""
    return {name.lower(): name for name in available_timezones() if name not in ("localtime", "Factory", "posixrules")}


@cache
def _places() -> Mapping[str, str]:
    """The same by the last part of its name."""
    found: dict[str, str] = {}
    for low, name in sorted(_zones().items()):
        if "/" in low and not low.startswith("etc/"):
            found.setdefault(low.rpartition("/")[2], name)
    return found


def zone(written: str) -> str:
    """The name of a time zone. Raises Invalid, with those that are near it."""
    wanted = written.strip().lower().replace(" ", "_")
    zones, places = _zones(), _places()
    if wanted in zones and wanted not in places:
        return zones[wanted]
    if wanted in places:
        near = [places[wanted]]
    else:
        near = [zones[low] for low in get_close_matches(wanted, zones, n=2, cutoff=0.75)]
        near += [places[low] for low in get_close_matches(wanted.rpartition("/")[2], places, n=2, cutoff=0.75)]
    raise Invalid(
        f"“{written[:80]}” is no time zone.",
        remedy=f"Did you mean {_either(dict.fromkeys(near))}?" if near else "They look like Europe/Berlin.",
    )


def _either(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last


def address(written: str) -> str:
    """An address of the web that may be shown to others. Raises Invalid."""
    given = written.strip().strip("<>")
    if len(given) > LONGEST_ADDRESS:
        raise Invalid(f"That address is longer than {LONGEST_ADDRESS} characters.")
    try:
        parts = urlsplit(given)
        good = parts.scheme == "https" and "." in (parts.hostname or "") and parts.username is None
    except ValueError:
        good = False
    if not good or re.search(r"[\s\"'<>`\\]", given):
        raise Invalid(f"“{given[:80]}” is no address that begins with https://.", remedy="Copy it from your browser.")
    return given


def airlines(written: str) -> list[str]:
    """IATA designators, each once: two signs, of which one is a letter (IATA Resolution 762). Raises Invalid."""
    codes = list(dict.fromkeys(_airline(code) for code in re.split(r"[\s,;]+", written.strip()) if code))
    if not 1 <= len(codes) <= MOST:
        raise Invalid(f"Name one to {MOST} airlines.", remedy="By their IATA codes: “LH, KL”.")
    return codes


def _airline(written: str) -> str:
    code = written.upper()
    if not _AIRLINE.fullmatch(code):
        raise Invalid(f"“{written[:20]}” is no airline's IATA code.", remedy="They have two signs: LH, KL, U2.")
    return code


def cabin(written: str) -> str:
    """Raises Invalid."""
    wanted = written.strip().lower().removesuffix(" class")
    if wanted not in CABINS:
        raise Invalid(f"“{written[:80]}” is no cabin class.", remedy=f"There are: {', '.join(CABINS)}.")
    return wanted


def flyer(airline: str, number: str) -> tuple[str, str]:
    """An airline, and a frequent flyer number there. Raises Invalid."""
    code, kept = _airline(airline), " ".join(number.upper().split())
    if not _NUMBER.fullmatch(kept) or len(kept) > LONGEST_NUMBER:
        raise Invalid(f"“{number[:80]}” is no frequent flyer number.", remedy="It has letters and digits.")
    return code, kept


def network(written: str) -> str:
    """The name of a social network. Raises Invalid."""
    wanted = written.strip().lower()
    if not _NETWORK.fullmatch(wanted):
        raise Invalid(f"“{written[:80]}” is no name of a network.", remedy="One word, such as mastodon.")
    return wanted


def name(written: str) -> str:
    """What somebody is called. Raises Invalid."""
    wanted = " ".join("".join(sign if sign.isprintable() else " " for sign in written).split())
    if not 1 <= len(wanted) <= LONGEST_NAME:
        raise Invalid(f"A name has one to {LONGEST_NAME} characters.")
    return wanted


def locale(written: str) -> str:
    """A language, and where it is spoken so. Raises Invalid."""
    if not _LOCALE.fullmatch(written.strip()):
        raise Invalid(f"“{written[:80]}” is no language.", remedy="They look like en, de or pt-BR.")
    language, _, region = written.strip().replace("_", "-").partition("-")
    return f"{language}-{region.upper() if len(region) == 2 else region.title()}" if region else language
