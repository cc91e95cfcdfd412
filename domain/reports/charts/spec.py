"""What a chart shows, as plain data."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from domain.core.errors import Invalid

__all__ = ["ABOVE", "BELOW", "MOST_POINTS", "REST", "ChartKind", "ChartSpec", "Series", "is_open"]

MOST_POINTS = 5_000


ABOVE, BELOW = " or more", "less than "
"""How a bin is called that takes in whatever lies beyond the others: what ends, and what begins its name."""


REST = "other "
"""How a bar is called that adds up those without a place of their own, before how many they are."""


class ChartKind(StrEnum):
    LINE = "line"
    BAR = "bar"
    STACKED = "stacked"
    SCATTER = "scatter"
    PIE = "pie"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Series:
    """One named row of values, as many as the chart has places on its x axis; None where there is none."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """What a chart shows. ``unit`` is written beside ``y_label`` (and “%” on the axis), ``source`` below.

    ``note`` says above the source what of the data is not to be seen. A histogram has ``edges``, one more than it has
    bins, and in ``x`` what each bin is called; where they are left out its bins stand side by side. A pie has one
    series, whose values are its parts.
    """

    kind: ChartKind
    title: str
    x: tuple[str | float, ...]
    series: tuple[Series, ...]
    x_label: str = ""
    y_label: str = ""
    unit: str = ""
    source: str = ""
    note: str = ""
    edges: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not self.x or not self.series:
            raise Invalid("There is nothing to draw.", remedy="Choose a column with values.")
        if len(self.x) > MOST_POINTS:
            raise Invalid(f"A chart of {len(self.x):,} points cannot be read.", remedy="Group the data first.")
        for series in self.series:
            if len(series.values) != len(self.x):
                raise Invalid(
                    f"“{series.name}” does not have one value for each place on the axis.", remedy="Fill the gaps."
                )
        if self.edges and (len(self.edges) != len(self.x) + 1 or any(a >= b for a, b in pairwise(self.edges))):
            raise Invalid("The edges of the bins do not fit the bins.", remedy="Give one edge more than bins, rising.")
        if self.kind is ChartKind.PIE:
            self._check_pie()

    def _check_pie(self) -> None:
        parts = [value or 0.0 for value in self.series[0].values]
        if len(self.series) > 1 or min(parts) < 0 or math.fsum(parts) <= 0:
            raise Invalid("The parts of a pie are one row of positive numbers.", remedy="Draw bars instead.")

    @property
    def percent(self) -> bool:
        """Whether the values are percentages."""
        return self.unit.strip() == "%"

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ChartSpec":
        """The spec stored as JSON. Raises Invalid when a part is missing or of the wrong kind."""
        try:
            series = tuple(Series(str(one["name"]), tuple(_value(v) for v in one["values"])) for one in data["series"])
            texts = {name: str(data.get(name, "")) for name in ("x_label", "y_label", "unit", "source", "note")}
            edges = tuple(float(edge) for edge in data.get("edges", ()))
            x = tuple(place if isinstance(place, int | float) else str(place) for place in data["x"])
            return cls(kind=ChartKind(data["kind"]), title=str(data["title"]), x=x, series=series, edges=edges, **texts)
        except (KeyError, TypeError, ValueError) as error:
            raise Invalid("The chart's description is incomplete.", remedy="Give kind, title, x and series.") from error

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def is_open(bin_name: str) -> bool:
    """Whether a bin of a histogram has no end on one side."""
    return bin_name.endswith(ABOVE) or bin_name.startswith(BELOW)


def _value(value: Any) -> float | None:
    """A finite number; None for a gap."""
    return float(value) if value is not None and math.isfinite(float(value)) else None
