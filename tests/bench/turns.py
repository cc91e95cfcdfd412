"""Any bench against an older commit: each tree runs its own, as a program, in turn with the other."""

import asyncio
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.bench.measure import Figure
from tests.bench.trees import HERE, Tree

TURNS = 3
_ROW = re.compile(r"^\| (?P<what>.+?) \| (?P<value>[\d.,e+-]+) (?P<unit>[^|]*) \|")


async def run(name: str, folder: Path, older: Tree) -> list[Figure]:
    """The figures that both trees know, by their name; a value is the median that one run of the bench gave."""
    found: dict[str, list[Mapping[str, tuple[float, str]]]] = {HERE.name: [], older.name: []}
    for turn in range(TURNS):
        for tree in (HERE, older) if turn % 2 == 0 else (older, HERE):
            found[tree.name].append(await _figures(name, folder / f"{name}-{turn}-{tree.name}.md", tree))
    now, before = found[HERE.name], found[older.name]
    return [
        Figure(what, unit, [turn[what][0] for turn in now], before=[turn[what][0] for turn in before])
        for what, (_, unit) in now[0].items()
        if what in before[0]
    ]


async def _figures(name: str, written: Path, tree: Tree) -> Mapping[str, tuple[float, str]]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench", "--table", str(written), name),
        cwd=tree.root,
        env=dict(os.environ) | {"PYTHONPATH": str(tree.root)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0, printed.decode(errors="replace")[-3_000:]
    rows = map(_ROW.match, written.read_text(encoding="utf-8").splitlines())  # noqa: ASYNC240 - nothing else is under way
    return {row["what"]: (float(row["value"].replace(",", "")), row["unit"]) for row in rows if row}
