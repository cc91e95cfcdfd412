"""The documents say what is there: every setting, and no file that does not exist."""

import re
from pathlib import Path

import pytest
from pydantic import AliasChoices
from pydantic.fields import FieldInfo

from domain.core.settings import Settings, variables

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]

_ROW = re.compile(r"^\| `(?P<name>[A-Z][A-Z0-9_]*)` \| (?P<default>.*?) \|", re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?:)(?P<target>[^)#]+)")
_PLACE = re.compile(r"`(?P<place>(?:bot|docs|domain|jobs|migrations|tests)/[\w./-]*)`")


def _table() -> dict[str, str]:
    """Each variable of the README's table with its default as written there."""
    return {row["name"]: row["default"] for row in _ROW.finditer((ROOT / "README.md").read_text("utf-8"))}


def _names(name: str, field: FieldInfo) -> list[str]:
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        return [str(choice) for choice in alias.choices]
    return [alias if isinstance(alias, str) else f"LEGWORK_{name.upper()}"]


def test_the_readme_lists_every_setting_and_no_other() -> None:
    assert set(_table()) == variables()


@pytest.mark.parametrize(
    "name", [name for name, field in Settings.model_fields.items() if field.default_factory is None]
)
def test_the_readme_gives_each_default(name: str) -> None:
    field, table = Settings.model_fields[name], _table()
    default = "not set" if field.default is None else "`[]`" if field.default == () else f"`{field.default}`"
    assert {table[variable] for variable in _names(name, field)} == {default}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_names_only_what_exists(document: Path) -> None:
    text = document.read_text("utf-8")
    links = [document.parent / found["target"] for found in _LINK.finditer(text)]
    places = [ROOT / found["place"] for found in _PLACE.finditer(text)]
    assert [str(path) for path in (*links, *places) if not path.exists()] == []
