"""Where the reading of a question stands: its items, what was read so far, and a look ahead and back."""

from domain.core.errors import Invalid
from domain.reports.asking.draft import Draft
from domain.reports.asking.items import Item
from domain.reports.asking.names import Names
from domain.reports.asking.times import Calendar
from domain.reports.asking.understood import Export
from domain.reports.asking.words import word_set
from domain.reports.facts.words import hints
from domain.reports.querying.query import ChartWish, How, Is
from domain.reports.querying.result import UNANSWERABLE

HOWS = {
    "sum": How.SUM, "mean": How.MEAN, "median": How.MEDIAN, "min": How.MIN, "max": How.MAX, "share": How.SHARE,
    "distinct": How.DISTINCT, "correlation": How.CORRELATION,
}  # fmt: skip
STEPS = {
    "yearly": "year", "quarterly": "quarter", "monthly": "month", "weekly": "week", "daily": "day", "hourly": "hour",
    "year": "year", "quarter": "quarter", "month": "month", "week": "week", "day": "day", "weekday": "weekday",
    "hour": "hour",
}  # fmt: skip
ADVERBS = ("yearly", "quarterly", "monthly", "weekly", "daily", "hourly")
UNITS = ("year", "quarter", "month", "week", "day", "weekday", "hour")
OPS = {
    "over": Is.MORE, "under": Is.LESS, "atleast": Is.AT_LEAST, "atmost": Is.AT_MOST, "exactly": Is.EQUAL,
    "isnt": Is.UNEQUAL,
}  # fmt: skip
CHARTS: dict[str, ChartWish] = {
    "bar": "bar", "line-chart": "line", "pie": "pie", "scatter": "scatter", "histogram": "histogram",
    "stacked": "stacked",
}  # fmt: skip
EXPORTS: tuple[Export, ...] = ("pdf", "xlsx", "docx", "csv")
BEFORE_TIMES = {"since": "since", "before": "before", "after": "after", "until": "until"}


class Walk:
    """``at`` is the place of the item that is read. ``mode`` is what a list goes on with after “and” or a comma;
    ``last`` the place and the name of the last column."""

    def __init__(self, items: list[Item], names: Names, calendar: Calendar | None) -> None:
        self.items, self.names, self.calendar = items, names, calendar
        self.draft = Draft()
        self.at = 0
        self.mode = ""
        self.negated = False
        self.negator: Item | None = None
        self.joined = False
        self.sorting = False
        self.each = False
        self.last: tuple[int, str] | None = None

    def ahead(self, start: int, *skip: str) -> int:
        """The place of the next item that is more than a filler."""
        place = start
        while place < len(self.items) and self.filler(self.items[place], *skip):
            place += 1
        return place

    def filler(self, item: Item, *skip: str) -> bool:
        return item.is_("fill", *skip) and not item.exact and not item.quoted and item.number is None

    def item_at(self, place: int) -> Item | None:
        return self.items[place] if place < len(self.items) else None

    def behind(self, *skip: str) -> Item | None:
        place = self.at - 1
        while place >= 0 and self.filler(self.items[place], *skip):
            place -= 1
        return self.items[place] if place >= 0 else None

    def alike(self) -> bool:
        """Whether what stands before this place and behind it are of one kind: values of one column, or times."""
        before, after = self.behind("in", "of", "by"), self.item_at(self.ahead(self.at + 1, "in", "of", "by"))
        if before is None or after is None:
            return False
        values = {column for column, _ in before.values} & {column for column, _ in after.values}
        return bool(values) or (before.time is not None and after.time is not None)

    def unmeasure(self, column: str) -> None:
        """The column that was just read is part of a condition, and no measure."""
        draft = self.draft
        if draft.measures and column in draft.measures[-1].columns and draft.measures[-1].how is None:
            draft.measures.pop()
        elif draft.subject == column:
            draft.subject = None
        elif draft.groups and draft.groups[-1] == column and self.mode != "group":
            draft.groups.pop()

    def one(self, item: Item) -> str:
        first, *others = item.columns
        if others:
            raise Invalid(
                f"“{item.said}” may be {either(list(item.columns))}.",
                remedy="Which of them is meant?",
                code=UNANSWERABLE,
            )
        return first

    def one_of(self, item: Item, columns: tuple[str, ...]) -> str:
        if len(columns) == 1:
            return columns[0]
        if all(self.names.columns[name].kind == "date" for name in columns):
            date = self.names.date()
            if date is not None and date.name in columns:
                return date.name
        raise Invalid(
            f"“{item.said}” may be {either(list(columns))}.", remedy="Which of them is meant?", code=UNANSWERABLE
        )

    def unique(self, name: str) -> bool:
        """Whether each row has a value of its own in a column."""
        cells = self.names.columns[name].cells
        return len(set(cells)) == len(cells)

    def grouping(self, item: Item) -> bool:
        return not any(self.names.is_number(name) for name in item.columns)


JOINTS = word_set("fill them in of is and or with rest column than by only this until since after")
MEASURED_IN = word_set("""
    degrees degree grad celsius euro euros eur dollar dollars usd percent prozent years jahre jahren hours stunden
    mm km kg units stuck days tage points punkte year old alt
""")


def either(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else "".join(names)


def whole(number: float) -> int | float:
    return int(number) if number == int(number) else number


def main_measure(names: Names) -> str:
    """The number column that matters most. Raises Invalid where there is none."""
    from domain.reports.facts.metrics import main_metrics  # numpy is loaded on first use

    if names.table.row_numbers:
        found = [name for name in main_metrics(names.frame) if name in names.columns]
        earned = [name for name in found if hints(name, "earned") and not hints(name, "profit")]
        if found:
            return earned[0] if earned and hints(found[0], "profit") else found[0]
    raise Invalid(
        "The table has no column of numbers that can be added or averaged.",
        remedy="Ask for the count of its rows, or name a column.",
        code=UNANSWERABLE,
    )
