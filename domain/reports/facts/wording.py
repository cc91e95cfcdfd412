"""Facts as sentences: numbers, segments and periods in plain English."""

import math
from datetime import datetime

from domain.reports.facts.fact import Period, Segment

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def number(value: float, unit: str | None = None) -> str:
    """A number for readers: thousands commas, no more digits than it bears, its unit behind it.

    >>> number(5036240.4, "USD")
    '5,036,240 USD'
    """
    size = abs(value)
    if value == int(value) and size < 1e15:
        text = f"{int(value):,}"
    elif size >= 1000:
        text = f"{value:,.0f}"
    elif size >= 100:
        text = f"{value:,.1f}"
    elif size >= 1 or size == 0:
        text = f"{value:,.2f}"
    else:
        text = f"{value:.{min(8, 2 - math.floor(math.log10(size)))}f}"
    return f"{text} {unit}" if unit and unit != "%" else text


def about(value: float, unit: str | None = None) -> str:
    """An estimate, to three digits: ``37.5``, ``316,000``."""
    rounded = float(f"{value:.3g}")
    size = abs(rounded)
    text = (
        f"{rounded:,.0f}"
        if size >= 100 or rounded == int(rounded)
        else f"{rounded:,.1f}"
        if size >= 10
        else f"{rounded:.3g}"
    )
    return f"{text} {unit}" if unit and unit != "%" else text


def percent(ratio: float, *, signed: bool = False) -> str:
    """A ratio in per cent, rounded as its size allows."""
    size = abs(ratio * 100)
    text = f"{ratio * 100:,.0f}" if size >= 20 else f"{ratio * 100:.1f}" if size >= 1 else f"{ratio * 100:.2f}"
    if text == "100" and ratio != 1:  # nearly all is not all
        text = f"{ratio * 100:.1f}" if f"{ratio * 100:.1f}" != "100.0" else f"{ratio * 100:.3f}"
    return f"{'+' if signed and ratio > 0 else ''}{text} %"


def segment(of: Segment, joint: str = " for ") -> str:
    """``for Region West`` or nothing."""
    return joint + " and ".join(f"{column} {value}" for column, value in of) if of else ""


def moment(text: str) -> str:
    """``2024-06`` as ``June 2024``, ``2024-06-09T05:00`` as ``9 June 2024 05:00``."""
    if len(text) == 4:
        return text
    if len(text) == 7:
        return f"{_MONTHS[int(text[5:]) - 1]} {text[:4]}"
    at = datetime.fromisoformat(text)
    day = f"{at.day} {_MONTHS[at.month - 1]} {at.year}"
    return f"{day} {at:%H:%M}" if "T" in text else day


def period(over: Period) -> str:
    """``in June 2024``, ``on 9 June 2024``, ``from … to …``."""
    if over.start == over.end:
        return f"{'on' if len(over.start) >= 10 else 'in'} {moment(over.start)}"
    return f"from {moment(over.start)} to {moment(over.end)}"


def since(over: Period) -> str:
    return f"since {moment(over.start)}"


def times(ratio: float) -> str:
    """How an observation stands to what was expected: ``2.4 times``, ``35 % above``, ``64 % below``."""
    if ratio >= 2:
        return f"{ratio:.1f} times"
    return f"{percent(abs(ratio - 1))} {'above' if ratio > 1 else 'below'}"
