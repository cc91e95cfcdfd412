"""How fast it is: ``make bench``, or ``python -m tests.bench [--table PATH] [--against COMMIT] [NAME ...]``.

Each figure is the median of several rounds, beside a floor measured in the same run where there is one; with
``--against`` also beside an older commit, measured in turn. Nothing here is part of the test suite.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from time import monotonic

from domain.core.loop import run
from tests.bench import (
    acknowledgement,
    agents,
    analysis,
    audit,
    bars,
    board,
    delivery,
    engine,
    facts,
    hand_over,
    idle,
    memory,
    model,
    peers,
    platforms,
    priorities,
    recovery,
    rows,
    startup,
    tenancy,
    together,
    turns,
)
from tests.bench.measure import Figure, table
from tests.bench.trees import Tree, tree_of

BENCHES: dict[str, Callable[[Path], Awaitable[list[Figure]]]] = {
    "analysis": analysis.run,
    "facts": facts.run,
    "bars": bars.run,
    "board": board.run,
    "startup": startup.run,
    "together": together.run,
    "acknowledgement": acknowledgement.run,
    "engine": engine.run,
    "hand_over": hand_over.run,
    "agents": agents.run,
    "peers": peers.run,
    "priorities": priorities.run,
    "recovery": recovery.run,
    "memory": memory.run,
    "idle": idle.run,
    "model": model.run,
    "platforms": platforms.run,
    "delivery": delivery.run,
    "audit": audit.run,
    "tenancy": tenancy.run,
    "rows": rows.run,
}


async def main(names: Sequence[str], written: Path | None, commit: str | None) -> None:
    with tempfile.TemporaryDirectory(prefix="legwork-bench-") as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101 - run by root, the embedded servers belong to another account
        older = await tree_of(Path(folder), commit) if commit is not None else None
        figures: list[Figure] = []
        for name in names:
            begun = monotonic()
            found = await _measured(name, Path(folder), older)
            print(*(f"{name:15} {figure}" for figure in found), sep="\n")
            print(f"{name:15} took {monotonic() - begun:.0f} s", flush=True)
            figures += found
            if written is not None:  # after each: what was measured stays, whatever becomes of the next
                written.write_text(f"{table(figures)}\n", encoding="utf-8")  # noqa: ASYNC240 - nothing else is under way


async def _measured(name: str, folder: Path, older: Tree | None) -> list[Figure]:
    if older is None:
        return await BENCHES[name](folder)
    if name == "platforms":
        return await platforms.against(folder, older)
    return await turns.run(name, folder, older)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure speed and memory.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"all where none is given: {', '.join(BENCHES)}")
    parser.add_argument("--table", type=Path, metavar="PATH", help="write the figures there as a Markdown table, too")
    parser.add_argument("--against", metavar="COMMIT", help="measure that commit in the same run, too, in turn")
    given = parser.parse_args()
    if unknown := set(given.names) - set(BENCHES):
        parser.error(f"there is no bench {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
    return given


if __name__ == "__main__":
    arguments = _arguments()
    sys.exit(run(main(arguments.names or list(BENCHES), arguments.table, arguments.against)))
