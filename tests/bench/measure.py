"""Rounds and medians."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number. ``floor`` is the same work at its barest, in the same run and unit."""

    what: str
    unit: str
    values: Sequence[float]
    floor: Sequence[float] = ()

    def __str__(self) -> str:
        middle = median(self.values)
        spread = f"{min(self.values):,.4g} to {max(self.values):,.4g}"
        line = f"{self.what:60} {middle:>10,.4g} {self.unit:10} ({spread})"
        if self.floor:
            line += f"  floor {median(self.floor):,.4g}, ratio {middle / median(self.floor):.3g}"
        return line
