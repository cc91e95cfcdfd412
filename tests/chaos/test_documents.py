"""What the documents say about the rows is so."""

import re
from pathlib import Path

from tests.chaos.ground import Ground
from tests.chaos.row import Row
from tests.chaos.rows import all_rows

ROOT = Path(__file__).parents[2]


def test_every_row_is_explained_and_no_other() -> None:
    text = (ROOT / "docs/reliability.md").read_text("utf-8")
    explained = re.findall(r"^\| `([\w-]+)` \|", text, re.MULTILINE)
    assert sorted(explained) == sorted(all_rows())


def test_a_row_is_called_as_its_file() -> None:
    files = {path.stem for path in (ROOT / "tests/chaos/rows").glob("*.py")} - {"__init__"}
    assert {name.replace("-", "_") for name in all_rows()} == files


async def test_the_example_of_a_row_runs(ground: Ground) -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    written = re.search(r"```python\n(?P<code>.*?ROW = .*?)```", text, re.DOTALL)
    assert written is not None
    module: dict[str, Row] = {}
    exec(written["code"], module)  # the example as it stands there
    outcome = await module["ROW"].drive(ground, module["ROW"].short)
    assert outcome.broken == {}
