"""A question put to a table: its names are found, what it would mean is checked, and then it is computed."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

import polars as pl

from domain.reports.facts.fact import Fact, ranges
from domain.reports.querying import guards, spans
from domain.reports.querying.answering import answer_of
from domain.reports.querying.asked import Asked, asked, unusable
from domain.reports.querying.comparing import comparable, compared, in_order, paired
from domain.reports.querying.currencies import key_by_currency, note_on, units_of
from domain.reports.querying.grouping import Groups, grouped
from domain.reports.querying.joining import joined, said_once
from domain.reports.querying.listing import listed
from domain.reports.querying.measures import Measure, Number, computed
from domain.reports.querying.missed import missed
from domain.reports.querying.ordering import headings_of, leading_measure, ordered
from domain.reports.querying.passed_on import remarks_for, repeated_rows, turned
from domain.reports.querying.query import How, Query
from domain.reports.querying.result import FEWEST_SHOWN, Result
from domain.reports.querying.saying import SCORE, About, fact_of, said, sentence_of, share_sentence, worded
from domain.reports.querying.source import AT, Side, Source
from domain.reports.querying.values import MOST_KEPT, written_date
from domain.reports.reading import Cell, Table


def run_query(table: Table, query: Query, other: Table | None = None, *, most: int = MOST_KEPT) -> Result:
    """What a query finds in a table, with the facts behind each number and the rows they rest on.

    ``other`` is the table of the file that ``query.join`` names; ``most``: so many rows are kept at most. It holds the
    interpreter for as long as it takes: run it in another process.

    Raises:
        Invalid: with the code UNANSWERABLE, where the table cannot answer or the number would mean nothing.
    """
    source, notes = _source(table, query, other)
    question = asked(source, query)
    question.notes += [*notes, *said_once(source, {measure.side for measure in question.measures})]
    question.most = most
    found = _answer(question)
    more = [*turned(question), *repeated_rows(question), *remarks_for(question)]
    return replace(found, notes=tuple(dict.fromkeys([*found.notes, *more])))


def _source(table: Table, query: Query, other: Table | None) -> tuple[Source, list[str]]:
    if query.join is None:
        return Source([Side(table)]), []
    if other is None:
        raise unusable(f"{query.join.file} is not here to be joined.", "Send it too.")
    return joined(table, other, query.join)


def _answer(question: Asked) -> Result:
    source = question.source
    frame = source.base().with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    chosen = question.mask()
    notes = list(question.notes)
    if question.compared is not None:
        return _compared(question, frame, chosen, notes)
    if question.period is not None and question.date is not None:
        notes += _undated(source, question.date, chosen)
        chosen = chosen & question.within(question.period)
    rows = frame.filter(chosen)
    if question.period is not None:
        frame = frame.filter(question.within(question.period))
    about = _about(question)
    if not rows.height:
        return _nothing(question, about, notes)
    if question.listing:
        return listed(question, rows, about, notes)
    return _computed(question, frame, rows, about, notes)


def _undated(source: Source, date: str, chosen: pl.Series) -> list[str]:
    undated = int((chosen & source.series(date).is_null()).sum())
    return [f"{_rows(undated)} without {date} {_are(undated)} in no period and not counted."] if undated else []


def _compared(question: Asked, frame: pl.DataFrame, chosen: pl.Series, notes: list[str]) -> Result:
    """Two periods side by side."""
    source = question.source
    assert question.date is not None
    notes += _undated(source, question.date, chosen)
    question.keys = comparable(question.keys)
    sides = [frame.filter(chosen & question.within(reach)) for reach in in_order(question)]
    about = _about(question, timed=False)
    if not sides[0].height and not sides[1].height:
        return _nothing(question, _about(question), notes)
    notes += [
        f"No row lies {spans.told(reach.period)}."
        for reach, side in zip(in_order(question), sides, strict=True) if not side.height
    ]  # fmt: skip
    by_currency(question, pl.concat(sides), notes)
    groups = (grouped(sides[0], question.keys), grouped(sides[1], question.keys))
    columns: list[list[list[Number]]] = []
    for place, one in enumerate(groups):
        check(question, one, notes)
        everything = frame.filter(question.within(in_order(question)[place]))
        columns.append([_column(question, everything, one, measure) for measure in question.measures])
    pairs = paired(question, groups, (columns[0], columns[1]), (rows_by_group(groups[0]), rows_by_group(groups[1])))
    return compared(question, pairs, about, notes, sides[0].height + sides[1].height, partial(_fact, question))


def by_currency(question: Asked, rows: pl.DataFrame, notes: list[str]) -> None:
    """Amounts in several currencies are grouped by it."""
    question.currency = key_by_currency(question.source, question.measures, question.keys, rows)
    if question.currency is not None:
        question.keys = [*question.keys, *([] if question.currency in question.keys else [question.currency])]
        notes.append(note_on(question.source, question.currency, rows))


def check(question: Asked, groups: Groups, notes: list[str]) -> None:
    """Raises Invalid where a number of the groups would mean nothing."""
    for measure in question.measures:
        guards.check_indicators(question.source, groups, measure)
        guards.check_dates(question.source, groups, measure, notes)
        notes += [said_so for said_so in (guards.simple_mean(measure),) if said_so]


def _about(question: Asked, *, timed: bool = True) -> About:
    """What all numbers of an answer are about; ``timed``: its period too."""
    segment = tuple(one.segment for one in question.filters if one.segment is not None)
    period = question.period.period if question.period and timed else None
    return About(segment, "".join(f" {one.text}" for one in question.filters), period)


def _nothing(question: Asked, about: About, notes: list[str]) -> Result:
    """No row is what was asked for: that is an answer too."""
    empty = not question.source.height
    text = f"{question.source.file} has no rows." if empty else f"{_no_row(about)}."
    fact = Fact("total", "rows", about.segment, about.period, 0, None, SCORE, (), text)
    headings = headings_of(question)
    return Result(question.query, headings, (), 0, 0, text, (fact,), (*notes, *missed(question)), leading=1)


def _no_row(about: About) -> str:
    """“No row matches Region West in 2014”, “There is no row without price”."""
    if about.text.startswith((" with ", " without ")):
        return f"There is no row{about.text}"
    return f"No row matches{about.text.replace(' for ', ' ', 1) if about.text.startswith(' for ') else about.text}"


def _computed(question: Asked, frame: pl.DataFrame, rows: pl.DataFrame, about: About, notes: list[str]) -> Result:
    rows = _dated(question, rows, notes)
    if not rows.height:
        return _nothing(question, about, notes)
    by_currency(question, rows, notes)
    groups = grouped(rows, question.keys)
    check(question, groups, notes)
    columns = [_column(question, frame, groups, measure) for measure in question.measures]
    order, tied = ordered(question, groups, columns)
    most = question.most
    kept = order[: min(question.query.limit or most, most)]
    if tied:
        notes.append(tied)
    if len(order) > most and (question.query.limit or len(order)) > most:
        notes.append(f"The first {most:,} of {len(order):,} groups are kept.")
    places: list[list[int]] = rows_by_group(groups) if question.keys else [groups.rows[AT].to_list()]
    facts = [
        [_fact(question, measure, column[group], about.of(question.keys, groups.labels[group]), places[group])
         for measure, column in zip(question.measures, columns, strict=True)]
        for group in kept
    ]  # fmt: skip
    sentence, named = answer_of(question, groups, columns, order, facts, about)
    first = leading_measure(question)
    leading = [_rows_in(question, rows, about)] if question.keys and question.period is not None else []
    leading += [
        _fact(question, question.measures[first], columns[first][group],
              about.of(question.keys, groups.labels[group]), places[group])
        for group in named if group not in kept[:FEWEST_SHOWN]
    ]  # fmt: skip
    return Result(
        query=question.query,
        headings=headings_of(question),
        rows=tuple(
            (*(label.cell for label in groups.labels[group]),
             *(_cell(measure, column[group].value) for measure, column in zip(question.measures, columns, strict=True)))
            for group in kept
        ),
        count=len(order),
        matched=rows.height,
        sentence=sentence,
        facts=(*leading, *(fact for row in facts for fact in row)),
        leading=len(leading),
        notes=tuple(dict.fromkeys(notes)),
        shown=tuple(
            (*(label.text for label in groups.labels[group]),
             *(said(measure, column[group].value, column[group].unit)
               for measure, column in zip(question.measures, columns, strict=True)))
            for group in kept
        ),
    )  # fmt: skip


def _rows_in(question: Asked, rows: pl.DataFrame, about: About) -> Fact:
    """How many rows the time holds that the groups are told of."""
    numbers = question.source.row_numbers[rows[AT].to_numpy()].tolist()
    count = len(set(numbers))
    text = f"There {_are(count)} {_rows(count)}{about.text}."
    return Fact("total", "rows", about.segment, about.period, count, None, SCORE, ranges(numbers), text)


def rows_by_group(groups: Groups) -> list[list[int]]:
    found = dict(groups.rows.group_by("group").agg(pl.col(AT)).iter_rows())
    return [found.get(place, []) for place in range(len(groups))]


def _dated(question: Asked, rows: pl.DataFrame, notes: list[str]) -> pl.DataFrame:
    """Without the rows that have no date to be grouped by, which is said."""
    for key in question.keys:
        if not key.lasting:
            continue
        known = key.codes.gather(rows["row"]).is_not_null()
        missing = int((~known).sum())
        if missing:
            notes.append(f"{_rows(missing)} without {key.column} {_are(missing)} in no {key.step} and left out.")
            rows = rows.filter(known)
    return rows


def _column(question: Asked, frame: pl.DataFrame, groups: Groups, measure: Measure) -> list[Number]:
    """A measure of each group; shares are of the groups together, or without groups of all rows."""
    found = computed(question.source, groups, measure)
    if measure.select.how is not How.SHARE:
        units = units_of(question.source, groups, measure)
        return [_placed(question.source, one, unit) for one, unit in zip(found, units, strict=True)]
    if question.keys:
        wholes = _wholes(question, groups, found)
    else:
        wholes = [_amount(computed(question.source, grouped(frame, []), measure)[0])]
    if any(_amount(one) < 0 for one in found) or any(whole <= 0 for whole in wholes):
        what = measure.select.column or "rows"
        raise unusable(
            f"{what} is not above zero in every part, so parts of a whole cannot be told.",
            f"Ask for the sum of {what} instead.",
        )
    return [Number(_amount(one) / whole, one.over, one.unread) for one, whole in zip(found, wholes, strict=True)]


def _wholes(question: Asked, groups: Groups, found: list[Number]) -> list[float]:
    """What each group is a part of: all of them, or those of its currency."""
    if question.currency is None:
        return [math.fsum(_amount(one) for one in found)] * len(found)
    at = question.keys.index(question.currency)
    if len(question.keys) == 1:
        raise unusable(
            "Parts of a whole cannot be told over several currencies.", "Name one of them, or ask for the sum of each."
        )
    mine = [labels[at].text for labels in groups.labels]
    return [
        math.fsum(_amount(other) for other, code in zip(found, mine, strict=True) if code == currency)
        for currency in mine
    ]


def _placed(source: Source, one: Number, unit: str | None) -> Number:
    """A number with its unit, and the place of its single row as the number a spreadsheet shows."""
    row = None if one.row is None else int(source.row_numbers[one.row])
    return replace(one, row=row, unit=unit)


def _amount(one: Number) -> float:
    return float(one.value) if isinstance(one.value, int | float) else 0.0


def _cell(measure: Measure, value: Cell) -> Cell:
    return written_date(measure.column, value) if isinstance(value, datetime) and measure.column else value


# -- words ---------------------------------------------------------------------------------------------


def _fact(question: Asked, measure: Measure, found: Number, about: About, places: Sequence[int]) -> Fact:
    numbers = question.source.row_numbers
    rows = [found.row] if found.row is not None else numbers[list(places)].tolist()
    if measure.select.how is How.SHARE:
        of = measure.select.column or "all rows"
        text = share_sentence(measure, found, about, of)
    else:
        text = sentence_of(measure, found, about)
    return fact_of(measure, found, about, rows, text) or worded(measure, found, about, rows, text)


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
