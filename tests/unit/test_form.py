"""``legwork up`` runs as one process unless something speaks against it, which it says."""

import shutil
from pathlib import Path

import pytest

from bot.supervision.form import OWN, chosen
from domain.core.errors import Misconfigured
from domain.core.settings import Settings

APART = ["release", "web", "bot", "worker", "browser-worker"]


def settings_with(folder: Path, **addresses: str) -> Settings:
    return Settings.model_validate({"data_dir": folder, "DATABASE_URL": None, "REDIS_URL": None, **addresses})


def test_in_an_empty_folder_it_is_one_process(tmp_path: Path) -> None:
    form = chosen(settings_with(tmp_path), apart=False, here=tmp_path / "Procfile")
    assert form.together
    assert [words[1:] for words in form.commands.values()] == [["-m", "jobs"]]
    assert form.why is None


def test_our_own_procfile_changes_nothing_wherever_it_is_kept(tmp_path: Path) -> None:
    shutil.copy(OWN, tmp_path / "Procfile")
    for here in (OWN, tmp_path / "Procfile"):
        assert chosen(settings_with(tmp_path), apart=False, here=here).together


def test_apart_is_the_procfile(tmp_path: Path) -> None:
    form = chosen(settings_with(tmp_path), apart=True, here=tmp_path / "Procfile")
    assert (list(form.commands), form.together, form.why) == (APART, False, None)


@pytest.mark.parametrize(
    ("addresses", "said"),
    [
        ({"DATABASE_URL": "postgres://db.example/legwork"}, "DATABASE_URL is set"),
        ({"REDIS_URL": "redis://cache.example"}, "REDIS_URL is set"),
        (
            {"DATABASE_URL": "postgres://db.example/legwork", "REDIS_URL": "redis://cache.example"},
            "DATABASE_URL and REDIS_URL are set",
        ),
    ],
)
def test_an_address_takes_it_apart_and_that_is_said(addresses: dict[str, str], said: str, tmp_path: Path) -> None:
    form = chosen(settings_with(tmp_path, **addresses), apart=False, here=tmp_path / "Procfile")
    assert list(form.commands) == APART
    assert form.why is not None
    assert form.why.startswith(said)


@pytest.mark.parametrize("apart", [True, False])
def test_somebody_elses_procfile_is_run_as_it_is(apart: bool, tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text("worker: exec python -m jobs.worker\n")
    form = chosen(settings_with(tmp_path), apart=apart, here=tmp_path / "Procfile")
    assert list(form.commands) == ["worker"]
    assert form.why is not None


def test_without_any_procfile_one_process_is_all_there_is(tmp_path: Path) -> None:
    nowhere = tmp_path / "Procfile"
    assert chosen(settings_with(tmp_path), apart=False, here=nowhere, own=nowhere).together
    with pytest.raises(Misconfigured, match="no Procfile"):
        chosen(settings_with(tmp_path), apart=True, here=nowhere, own=nowhere)
