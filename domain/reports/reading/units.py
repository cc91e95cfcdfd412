"""Units: a currency that the cells show, a unit written behind each number, or one that the header names."""

import re
from collections import Counter
from collections.abc import Sequence

from domain.reports.reading.months import fold
from domain.reports.reading.numerals import CODES, CURRENCIES, DIGITS
from domain.reports.reading.table import Cell, written

_NAMED = {
    "kwh": "kWh", "mwh": "MWh", "hours": "h", "kg": "kg", "km": "km", "m3": "m³", "degc": "°C", "degf": "°F",
}  # fmt: skip
"""What a word of a header says its numbers are in."""

_GLUED_WORDS = (
    "°C °F °K kg g mg t km m cm mm l ml dl h hrs min s sec kWh MWh GWh Wh kW MW W MB GB TB KB kB ppm bar hPa mph "
    "km/h m/s m² m³ qm cm² km² ft in lb lbs oz gal mi pcs Stk °"
)
_GLUED = frozenset(_GLUED_WORDS.split())
"""Units that may stand behind a number without a space."""

_BEHIND = re.compile(r"(?<=\d)(\s*)([^\W\d_][\w/²³.]{0,11}|°\s?[CFK]?)\.?\s*$")
_AGREE = 0.9


def unit_behind(present: Counter[Cell]) -> str | None:
    """The unit that stands behind the number in nine of ten filled cells, as written; None where there is none.

    ``present`` says how often each of them occurs.
    """
    texts = Counter({cell: count for cell, count in present.items() if isinstance(cell, str)})
    if texts.total() < 2 or texts.total() < _AGREE * present.total():
        return None
    found = Counter[str]()
    for text, count in texts.items():
        match = _BEHIND.search(text) if text[-1] not in DIGITS else None
        if match is None or not (match[1] or match[2].replace(" ", "") in _GLUED):
            continue
        found[match[2].replace(" ", "")] += count
    if not found:
        return None
    unit, count = found.most_common(1)[0]
    currency = unit in CURRENCIES or unit.upper() in CODES
    return unit if count >= _AGREE * texts.total() and not currency and unit.upper() not in ("CR", "DR") else None


def without_unit(cell: Cell, unit: str) -> Cell:
    """The cell without the unit behind its number."""
    if not isinstance(cell, str) or not (match := _BEHIND.search(cell)) or match[2].replace(" ", "") != unit:
        return cell
    return cell[: match.start()]


def without_any_unit(cell: Cell) -> Cell:
    """The cell without whatever unit stands behind its number."""
    return _BEHIND.sub("", cell) if isinstance(cell, str) else cell


def unit_of(name: str, codes: Sequence[str | None]) -> str | None:
    """The currency the cells show, else the unit the header names: ``Wert (€)``, ``Spend [USD]``, ``kWh``."""
    shown = Counter(code for code in codes if code)
    if shown:
        return shown.most_common(1)[0][0] if len(shown) == 1 else None
    bracketed = re.search(r"[\[(]\s*°\s?([CFK])\s*[\])]", name)
    if bracketed:
        return f"°{bracketed[1]}"
    words = re.sub(r"[()\[\]_]", " ", written(name)).split()
    for word in words:
        if word in CURRENCIES:
            return CURRENCIES[word]
        if word.upper() in CODES and (word.isupper() or len(words) > 1):
            return word.upper()
    return next((_NAMED[fold(word)] for word in words if fold(word) in _NAMED), None)
