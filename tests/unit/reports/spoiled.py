"""Generated reports with a few spoiled cells, and what is right to say of them: the sum of what can be read, and how
many cells cannot.
"""

import csv
import io
import json
import math
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import openpyxl

from domain.reports.facts import analyse
from domain.reports.facts.fact import Analysis, Fact

_METRICS = ("orders", "revenue", "visits", "cost", "units sold", "Umsatz", "Anzahl")
_STRAY = ("n.b.", "tbd", "see note", "offen", "n. v.", "lost", "twelve", "12..5", "--", "#DIV/0!", "#N/A",
          "#REF!", "#WERT!")  # fmt: skip
_NOTHING = ("", "n/a", "NA", "-", "–", "?", ".", "null", "k.A.", "N/A", "..", "nan")
_SPACES = ("\u2009", "\u202f", "\u00a0", " ", "'")
_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "₩": "KRW", "US$": "USD", "CHF": "CHF"}


@dataclass(slots=True)
class Column:
    """What is right about one number column: its cells' numbers where they can be read, and how many cannot."""

    name: str
    cells: list[str] = field(default_factory=list[str])
    numbers: list[float | None] = field(default_factory=list[float | None])
    unread: int = 0
    missing: int = 0

    def add(self, cell: str, number: float | None) -> None:
        self.cells.append(cell)
        self.numbers.append(number)

    @property
    def there(self) -> list[float]:
        return [number for number in self.numbers if number is not None]


@dataclass(slots=True)
class Report:
    path: Path
    columns: list[Column]
    regions: list[str]
    undated: int


def _written(chance: random.Random, value: float, decimals: int, mark: str, sign: str) -> tuple[str, float]:
    """The number in one of the ways people write it, and what it then is."""
    text = f"{value:.{decimals}f}".replace(".", mark)
    thousands = "," if mark == "." else "."
    whole = f"{value:,.{decimals}f}".replace(",", "\0").replace(".", mark)
    ways = {
        "thin spaces": (whole.replace("\0", chance.choice(_SPACES)), value),
        "thousands": (whole.replace("\0", thousands) if value < 1000 or decimals else text, value),
        "footnote": (text + chance.choice(("*", " †", "[2]", "²", " ‡")), value),
        "currency": (chance.choice((f"{sign}{text}", f"{sign} {text}", f"{text} {sign}")), value),
        "credit": (f"{text} CR", value),
        "debit": (f"{text} DR", -value),
        "parentheses": (f"({text})", -value),
        "trailing minus": (f"{text}-", -value),
        "minus sign": (f"\u2212{text}", -value),
        "spaces": (f"  {text} ", value),
        "plus": (f"+{text}", value),
    }
    if decimals == 0 and value >= 1:
        short = f"{value / 1000:.1f}"
        ways["thousands in a letter"] = (f"{short}K".replace(".", mark), float(short) * 1000)
        ways["exponent"] = (f"{value:.6e}".replace(".", mark), float(f"{value:.6e}"))
    return ways[chance.choice(list(ways))]


def _other_dialect(value: float, decimals: int, mark: str, kind: str) -> tuple[str, ...]:
    """The number as others write it, which cannot be read without doubt among the rest (of texts, not of numbers)."""
    percent = f"{value:.{decimals}f} %".replace(".", mark)
    return (
        (percent, f"{value:.2f}".replace(".", "," if mark == "." else "."))
        if decimals and kind == "csv"
        else (percent,)
    )


