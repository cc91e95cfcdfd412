"""Three tables made by code, and questions about them with what plain Python finds: numbers, and names in order."""

import csv
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import mean, median
from typing import Any

Row = dict[str, Any]

REGIONS = ("West", "East", "South", "North")
PRODUCTS = {"Oak Chair": "Furniture", "Desk Lamp": "Lighting", "Bookcase": "Furniture", "Phone": "Technology",
            "Printer": "Technology", "Ceiling Light": "Lighting"}  # fmt: skip


def _shop() -> list[Row]:
    """Three years of orders: no two products, regions or months are alike in any number."""
    rows: list[Row] = []
    for place in range(540):
        product = tuple(PRODUCTS)[(place * 7 + place // 11) % len(PRODUCTS)]
        region = REGIONS[(place * 3 + place // 5) % len(REGIONS)]
        day = date(2013, 1, 3) + timedelta(days=2 * place)
        units = 1 + (place * 5 + len(product)) % 9
        price = {"Oak Chair": 84.5, "Desk Lamp": 31.2, "Bookcase": 210.0, "Phone": 455.0, "Printer": 189.9,
                 "Ceiling Light": 58.4}[product]  # fmt: skip
        sales = round(units * price * (1 + (place % 13) / 100), 2)
        profit = round(sales * ((place * 11) % 37 - 9) / 100, 2)
        rows.append(
            {"Order Date": day.isoformat(), "Product": product, "Category": PRODUCTS[product], "Region": region,
             "Units": units, "Sales": sales, "Profit": profit}
        )  # fmt: skip
    return rows


def _weather() -> list[Row]:
    """Two years of days."""
    rows: list[Row] = []
    for place in range(730):
        day = date(2014, 1, 1) + timedelta(days=place)
        kind = ("sun", "rain", "fog", "rain", "snow")[(place * 17 + place // 3) % 5]
        season = abs((day.timetuple().tm_yday - 200) / 182)
        rows.append(
            {"Date": day.isoformat(), "Weather": kind, "Temperature": round(27 - 26 * season + (place * 7) % 5 - 2, 1),
             "Rainfall mm": round((place * 3) % 17 + place % 7 / 10, 1) if kind == "rain" else 0,
             "Wind": round(2 + (place * 11) % 9 + place % 3 / 10, 1)}
        )  # fmt: skip
    return rows


def _staff() -> list[Row]:
    """A list of people, with gaps."""
    first = ("Ada", "Ben", "Cleo", "Dirk", "Ewa", "Finn", "Gül", "Hugo", "Ida", "Jan", "Kim", "Lea")
    last = ("Berg", "Cox", "Diaz", "Ek", "Fox", "Gray", "Holm", "Ito", "Juul", "Kern")
    rows: list[Row] = []
    for place in range(120):
        section = ("Vertrieb", "Technik", "Verwaltung", "Einkauf")[(place * 5 + place // 7) % 4]
        pay = 31_000 + (place * 977) % 28_000 + {"Technik": 6_500}.get(section, 0)
        rows.append(
            {"Name": f"{first[place % 12]} {last[place // 12]}", "Abteilung": section,
             "Stadt": ("Köln", "Berlin", "Hamburg")[(place * 2 + place // 9) % 3], "Alter": 21 + (place * 13) % 42,
             "Gehalt": "" if place % 17 == 5 else pay, "Eintritt": 2004 + (place * 7) % 21}
        )  # fmt: skip
    return rows


def _csv(rows: list[Row]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


_NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.(?P<after>\d+))?")

SHOP, WEATHER, STAFF = _shop(), _weather(), _staff()
FILES = {"shop.csv": _csv(SHOP), "weather.csv": _csv(WEATHER), "staff.csv": _csv(STAFF)}


@dataclass(frozen=True, slots=True)
class Asked:
    """``numbers`` and ``names`` are those that the answer has to tell, the names in that order."""

    file: str
    words: str
    numbers: tuple[float, ...] = ()
    names: tuple[str, ...] = ()

    def told(self, text: str) -> bool:
        """Whether an answer says every one of them."""
        places = [text.find(name) for name in self.names]
        return all(tells(text, number) for number in self.numbers) and -1 not in places and places == sorted(places)


def tells(text: str, value: float) -> bool:
    """Whether a number stands in a text, rounded as it is written there, whatever its sign."""
    for found in _NUMBER.finditer(text):
        written = float(found.group().replace(",", ""))
        decimals = len(found["after"] or "")
        whole = str(int(written))
        zeros = 0 if decimals else len(whole) - len(whole.rstrip("0"))
        near = 0.5 * 10.0 ** (zeros - decimals) + 1e-9 if not zeros else min(0.5 * 10.0**zeros, 0.005 * abs(value))
        if abs(written - abs(value)) <= near:
            return True
    return False


def among(rows: Iterable[Row], **wanted: Any) -> list[Row]:
    return [row for row in rows if all(row[key] == value for key, value in wanted.items())]


def within(rows: Iterable[Row], start: str) -> list[Row]:
    """Of a time, as the beginning of its dates."""
    return [row for row in rows if str(row.get("Order Date", row.get("Date"))).startswith(start)]


def cells(rows: Iterable[Row], column: str) -> list[float]:
    return [float(row[column]) for row in rows if row[column] != ""]


def total(rows: Iterable[Row], column: str) -> float:
    return sum(cells(rows, column))


def by(
    rows: Iterable[Row], key: str | Callable[[Row], str], column: str, how: Callable[[list[float]], float] = sum
) -> list[tuple[str, float]]:
    """Of each group what ``how`` makes of its numbers, the largest first."""
    groups: dict[str, list[float]] = {}
    for row in rows:
        name = row[key] if isinstance(key, str) else key(row)
        if row[column] != "":
            groups.setdefault(str(name), []).append(float(row[column]))
    return sorted(((name, how(group)) for name, group in groups.items()), key=lambda pair: -pair[1])


def _names(pairs: Iterable[tuple[str, float]]) -> tuple[str, ...]:
    return tuple(name for name, _ in pairs)


def _numbers(pairs: Iterable[tuple[str, float]]) -> tuple[float, ...]:
    return tuple(number for _, number in pairs)


def _ranked(file: str, words: str, pairs: list[tuple[str, float]]) -> Asked:
    return Asked(file, words, _numbers(pairs), _names(pairs))


def _any_order(file: str, words: str, pairs: list[tuple[str, float]]) -> Asked:
    return Asked(file, words, _numbers(pairs))


_PROFIT_BY_REGION = by(SHOP, "Region", "Profit")
_SALES = total(SHOP, "Sales")
ENGLISH = (
    Asked("shop.csv", "what is the total of sales?", (_SALES,)),
    Asked("shop.csv", "what is the average of profit?", (mean(cells(SHOP, "Profit")),)),
    Asked("shop.csv", "which product sold most?", (), _names(by(SHOP, "Product", "Sales")[:1])),
    _ranked("shop.csv", "top 3 regions by profit", _PROFIT_BY_REGION[:3]),
    Asked("shop.csv", "total sales for Technology in the West",
          (total(among(SHOP, Category="Technology", Region="West"), "Sales"),)),
    Asked("shop.csv", "the median of Sales", (median(cells(SHOP, "Sales")),)),
    Asked("shop.csv", "compare sales in 2013 and 2014",
          (total(within(SHOP, "2013"), "Sales"), total(within(SHOP, "2014"), "Sales"))),
    Asked("shop.csv", "sales in May 2014?", (total(within(SHOP, "2014-05"), "Sales"),)),
    Asked("shop.csv", "show me the first 5 rows", tuple(float(row["Sales"]) for row in SHOP[:5])),
    Asked("shop.csv", "how many rows are there?", (len(SHOP),)),
    _any_order("shop.csv", "sales by category", by(SHOP, "Category", "Sales")),
    Asked("shop.csv", "what share of sales does each region have?",
          tuple(100 * number / _SALES for _, number in by(SHOP, "Region", "Sales"))),
    Asked("shop.csv", "how many different products are there?", (len(PRODUCTS),)),
    Asked("shop.csv", "what was the largest sale in 2014?", (max(cells(within(SHOP, "2014"), "Sales")),)),
    Asked("shop.csv", "lowest profit", (min(cells(SHOP, "Profit")),)),
    Asked("shop.csv", "how many rows have a profit below 0?", (sum(value < 0 for value in cells(SHOP, "Profit")),)),
    Asked("shop.csv", "units sold in the first quarter of 2015",
          (sum(total(within(SHOP, f"2015-0{month}"), "Units") for month in (1, 2, 3)),)),
    _any_order("shop.csv", "sales per quarter in 2014",
               by(within(SHOP, "2014"), lambda row: f"Q{(int(row['Order Date'][5:7]) + 2) // 3}", "Sales")),
    _ranked("shop.csv", "average sales by product, highest first", by(SHOP, "Product", "Sales", mean)),
    Asked("shop.csv", "profit of Bookcase in the East",
          (total(among(SHOP, Product="Bookcase", Region="East"), "Profit"),)),
    Asked("shop.csv", "how many orders with more than 7 units?", (sum(row["Units"] > 7 for row in SHOP),)),
    _any_order("shop.csv", "profit by year", by(SHOP, lambda row: row["Order Date"][:4], "Profit")),
    _ranked("shop.csv", "which two regions have the least sales?", by(SHOP, "Region", "Sales")[::-1][:2]),
    Asked("shop.csv", "sales without Technology",
          (total([row for row in SHOP if row["Category"] != "Technology"], "Sales"),)),
    Asked("weather.csv", "how many rainy days in 2015?", (len(among(within(WEATHER, "2015"), Weather="rain")),)),
    Asked("weather.csv", "average temperature in July 2014", (mean(cells(within(WEATHER, "2014-07"), "Temperature")),)),
    Asked("weather.csv", "what was the hottest day?", (max(cells(WEATHER, "Temperature")),)),
    Asked("weather.csv", "total rainfall in 2014", (total(within(WEATHER, "2014"), "Rainfall mm"),)),
    _any_order("weather.csv", "how many days of each weather?",
               [(kind, float(len(among(WEATHER, Weather=kind)))) for kind in ("sun", "rain", "fog", "snow")]),
    Asked("weather.csv", "maximum wind in December 2015", (max(cells(within(WEATHER, "2015-12"), "Wind")),)),
    Asked("weather.csv", "median temperature by weather",
          _numbers(by(WEATHER, "Weather", "Temperature", median))),
    Asked("weather.csv", "how many days with a temperature above 20?",
          (sum(value > 20 for value in cells(WEATHER, "Temperature")),)),
    Asked("staff.csv", "who is the oldest?", (max(cells(STAFF, "Alter")),)),
    Asked("staff.csv", "average Gehalt by Stadt", _numbers(by(STAFF, "Stadt", "Gehalt", mean))),
    Asked("staff.csv", "how many rows have no Gehalt?", (sum(row["Gehalt"] == "" for row in STAFF),)),
    Asked("staff.csv", "number of people in Technik", (len(among(STAFF, Abteilung="Technik")),)),
)  # fmt: skip
GERMAN = (
    Asked("staff.csv", "Wie viele Personen sind in Köln?", (len(among(STAFF, Stadt="Köln")),)),
    Asked("staff.csv", "Wie hoch ist das durchschnittliche Gehalt?", (mean(cells(STAFF, "Gehalt")),)),
    Asked("staff.csv", "Summe der Gehälter nach Abteilung", _numbers(by(STAFF, "Abteilung", "Gehalt"))),
    Asked("staff.csv", "Median des Gehalts", (median(cells(STAFF, "Gehalt")),)),
    Asked("staff.csv", "Was ist das höchste Gehalt?", (max(cells(STAFF, "Gehalt")),)),
    Asked("staff.csv", "Durchschnittliches Alter in Berlin", (mean(cells(among(STAFF, Stadt="Berlin"), "Alter")),)),
    Asked("staff.csv", "Wie viele Zeilen hat die Tabelle?", (len(STAFF),)),
    Asked("staff.csv", "Zeige die ersten 3 Zeilen", tuple(float(row["Alter"]) for row in STAFF[:3])),
    Asked("staff.csv", "Wie viele verschiedene Städte gibt es?", (3,)),
    Asked("staff.csv", "Anzahl pro Abteilung",
          tuple(float(len(among(STAFF, Abteilung=name))) for name in ("Vertrieb", "Technik", "Verwaltung", "Einkauf"))),
    Asked("staff.csv", "Wie viele sind älter als 50?", (sum(row["Alter"] > 50 for row in STAFF),)),
    Asked("staff.csv", "Welche Abteilung hat das höchste durchschnittliche Gehalt?", (),
          _names(by(STAFF, "Abteilung", "Gehalt", mean)[:1])),
    Asked("staff.csv", "kleinstes Gehalt in Hamburg", (min(cells(among(STAFF, Stadt="Hamburg"), "Gehalt")),)),
    Asked("staff.csv", "Wie viele Gehälter fehlen?", (sum(row["Gehalt"] == "" for row in STAFF),)),
    Asked("shop.csv", "Sales nach Region", _numbers(by(SHOP, "Region", "Sales"))),
    Asked("shop.csv", "Gesamtsumme von Sales im Jahr 2014", (total(within(SHOP, "2014"), "Sales"),)),
    Asked("shop.csv", "die 3 besten Produkte nach Profit", _numbers(by(SHOP, "Product", "Profit")[:3])),
    Asked("shop.csv", "Profit im März 2014", (total(within(SHOP, "2014-03"), "Profit"),)),
    Asked("shop.csv", "Vergleiche Sales 2013 und 2014",
          (total(within(SHOP, "2013"), "Sales"), total(within(SHOP, "2014"), "Sales"))),
    Asked("shop.csv", "Durchschnitt von Profit pro Category", _numbers(by(SHOP, "Category", "Profit", mean))),
    Asked("shop.csv", "Anteil der Regionen an Sales",
          tuple(100 * number / _SALES for _, number in by(SHOP, "Region", "Sales"))),
    Asked("shop.csv", "Wie viele Units im Westen?", (total(among(SHOP, Region="West"), "Units"),)),
    Asked("weather.csv", "Wie viele Tage mit snow im Jahr 2014?",
          (len(among(within(WEATHER, "2014"), Weather="snow")),)),
    Asked("weather.csv", "mittlere Temperature im Januar 2015",
          (mean(cells(within(WEATHER, "2015-01"), "Temperature")),)),
)  # fmt: skip
QUESTIONS = ENGLISH + GERMAN
