"""The rows of ``make chaos``, one a file: each module here holds a ``ROW``."""

import pkgutil
from collections.abc import Mapping
from importlib import import_module

from tests.chaos.row import Row


def all_rows() -> Mapping[str, Row]:
    """Every row by its name, in the order of the files' names."""
    found: list[Row] = [
        import_module(f"{__name__}.{module.name}").ROW
        for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name)
    ]
    return {row.name: row for row in found}
