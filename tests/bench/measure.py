"""Rounds, medians and percentiles, and how they are written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number. ``floor`` is the same work at its barest, in the same run and unit.

    ``before`` are the same rounds of an older commit, each in turn with one of ``values``: the ratio is the median of
    theirs. ``values`` are those of the rounds; without any, ``note`` says why there are none.
    """

    what: str
    unit: str
    values: Sequence[float]
    floor: Sequence[float] = ()
    note: str = ""
    before: Sequence[float] = ()

    def __str__(self) -> str:
        if not self.values:
            return f"{self.what:68} {self.note}"
        middle = median(self.values)
        line = f"{self.what:68} {middle:>10,.4g} {self.unit:10} ({self._spread})"
        if self.floor:
            line += f"  floor {median(self.floor):,.4g}, ratio {middle / median(self.floor):.3g}"
        if self.before:
            line += f"  before {median(self.before):,.4g}, ratio {self._ratios}"
        return f"{line}  {self.note}".rstrip()

    @property
    def row(self) -> str:
        """The same as a row of a Markdown table (see ``table``)."""
        if not self.values:
            return f"| {self.what} | | | | | {self.note} |"
        middle = median(self.values)
        floor, ratio = "", ""
        if self.floor:
            floor, ratio = f"{median(self.floor):,.4g}", f"{middle / median(self.floor):.3g}"
        if self.before:
            floor, ratio = f"before: {median(self.before):,.4g}", self._ratios
        return f"| {self.what} | {middle:,.4g} {self.unit} | {self._spread} | {floor} | {ratio} | {self.note} |"

    @property
    def _ratios(self) -> str:
        ratios = [now / before for now, before in zip(self.values, self.before, strict=True)]
        spread = f" ({min(ratios):.3g} to {max(ratios):.3g})" if len(ratios) > 1 else ""
        return f"{median(ratios):.3g}{spread}"

    @property
    def _spread(self) -> str:
        if len(self.values) == 1:
            return "once"
        return f"{min(self.values):,.4g} to {max(self.values):,.4g} of {len(self.values)}"


def table(figures: Sequence[Figure]) -> str:
    """The figures as a Markdown table."""
    heading = "| | median | lowest to highest | floor | ratio | |\n|---|---|---|---|---|---|"
    return "\n".join([heading, *(figure.row for figure in figures)])


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that ``percent`` of a hundred do not exceed; between two of them it is interpolated."""
    return quantiles(values, n=100, method="inclusive")[percent - 1] if len(values) > 1 else values[0]


def spread(what: str, rounds: Sequence[Sequence[float]], floor: Sequence[Sequence[float]] = ()) -> list[Figure]:
    """p50 and p99 in milliseconds, of each round's seconds."""
    return [
        Figure(
            f"{what}, p{percent}",
            "ms",
            [percentile(seconds, percent) * 1000 for seconds in rounds],
            [percentile(seconds, percent) * 1000 for seconds in floor],
        )
        for percent in (50, 99)
    ]
