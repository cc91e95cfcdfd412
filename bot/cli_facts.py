"""``legwork facts``: what a table says, without a chat."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from bot.console.failures import Misuse
from bot.shell import DONE, load, print_json


def declare(commands: Any) -> None:
    """Declare the command among those of ``legwork``."""
    facts = commands.add_parser("facts", help="compute the facts of a report: CSV, TSV, Excel, JSON")
    facts.add_argument("path", metavar="PATH")
    facts.add_argument("--json", action="store_true", help="print one JSON object")
    facts.add_argument("--by", metavar="COL", action="append", default=[], help="break down by a column first")
    facts.set_defaults(run=_facts)


def _facts(options: argparse.Namespace) -> int:
    from domain.core.errors import Invalid
    from domain.reports.facts import NO_COLUMN, Focus, analyse

    path = Path(options.path).expanduser()
    if not path.is_file():
        what = "is a directory, not a file" if path.is_dir() else "does not exist"
        raise Misuse(f"The file {path} {what}.", remedy="Check the path.")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # many small sums: more threads wait for one another
    settings = load()
    focus = Focus(by=tuple(options.by)) if options.by else None
    try:
        analysis = analyse(path, focus=focus, seconds=settings.facts_seconds, megabytes=settings.facts_mb)
    except Invalid as error:
        if error.reason == NO_COLUMN:
            raise Misuse(error.sentence, remedy=error.remedy) from error
        raise
    if options.json:
        print_json(analysis.as_json(), sys.stdout)
    else:
        from bot.views.facts import fact_lines

        for line in fact_lines(analysis, path.name):
            print(line)
    return DONE
