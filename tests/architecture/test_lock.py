"""The locks are what pyproject.toml asks for, what developers need apart, and name no machine."""

import re
from collections.abc import Sequence

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.source import ROOT, pyproject

RUN = (ROOT / "requirements.lock").read_text(encoding="utf-8")
DEV = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")


def pins(lock: str) -> list[tuple[str, str]]:
    """Each package with its version; one that differs by platform has several."""
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)", lock, re.MULTILINE)
    return [(canonicalize_name(name), version) for name, version in found]


def requirements(lines: Sequence[str]) -> list[Requirement]:
    return [Requirement(line) for line in lines]


PROJECT = pyproject()
TO_RUN = [*PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"]["embedded"]]
TO_DEVELOP = PROJECT["dependency-groups"]["dev"]


@pytest.mark.parametrize(
    ("lock", "requirement"),
    [(RUN, line) for line in requirements(TO_RUN)] + [(DEV, line) for line in requirements(TO_DEVELOP)],
    ids=lambda given: given.name if isinstance(given, Requirement) else "",
)
def test_the_lock_pins_what_is_asked_for(lock: str, requirement: Requirement) -> None:
    pinned = [version for name, version in pins(lock) if name == canonicalize_name(requirement.name)]
    assert pinned, f"{requirement.name} is not locked: run “make lock”"
    assert all(requirement.specifier.contains(version) for version in pinned), "run “make lock”"


def test_what_only_developers_need_is_not_installed_to_run() -> None:
    """pyright brings a whole Node.js: two hundred megabytes."""
    run = {name for name, _ in pins(RUN)}
    asked = {canonicalize_name(requirement.name) for requirement in requirements(TO_RUN)}
    tools = {canonicalize_name(requirement.name) for requirement in requirements(TO_DEVELOP)}
    assert run & (tools - asked) == set()
    assert {name for name in run if name.startswith("nodejs")} == set()


def test_a_package_of_both_locks_has_one_version() -> None:
    run, dev = (dict[str, set[str]](), dict[str, set[str]]())
    for lock, versions in ((RUN, run), (DEV, dev)):
        for name, version in pins(lock):
            versions.setdefault(name, set()).add(version)
    assert {name: (run[name], dev[name]) for name in run.keys() & dev.keys() if run[name] != dev[name]} == {}


@pytest.mark.parametrize("lock", [RUN, DEV], ids=["run", "dev"])
def test_every_pin_has_its_hashes(lock: str) -> None:
    entries = re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE)[1:]
    assert len(entries) == len(pins(lock))
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("lock", [RUN, DEV], ids=["run", "dev"])
def test_the_lock_names_no_address_and_no_path(lock: str) -> None:
    assert [line for line in lock.splitlines() if re.search(r"://|file:|--(index|find|extra)|\s@\s|\s/", line)] == []


def test_whoever_only_uses_legwork_gets_no_tools() -> None:
    made = dict(re.findall(r"^(\w+): (\w+) ##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {target for target, needed in made.items() if needed == "ready"} == {"run", "up", "doctor"}
    assert {made[target] for target in ("test", "lint", "types", "contracts", "bench", "chaos")} == {"setup"}
