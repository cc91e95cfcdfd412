"""Where things are: every folder has its place in the contracts, SQL its files, a file its size."""

import ast
import re
from pathlib import Path
from typing import Any

from tests.architecture.source import PACKAGES, ROOT, files, imports, pyproject, tree

SQL = {
    "chats",
    "messages",
    "repository",
    "queries",
    "control",
    "files",
    "settled",
    "outbox",
    "pressed",
    "shared",
    "standing",
    "hearing",
    "places",
    "lost",
    "rounds",
    "ending",
    "handed",
    "notes",
    "records",
    "retention",
    "rows",
    "scope",
    "tokens",
    "magic_links",
    "bots",
    "invitations",
    "operators",
    "organizations",
    "totals",
    "linking",
    "addresses",
    "sessions",
    "profiles",
    "everywhere",
    "models",
    "service",
}
"""Files of a feature that may speak SQL."""
SQL_FOLDERS = ("domain/core/db/", "domain/core/queue/", "migrations/")
NOT_SQL = re.compile(r"sqlalchemy\.(exc|engine|RowMapping)\b")
"""What a caller of a repository meets: rows and errors."""

LONGEST = 300
HISTORY = Path("migrations/versions")  # is not split
SAID_BY_NAME = {"models", "schemas", "repository"}
"""Their names say it: the tables of a feature, its rows, its SQL."""


def _contracts() -> list[dict[str, Any]]:
    return pyproject()["tool"]["importlinter"]["contracts"]


def test_every_folder_with_code_is_a_package_that_contracts_and_wheel_know() -> None:
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    settings = pyproject()["tool"]
    assert found == set(PACKAGES)
    assert set(settings["importlinter"]["root_packages"]) == found
    assert set(settings["hatch"]["build"]["targets"]["wheel"]["packages"]) == found


def test_every_feature_of_the_domain_has_a_layer() -> None:
    layered = next(contract for contract in _contracts() if contract.get("containers") == ["domain"])
    named = {name.strip(" ()") for layer in layered["layers"] for name in layer.split("|")}
    features = {path.parent.name for path in (ROOT / "domain").glob("*/*.py")}
    assert features - named == set()
    assert layered["exhaustive"] is True


def test_no_folder_lacks_its_init_file() -> None:
    folders = {path.parent for path in files() if path.parent != HISTORY}
    assert sorted(str(folder) for folder in folders if not (ROOT / folder / "__init__.py").exists()) == []


def test_sql_is_written_in_repositories_only() -> None:
    assert [
        f"{path} imports {name}"
        for path in files()
        if not _may_speak_sql(path)
        for name in imports(path)
        if name.startswith("sqlalchemy") and not NOT_SQL.match(name)
    ] == []


def _may_speak_sql(path: Path) -> bool:
    name = path.as_posix()
    if name.startswith(SQL_FOLDERS):
        return True
    return name.startswith("domain/") and path.stem in SQL


def test_every_module_says_what_it_is_for() -> None:
    silent = (path for path in files() if tree(path).body and ast.get_docstring(tree(path)) is None)
    assert [str(path) for path in silent if path.stem not in SAID_BY_NAME] == []


def test_no_file_is_too_long_to_be_read_in_one_go() -> None:
    lengths = {path: (ROOT / path).read_text(encoding="utf-8").count("\n") for path in files()}
    assert [
        f"{path}: {lines} lines, split it by verb"
        for path, lines in lengths.items()
        if lines > LONGEST and path.parent != HISTORY
    ] == []
