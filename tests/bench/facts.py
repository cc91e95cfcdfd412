"""What facts cost: time by rows and by columns, and the most memory that files of twenty megabytes take.

Each file is read and analysed in a process of its own, as a computing process does it; its time is that of a processor,
so that what else runs does not count. The ratios stand beside the
time of 20,000 rows in the same run: they should be at most 6 for five times, and 60 for fifty times the rows.
"""

import asyncio
import csv
import json
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from tests.bench.measure import Figure

SIZE = 20 * 1024 * 1024
ROUNDS = 3

_MEASURED = """
import json, os, resource, sys, time
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
from pathlib import Path
from domain.reports.facts import analyse
import domain.reports.facts.analysis, domain.reports.reading.layout
begun = time.process_time()
analysis = analyse(Path(sys.argv[1]))
seconds = time.process_time() - begun
per_mb = 1024 * 1024 if sys.platform == "darwin" else 1024
short = [note for note in analysis.notes if note.startswith("Not looked at")]
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / per_mb, len(analysis.facts), short]))
"""

Rows = Iterator[Sequence[object]]


async def run(folder: Path) -> list[Figure]:
    orders = {rows: _orders(folder / f"orders-{rows}.csv", rows) for rows in (20_000, 100_000, 1_000_000)}
    found = {rows: [await _measured(path) for _ in range(ROUNDS if rows < 1_000_000 else 1)]
             for rows, path in orders.items()}  # fmt: skip
    base = [seconds for seconds, _, _ in found[20_000]]
    figures = [Figure("facts of 20,000 rows of 6 columns", "s", base)]
    for rows in (100_000, 1_000_000):
        times = [seconds for seconds, _, _ in found[rows]]
        figures.append(Figure(f"facts of {rows:,} rows of 6 columns, beside 20,000", "s", times, base))
    figures += [
        Figure(f"most memory for {rows:,} rows", "MB", [memory for _, memory, _ in each])
        for rows, each in found.items()
    ]
    for path, what in _worst(folder):
        seconds, memory, note = await _measured(path)
        size = path.stat().st_size / 1024 / 1024
        what = f"{what} ({size:.1f} MB)"
        figures += [
            Figure(f"facts of {what}", "s", [seconds], note=note),
            Figure(f"most memory for {what}", "MB", [memory]),
        ]
        path.unlink()
    return figures


async def _measured(path: Path) -> tuple[float, float, str]:
    """Seconds, megabytes at most, and what was not looked at."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _MEASURED, str(path), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"the facts of {path.name} were not computed")
    seconds, memory, _, short = json.loads(out.splitlines()[-1])
    return seconds, memory, " ".join(short)


def _orders(path: Path, rows: int) -> Path:
    """So many rows of six columns over a thousand days."""
    chance, day = random.Random(7), date(2010, 1, 1)
    each = rows // 1000
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["date", "region", "channel", "orders", "revenue", "visits"])
        for at in range(rows):
            orders = max(0, round(chance.gauss(40, 6)))
            region, channel = ("North", "South", "East", "West")[at % 4], ("Shop", "App", "Fair")[at // 4 % 3]
            revenue = round(orders * chance.gauss(52, 3), 2)
            writer.writerow([day + timedelta(days=at // each), region, channel, orders, revenue, orders * 9 + 3])
    return path


def _worst(folder: Path) -> Iterator[tuple[Path, str]]:
    chance = random.Random(1)

    def decimals(count: int) -> list[float]:
        return [round(chance.gauss(100, 10), 2) for _ in range(count)]

    def when() -> datetime:
        return datetime(1990, 1, 1) + timedelta(hours=chance.randint(0, 300_000))  # noqa: DTZ001

    kinds: dict[str, tuple[list[str], Callable[[int], Sequence[object]], int]] = {
        "60 columns of decimals, 1,000 rows": (
            ["day", *(f"c{place}" for place in range(59))],
            lambda at: [date(2020, 1, 1) + timedelta(days=at), *decimals(59)], 1000),
        "300 columns of decimals": (
            ["day", *(f"c{place}" for place in range(300))],
            lambda at: [date(2000, 1, 1) + timedelta(days=at % 7000), *decimals(300)], 0),
        "2,000 columns of decimals": (
            ["day", *(f"c{place}" for place in range(2000))],
            lambda at: [date(2000, 1, 1) + timedelta(days=at), *decimals(2000)], 0),
        "20,000 columns of decimals": (
            ["n", *(f"c{place}" for place in range(20_000))], lambda at: [at, *decimals(20_000)], 0),
        "two short columns": (["k", "v"], lambda at: [at % 1000, chance.randint(0, 9)], 0),
        "four short columns": (
            ["date", "a", "b", "n"],
            lambda at: [date(2000, 1, 1) + timedelta(days=at % 9000), chance.choice("abcdef"),
                        chance.choice("uvwxyz"), chance.randint(0, 999)], 0),
        "dense combinations over a long calendar of hours": (
            ["when", "a", "b", "c", "n"],
            lambda at: [when(), *(f"{name}{chance.randint(0, 29)}" for name in "abc"), chance.randint(0, 999)], 0),
        "many different words": (
            ["id", "name", "mail", "city", "note", "amount"],
            lambda at: [at, f"Name {chance.random()}", f"m{chance.random()}@x.org", f"city {chance.randint(0, 50_000)}",
                        f"some words {chance.randint(0, 10**9)}", chance.randint(1, 10_000)], 0),
    }  # fmt: skip
    for place, (what, (header, row, rows)) in enumerate(kinds.items()):
        path = folder / f"worst-{place}.csv"
        with path.open("w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out)
            writer.writerow(header)
            at = 0
            while at < rows or (not rows and out.tell() < SIZE):
                writer.writerow(row(at))
                at += 1
        yield path, what
    yield _workbook(folder / "worst.xlsx"), "a workbook"
    yield _records(folder / "worst.jsonl"), "JSON lines"


def _workbook(path: Path) -> Path:
    """A workbook of that size, which is packed: three times as much inside."""
    import xlsxwriter

    chance = random.Random(2)
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Data")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["date", "region", *(f"c{place}" for place in range(8))])
        for at in range(1, 360_000):
            sheet.write_datetime(at, 0, datetime(2010, 1, 1) + timedelta(days=at % 5000), day)  # noqa: DTZ001
            sheet.write_string(at, 1, chance.choice(("North", "South", "East", "West")))
            for place in range(8):
                sheet.write_number(at, 2 + place, round(chance.gauss(100, 10), 2))
    return path


def _records(path: Path) -> Path:
    chance, day = random.Random(3), date(2010, 1, 1)
    with path.open("w", encoding="utf-8") as out:
        at = 0
        while out.tell() < SIZE:
            record = {"day": str(day + timedelta(days=at // 60)), "branch": f"B{at % 30}", "n": chance.randint(1, 99)}
            out.write(json.dumps(record) + "\n")
            at += 1
    return path
