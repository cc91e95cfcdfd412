"""Text files: their encoding, then CSV in any of its dialects or JSON."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

from domain.core.errors import Invalid
from domain.reports.reading.table import Cell, Line, Sheet

DELIMITERS = (",", ";", "\t", "|")
MOST_FIELD = 1_000_000


def read_text(name: str, content: bytes) -> list[Sheet]:
    """The one sheet of a text file.

    Raises:
        Invalid: it is no text, or text without a table.
    """
    text = decode(name, content)
    start = text.lstrip()[:1]
    if start in ("{", "[") and (sheet := _json(text)) is not None:
        return [sheet]
    return [_delimited(name, text)]


def decode(name: str, content: bytes) -> str:
    """The text of a file: by its byte order mark, as UTF-8, as UTF-16 without a mark, else as Windows-1252 or its like.

    Raises:
        Invalid: it is not text.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    sample = content[:4000]
    nulls = sample.count(0)
    if nulls > len(sample) * 0.3:
        return content.decode(
            "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be", errors="replace"
        )
    controls = sum(byte < 32 and byte not in (9, 10, 12, 13) for byte in sample)
    if nulls or controls > len(sample) * 0.02:
        raise Invalid(f"{name} is no text and holds no table.", remedy="Send it as CSV, XLSX or JSON.")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _by_likelihood(content)


def _by_likelihood(content: bytes) -> str:
    """Windows-1252, unless another legacy encoding is what the letters clearly speak for."""
    western = content.decode("cp1252", errors="replace")
    high = [letter for letter in western if ord(letter) > 127]
    likely = sum(letter in "äöüÄÖÜßéèêëàâçñóíáúôîïûùÿœæøåÅØÆãõ€£°²³–—’“”„«»…·§®µ¿¡ÉÈÀÇÑÓÍÁÚÔÎ" for letter in high)
    if not high or likely >= 0.7 * len(high):
        return western
    from charset_normalizer import from_bytes  # loaded only for rare encodings

    guess = from_bytes(content[:200_000]).best()
    return content.decode(guess.encoding, errors="replace") if guess else western


# -- JSON --------------------------------------------------------------------------------------------


def _json(text: str) -> Sheet | None:
    """JSON lines (numbered by line), an array (numbered from 1) or an object that holds one; None for neither."""
    records = list(_lines(text))
    if not records:
        try:
            whole: Any = json.loads(text)
        except (ValueError, RecursionError):
            return None
        found = _array(whole)
        records = list(enumerate(found, 1)) if found else []
    rows = [(number, dict(_flat(record))) for number, record in records]
    header = list(dict.fromkeys(key for _, row in rows for key in row))
    if not header:
        return None
    lines = [Line(0, list(header))]
    lines += [Line(number, [row.get(key) for key in header]) for number, row in rows]
    return Sheet(None, lines)


def _lines(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of JSON lines; lines that are none are passed over where most are."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    found: list[tuple[int, dict[str, Any]]] = []
    for number, line in lines:
        try:
            value: Any = json.loads(line)
        except (ValueError, RecursionError):
            if not found and number > 20:
                return
            continue
        if isinstance(value, dict):
            found.append((number, cast("dict[str, Any]", value)))
    if len(found) > 1 and len(found) >= 0.8 * len(lines):
        yield from found


def _array(whole: Any) -> list[dict[str, Any]]:
    """The longest list of objects in a document, at its top or one level below."""
    places: list[Any] = [whole, *cast("dict[str, Any]", whole).values()] if isinstance(whole, dict) else [whole]
    lists = [cast("list[Any]", place) for place in places if isinstance(place, list)]
    objects = [[cast("dict[str, Any]", item) for item in items if isinstance(item, dict)] for items in lists]
    return max(objects, key=len) if objects else []


def _flat(record: dict[str, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Cell]]:
    for key, value in record.items():
        if isinstance(value, dict) and depth < 8:
            yield from _flat(cast("dict[str, Any]", value), f"{prefix}{key}.", depth + 1)
        elif value is None or isinstance(value, str | int | float | bool):
            yield prefix + key, value
        else:
            yield prefix + key, json.dumps(value, ensure_ascii=False)


# -- CSV ---------------------------------------------------------------------------------------------


def _delimited(name: str, text: str) -> Sheet:
    csv.field_size_limit(MOST_FIELD)
    best: list[list[str]] = []
    best_key = (0.0, 0)
    for delimiter in DELIMITERS:
        sample = _rows(text[:100_000], delimiter)
        widths = Counter(len(row) for row in sample if len(row) > 1)
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda item: (item[1] * (item[0] - 1), item[0]))
        key = (count / max(1, sum(bool(row) for row in sample)), width)
        if (key[0] >= 0.5, key[1] if key[0] >= 0.5 else 0, key[0]) > (
            best_key[0] >= 0.5,
            best_key[1] if best_key[0] >= 0.5 else 0,
            best_key[0],
        ):
            best, best_key = _rows(text, delimiter), key
    if not best:
        raise Invalid(f"There is no table in {name}.", remedy="A table has a header and at least two columns.")
    return Sheet(None, [Line(number, list[Cell](row)) for number, row in enumerate(best, 1)])


def _rows(text: str, delimiter: str) -> list[list[str]]:
    """Records as the csv module reads them; from a line it cannot read on, fields are split without quoting."""
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return [line.split(delimiter) for line in text.splitlines()]
