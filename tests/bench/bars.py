"""What is said of a thousand spoiled reports and of ten thousand series with steps, held against what is right.

``LEGWORK_BENCH_REPORTS`` and ``LEGWORK_BENCH_SERIES`` say how many. The suite does the same with a few of them.
"""

import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.bench.measure import Figure
from tests.unit.reports.piecewise import reversed_steps, series
from tests.unit.reports.spoiled import faults, report

REPORTS = int(os.environ.get("LEGWORK_BENCH_REPORTS", "1000"))
SERIES = int(os.environ.get("LEGWORK_BENCH_SERIES", "10000"))


async def run(folder: Path) -> list[Figure]:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with ProcessPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        spoiled = [*pool.map(_spoiled, [folder] * REPORTS, range(REPORTS), chunksize=20)]
        stepped = [*pool.map(_stepped, range(SERIES), chunksize=100)]
    wrong = [found for found in spoiled if found]
    turned = [text for _, texts in stepped for text in texts]
    return [
        Figure(f"wrong or silent of {REPORTS:,} spoiled reports", "reports", [len(wrong)], note="; ".join(wrong[:3])),
        Figure(f"changes stated of {SERIES:,} series with steps", "changes", [sum(count for count, _ in stepped)]),
        Figure("of them the other way round", "changes", [len(turned)], note=" ".join(turned[:3])),
    ]


def _spoiled(folder: Path, seed: int) -> str:
    made = report(folder, seed)
    found = faults(made)
    made.path.unlink()
    return f"{made.path.name}: {'; '.join(found)}" if found else ""


def _stepped(seed: int) -> tuple[int, list[str]]:
    return reversed_steps(series(seed))
