"""Small inputs that Legwork failed on once. They lie beside the project; tests of them are skipped where not."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

_ROOT = Path(__file__).parents[2]


def case(name: str) -> dict[str, Any]:
    """The input of that name."""
    shared = os.environ.get("LEGWORK_SHARED")
    path = (Path(shared) if shared else _ROOT.parent / "shared") / "cases" / f"{name}.json"
    if not path.is_file():
        pytest.skip(f"there is no {path}: set LEGWORK_SHARED")
    return json.loads(path.read_text(encoding="utf-8"))
