"""``python -m tests.chaos [ROW ...]``: each row with its full count, one after another, on a ground of its own."""

import argparse
import asyncio
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from domain.core import embedded
from domain.core.embedded import Servers
from domain.core.settings import Settings
from tests.chaos.afterwards import drive
from tests.chaos.ground import ground_on
from tests.chaos.row import Outcome, Row
from tests.chaos.rows import all_rows
from tests.fixtures.servers import make_template


@dataclass(frozen=True, slots=True)
class Ran:
    """One row as it was run; ``outcome`` is None where the row did not come to its end. ``seconds`` it took."""

    row: Row
    count: int
    outcome: Outcome | None
    seconds: float

    @property
    def kept(self) -> bool:
        return self.outcome is not None and not self.outcome.broken


async def main(arguments: Sequence[str]) -> int:
    rows = all_rows()
    parser = argparse.ArgumentParser(prog="make chaos", description="Break things while Legwork works, and count.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(rows)}; all of them where none is named")
    parser.add_argument("--short", action="store_true", help="the counts that are run with the tests")
    parser.add_argument("--times", type=int, metavar="COUNT", help="so often instead of each row's full count")
    parser.add_argument("--table", type=Path, metavar="PATH", help="also write the results there, as a Markdown table")
    given = parser.parse_args(arguments)
    if unknown := set(given.rows) - set(rows):
        parser.error(f"there is no row {', '.join(sorted(unknown))}; there are {', '.join(rows)}")
    counts = {name: given.times or (row.short if given.short else row.full) for name, row in rows.items()}
    ran = await _run([(rows[name], counts[name]) for name in given.rows or rows])
    if given.table is not None:
        given.table.write_text(table(ran), encoding="utf-8")
    return 0 if all(each.kept for each in ran) else 1


async def _run(rows: Sequence[tuple[Row, int]]) -> list[Ran]:
    with tempfile.TemporaryDirectory(prefix="legwork-chaos-servers-") as written:
        folder = Path(written)
        os.chmod(folder, 0o755)  # noqa: PTH101 - run by root, the embedded servers belong to another account
        settings = Settings.model_validate({"data_dir": folder, "DATABASE_URL": None, "REDIS_URL": None})
        async with embedded.running(settings) as servers:
            await make_template(servers)
            return [await _run_row(row, count, servers, folder) for row, count in rows]


async def _run_row(row: Row, count: int, servers: Servers, folder: Path) -> Ran:
    print(f"{row.name} ({count}): {row.fault}", flush=True)
    began = monotonic()
    outcome: Outcome | None = None
    try:
        async with ground_on(servers, folder) as ground:
            outcome = await drive(row, ground, count)
    except Exception:  # noqa: BLE001 - whatever stopped one row, the others are run
        traceback.print_exc(limit=-6, chain=False)
    ran = Ran(row, count, outcome, monotonic() - began)
    print(f"  {'kept' if ran.kept else 'BROKEN'} in {ran.seconds:.0f} s: {_figures(ran)}", flush=True)
    for remark in outcome.remarks if outcome is not None else ():
        print(f"  {remark}", flush=True)
    return ran


def _figures(ran: Ran) -> str:
    if ran.outcome is None:
        return "it did not come to its end"
    return "; ".join([*_zeros(ran.outcome), *_told(ran.outcome)])


def table(ran: Sequence[Ran]) -> str:
    """The results in Markdown: what was done how often, what has to be zero, what else there is to tell."""
    lines = ["| row | times | has to be zero | told | seconds |", "|---|---:|---|---|---:|"]
    for each in ran:
        zeros = _zeros(each.outcome) if each.outcome is not None else ["**it did not come to its end**"]
        told = [*_told(each.outcome), *each.outcome.remarks] if each.outcome is not None else []
        cells = [each.row.name, f"{each.count:,}", "<br>".join(zeros), "<br>".join(told), f"{each.seconds:.0f}"]
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines) + "\n"


def _zeros(outcome: Outcome) -> list[str]:
    return [f"{what}: {f'**{count:,}**' if count else '0'}" for what, count in outcome.zero.items()]


def _told(outcome: Outcome) -> list[str]:
    return [
        f"{what}: {figure if isinstance(figure, str) else format(figure, ',.4g' if isinstance(figure, float) else ',')}"
        for what, figure in outcome.told.items()
    ]


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
