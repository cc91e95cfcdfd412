"""Every statement the program runs, with 10,000 tasks in the tables and with a million: its time, and what it reads.

``python -m tests.bench.rows``; ``ROWS=100000`` takes fewer than a million, ``--table PATH`` writes Markdown. Ends
with 1 where a statement takes more than twice the time and more than a millisecond, or reads a table that grows from
end to end. What does not run in any journey is named, so that nothing goes unmeasured unnoticed.
"""

import argparse
import asyncio
import inspect
import logging
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from time import time

import structlog
from sqlalchemy import text

from bot.upkeep import seed as seed_tools
from domain.core.db import Database, Session
from domain.core.settings import Settings
from tests.bench.measure import Figure
from tests.bench.processes import servers_in
from tests.bench.rows_journeys import go
from tests.bench.rows_probe import Asked, Probe, Reading
from tests.bench.rows_seed import seed
from tests.bench.rows_stage import staged
from tests.bench.rows_tables import Year

FEW = 10_000
MANY = 1_000_000
RATIO = 2.0
NOTICED = 1.0
"""Milliseconds: what takes less may take as often as it likes."""

_ASKING = (
    "domain.billing.queries",
    "domain.billing.service",
    "domain.conversations.outbox",
    "domain.conversations.repository",
    "domain.conversations.tokens",
    "domain.core.queue.commands",
    "domain.core.queue.ledger",
    "domain.core.queue.sweep",
    "domain.health.queries",
    "domain.identity.repository",
    "domain.orgs.repository",
    "domain.tasks.control",
    "domain.tasks.files",
    "domain.tasks.queries",
    "domain.tasks.repository",
    "domain.tasks.settled",
    "domain.tools.repository",
    "domain.workflows.repository",
)
"""Where SQL is; functions that take a session or a database and no statement was heard of are named."""


@dataclass(frozen=True, slots=True)
class Size:
    """What one database showed. ``heard`` are the functions that came to a statement, ``rows`` a table's size,
    ``unused`` the indexes that no journey used, with their bytes."""

    tasks: int
    readings: Mapping[Asked, Reading]
    heard: frozenset[str]
    rows: Mapping[str, int]
    unused: Mapping[str, int]
    seconds: float


@dataclass(frozen=True, slots=True)
class Line:
    asked: Asked
    few: Reading
    many: Reading
    scanned: frozenset[str]
    """Tables that grow and are read from end to end."""

    @property
    def ratio(self) -> float:
        return self.many.milliseconds / max(self.few.milliseconds, 0.001)

    @property
    def verdict(self) -> str:
        if self.scanned:
            return f"reads all of {', '.join(sorted(self.scanned))}"
        if self.ratio > RATIO and self.many.milliseconds > NOTICED:
            return "grows"
        return "ok" if self.few.plan.nodes == self.many.plan.nodes else "ok, by another plan"

    @property
    def good(self) -> bool:
        return self.verdict.startswith("ok")


async def measured(folder: Path, tasks: int) -> Size:
    """Fill a database, go through it, and look at what that did."""
    async with servers_in(folder) as (_, database):
        await seed_tools(Settings.model_validate({"data_dir": folder}), database)
        seconds = await seed(database, Year(tasks, until=int(time() * 1000)))
        probe = Probe()
        probe.listen(database)
        async with staged(database, folder / "files", probe) as stage:
            await go(stage, probe)
        probe.leave(database)
        return Size(
            tasks, probe.readings, frozenset(probe.heard), await _rows(database), await _unused(database), seconds
        )


async def _rows(database: Database) -> Mapping[str, int]:
    async with database.system("a test") as session:
        found = await session.all(
            text(
                "SELECT relname, reltuples::bigint AS rows FROM pg_class WHERE relkind = 'r' AND relnamespace = :public"
            ),
            {"public": await _public(session)},
        )
    return {row["relname"]: row["rows"] for row in found}


async def _public(session: Session) -> int:
    return await session.scalar(text("SELECT 'public'::regnamespace::oid::bigint"))


