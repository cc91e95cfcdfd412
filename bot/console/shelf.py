"""A folder in which files have the names people know them by, so that what is shown can be opened and found again."""

import filecmp
import re
from itertools import count
from pathlib import Path

_UNFIT = re.compile(r"[\x00-\x1f\x7f/\\]+")


def shelve(folder: Path, source: Path, name: str) -> Path:
    """A copy of the file in the folder under its own name, with a number before the ending where another file has that.

    The same content under the same name stays where it is. What a person does to the copy does not reach what is kept.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    wanted = Path(_UNFIT.sub("_", name).strip(" .") or "file")
    for number in count(1):
        place = folder / (wanted.name if number == 1 else f"{wanted.stem}-{number}{wanted.suffix}")
        if not place.exists() and _put(source, place):
            return place
        if place.is_file() and filecmp.cmp(source, place, shallow=False):
            return place
    raise AssertionError("numbers do not end")


def _put(source: Path, place: Path) -> bool:
    """Whether the file is there now; False where another process has taken the place meanwhile."""
    try:
        with place.open("xb") as copy:
            copy.write(source.read_bytes())
    except FileExistsError:
        return False
    return True
