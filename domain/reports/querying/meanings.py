"""What the numbers of a column are, as far as it decides what may be made of them: prices are not added, nor ids.

Only what speaks for itself counts: a unit, a word of the header, or how the numbers behave beyond doubt. A number
column that nothing speaks against adds up.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from domain.reports.facts.frame import Frame, Role
from domain.reports.facts.words import called, hints
from domain.reports.reading import Column
from domain.reports.reading.columns import YEAR_NAMES
from domain.reports.reading.months import fold


@dataclass(frozen=True, slots=True)
class Meaning:
    """Why the numbers of a column do not add up; ``averaged``: whether a mean of them says something.

    ``level``: they add up over the rows of one date, not over dates.
    """

    why: str = ""
    averaged: bool = True
    level: bool = False
    offered: str = "Ask for its average, its median, or its smallest and largest instead."

    @property
    def added(self) -> bool:
        return not self.why


_AVERAGE = "Ask for its average, its median, or its smallest and largest instead."
_COUNT = "Ask how many different ones there are, or for the number of rows."
_LATEST = "Ask for the last one, or for its average."

_KINDS: tuple[tuple[str, str], ...] = (
    ("holds temperatures", "temperature temperatures temp temps temperatur temperaturen temperatura temperatur_c tmin "
     "tmax temp_min temp_max"),
    ("holds percentages", "percent percentage percentages percentile pct prozent prozentsatz pourcentage porcentaje "
     "anteil anteile share"),
    ("holds rates", "rate rates ratio ratios quote quoten taux tasa tasso zinssatz zinssatze inflation fertility "
     "mortality density dichte probability wahrscheinlichkeit correlation variance stdev"),
    ("holds values of an index", "index indices indexes indeks nps"),
    ("holds prices", "price prices preis preise prix precio precios prezzo prezzi prijs prijzen cena ceny pris preco "
     "kurs unit_cost stuckkosten wechselkurs einzelpreis stuckpreis listenpreis"),
    ("holds ages", "age ages alter lebensalter edad eta leeftijd"),
    ("holds ratings", "rating ratings satisfaction zufriedenheit bewertung bewertungen satisfaccion soddisfazione "
     "tevredenheid schulnote"),
    ("holds averages", "average averages avg mean median durchschnitt mittelwert moyenne promedio gemiddelde"),
    ("holds measurements of a state", "humidity luftfeuchtigkeit pressure luftdruck speed velocity geschwindigkeit bmi "
     "expectancy lebenserwartung magnitude concentration konzentration altitude elevation ph"),
    ("holds what comes to each head", "capita percapita"),
)  # fmt: skip
_COMPOUNDS = ("temperatur", "preis", "preise", "quote", "anteil", "index", "durchschnitt", "geschwindigkeit", "dichte",
              "zufriedenheit", "percentage", "inflation")  # fmt: skip
"""Words that may end a longer one: Außentemperatur."""
_GAINED = frozenset(["gain", "loss", "anstieg", "zuwachs", "verlust"])
"""What is gained in height adds up; the height does not."""
_PRICES = "holds prices"
_WHOLE = frozenset(["total", "totals", "gesamt", "gesamtpreis", "sum", "summe", "subtotal"])
"""A total price is that of all pieces."""
_LOGARITHM = re.compile(r"(?:^|[\W_])(?:log|log2|log10|ln|logarithm)(?:$|[\W_])")
_DIVIDED = re.compile(
    r"\bper\b|\bpro (?:kopf|stuck|tag|woche|monat|jahr|stunde|person|einheit|kunde|mitarbeiter|nacht|km|kg|liter)\b"
    r"|[a-z)]\s*/\s*(?:h|hr|hour|day|week|month|capita|head|person|unit|kg|l|km|m2|m²|kopf|stuck|std|tag)\b"
)
_RUNNING = frozenset(["cumulative", "cumulated", "cum", "kumuliert", "kumulativ", "running", "ytd"])
_YEARS = range(1000, 2200)
_LATE_YEARS = range(1930, 2101)
"""What numbers that behave like codes are, where all of them lie there."""
_FEW = 4
_MANY = 12
"""From so many on, 1, 2, 3, … is no chance."""


def meaning_of(name: str, column: Column, frame: Frame | None) -> Meaning:
    """What may be made of a number column."""
    role = frame.roles.get(column.name, Role("")) if frame is not None else Role("")
    return (
        _names(name, column, role)
        or _parts(name, column, role)
        or _by_unit(name, column)
        or _by_words(name, column)
        or _by_role(name, column, frame, role)
        or Meaning()
    )


def _names(name: str, column: Column, role: Role) -> Meaning | None:
    """Numbers that are names, and running numbers."""
    counted = hints(column.name, "flow") or column.decimals or column.currencies or column.percent
    coded = role.kind == "id" and hints(column.name, "id")
    if coded or (not counted and called(column.name, "name")):
        return Meaning(f"{name} is made of numbers that are names", averaged=False, offered=_COUNT)
    values = [number for number in column.numbers if number is not None]
    follows = len(values) > _FEW and all(b - a == 1 for a, b in pairwise(values))
    if follows and not counted and (role.kind == "id" or (len(values) >= _MANY and values[0] in (0, 1))):
        return Meaning(f"{name} numbers the rows", averaged=False, offered=_COUNT)
    return None


def _parts(name: str, column: Column, role: Role) -> Meaning | None:
    values = [number for number in column.numbers if number is not None]
    words = _words(column.name)
    yearly = words and (words[-1] in YEAR_NAMES or words[0] in YEAR_NAMES or words[-1] in ("born", "built", "baujahr"))
    behaves = role.kind == "id" and not column.currencies and not hints(column.name, "flow")
    known = _YEARS if yearly else _LATE_YEARS if behaves else range(0)
    if not column.decimals and values and all(known.start <= value < known.stop for value in values):
        return Meaning(f"{name} holds years", offered="Ask for the earliest, the latest, or count the rows by it.")
    if role.kind == "part" or column.part:
        return Meaning(f"{name} holds parts of a date", averaged=False, offered="Count the rows by it instead.")
    if role.kind == "place":
        return Meaning(f"{name} holds places on a map", offered="Ask for its smallest and largest instead.")
    return None


def _by_unit(name: str, column: Column) -> Meaning | None:
    if column.percent or column.unit == "%":
        return Meaning(f"{name} holds percentages", offered=_AVERAGE)
    if (column.unit or "").replace(" ", "").startswith("°"):
        return Meaning(f"{name} holds temperatures", offered=_AVERAGE)
    return None


def _by_words(name: str, column: Column) -> Meaning | None:
    if column.summed:
        return None  # the table itself has added it up
    words = _words(column.name)
    joined = "_".join(words)
    if _RUNNING & set(words):
        return Meaning(f"{name} is a running total already", offered=_LATEST)
    for what, known in _KINDS:
        vocabulary = set(known.split())
        if what == _PRICES and _WHOLE & set(words):
            continue
        if what.endswith("of a state") and _GAINED & set(words):
            continue
        if joined in vocabulary or vocabulary & set(words):
            return Meaning(f"{name} {what}", offered=_AVERAGE)
    for word in words:
        for ending in _COMPOUNDS:
            if word.endswith(ending) and len(word) >= len(ending) + 3 and word not in _WHOLE:
                what = next(what for what, known in _KINDS if ending in known.split())
                return Meaning(f"{name} {what}", offered=_AVERAGE)
    if column.decimals and _LOGARITHM.search(fold(column.name)):
        return Meaning(f"{name} holds logarithms", offered=_AVERAGE)
    if not column.name.casefold().startswith("per ") and _DIVIDED.search(fold(column.name)):
        return Meaning(f"{name} is divided by something in each row already", offered=_AVERAGE)
    return None


def _by_role(name: str, column: Column, frame: Frame | None, role: Role) -> Meaning | None:
    """What the numbers themselves show: a quotient of two columns, a balance that runs, a level."""
    if frame is None:
        return None
    if role.kind == "rate":
        return Meaning(f"{name} is {role.above} by {role.below} in each row", offered=_AVERAGE)
    if role.kind == "balance":
        return Meaning(f"{name} is a balance that runs from row to row", offered=_LATEST)
    level, flow = hints(column.name, "level"), hints(column.name, "flow")
    shown = role.kind == "level" and column.name not in frame.unsure and (level or not flow)
    if shown or (level and not flow and role.kind != "flow" and frame.starts):
        return Meaning(level=True, offered=_LATEST)
    return None


def _words(name: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return re.findall(r"[^\W\d_]+", fold(spaced))
