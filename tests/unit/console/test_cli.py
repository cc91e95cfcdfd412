"""The ``legwork`` command as a shell meets it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot import cli

HEAVY = ("pydantic", "prompt_toolkit", "rich", "redis", "sqlalchemy", "polars", "plotext", "openai")


def legwork(*arguments: str, data_dir: Path, text: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LEGWORK_DATA_DIR": str(data_dir)}
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", *arguments],
        input=text,
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["dance"], "Argument COMMAND: invalid choice: 'dance'"),
        (["chat", "--jsn"], "Unrecognized arguments: --jsn."),
        (["chat", "--json"], "--json and --file belong to --once."),
        (["--file", "x.csv"], "--json and --file belong to --once."),
        (["chat", "--timeout", "5"], "--timeout belongs to --once."),
        (["chat", "--once", "x", "--timeout", "0"], "--timeout takes a number of seconds above 0."),
        (["chat", "--once", " "], "There is nothing to send."),
        (["chat", "--once", "x", "--file", "/not/there.csv"], "The file /not/there.csv does not exist."),
        (["--once", "x", "--file", "/"], "The file / is a directory, not a file."),
        (["facts"], "The following arguments are required: PATH."),
        (["facts", "/not/there.csv"], "The file /not/there.csv does not exist."),
    ],
)
def test_wrong_use_is_one_sentence_with_a_remedy(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"legwork: {sentence}")
    assert err.count("\n") == 1
    assert len(err) > len(f"legwork: {sentence}\n")


def test_a_setting_that_cannot_be_used_is_explained(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LEGWORK_WORKER_SLOTS", "many")
    assert cli.main(["chat", "--once", "x"]) == 1
    assert "LEGWORK_WORKER_SLOTS" in capsys.readouterr().err


def test_something_unexpected_is_one_sentence_and_a_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LEGWORK_DATA_DIR", str(tmp_path))
    assert cli.explain(ExceptionGroup("work", [ExceptionGroup("more", [KeyError("lost")]), OSError()])) == 1
    err = capsys.readouterr().err
    log = tmp_path / "logs" / "errors.log"
    assert err == f"legwork: Something unexpected went wrong (KeyError). The details are in {log}.\n"
    assert "KeyError: 'lost'" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def test_help_and_version_load_nothing_heavy(tmp_path: Path) -> None:
    for option in ("--help", "--version"):
        ran = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "bot.cli", option],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        loaded = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines()}
        assert loaded.isdisjoint(HEAVY)


def test_facts_prints_one_object(tmp_path: Path) -> None:
    report = tmp_path / "leads.csv"
    report.write_text(
        "date,branch,leads\n" + "".join(f"2026-01-{day:02d},Hillside,{day + 20}\n" for day in range(1, 29))
    )
    ran = legwork("facts", str(report), "--json", data_dir=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(ran.stdout)["rows"] == 28


def test_a_column_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    report = tmp_path / "leads.csv"
    rows = [f"2026-01-{day:02d},{branch},{day}\n" for day in range(1, 29) for branch in ("Hillside", "Dockside")]
    report.write_text("date,branch,leads\n" + "".join(rows))
    ran = legwork("facts", str(report), "--by", "colour", data_dir=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "legwork: There is no column “colour” to break the numbers down by. There are: branch.\n"


def test_facts_of_what_is_no_table_fail_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    ran = legwork("facts", str(tmp_path / "empty.csv"), "--json", data_dir=tmp_path)
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert ran.stderr.startswith("legwork: ")
    assert "Traceback" not in ran.stderr


def test_facts_that_have_no_time_say_what_was_not_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "leads.csv"
    rows = [f"2026-01-{day:02d},{branch},{day}\n" for day in range(1, 29) for branch in ("Hillside", "Dockside")]
    report.write_text("date,branch,leads\n" + "".join(rows))
    monkeypatch.setenv("LEGWORK_FACTS_SECONDS", "0.000001")
    assert cli.main(["facts", str(report)]) == 0
    out = capsys.readouterr().out
    assert "- leads adds up to 812." in out
    assert "- Not looked at for lack of time: " in out


def test_facts_of_rows_about_which_nothing_can_be_said_say_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "kept under another name.csv"
    report.write_text("latitude,longitude\n" + "".join(f"{at}.5,{at}.25\n" for at in range(10, 30)))
    assert cli.main(["facts", str(report)]) == 0
    assert capsys.readouterr().out.strip()
