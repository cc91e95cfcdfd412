"""Failpoints: what arms them, what refuses to, and that nobody forgets to call one."""

import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from domain.core.errors import Misconfigured
from domain.core.failpoints import POINTS, VARIABLE, Charge, Struck, arm, reach, read
from domain.core.settings import Settings
from tests.architecture.source import files
from tests.chaos.people import PASSED

ROOT = Path(__file__).parents[3]

REACH = """
import signal, sys
from domain.core.failpoints import arm, reach
from domain.core.settings import Settings
arm(Settings())
for _ in range(3):
    reach("deliver.posted")
    print("still there", flush=True)
"""


def _in_a_process(written: str) -> subprocess.CompletedProcess[str]:
    environment = {VARIABLE: written, "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        [sys.executable, "-c", REACH], env=environment, cwd=ROOT, text=True, capture_output=True, check=False
    )


def test_nothing_happens_where_nothing_is_armed() -> None:
    for point in POINTS:
        reach(point)


def test_a_process_is_killed_the_third_time_it_comes_by() -> None:
    ended = _in_a_process("deliver.posted=kill@3")
    assert ended.returncode == -signal.SIGKILL
    assert ended.stdout.count("still there") == 2
    assert "FAILPOINTS ARE ARMED" in ended.stdout + ended.stderr


def test_what_is_armed_elsewhere_does_not_matter_here() -> None:
    assert _in_a_process("deliver.sending=kill").stdout.count("still there") == 3


def test_a_failure_is_raised_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, " plan.planned=fail@2 , tool.called=fail")
    arm(Settings())
    reach("plan.planned")
    with pytest.raises(Struck, match=r"plan\.planned"):
        reach("plan.planned")
    reach("plan.planned")
    monkeypatch.delenv(VARIABLE)
    arm(Settings())
    reach("tool.called")


def test_each_part_says_point_action_and_time() -> None:
    assert read("") == {}
    assert read("job.claimed=stop,model.answered=kill@12") == {
        "job.claimed": Charge("stop", 1),
        "model.answered": Charge("kill", 12),
    }


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("deliver.pasted=kill", "“deliver.pasted”, which is no failpoint"),
        ("deliver.posted=explode", "cannot be read at “deliver.posted=explode”"),
        ("deliver.posted", "cannot be read at “deliver.posted”"),
        ("deliver.posted=kill@0", "cannot be read"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_there_is(written: str, says: str) -> None:
    with pytest.raises(Misconfigured, match=says) as refused:
        read(written)
    assert "deliver.posted" in str(refused.value) or "point=action@time" in str(refused.value)


def test_nothing_can_be_armed_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "plan.planned=fail")
    with pytest.raises(Misconfigured, match="refused in production"):
        arm(Settings(env="production"))
    reach("plan.planned")


@pytest.mark.parametrize("module", ["bot", "bot.http", "jobs.worker"])
def test_an_unknown_name_stops_the_start_of_every_process(module: str, tmp_path: Path) -> None:
    environment = {VARIABLE: "deliver.pasted=kill", "PATH": "/usr/bin:/bin", "LEGWORK_DATA_DIR": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-m", module], env=environment, cwd=ROOT, text=True, capture_output=True, check=False
    )
    assert ended.returncode == 1
    assert "names “deliver.pasted”, which is no failpoint" in ended.stderr


def test_every_failpoint_is_called_somewhere() -> None:
    code = "\n".join((ROOT / path).read_text("utf-8") for path in files() if path.name != "failpoints.py")
    called = Counter(point for point in POINTS if f'"{point}"' in code)
    assert sorted(called) == sorted(POINTS)


def test_at_every_failpoint_something_is_made_to_die() -> None:
    """By a row of chaos that goes by all that its people pass, or by name, or by a test of all that begin so."""
    written = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__))
    by_name = {point for point in POINTS if re.search(rf'"{re.escape(point)}["=]', written)}
    families = {point for point in POINTS if f'.startswith("{point.partition(".")[0]}.")' in written}
    assert {*POINTS} - {*PASSED} - by_name - families == set()
