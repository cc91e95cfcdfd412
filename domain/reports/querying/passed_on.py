"""What the reading of a table said that matters to an answer: about its columns, and about rows left out."""

from domain.reports.querying.asked import Asked
from domain.reports.querying.source import Source
from domain.reports.reading import Remark

_ABOUT_ROWS = ("rows left out", "doubtful rows")
_MOST = 6


def remarks_for(question: Asked) -> list[str]:
    """Remarks on the columns used, on rows, and on what stands elsewhere in the file, in this order."""
    source = question.source
    used = _used(question)
    about = [_of_columns(source, side, used) for side in range(len(source.sides))]
    rows = [remark for side in source.sides for remark in side.table.remarks if _is_about_rows(remark)]
    other = [remark for remark in source.table.remarks if remark.column is None and remark.kind == "elsewhere"]
    found = list(dict.fromkeys(remark.text for remark in (*(one for part in about for one in part), *rows, *other)))
    return found[:_MOST]


def _is_about_rows(remark: Remark) -> bool:
    return remark.column is None and remark.kind in _ABOUT_ROWS


def _of_columns(source: Source, side: int, used: set[str]) -> list[Remark]:
    names = {origin.column.name for name, origin in source.columns.items() if origin.side == side and name in used}
    return [remark for remark in source.sides[side].table.remarks if remark.column in names]


def _used(question: Asked) -> set[str]:
    out = {key.column for key in question.keys} | set(question.query.columns) | {one.column for one in question.filters}
    for measure in question.measures:
        out |= {name for name in (measure.select.column, measure.select.of) if name is not None}
        if measure.role is not None:
            out |= {measure.role.above, measure.role.below}
    if question.listing and not question.query.columns:
        out |= set(question.source.columns)
    return out | ({question.date} if question.date is not None else set())


def turned(question: Asked) -> list[str]:
    """In a table that had a column for each date, a row is one line of the file at one date: that is said of counts."""
    table = question.source.table
    if table.wide is None or not any(measure.select.column is None for measure in question.measures):
        return []
    lines = len(set(table.row_numbers))
    return [f"The file has {lines:,} lines, each with several values of {table.wide.date}; each of these is counted."]


def repeated_rows(question: Asked) -> list[str]:
    """Rows that repeat others are counted here, and not among the facts of a table: that is said."""
    frame = question.source.sides[0].known_frame
    if question.listing or frame is None or not frame.duplicates:
        return []
    rows = len(frame.duplicates)
    if rows == 1:
        return [f"Row {frame.duplicates[0]:,} repeats another in every cell, and is counted."]
    return [f"{rows:,} rows repeat others in every cell, and are counted."]
