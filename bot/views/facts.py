"""What a table says, in lines: its facts, and how the file was read."""

from collections.abc import Iterator

from bot.views.clean import visible
from domain.reports.facts import Analysis


def fact_lines(analysis: Analysis, name: str) -> Iterator[str]:
    """Never none: where nothing can be computed about the file of that ``name``, that is said."""
    yield from (f"- {visible(fact.text)}" for fact in analysis.facts)
    if not analysis.facts:
        yield f"Nothing can be computed about the {analysis.rows:,} rows of {visible(name)}."
    if analysis.notes:
        yield "\nHow it was read:"
    yield from (f"- {visible(note)}" for note in analysis.notes)
