"""The dates that a table has, and the periods of them that a question names."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.core.errors import Invalid
from domain.reports.facts.steps import Step, after, floor
from domain.reports.querying.query import Span
from domain.reports.querying.result import UNANSWERABLE
from domain.reports.reading import Column

MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Time:
    """A period as said. ``year`` is none where it was not named; ``number`` counts quarters, months, halves or days."""

    step: str
    year: int | None
    number: int = 0
    day: int = 0
    span: Span | None = None
    assumed: str | None = None

    def of(self, year: int) -> Span:
        """From, to, in the year given where none was named."""
        if self.span is not None:
            return self.span
        at = self.year if self.year is not None else year
        if self.step == "year":
            return f"{at:04}", f"{at:04}"
        if self.step == "quarter":
            return f"{at:04}-Q{self.number}", f"{at:04}-Q{self.number}"
        if self.step == "half":
            return f"{at:04}-{self.number * 6 - 5:02}", f"{at:04}-{self.number * 6:02}"
        if self.step == "week":
            monday = date.fromisocalendar(at, self.number, 1)
            return monday.isoformat(), (monday + timedelta(days=6)).isoformat()
        if self.step == "day":
            return f"{at:04}-{self.number:02}-{self.day:02}", f"{at:04}-{self.number:02}-{self.day:02}"
        return f"{at:04}-{self.number:02}", f"{at:04}-{self.number:02}"


class Calendar:
    """The dates of a table's date column."""

    def __init__(self, column: Column) -> None:
        moments = [at for at in column.moments if at is not None]
        self.name = column.name
        self.grain: Step = column.grain or "day"
        self.first, self.last = min(moments), max(moments)
        self.month_first = _month_first(column)
        self.months = {(at.year, at.month) for at in set(moments)}
        self.weeks = {at.isocalendar()[:2] for at in set(moments)}
        self.years = {year for year, _ in self.months}

    def last_steps(self, step: Step, count: int, *, this: bool, before: bool = False) -> tuple[datetime, datetime]:
        """The last ``count`` whole steps of the table: the one that holds its last date, where that ends it.

        ``before``: those before the one that holds the last date.
        """
        if step == "day":
            return floor(self.last, "day") - timedelta(days=count - 1), floor(self.last, "day")
        end = floor(self.last, step)
        grain = self.grain if self.grain != "hour" else "day"
        if before or (not this and after(floor(self.last, grain), grain) < after(end, step)):
            end = floor(end - timedelta(days=1), step)
        first = end
        for _ in range(count - 1):
            first = floor(first - timedelta(days=1), step)
        return first, after(end, step) - timedelta(days=1)

    def resolve(self, time: Time, near: int | None = None) -> tuple[Span, str | None]:
        """A period with its year, and what was assumed of it.

        ``near``: the year that was spoken of before. Raises Invalid where the table has no such time.
        """
        if time.span is not None or time.year is not None:
            span = time.of(0)
            self._covers(span)
            return span, time.assumed
        years = self.years_with(time)
        if not years:
            raise Invalid(
                f"The table has no rows in {called(time)}.",
                remedy=f"{self.name} runs from {self.first:%Y-%m-%d} to {self.last:%Y-%m-%d}.",
                code=UNANSWERABLE,
            )
        if near in years:
            return time.of(near or 0), None
        year = years[-1]
        assumed = None
        if len(years) > 1:
            listed = ", ".join(map(str, years[:-1])) + f" and {years[-1]}"
            assumed = f"The table has {called(time)} in {listed}; {year} was taken."
        return time.of(year), assumed

    def years_with(self, time: Time) -> list[int]:
        """The years of the table that have rows in a month or quarter."""
        months: set[int]
        if time.step == "quarter":
            months = set(range(time.number * 3 - 2, time.number * 3 + 1))
        elif time.step == "half":
            months = set(range(time.number * 6 - 5, time.number * 6 + 1))
        elif time.step == "week":
            return sorted({year for year, week in self.weeks if week == time.number})
        else:
            months = {time.number}
        if self.grain == "year":
            return []
        return sorted({year for year, month in self.months if month in months})

    def _covers(self, span: Span) -> None:
        first, end = bounds(span)
        if end < floor(self.first, "day") or first > self.last:
            shown = span[0] if span[0] == span[1] else f"{span[0]} to {span[1]}"
            raise Invalid(
                f"The table has no rows in {shown}.",
                remedy=f"{self.name} runs from {self.first:%Y-%m-%d} to {self.last:%Y-%m-%d}.",
                code=UNANSWERABLE,
            )

    def since(self, span: Span) -> Span:
        """From the beginning of a period to the last date."""
        return span[0], f"{self.last:%Y-%m-%d}"

    def until(self, span: Span) -> Span:
        """From the first date to the end of a period."""
        return f"{self.first:%Y-%m-%d}", span[1]

    def before(self, span: Span) -> Span:
        """From the first date to the day before a period."""
        end = bounds(span)[0] - timedelta(days=1)
        out = f"{self.first:%Y-%m-%d}", f"{end:%Y-%m-%d}"
        self._covers(out if end >= floor(self.first, "day") else (out[1], out[1]))
        return out

    def past(self, span: Span) -> Span:
        """From the day after a period to the last date."""
        first = bounds(span)[1] + timedelta(days=1)
        out = f"{first:%Y-%m-%d}", f"{self.last:%Y-%m-%d}"
        self._covers(out if first <= self.last else (out[0], out[0]))
        return out


def called(time: Time) -> str:
    if time.step == "quarter":
        return f"quarter {time.number}"
    if time.step in ("half", "week"):
        return f"{time.step} {time.number}"
    name = MONTH_NAMES[time.number - 1]
    return f"{time.day} {name}" if time.step == "day" else name


def _month_first(column: Column) -> bool:
    """Whether its dates are written as 12/31/2024."""
    for cell, at in zip(column.cells, column.moments, strict=True):
        parts = cell.split("/") if isinstance(cell, str) else []
        if len(parts) == 3 and at is not None and at.day != at.month and parts[0].isdigit():
            return int(parts[0]) == at.month
    return False


def bounds(span: Span) -> tuple[datetime, datetime]:
    """The first and the last day of a span."""
    first, step = _start(span[0])
    start, last_step = _start(span[1])
    del step
    return first, after(start, last_step) - timedelta(days=1)


def _start(text: str) -> tuple[datetime, Step]:
    if "-Q" in text:
        return datetime(int(text[:4]), int(text[-1]) * 3 - 2, 1), "quarter"  # noqa: DTZ001
    parts = [int(part) for part in text[:10].split("-")]
    steps: tuple[Step, ...] = ("year", "month", "day")
    year, month, day = [*parts, 1, 1][:3]
    return datetime(year, month, day), steps[len(parts) - 1]  # noqa: DTZ001
