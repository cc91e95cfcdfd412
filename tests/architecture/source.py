"""The source as the rules look at it."""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "domain", "jobs", "migrations")


def files(*folders: str) -> list[Path]:
    """Every Python file of these folders (of the program where none is named), relative to the root."""
    return sorted(path.relative_to(ROOT) for folder in folders or PACKAGES for path in (ROOT / folder).rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def module(path: Path) -> str:
    """``domain/core/ids.py`` is ``domain.core.ids``."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> Iterator[str]:
    """Everything a file imports, by its full name: ``from a.b import c`` is ``a.b.c``."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
