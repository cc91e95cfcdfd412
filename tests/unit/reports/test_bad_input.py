"""Whatever is sent, the answer is an analysis or one sentence that says what is wrong."""

import contextlib
import json
import random
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.core.errors import LegworkError
from domain.reports.facts import analyse
from tests.unit.reports.tables import daily

CELLS = st.one_of(
    st.sampled_from(
        ["", "-", "n/a", "1e400", "(1,2)", "12%", "€ 3", "2024-02-30", "31.12.2024", "Q1 2024", "00123", "x", "Total"]
    ),
    st.integers(-(10**20), 10**20).map(str),
    st.floats().map(str),
    st.dates().map(str),
    st.text(max_size=5),
)


def survives(path: Path) -> None:
    with contextlib.suppress(LegworkError):  # anything else fails the test
        json.dumps(analyse(path).as_json(), allow_nan=False)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS, min_size=1, max_size=5), max_size=30), st.sampled_from([",", ";", "\t"]))
def test_random_cells(tmp_path: Path, rows: list[list[str]], delimiter: str) -> None:
    path = tmp_path / "random.csv"
    path.write_bytes("\n".join(delimiter.join(row) for row in rows).encode("utf-8", "replace"))
    survives(path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", b"[", b"{", b"\xff\xfe", b"a,b\n"]))
def test_random_bytes(tmp_path: Path, content: bytes, start: bytes) -> None:
    path = tmp_path / "random.bin"
    path.write_bytes(start + content)
    survives(path)


def test_a_report_with_broken_bytes(tmp_path: Path) -> None:
    chance = random.Random(3)
    original = daily(tmp_path / "orders.csv", 40).read_bytes()
    path = tmp_path / "broken.csv"
    for _ in range(40):
        content = bytearray(original[: chance.randint(20, len(original))])
        for _ in range(chance.randint(1, 40)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        path.write_bytes(bytes(content))
        survives(path)
