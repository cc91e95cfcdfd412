"""Numbers as people write them: ``1,204.5``, ``1.204,5``, ``(1,200)``, ``12 %``, ``€ 3``, ``5-``."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from domain.reports.reading.table import Cell, blank

Mark = Literal[".", ","]

CURRENCIES = {
    "€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "₺": "TRY", "₽": "RUB", "zł": "PLN", "kr": "SEK",
    "R$": "BRL", "Kč": "CZK", "Fr.": "CHF", "Ft": "HUF",
}  # fmt: skip
CODES = frozenset(
    [
        "EUR",
        "USD",
        "GBP",
        "CHF",
        "JPY",
        "CNY",
        "INR",
        "TRY",
        "RUB",
        "PLN",
        "SEK",
        "NOK",
        "DKK",
        "CZK",
        "HUF",
        "RON",
        "BGN",
        "BRL",
        "MXN",
        "CAD",
        "AUD",
        "NZD",
        "ZAR",
        "SGD",
        "HKD",
        "KRW",
    ]
)
SAMPLE = 3000  # cells of a column that are looked at for its decimal mark
NOTHING = frozenset({"-", "–", "—", "n/a", "na", "n.a.", "null", "none", "nan", "k.a.", "k. a.", "?", ".", "#n/a"})

_CURRENCY = re.compile(r"R\$|zł|Kč|Fr\.|kr\.?|Ft|[€$£¥₹₺₽]|\b(?:" + "|".join(sorted(CODES)) + r")\b")
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’]+")
_DIGITS = re.compile(r"\d[\d.,]*|[.,]\d+")
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?")
_SHAPE = re.compile(r"([-+]?)(\()?([-+]?)((?:\d[\d.,]*)|(?:[.,]\d+))(%?)(\))?(-?)(%?)")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number read from a cell: percentages are ratios; ``decimals`` counts the digits written after the mark."""

    value: float
    decimals: int
    percent: bool
    currency: str | None


def _bare(text: str) -> tuple[str, str | None]:
    """The text without currency signs and spaces, and the currency it showed."""
    currency = None
    if found := _CURRENCY.search(text):
        sign = found.group().rstrip(".") if found.group().startswith("kr") else found.group()
        currency = CURRENCIES.get(sign, sign)
        text = _CURRENCY.sub("", text)
    return _SPACES.sub("", text).replace("\u2212", "-"), currency


def is_nothing(cell: Cell) -> bool:
    """Whether a cell says that there is no value."""
    return blank(cell) or (isinstance(cell, str) and cell.strip().casefold() in NOTHING)


def read_numeral(cell: Cell, mark: Mark) -> Numeral | None:
    """The number a cell holds, where ``mark`` stands before the decimals; None where it holds none."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        value = float(cell)
        if value != value or value in (float("inf"), float("-inf")):
            return None
        return Numeral(value, _decimals_of(value), percent=False, currency=None)
    if not isinstance(cell, str) or len(cell) > 40:
        return None
    if mark == "." and _PLAIN.fullmatch(cell):
        return Numeral(float(cell), len(cell.partition(".")[2]), percent=False, currency=None)
    text, currency = _bare(cell)
    found = _SHAPE.fullmatch(text)
    if not found or bool(found[2]) != bool(found[6]):
        return None
    digits = found[4]
    whole, _, after = digits.rpartition(mark) if mark in digits else (digits, "", "")
    thousands = "," if mark == "." else "."
    if mark in whole or thousands in after or not _grouped(whole, thousands):
        return None
    value = float(f"{whole.replace(thousands, '') or '0'}.{after or '0'}")
    percent = bool(found[5] or found[8])
    negative = "-" in (found[1], found[3], found[7]) or bool(found[2])
    if negative:
        value = -value
    return Numeral(value / 100 if percent else value, len(after) + 2 * percent, percent, currency)


def _grouped(whole: str, thousands: str) -> bool:
    """Whether thousands marks stand where they may: before groups of three (or two, as in India)."""
    first, *groups = whole.split(thousands)
    return not groups or (
        1 <= len(first) <= 3 and all(len(group) in (2, 3) for group in groups) and len(groups[-1]) == 3
    )


def _decimals_of(value: float) -> int:
    text = repr(value)
    if "e" in text or text.endswith(".0"):
        return 0
    return len(text.partition(".")[2])


def evidence(cells: Iterable[Cell]) -> Counter[Mark]:
    """How many cells show which decimal mark without doubt: ``1.204,5``, ``12,5``, ``0.125``, ``1.234.567``."""
    votes: Counter[Mark] = Counter()
    for cell in dict.fromkeys(cells):
        if not isinstance(cell, str) or len(cell) > 40:
            continue
        text, _ = _bare(cell)
        if not _SHAPE.fullmatch(text) or not (found := _DIGITS.search(text)):
            continue
        if (mark := _mark_of(found.group())) is not None:
            votes[mark] += 1
    return votes


def _mark_of(digits: str) -> Mark | None:
    dots, commas = digits.count("."), digits.count(",")
    if dots and commas:
        return "." if digits.rfind(".") > digits.rfind(",") else ","
    if dots > 1:
        return ","
    if commas > 1:
        return "."
    if not dots and not commas:
        return None
    sign: Mark = "." if dots else ","
    before, after = digits.split(sign)
    if len(after) != 3 or len(before) > 3 or before in ("", "0"):
        return sign
    return None


def decide_mark(cells: Sequence[Cell], elsewhere: Counter[Mark]) -> Mark:
    """The decimal mark of one column, by its own cells first and by the rest of the table where they leave a doubt."""
    own = evidence(cells if len(cells) <= SAMPLE else cells[:: len(cells) // SAMPLE + 1])
    if own:
        return own.most_common(1)[0][0]
    if elsewhere:
        return elsewhere.most_common(1)[0][0]
    texts = [text for cell in cells if isinstance(cell, str) for text in [_bare(cell)[0]]]
    doubtful = [text for text in texts if "." in text or "," in text]
    if not doubtful:
        return "."
    plain = [text for text in texts if "." not in text and "," not in text]
    long = any(len(text.strip("-()")) > 3 for text in plain)  # thousands are written without a mark here
    seen: Mark = "." if "." in doubtful[0] else ","
    if long:
        return seen
    return "." if seen == "," else ","
