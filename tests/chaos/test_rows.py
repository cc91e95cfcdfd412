"""Each row of ``make chaos`` once, with its short count."""

import pytest

from tests.chaos.afterwards import drive
from tests.chaos.ground import Ground
from tests.chaos.row import Row
from tests.chaos.rows import all_rows


@pytest.mark.parametrize("row", all_rows().values(), ids=lambda row: row.name)
async def test_what_is_promised_holds(row: Row, ground: Ground) -> None:
    outcome = await drive(row, ground, row.short)
    assert outcome.zero, "a row that counts nothing shows nothing"
    assert outcome.broken == {}, "\n".join([f"told: {dict(outcome.told)}", *outcome.remarks])
