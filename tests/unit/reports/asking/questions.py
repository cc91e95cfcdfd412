"""Questions over the three reports, and the query that each of them is, or what it is refused for."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Asked:
    """``query`` as JSON without the file and what is left at its default. ``after``: what was asked before it.

    ``refused``: words that the refusal holds.
    """

    report: str
    question: str
    query: dict[str, Any] = field(default_factory=dict[str, Any])
    chart: str | None = None
    export: str | None = None
    facts: bool = False
    left: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def _read(line: str) -> Asked:
    entry: dict[str, Any] = json.loads(line)
    return Asked(**{key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()})


QUESTIONS = [_read(line) for line in Path(__file__).with_suffix(".jsonl").read_text("utf-8").splitlines()]
