"""The order in which names follow one another of themselves: weekdays, months, quarters, numbered steps."""

import re
from collections.abc import Sequence

from domain.reports.reading.months import MONTHS, fold

__all__ = ["places_in_order"]

_WEEKDAYS = {
    name: day
    for day, names in enumerate(
        (
            "monday mon mo montag lundi lun lunes",
            "tuesday tue tues di dienstag mardi martes",
            "wednesday wed mi mittwoch mercredi miercoles",
            "thursday thu thur thurs do donnerstag jeudi jueves",
            "friday fri fr freitag vendredi viernes",
            "saturday sat sa samstag sonnabend samedi sabado",
            "sunday sun so sonntag dimanche domingo",
        )
    )
    for name in names.split()
}
_QUARTER = re.compile(r"(?:q|quarter |quartal )([1-4])")
_NUMBERED = re.compile(r"[<>≥≤+~]*\s*(-?\d+(?:[.,]\d+)?)")


def places_in_order(names: Sequence[str]) -> list[int] | None:
    """The places of names in the order that they have of themselves; None where they have none.

    “(none)” comes last. Names that begin with numbers (“10–19”, “5 km”) go by those.
    """
    folded = [fold(name.strip().rstrip(".")) for name in names]
    known = [at for at, name in enumerate(folded) if name != "(none)"]
    for rank in (_WEEKDAYS.get, MONTHS.get, _quarter, _number):
        ranks = {at: rank(folded[at]) for at in known}
        if len(known) > 1 and all(place is not None for place in ranks.values()):
            return sorted(range(len(names)), key=lambda at: (ranks.get(at) is None, ranks.get(at) or 0, at))
    return None


def _quarter(name: str) -> int | None:
    match = _QUARTER.fullmatch(name)
    return int(match[1]) if match else None


def _number(name: str) -> float | None:
    match = _NUMBERED.match(name)
    return float(match[1].replace(",", ".")) if match else None
