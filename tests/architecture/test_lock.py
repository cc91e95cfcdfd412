"""requirements.lock is what pyproject.toml asks for, and names no machine."""

import re

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.source import ROOT, pyproject

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINS = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)", LOCK, re.MULTILINE)


def _asked() -> list[Requirement]:
    project = pyproject()["project"]
    extras = project["optional-dependencies"]
    return [Requirement(line) for line in [*project["dependencies"], *extras["embedded"], *extras["dev"]]]


@pytest.mark.parametrize("requirement", _asked(), ids=lambda requirement: requirement.name)
def test_the_lock_pins_what_is_asked_for(requirement: Requirement) -> None:
    name = canonicalize_name(requirement.name)
    pinned = [version for pin, version in PINS if canonicalize_name(pin) == name]
    assert pinned, f"{requirement.name} is not locked: run “make lock”"
    assert all(requirement.specifier.contains(version) for version in pinned), "run “make lock”"


def test_every_pin_has_its_hashes() -> None:
    entries = re.split(r"^(?=[A-Za-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert len(entries) == len(PINS)
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_lock_names_no_address_and_no_path() -> None:
    assert [line for line in LOCK.splitlines() if re.search(r"://|file:|--(index|find|extra)|\s@\s|\s/", line)] == []
