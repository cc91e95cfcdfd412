"""Who was on the Titanic and who survived: the counts that R ships as ``Titanic`` (Dawson, 1995), as tables."""

from itertools import product
from random import Random

_CLASSES, _SEXES, _AGES = ("1st", "2nd", "3rd", "Crew"), ("Male", "Female"), ("Child", "Adult")
_DEAD = {"Child": (0, 0, 35, 0, 0, 0, 17, 0), "Adult": (118, 154, 387, 670, 4, 13, 89, 3)}
_ALIVE = {"Child": (5, 11, 13, 0, 1, 13, 14, 0), "Adult": (57, 14, 75, 192, 140, 80, 76, 20)}


def counted() -> list[tuple[str, str, str, str, int]]:
    """Class, sex, age, survived (No, Yes) and how many: 32 rows."""
    return [
        (of, sex, age, survived, counts[age][_SEXES.index(sex) * 4 + _CLASSES.index(of)])
        for survived, counts in (("No", _DEAD), ("Yes", _ALIVE))
        for age, sex, of in product(_AGES, _SEXES, _CLASSES)
    ]


def people() -> list[tuple[str, str, str, str]]:
    """Class, sex, age and survived of each of the 2,201, in no order."""
    rows = [row[:4] for row in counted() for _ in range(row[4])]
    Random(1912).shuffle(rows)
    return rows
