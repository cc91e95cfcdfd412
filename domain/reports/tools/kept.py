"""The table that was read last, kept in the computing process for the chart or the file of an answer."""

from pathlib import Path

from domain.reports.reading import Table, read_table

MOST_CELLS = 1_000_000
"""A table of more cells is read anew for each step: kept, it would hold more than 50 MB of an idle process."""

_Key = tuple[Path, int, int, str, str | None]


class LastTable:
    """One table, for as long as no other one is read. Whoever is given it does not change it."""

    def __init__(self) -> None:
        self._key: _Key | None = None
        self._table: Table | None = None

    def read(self, path: Path, name: str, wanted: str | None = None) -> Table:
        """As ``read_table``: the table in a file, which is read anew only where the file is another than before.

        Raises:
            Invalid: the file cannot be read or holds no table.
        """
        key = _key(path, name, wanted)
        if key is not None and key == self._key and self._table is not None:
            return self._table
        self._key, self._table = None, None  # before the next one is there, so that never two are held
        table = read_table(path, name, wanted)
        if key is not None and len(table.row_numbers) * len(table.columns) <= MOST_CELLS:
            self._key, self._table = key, table
        return table


def _key(path: Path, name: str, wanted: str | None) -> _Key | None:
    try:
        state = path.stat()
    except OSError:  # reading it says so
        return None
    return path, state.st_mtime_ns, state.st_size, name, wanted


LAST = LastTable()
"""That of this process."""
