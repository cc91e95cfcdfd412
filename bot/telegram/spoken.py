"""A text as its reader sees it, and with the address behind a linked word beside that word."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from bot.telegram.updates import Entity
from bot.views.links import written

LONGEST_ADDRESS = 2_000
_SCHEMES = ("http", "https", "mailto", "ftp")
"""Of addresses that lead somewhere; ``tg://user?id=…`` is a person, who has a name already."""


def with_addresses(text: str, entities: Iterable[Entity]) -> str:
    """``the report`` with a link behind it becomes ``the report (https://…)``. Entities that do not fit are left out.

    Offsets count UTF-16 code units: https://core.telegram.org/bots/api#messageentity
    """
    units = text.encode("utf-16-le", "surrogatepass")
    links = sorted(_links(entities, len(units) // 2), reverse=True)
    for end, start, url in links:
        words = units[2 * start : 2 * end].decode("utf-16-le", "replace").strip()
        if words.rstrip("/") != url.rstrip("/"):
            beside = f" ({written(url)})".encode("utf-16-le")
            place = 2 * (start + _length(units[2 * start : 2 * end]))
            units = units[:place] + beside + units[place:] if not _within_letter(units, place) else units
    return units.decode("utf-16-le", "replace")


def part(text: str, entity: Entity) -> str:
    """The words an entity is of; empty where it does not fit."""
    if entity.offset < 0 or entity.length < 0:
        return ""
    units = text.encode("utf-16-le", "replace")
    return units[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le", "replace")


def _links(entities: Iterable[Entity], length: int) -> Sequence[tuple[int, int, str]]:
    """End, start and address of each; of two behind the same words the first."""
    found: dict[int, tuple[int, int, str]] = {}
    for entity in entities:
        end = entity.offset + entity.length
        if entity.type == "text_link" and 0 <= entity.offset < end <= length and _leads_somewhere(entity.url):
            found.setdefault(end, (end, entity.offset, entity.url))
    return list(found.values())


def _leads_somewhere(url: str) -> bool:
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        return False
    return scheme in _SCHEMES and len(url) <= LONGEST_ADDRESS


def _within_letter(units: bytes, place: int) -> bool:
    """Whether the place is between the two units of one letter."""
    return 0xDC <= (units[place + 1] if place + 1 < len(units) else 0) <= 0xDF


def _length(units: bytes) -> int:
    """How many code units there are before blanks at the end."""
    return len(units.decode("utf-16-le", "surrogatepass").rstrip().encode("utf-16-le", "surrogatepass")) // 2
