"""Amounts in several currencies: they are never added, averaged or compared, but stand by currency."""

from functools import partial

import polars as pl

from domain.reports.facts.frame import NO_VALUE
from domain.reports.facts.words import called, hints
from domain.reports.querying.grouping import Groups, Key, word_label
from domain.reports.querying.measures import Measure
from domain.reports.querying.names import listed
from domain.reports.querying.query import How
from domain.reports.querying.source import Side, Source, Words
from domain.reports.reading import Column
from domain.reports.reading.numerals import CODES

_COMPARED = frozenset((How.SUM, How.MEAN, How.MEDIAN, How.MIN, How.MAX, How.SHARE))
_CALLED = "currency"


def key_by_currency(source: Source, measures: list[Measure], keys: list[Key], rows: pl.DataFrame) -> Key | None:
    """The key of the currency, new or among those there, where the rows chosen hold amounts of a measure in several."""
    for measure in measures:
        shown = _shown(source, measure)
        if shown is None:
            continue
        name, codes, words = shown
        values = source.series(measure.select.column or "").gather(rows["row"])
        there = codes.gather(rows["row"]).filter(values.is_not_null()).drop_nulls()
        if there.n_unique() > 1:
            own = Key(name, name, codes, partial(word_label, words), "text")
            return next((key for key in keys if key.column == name), own)
    return None


def note_on(source: Source, key: Key, rows: pl.DataFrame) -> str:
    labels = [key.label(code).text for code in key.codes.gather(rows["row"]).drop_nulls().unique().sort().to_list()]
    return f"Amounts in {listed(labels)} are not added up: each currency stands by itself."


def units_of(source: Source, groups: Groups, measure: Measure) -> list[str | None]:
    """The currency of each group, where it is in the rows rather than in the column."""
    shown = _shown(source, measure) if measure.unit is None else None
    if shown is None:
        return [None] * len(groups)
    _, codes, words = shown
    found = dict(
        groups.rows.select("group")
        .with_columns(codes.gather(groups.rows["row"]).alias("code"))
        .group_by("group")
        .agg(pl.col("code").drop_nulls().unique())
        .iter_rows()
    )
    return [_single(found.get(place, []), words) for place in range(len(groups))]


def _single(codes: list[int], words: list[str]) -> str | None:
    return words[codes[0]].upper() if len(codes) == 1 and words[codes[0]].upper() in CODES else None


def _shown(source: Source, measure: Measure) -> tuple[str, pl.Series, list[str]] | None:
    """Where the currency of a measure's amounts stands: its column's name, each row's code, and the codes' words."""
    column = measure.column
    if column is None or measure.select.how not in _COMPARED or column.kind != "number":
        return None
    side = source.sides[measure.side]
    if column.currencies:
        words = Words(column.currencies)
        return _CALLED, _placed(side, pl.Series(words.codes, dtype=pl.Int32)), words.names
    if not _is_money(column):
        return None
    for name, origin in source.columns.items():
        if origin.side == measure.side and origin.column.kind == "text" and _holds_codes(source.words(name).names):
            return name, source.series(name), source.words(name).names
    return None


def _placed(side: Side, series: pl.Series) -> pl.Series:
    return series if side.places is None else series.gather(side.places)


def _holds_codes(words: list[str]) -> bool:
    return bool(words) and all(word.upper() in CODES for word in words if word != NO_VALUE)


def _is_money(column: Column) -> bool:
    """Whether amounts of a column may be in the currency that another column names."""
    if column.unit is not None or column.percent or called(column.name, "count"):
        return False
    return column.decimals == 2 or hints(column.name, "earned") or hints(column.name, "spent") or _amount(column.name)


def _amount(name: str) -> bool:
    return any(word in name.casefold() for word in ("amount", "betrag", "price", "preis", "montant", "importe", "wert"))
