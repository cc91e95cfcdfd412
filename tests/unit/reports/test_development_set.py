"""The labelled reports: no failure, no wrong number, nothing that must not be said, and the demands met."""

import importlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.reports.facts import analyse

ROOT = Path(__file__).parents[3]
REPORTS = Path(os.environ.get("LEGWORK_SHARED", ROOT.parent / "shared")) / "data" / "reports"


@pytest.fixture(scope="module")
def judge() -> Iterator[Any]:
    if not (REPORTS / "labels.json").is_file():
        pytest.skip(f"the labelled reports are not at {REPORTS}; LEGWORK_SHARED names another place")
    writes = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(REPORTS / "judge"))
    yield importlib.import_module("score")
    sys.path.remove(str(REPORTS / "judge"))
    sys.dont_write_bytecode = writes


def test_every_labelled_report_meets_the_demands(judge: Any) -> None:
    entries: list[dict[str, Any]] = json.loads((REPORTS / "labels.json").read_text("utf-8"))["files"]
    found, demanded = dict.fromkeys((3, 2, 1), 0), dict.fromkeys((3, 2, 1), 0)
    for entry in entries:
        output = json.loads(json.dumps(analyse(REPORTS / entry["file"]).as_json(), allow_nan=False))
        assert judge.form_error(output, entry) is None, entry["file"]
        result = judge.score_file(REPORTS, entry, output)
        assert not result["wrong"], entry["file"]
        assert not result["bans"], entry["file"]
        assert not result["false"], entry["file"]
        for fact in entry["facts"]:
            demanded[fact["importance"]] += 1
            found[fact["importance"]] += fact["id"] in result["found"]
    assert found[3] == demanded[3]
    assert found[2] >= 0.8 * demanded[2]
