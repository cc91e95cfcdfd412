"""Checks of the machine."""

from pathlib import Path

from domain.core.settings import Settings, variables
from domain.health import Level, machine


def test_a_misspelt_setting_is_pointed_out() -> None:
    [found] = machine.unknown_settings(variables(), {"LEGWORK_MODLE": "x", "LEGWORK_MODEL": "y", "PATH": "/bin"})
    assert found.level is Level.WARNING
    assert found.message == "LEGWORK_MODLE is not a setting and has no effect."


def test_settings_are_counted_and_never_shown() -> None:
    [found] = machine.unknown_settings(
        variables(), {"OPENAI_API_KEY": "sk-secret", "DATABASE_URL": "postgres://a:b@c/d"}
    )
    assert found.level is Level.OK
    assert "2 of" in found.message
    assert "secret" not in found.message


async def test_the_interpreter_that_runs_the_tests_is_new_enough() -> None:
    [found] = await machine.interpreter()
    assert found.level is Level.OK


async def test_a_data_directory_is_made_and_written_to(tmp_path: Path) -> None:
    [found] = await machine.data_directory(Settings(data_dir=tmp_path / "new"))
    assert found.level is not Level.ERROR
    assert list((tmp_path / "new").iterdir()) == []


async def test_a_data_directory_below_a_file_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    [found] = await machine.data_directory(Settings(data_dir=tmp_path / "file" / "data"))
    assert found.level is Level.ERROR
    assert found.remedy is not None
    assert "LEGWORK_DATA_DIR" in found.remedy


async def test_embedded_servers_are_not_needed_where_both_addresses_are_given() -> None:
    settings = Settings(database_url="postgres://db.example/x", redis_url="redis://cache.example")
    [found] = await machine.embedded_wheels(settings)
    assert "Not needed" in found.message


async def test_what_is_no_pdf_file_is_noticed() -> None:
    [good], [bad] = await machine.pdf(lambda: b"%PDF-1.7"), await machine.pdf(lambda: b"<html>")
    assert (good.level, bad.level) == (Level.OK, Level.ERROR)
