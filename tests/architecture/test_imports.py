"""Who imports whom: the contracts of pyproject.toml, and what they cannot say."""

from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.architecture.source import ROOT, files, imports, module

PRIVATE = {"models", "repository"}
"""Modules of a feature that only the feature itself reads; the flow may, since it is one transaction over many, and so
may what is done with all there is of a person."""
OPEN_TO = ("domain.flow.", "domain.metadata", "domain.personal.")


def test_the_contracts_of_pyproject_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_a_feature_keeps_its_tables_to_itself() -> None:
    assert [
        f"{path} imports {name}"
        for path in files()
        for name in imports(path)
        if (feature := _private_part_of(name, {"models"})) is not None
        and not module(path).startswith((f"{feature}.", "domain.metadata"))
    ] == []


def test_a_feature_of_the_domain_keeps_its_repository_to_itself() -> None:
    assert [
        f"{path} imports {name}"
        for path in files("domain", "jobs")
        for name in imports(path)
        if (feature := _private_part_of(name, PRIVATE)) is not None
        and not module(path).startswith((f"{feature}.", *OPEN_TO))
    ] == []


def test_tests_stay_out_of_the_program() -> None:
    assert [f"{path} imports {name}" for path in files() for name in imports(path) if name.startswith("tests")] == []


def _private_part_of(name: str, private: set[str]) -> str | None:
    """``domain.tasks`` for ``domain.tasks.models.tasks``; None where the name is open to all."""
    parts = Path(name.replace(".", "/")).parts
    if len(parts) < 3 or parts[0] != "domain" or parts[2] not in private:
        return None
    return ".".join(parts[:2])
