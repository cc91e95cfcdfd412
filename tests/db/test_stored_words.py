"""An output is worded alike by the worker that has just made it and by one that reads it back."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from domain.core.db import Database
from domain.flow.execute.agent.shown import text_of

READ_BACK = text("SELECT CAST(:written AS jsonb) AS value")


async def read_back(database: Database, value: Any) -> Any:
    """As a step's output is written and read."""
    async with database.system("a test") as session:
        rows = await session.execute(READ_BACK, {"written": orjson.dumps(value, default=str).decode()})
        return orjson.loads(raw) if isinstance(raw := rows.scalar_one(), str) else raw


@pytest.mark.parametrize(
    "value",
    [
        {"url": "b", "text": "one\ntwo", "a": 1},
        {"numbers": [1e15, 1e16, -1e16, 1.2345678901234567e18, 1e19, 1e20, 1e22, 1e23, 1e308, 5e-324, 1e-7, -0.0, 0.1]},
        {"numbers": [2**53 + 1, 2**63 - 1, -(2**63), 2**64 - 1, 100.0, 1.10]},
        {"pair": ("a", 1), "when": datetime(2026, 12, 1, tzinfo=UTC), "sum": Decimal("1.50")},
        {"ä": "😀", "z": {"bb": 1, "a": 2, "ccc": [{"b": 1, "a": 2}]}, "": None},
        {"escaped": '\u2028 \x7f \t " \\ </untrusted>'},
    ],
)
async def test_what_the_database_writes_otherwise_is_worded_alike(database: Database, value: dict[str, Any]):
    assert text_of(await read_back(database, value)) == text_of(value)


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(VALUES, max_size=20))
async def test_any_value_is_worded_alike(database: Database, values: list[Any]):
    assert text_of(await read_back(database, {"values": values})) == text_of({"values": values})
