"""``legwork audit``, as an operator runs it."""

import argparse
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot import cli_audit
from domain.audit.chain import KEY
from domain.core.crypto.given import Keys
from domain.core.crypto.keyring import Keyring
from domain.core.db import Database
from domain.core.ids import new_id
from domain.core.settings import Settings
from tests.factories.audit import act, seal_all, tamper

ACME = new_id()
Run = Callable[..., Awaitable[tuple[int, str]]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.model_validate({"data_dir": tmp_path})


@pytest.fixture
async def legwork_audit(database: Database, settings: Settings, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command; gives its exit status and what it wrote."""
    parser = argparse.ArgumentParser()
    works: list[Any] = []

    async def on_database(work: Any) -> None:
        works.append(work)
        await work(settings, database)

    cli_audit.declare(parser.add_subparsers(), on_database)

    async def run(*arguments: str) -> tuple[int, str]:
        options = parser.parse_args(["audit", *arguments])
        status = await options.work(options)
        return status, capsys.readouterr().out

    for number in range(3):
        await act(database, f"tasks.{number}", ACME)
    await act(database, "health.turned")
    await seal_all(database, await Keyring(database, Keys(settings)).derive(KEY))
    return run


async def test_a_trail_that_is_whole_is_said_to_be_so(legwork_audit: Run) -> None:
    assert await legwork_audit("verify") == (
        0, "4 rows of 2 chains are what was written; the details of 0 have been erased.\n",
    )  # fmt: skip


async def test_what_waits_for_its_seal_is_said_beside_it(legwork_audit: Run, database: Database) -> None:
    await act(database, "tasks.3", ACME)
    status, said = await legwork_audit("verify")
    assert status == 0
    assert said.splitlines()[1] == "1 more have no seal yet: a worker gives them one within seconds."


async def test_the_first_row_that_does_not_fit_is_named_and_the_status_says_so(
    legwork_audit: Run, database: Database
) -> None:
    await tamper(database, "UPDATE audit_logs SET outcome = 'refused' WHERE seq > 1")
    status, said = await legwork_audit("verify")
    first, last = said.splitlines()
    assert status == 1
    assert first.startswith(f"✗ Row 2 of organization {ACME} (")
    assert first.endswith(") does not fit its seal.")
    assert last == "The trail is not what was written. 3 rows of 2 chains were read."


async def test_a_missing_end_shows_by_heads_that_were_printed_before(
    legwork_audit: Run, database: Database, tmp_path: Path
) -> None:
    _, printed = await legwork_audit("heads")
    platform, acme = printed.splitlines()
    assert platform.startswith("platform:1:")
    assert acme.startswith(f"{ACME}:3:")
    (tmp_path / "heads").write_text(printed)
    assert (await legwork_audit("verify", "--heads", str(tmp_path / "heads")))[0] == 0
    await tamper(database, "DELETE FROM audit_logs WHERE seq = 3")
    assert (await legwork_audit("verify"))[0] == 0
    status, said = await legwork_audit("verify", "--head", acme)
    assert status == 1
    assert f"Row 3 of organization {ACME} is gone, with all behind it" in said
    assert (await legwork_audit("verify", "--heads", str(tmp_path / "heads")))[0] == 1
