"""Numbers as people write them: ``1,204.5``, ``1.204,5``, ``(1,200)``, ``12 %``, ``US$3``, ``5-``, ``1E+5``, ``7K``."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from domain.reports.reading.table import Cell

Mark = Literal[".", ","]

CURRENCIES = {
    "€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "₺": "TRY", "₽": "RUB", "₩": "KRW", "₦": "NGN",
    "₫": "VND", "₪": "ILS", "₱": "PHP", "฿": "THB", "₴": "UAH", "₡": "CRC", "₲": "PYG", "₸": "KZT", "₾": "GEL",
    "₼": "AZN", "৳": "BDT", "₵": "GHS", "₭": "LAK", "₮": "MNT", "֏": "AMD", "﷼": "IRR", "₿": "BTC",
    "zł": "PLN", "kr": "SEK", "R$": "BRL", "Kč": "CZK", "Fr.": "CHF", "SFr.": "CHF", "Ft": "HUF", "Rs": "INR",
    "RM": "MYR", "Rp": "IDR", "лв": "BGN", "руб": "RUB", "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD",
    "CA$": "CAD", "CDN$": "CAD", "HK$": "HKD", "NZ$": "NZD", "S$": "SGD", "SG$": "SGD", "NT$": "TWD", "MX$": "MXN",
}  # fmt: skip
"""What a sign stands for; where it is used in several countries, its commonest meaning."""

_CODES = (
    "AED ARS AUD BDT BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP GHS HKD HUF IDR ILS INR ISK JPY KES KRW KZT "
    "MAD MXN MYR NGN NOK NZD PEN PHP PKR PLN QAR RON RSD RUB SAR SEK SGD THB TRY TWD UAH USD VND ZAR"
)
CODES = frozenset(_CODES.split())
SAMPLE = 3000  # cells of a column that are looked at for its decimal mark
NOTHING = frozenset({"-", "–", "—", "n/a", "na", "n.a.", "null", "none", "nan", "k.a.", "k. a.", "?", ".", "..", "...",
                     "<na>", "(blank)", "nil", "\\n"})  # fmt: skip
DIGITS = frozenset("0123456789")
_ERRORS = frozenset({"#div/0!", "#n/a", "#name?", "#null!", "#num!", "#ref!", "#value!", "#spill!", "#calc!", "#field!",
                     "#blocked!", "#connect!", "#busy!", "#unknown!", "#getting_data", "#error!", "#wert!", "#bezug!",
                     "#nv", "#zahl!"})  # fmt: skip
"""Error words of spreadsheets, also of a German one: https://support.microsoft.com (“error values”)."""

# every sign of Unicode class Sc: the blocks they stand in, and the single ones elsewhere
_SIGN = r"$¢£¤¥֏؋߾߿৲৳৻૱௹฿៛₠-⃀꠸﷼﹩＄￠￡￥￦"
_CURRENCY = re.compile(
    rf"(?:US|AU?|CA|C|CDN|HK|NZ|SG?|NT|MX|R)?\$|zł|Kč|S?Fr\.|kr\.?|Ft|Rs\.?|RM|Rp\.?|лв\.?|руб\.?|[{_SIGN}]"
    r"|(?<![^\W\d_])(?:" + "|".join(sorted(CODES)) + r")(?![^\W\d_])"
)
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’]+")
_DIGITS = re.compile(r"\d[\d.,]*|[.,]\d+")
_SIMPLE = re.compile(r"-?\d+[.,]?\d*")
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?")
_SHAPE = re.compile(r"([-+]?)(\()?([-+]?)((?:\d[\d.,]*)|(?:[.,]\d+))((?:[eE][-+]?\d{1,3})?)(%?)(\))?(-?)(%?)")
_NOTE = re.compile(r"(?<=[\d%)])\s*(?:[*†‡§#]+|[¹²³⁰⁴-⁹]+|\[\w{1,3}\]|\([a-z]\)|\s[a-z])+$")
"""Marks of a footnote behind a number, as statistical offices set them."""
_BOOKED = re.compile(r"(?<=[\d)])\s*(CR|DR|Cr|Dr)\.?$|^(CR|DR|Cr|Dr)\.?\s*(?=\d)|(?<=[.,]\d\d)\s([SH])$")
_SCALE = re.compile(r"(?<=\d)\s?(K|k|Tsd\.?|M|Mio\.?|mio\.?|Mn|mn|bn|Bn|Mrd\.?)$")
_SCALES = {"k": 1e3, "tsd": 1e3, "m": 1e6, "mio": 1e6, "mn": 1e6, "bn": 1e9, "mrd": 1e9}
LARGEST_EXACT = 2**53
"""Whole numbers beyond it are no longer told apart."""


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number read from a cell: percentages are ratios; ``decimals`` counts the digits written after the mark."""

    value: float
    decimals: int
    percent: bool
    currency: str | None


def _bare(text: str) -> tuple[str, str | None]:
    """The text without currency signs, spaces and footnote marks, and the currency it showed."""
    currency = None
    if found := _CURRENCY.search(text):
        sign = found.group().rstrip(".") if found.group()[:1] not in "FS" else found.group()
        currency = CURRENCIES.get(sign, sign)
        text = f"{text[: found.start()]} {text[found.end() :]}".strip()
    text = _NOTE.sub("", text.strip())
    return _SPACES.sub("", text).replace("\u2212", "-").replace("\u2013", "-"), currency


def _digits_of(cell: str) -> str:
    """A cell without what may stand around its digits."""
    return _bare(_scaled(_booked(cell.strip())[0])[0])[0]


def is_error(cell: Cell) -> bool:
    """Whether a cell holds a spreadsheet's error instead of a value."""
    return (
        isinstance(cell, str)
        and ("#" in cell or cell.startswith("Err:"))
        and (cell.strip().casefold() in _ERRORS or cell.startswith("Err:"))
    )


