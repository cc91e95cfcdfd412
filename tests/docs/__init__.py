"""Documents that are made from the code: ``python -m tests.docs`` writes them, and a test compares them with it."""

from collections.abc import Callable, Mapping
from pathlib import Path

from bot import permissions
from domain.personal import inventory

ROOT = Path(__file__).parents[2]

PAGES: Mapping[str, Callable[[], str]] = {
    "docs/data-inventory.md": inventory.page,
    "docs/permissions.md": permissions.page,
}
"""Each by its path in the project."""


def write() -> None:
    """Write all of them."""
    for path, page in PAGES.items():
        (ROOT / path).write_text(page(), encoding="utf-8")