async def _unused(database: Database) -> Mapping[str, int]:
    """Indexes that neither a statement nor a check of uniqueness or reference has looked into."""
    async with database.system("a test") as session:
        found = await session.all(
            text("""SELECT indexrelname AS name, pg_relation_size(s.indexrelid) AS bytes
            FROM pg_stat_user_indexes s JOIN pg_index i ON i.indexrelid = s.indexrelid
            WHERE idx_scan = 0 AND NOT indisunique ORDER BY 2 DESC""")
        )
    return {row["name"]: row["bytes"] for row in found}


def compared(few: Size, many: Size) -> list[Line]:
    """What both sizes ran, the slowest first."""
    growing = {table for table, rows in many.rows.items() if rows > 2 * max(few.rows.get(table, 0), 1_000)}
    lines = [
        Line(asked, few.readings[asked], reading, reading.scanned & growing)
        for asked, reading in many.readings.items()
        if asked in few.readings
    ]
    return sorted(lines, key=lambda line: (line.good, -line.many.milliseconds))


def unheard(heard: AbstractSet[str]) -> list[str]:
    """Functions that hold SQL and that no journey came to."""
    there = {
        f"{name}:{function}"
        for name in _ASKING
        for function, value in vars(import_module(name)).items()
        if inspect.iscoroutinefunction(value) and value.__module__ == name
    }
    return sorted(there - heard)


def table(few: Size, many: Size) -> str:
    """Markdown: one row a statement of one function, for whom it took longest."""
    head = f"| statement of | for | ms at {few.tasks:,} | ms at {many.tasks:,} | ratio | rows, pages read | plan | |"
    lines = [head, "|---|---|---|---|---|---|---|---|"]
    for line in compared(few, many):
        nodes = ", ".join(node for node in line.many.plan.nodes if "Scan" in node)
        lines.append(
            f"| `{line.asked.place}` | {line.asked.who} | {line.few.milliseconds:.3f} | {line.many.milliseconds:.3f} "
            f"| {line.ratio:.1f} | {line.many.rows:,}, {line.many.pages:,} | {nodes} | {line.verdict} |"
        )
    return "\n".join(lines)


async def report(folder: Path, few: int, many: int, path: Path | None = None) -> tuple[list[Figure], bool]:
    """Measure both sizes. Returns the figures, and whether every statement keeps its time."""
    folder.mkdir(exist_ok=True)  # noqa: ASYNC240 - nothing else is under way yet
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    small, large = await measured(folder / "few", few), await measured(folder / "many", many)
    lines = compared(small, large)
    bad = [line for line in lines if not line.good]
    if path is not None:
        path.write_text(table(small, large) + "\n")  # noqa: ASYNC240 - nothing else is under way any more
    for line in bad:
        print(
            f"{line.asked.place} for {line.asked.who}: {line.verdict}\n    {line.asked.statement}\n"
            f"    {line.few.milliseconds:.3f} ms, then {line.many.milliseconds:.3f} ms; {line.many.plan.nodes}"
        )
    for name, size in large.unused.items():
        print(f"no statement used {name} ({size / 1e6:,.0f} MB)")
    for name in unheard(large.heard):
        print(f"no journey came to {name}")
    figures = [
        Figure(f"seconds to fill a database with {large.tasks:,} tasks", "s", [large.seconds]),
        Figure(f"statements measured with {large.tasks:,} tasks", "", [len(lines)]),
        Figure(f"slowest statement with {small.tasks:,} tasks", "ms", [max(line.few.milliseconds for line in lines)]),
        Figure(f"slowest statement with {large.tasks:,} tasks", "ms", [max(line.many.milliseconds for line in lines)]),
        Figure("statements that grow with the tables", "", [len(bad)]),
    ]
    return figures, not bad


async def run(folder: Path) -> list[Figure]:
    figures, _ = await report(folder / "rows", FEW, int(os.environ.get("ROWS", MANY)))
    return figures


async def _main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.rows", description=__doc__)
    parser.add_argument("--table", type=Path, help="write every statement's reading there, as Markdown")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="legwork-bench-") as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101 - run by root, the embedded servers belong to another account
        figures, good = await report(Path(folder), FEW, int(os.environ.get("ROWS", MANY)), given.table)
    for figure in figures:
        print(figure)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(_main(sys.argv[1:])))