def is_nothing(cell: Cell) -> bool:
    """Whether a cell says that there is no value."""
    if not isinstance(cell, str):
        return cell is None
    return not cell or (cell[0] not in DIGITS and (cell.isspace() or cell.strip().casefold() in NOTHING))


def read_numeral(cell: Cell, mark: Mark) -> Numeral | None:
    """The number a cell holds, where ``mark`` stands before the decimals; None where it holds none.

    What is debited (DR) is negative; thousands and millions (K, M, Mio., bn) are written out.
    """
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
    if not any(map(str.isdigit, cell)):
        return None
    text, debit = _booked(cell.strip())
    text, scale = _scaled(text)
    text, currency = _bare(text)
    found = _SHAPE.fullmatch(text)
    if not found or bool(found[2]) != bool(found[7]):
        return None
    digits = _digits(found[4], mark)
    if digits is None:
        return None
    value, moved = float(digits + found[5]), int(found[5][1:] or 0) if found[5] else 0
    if value == float("inf"):
        return None
    decimals = max(0, len(digits.partition(".")[2]) - moved)
    percent = bool(found[6] or found[9])
    if ("-" in (found[1], found[3], found[8]) or bool(found[2])) != debit:
        value = -value
    if scale > 1:
        value, decimals = value * scale, 0
    return Numeral(value / 100 if percent else value, decimals + 2 * percent, percent, currency)


def _digits(digits: str, mark: Mark) -> str | None:
    """Digits with their marks as Python writes them; None where the marks stand where none may."""
    whole, _, after = digits.rpartition(mark) if mark in digits else (digits, "", "")
    thousands = "," if mark == "." else "."
    if mark in whole or thousands in after or not _grouped(whole, thousands):
        return None
    return f"{whole.replace(thousands, '') or '0'}.{after}"


def _booked(text: str) -> tuple[str, bool]:
    """The text without CR or DR (H or S), and whether it was a debit."""
    found = _BOOKED.search(text)
    if found is None:
        return text, False
    sign = next(group for group in found.groups() if group)
    return f"{text[: found.start()]}{text[found.end() :]}".strip(), sign.upper() in ("DR", "S")


def _scaled(text: str) -> tuple[str, float]:
    """The text without a word for thousands or millions behind it, and what it multiplies by."""
    found = _SCALE.search(text)
    if found is None:
        return text, 1.0
    return text[: found.start()], _SCALES[found[1].rstrip(".").casefold()]


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
        if _SIMPLE.fullmatch(cell):
            mark = _mark_of(cell.lstrip("-"), exponent=False)
        else:
            text = _digits_of(cell)
            shape = _SHAPE.fullmatch(text)
            if shape is None or not (found := _DIGITS.search(text)):
                continue
            mark = _mark_of(found.group(), exponent=bool(shape[5]))
        if mark is not None:
            votes[mark] += 1
    return votes


def _mark_of(digits: str, *, exponent: bool) -> Mark | None:
    dots, commas = digits.count("."), digits.count(",")
    if dots and commas:
        return "." if digits.rfind(".") > digits.rfind(",") else ","
    if dots > 1:
        return "," if _grouped(digits, ".") else None
    if commas > 1:
        return "." if _grouped(digits, ",") else None
    if not dots and not commas:
        return None
    sign: Mark = "." if dots else ","
    before, after = digits.split(sign)
    if exponent or len(after) != 3 or len(before) > 3 or before in ("", "0"):
        return sign
    return None


def decide_mark(cells: Sequence[Cell], elsewhere: Counter[Mark], delimiter: str | None = None) -> Mark:
    """The decimal mark of one column: by its own cells, where they leave a doubt by the rest of the table, and where
    that does too by what mark a file of this ``delimiter`` would hold bare."""
    own = evidence(_sample(cells))
    if own:
        return own.most_common(1)[0][0]
    if elsewhere:
        return elsewhere.most_common(1)[0][0]
    plain, doubtful = _told_apart(cells)
    if not doubtful:
        return "."
    seen: Mark = "." if "." in doubtful[0] else ","
    other: Mark = "," if seen == "." else "."
    if any(len(text.strip("-()")) > 3 for text in plain):
        return seen  # thousands are written without a mark here
    if plain:
        return other
    return seen if seen == "." and delimiter in (",", "\t") else other


def left_open(cells: Sequence[Cell], elsewhere: Counter[Mark], delimiter: str | None) -> bool:
    """Whether every mark of a column stands before three digits, and nothing else in the file decides what it is."""
    if elsewhere or evidence(_sample(cells)):
        return False
    plain, doubtful = _told_apart(cells)
    return bool(doubtful) and not plain and not ("." in doubtful[0] and delimiter == ",")


def _sample(cells: Sequence[Cell]) -> Sequence[Cell]:
    return cells if len(cells) <= SAMPLE else cells[:: len(cells) // SAMPLE + 1]


def _told_apart(cells: Sequence[Cell]) -> tuple[list[str], list[str]]:
    """The numbers written without any mark, and those with one."""
    texts = [_digits_of(cell) for cell in _sample(cells) if isinstance(cell, str)]
    numbers = [text for text in texts if read_numeral(text, ".") or read_numeral(text, ",")]
    doubtful = [text for text in numbers if "." in text or "," in text]
    return [text for text in numbers if "." not in text and "," not in text], doubtful