def report(folder: Path, seed: int) -> Report:
    """The report of a seed, as CSV in one of its dialects, JSON lines or a workbook."""
    chance = random.Random(seed)
    rows = chance.randint(40, 220)
    kind = chance.choices(("csv", "jsonl", "xlsx"), (10, 2, 1))[0]
    delimiter = chance.choice((",", ";", "\t", "|"))
    mark = "," if kind == "csv" and delimiter == ";" and chance.random() < 0.7 else "."
    sign = chance.choice(list(_SIGNS))
    columns = [Column(name) for name in chance.sample(_METRICS, chance.randint(1, 3))]
    part = chance.uniform(0.01, 0.05)
    for column in columns:
        decimals, size = chance.choice((0, 0, 2)), chance.choice((40, 900, 25_000))
        for _ in range(rows):
            value = round(abs(chance.gauss(size, size / 4)) + 1, decimals)
            roll = chance.random()
            if roll >= part:
                column.add(f"{value:.{decimals}f}".replace(".", mark), value)
            elif roll < part * 0.3:
                column.add(chance.choice((*_STRAY, *_other_dialect(value, decimals, mark, kind))), None)
                column.unread += 1
            elif roll < part * 0.5:
                column.add(chance.choice(_NOTHING), None)
                column.missing += 1
            else:
                column.add(*_written(chance, value, decimals, mark, sign))
    first, step = date(2023, 1, 2), chance.choice((1, 1, 7))
    dates, undated = list[str](), 0
    for at in range(rows):
        day = first + timedelta(days=at * step)
        roll = chance.random()
        if roll < part * 0.5:
            dates.append(chance.choice((day.strftime("%d %B %Y"), day.strftime("%Y/%m/%d"), day.strftime("%d.%m.%Y"))))
        elif roll < part * 0.7:
            dates.append(chance.choice(("soon", "unknown", "32 May")))
            undated += 1
        else:
            dates.append(day.isoformat())
    regions = [chance.choice(("North", "South", "East", "West")) for _ in range(rows)]
    header = ["Day", "Region", *(column.name for column in columns)]
    body = [list(row) for row in zip(dates, regions, *(column.cells for column in columns), strict=True)]
    path = folder / f"report-{seed}.{kind}"
    _write(path, kind, delimiter, header, body)
    return Report(path, columns, regions, undated)


def _write(path: Path, kind: str, delimiter: str, header: list[str], body: list[list[str]]) -> None:
    if kind == "csv":
        text = io.StringIO()
        csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows([header, *body])
        path.write_text(text.getvalue(), encoding="utf-8")
    elif kind == "jsonl":
        lines = [json.dumps({name: _plain(cell) for name, cell in zip(header, row, strict=True)}) for row in body]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    else:
        book = openpyxl.Workbook()
        for row in [header, *body]:
            book.worksheets[0].append([_plain(cell) for cell in row])
        book.save(path)


def _plain(cell: str) -> str | float | None:
    try:
        return float(cell) if "_" not in cell and cell.strip() == cell and cell != "nan" else cell
    except ValueError:
        return cell or None


def faults(made: Report, analysis: Analysis | None = None) -> list[str]:
    """What is wrong or silent in the facts of a report; none where all is right."""
    said = analysis or analyse(made.path)
    out: list[str] = []
    if said.rows != len(made.regions):
        out.append(f"{said.rows} rows instead of {len(made.regions)}")
    for column in made.columns:
        own = [fact for fact in said.facts if fact.metric == column.name]
        for unit, right in (("unread cells", column.unread), ("empty cells", column.missing)):
            counted = sum(fact.value for fact in own if fact.type == "data_quality" and fact.unit == unit)
            if counted != right:
                out.append(f"{column.name}: {counted:g} {unit} instead of {right}")
        numbers = [fact for fact in own if fact.period is None and _right(made, column, fact) is not None]
        if not any(fact.type in ("total", "average") and not fact.segment for fact in numbers):
            out.append(f"{column.name}: no total and no average is stated")
        for fact in numbers:
            right = _right(made, column, fact)
            if right is None or not math.isclose(fact.value, right, rel_tol=1e-9, abs_tol=1e-9):
                out.append(f"{column.name}: “{fact.text}” instead of {right!r}")
            if column.unread and not fact.segment and "without" not in fact.text:
                out.append(f"{column.name}: “{fact.text}” does not say what it leaves out")
    dates = [fact for fact in said.facts if fact.metric == "Day" and fact.unit == "unread cells"]
    if sum(fact.value for fact in dates) != made.undated:
        out.append(f"Day: {[fact.text for fact in dates]} instead of {made.undated}")
    return out


def _right(made: Report, column: Column, fact: Fact) -> float | None:
    """What a total, mean or share has to be; None for facts of other kinds."""
    if [name for name, _ in fact.segment] not in ([], ["Region"]) or (fact.type == "average" and " per " in fact.text):
        return None
    wanted = {value for _, value in fact.segment} or set(made.regions)
    there = [n for n, region in zip(column.numbers, made.regions, strict=True) if n is not None and region in wanted]
    match fact.type:
        case "total":
            return math.fsum(there)
        case "average":
            return math.fsum(there) / len(there)
        case "share":
            return math.fsum(there) / math.fsum(column.there)
        case _:
            return None
