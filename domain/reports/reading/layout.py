"""Which table of a file is read, and what of it is data: without totals, notes and repeated headers, which are told."""

from dataclasses import replace
from pathlib import Path

from domain.core.errors import Invalid
from domain.reports.reading.aggregates import without_aggregates
from domain.reports.reading.blocks import Block, blocks_of
from domain.reports.reading.columns import Hints, columns_of
from domain.reports.reading.headers import FEWEST_ROWS
from domain.reports.reading.remarks import Remark, left_out
from domain.reports.reading.table import Line, Sheet, Table
from domain.reports.reading.totals import number_columns, totals_among, without_notes
from domain.reports.reading.wide import (
    WideLines,
    date_columns,
    melted,
    melted_months,
    month_columns,
    without_total_columns,
)
from domain.reports.reading.world_bank import without_country_groups

_LISTED = 5
"""So many other tables of a file are named."""


def table_of(path: Path, sheets: list[Sheet], wanted: str | None = None) -> Table:
    """The table with the most cells of the visible sheets, or the one that is ``wanted`` by its sheet or range.

    Raises:
        Invalid: there is none, or one with fewer than three rows.
    """
    blocks = [block for sheet in sheets for block in blocks_of(sheet)]
    if not blocks:
        raise Invalid(f"There is no table in {path.name}.", remedy="A table has a header and at least two columns.")
    block = _chosen(path, blocks, wanted)
    table = _read(path, block)
    table.remarks[:0] = [*block.sheet.remarks, *_elsewhere(block, blocks, sheets), *_uncalculated(block)]
    return table


def _chosen(path: Path, blocks: list[Block], wanted: str | None) -> Block:
    if wanted is None:
        return max(blocks, key=lambda block: (not block.sheet.hidden and len(block.lines) >= FEWEST_ROWS, block.size))
    sought = wanted.strip().casefold()
    named = [block for block in blocks if sought in (label(block).casefold(), block.range.casefold())]
    named = named or [block for block in blocks if (block.sheet.name or "").casefold() == sought]
    if not named:
        listed = ", ".join(label(block) for block in blocks[:_LISTED])
        raise Invalid(f"There is no table “{wanted}” in {path.name}.", remedy=f"There are: {listed}.")
    return max(named, key=lambda block: block.size)


def label(block: Block) -> str:
    """What a table is called: its sheet and its cells."""
    return f"{block.sheet.name}!{block.range}" if block.sheet.name else block.range


def _elsewhere(block: Block, blocks: list[Block], sheets: list[Sheet]) -> list[Remark]:
    """Which of several tables was read, and which were not."""
    others = [
        f"{label(other)} ({len(other.lines):,} rows{', hidden' if other.sheet.hidden else ''})"
        for other in blocks if other is not block
    ]  # fmt: skip
    tabled = {id(other.sheet) for other in blocks}
    others += [f"{sheet.name} (no table)" for sheet in sheets if id(sheet) not in tabled and sheet.name]
    if not others:
        return []
    more = f" and {len(others) - _LISTED} more" if len(others) > _LISTED else ""
    text = f"The table in {label(block)} was read; there are others: {', '.join(others[:_LISTED])}{more}."
    return [Remark("elsewhere", text)]


def _uncalculated(block: Block) -> list[Remark]:
    """Columns whose formulas were never calculated: they hold no values that could be read."""
    names = [name for place, name in enumerate(block.names, block.first) if place in block.sheet.uncalculated]
    return [
        Remark(
            "formulas without values",
            f"{name} holds formulas without values; open the file in a spreadsheet program and save it there.",
            (),
            name,
        )
        for name in names
    ]


def _read(path: Path, block: Block) -> Table:
    sheet, header, remarks = block.sheet, block.names, list[Remark]()
    hints = Hints(sheet.delimiter, {place - block.first: shown for place, shown in sheet.formats.items()})
    lines, dated = block.lines, date_columns(header)
    lines = without_notes(header, lines, dated, remarks)
    wide = WideLines(path, sheet.name, header, lines, dated, hints, remarks)
    if dated:
        wide = without_total_columns(wide)
        lines, summed = _without_totals(wide.lines, number_columns(wide.lines, wide.dated), remarks, blocks=True)
        lines = without_aggregates(lines, lines, columns_of(wide.header, lines, wide.hints)[0], remarks)
        lines = without_country_groups(wide.header, lines, remarks)
        _enough(path, lines)
        table = melted(replace(wide, lines=lines))
        table.columns[-1].summed = bool(summed or sheet.summed)
        return table
    _enough(path, lines)
    if (months := month_columns(header)) is not None:
        table = melted_months(replace(wide, dated=months[1]), months[0])
        if table is not None:
            return table
    columns, told = columns_of(header, lines, hints)
    numbers = [column for column in columns if column.kind == "number"]
    kept, summed = _without_totals(lines, [column.numbers for column in numbers], remarks, blocks=False)
    kept = without_country_groups(header, without_aggregates(kept, lines, columns, remarks), remarks)
    if len(kept) < len(lines):
        _enough(path, kept)
        lines = kept
        columns, told = columns_of(header, lines, hints)
    proven = {numbers[place].name for place in summed}
    proven |= {name for place, name in enumerate(header, block.first) if place in sheet.summed}
    for column in columns:
        column.summed = column.kind == "number" and column.name in proven
    return Table(path.name, sheet.name, columns, [line.number for line in lines], remarks=remarks + told)


def _without_totals(
    lines: list[Line], numbers: list[list[float | None]], remarks: list[Remark], *, blocks: bool
) -> tuple[list[Line], frozenset[int]]:
    """The lines that are no totals, and the places of the columns whose totals were the sums of their cells."""
    totals = totals_among(lines, numbers, blocks=blocks)
    if not totals:
        return lines, frozenset()
    remarks.append(left_out([lines[place].number for place in sorted(totals)], "the sum of other rows"))
    proven = frozenset[int]().union(*totals.values())
    return [line for place, line in enumerate(lines) if place not in totals], proven


def _enough(path: Path, lines: list[Line]) -> None:
    if len(lines) < FEWEST_ROWS:
        raise Invalid(f"The table in {path.name} has too few rows to say anything.", remedy="Three rows are the least.")
