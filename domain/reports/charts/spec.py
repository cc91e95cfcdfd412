"""What a chart shows, as plain data."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from domain.core.errors import Invalid

__all__ = ["ChartKind", "ChartSpec", "Series"]

_MAX_POINTS = 5_000


class ChartKind(StrEnum):
    LINE = "line"
    BAR = "bar"
    STACKED = "stacked"
    SCATTER = "scatter"


@dataclass(frozen=True, slots=True)
class Series:
    """One named row of values, as many as the chart has places on its x axis; None where there is none."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """What a chart shows. ``unit`` is written beside ``y_label`` (and “%” on the axis), ``source`` below."""

    kind: ChartKind
    title: str
    x: tuple[str | float, ...]
    series: tuple[Series, ...]
    x_label: str = ""
    y_label: str = ""
    unit: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if not self.x or not self.series:
            raise Invalid("There is nothing to draw.", remedy="Choose a column with values.")
        if len(self.x) > _MAX_POINTS:
            raise Invalid(f"A chart of {len(self.x):,} points cannot be read.", remedy="Group the data first.")
        for series in self.series:
            if len(series.values) != len(self.x):
                raise Invalid(
                    f"“{series.name}” does not have one value for each place on the axis.", remedy="Fill the gaps."
                )

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ChartSpec":
        """The spec stored as JSON. Raises Invalid when a part is missing or of the wrong kind."""
        try:
            series = tuple(Series(str(one["name"]), tuple(_value(v) for v in one["values"])) for one in data["series"])
            texts = {name: str(data.get(name, "")) for name in ("x_label", "y_label", "unit", "source")}
            x = tuple(place if isinstance(place, int | float) else str(place) for place in data["x"])
            return cls(kind=ChartKind(data["kind"]), title=str(data["title"]), x=x, series=series, **texts)
        except (KeyError, TypeError, ValueError) as error:
            raise Invalid("The chart's description is incomplete.", remedy="Give kind, title, x and series.") from error

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def _value(value: Any) -> float | None:
    """A finite number; None for a gap."""
    return float(value) if value is not None and math.isfinite(float(value)) else None
