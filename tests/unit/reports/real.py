"""Twenty real tables: seventeen that ship in vega_datasets, and three of them put into other clothes by code."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd


def _folder() -> Path:
    spec = find_spec("vega_datasets")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / "_data"


DATA = _folder()


@dataclass(frozen=True, slots=True)
class Real:
    """``numbers`` are two of its number columns, ``group`` is one of words, ``date`` one of dates (None: has none).

    ``names`` says under what they stand after reading, where that is another name.
    """

    file: str
    numbers: tuple[str, ...]
    group: str | None
    date: str | None
    make: Callable[[Path, pd.DataFrame], Path] | None = None
    names: tuple[tuple[str, str], ...] = ()

    def frame(self) -> pd.DataFrame:
        """As pandas reads it."""
        if self.file.endswith(".json"):
            return pd.DataFrame(json.loads((DATA / self.file).read_text("utf-8")))
        return pd.read_csv(DATA / self.file, keep_default_na=False, na_values=[""])

    def path(self, folder: Path) -> Path:
        return self.make(folder, self.frame()) if self.make else DATA / self.file

    def called(self, name: str) -> str:
        return dict(self.names).get(name, name)


def _years_as_columns(folder: Path, frame: pd.DataFrame) -> Path:
    """A row for each source, a column for each year, and a row of totals below."""
    wide = frame.assign(year=frame["year"].str[:4]).pivot_table(index="source", columns="year", values="net_generation")
    path = folder / "net_generation.csv"
    total = pd.DataFrame([wide.sum()], index=pd.Index(["Total"], name="source"))
    pd.concat([wide, total]).astype(int).to_csv(path)
    return path


def _as_germans_write(folder: Path, frame: pd.DataFrame) -> Path:
    """Semicolons, decimal commas, points between thousands, days first, a title above and a note below."""
    path = folder / "beschaeftigte.csv"

    def written(value: Any) -> str:
        if isinstance(value, str):
            year, month, day = value.split("-")
            return f"{day}.{month}.{year}"
        return f"{value:,.1f}".translate(str.maketrans(",.", ".,"))

    lines = [";".join(map(written, row)) for row in frame.itertuples(index=False)]
    head = ["Beschäftigte in den USA", "", ";".join(frame.columns)]
    path.write_text("\n".join([*head, *lines, "", "Quelle: Bureau of Labor Statistics"]), encoding="cp1252")
    return path


def _a_workbook(folder: Path, frame: pd.DataFrame) -> Path:
    """A hidden sheet first, a title, the weather merged over days alike that follow one another."""
    book = openpyxl.Workbook()
    book.worksheets[0].append(["not", "to be", "read"])
    book.worksheets[0].sheet_state = "hidden"
    sheet: Any = book.create_sheet("Seattle")
    book.active = 1
    sheet.append(["The weather of Seattle"])
    sheet.append([])
    sheet.append(list(frame.columns))
    for row in frame.itertuples(index=False):
        sheet.append([pd.Timestamp(row[0]).to_pydatetime(), *row[1:]])
    last = len(frame.columns)
    weather, start = list(frame["weather"]), 0
    for at in range(1, len(weather) + 1):
        if at == len(weather) or weather[at] != weather[start]:
            if at - start > 1:
                sheet.merge_cells(start_row=start + 4, end_row=at + 3, start_column=last, end_column=last)
            start = at
    path = folder / "seattle.xlsx"
    book.save(path)
    return path


TABLES = (
    Real("airports.csv", ("latitude", "longitude"), "state", None),
    Real("anscombe.json", ("X", "Y"), "Series", None),
    Real("barley.json", ("yield",), "site", "year"),
    Real("burtin.json", ("Penicillin", "Neomycin"), "Gram_Staining", None),
    Real("cars.json", ("Miles_per_Gallon", "Horsepower"), "Origin", "Year"),
    Real("crimea.json", ("wounds", "disease"), None, "date"),
    Real("driving.json", ("miles", "gas"), "side", "year"),
    Real("iowa-electricity.csv", ("net_generation",), "source", "year"),
    Real("iris.json", ("sepalLength", "petalWidth"), "species", None),
    Real("la-riots.csv", ("age",), "race", "death_date"),
    Real("ohlc.json", ("open", "ret"), "signal", "date"),
    Real("seattle-temps.csv", ("temp",), None, "date"),
    Real("seattle-weather.csv", ("precipitation", "temp_max"), "weather", "date"),
    Real("sf-temps.csv", ("temp",), None, "date"),
    Real("stocks.csv", ("price",), "symbol", "date"),
    Real("us-employment.csv", ("nonfarm", "nonfarm_change"), None, "month"),
    Real("wheat.json", ("wheat", "wages"), None, "year"),
    Real("iowa-electricity.csv", ("net_generation",), "source", "year", _years_as_columns, (("year", "Date"),)),
    Real("us-employment.csv", ("wholesale_trade", "utilities"), None, "month", _as_germans_write),
    Real("seattle-weather.csv", ("precipitation", "temp_min"), "weather", "date", _a_workbook),
)
