"""The calculator: exact, bounded and clear about what it cannot read."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from domain.core.errors import Invalid
from domain.tools.builtin.calculate import calculate
from tests.factories.tools import call, tool_context


@pytest.mark.parametrize(
    ("expression", "value", "text"),
    [
        ("0.1 + 0.2", 0.3, "0.3"),
        ("1/3 * 3", 1, "1"),
        ("2 + 3 * 4", 14, "14"),
        ("(2 + 3) * 4", 20, "20"),
        ("2 ** 3 ** 2", 512, "512"),
        ("-2^2", -4, "-4"),
        ("2^-1", 0.5, "0.5"),
        ("7 // 2", 3, "3"),
        ("7 % 3", 1, "1"),
        ("10 % (3)", 1, "1"),
        ("12% of 340", 40.8, "40.8"),
        ("15 %", 0.15, "0.15"),
        ("200 + 10%", 220, "220"),
        ("200 - 25 %", 150, "150"),
        ("200 * 10%", 20, "20"),
        ("1,204 - 310", 894, "894"),
        ("1,234,567.89 * 2", 2469135.78, "2,469,135.78"),
        ("1 204 + 1", 1205, "1,205"),
        ("12'500 / 2", 6250, "6,250"),
        ("max(1,204)", 204, "204"),
        ("max(1, 2, 3) - min(4, 5)", -1, "-1"),
        ("mean(3, 4, 8)", 5, "5"),
        ("sum(0.1, 0.2, 0.3)", 0.6, "0.6"),
        ("sqrt(16)", 4, "4"),
        ("sqrt(2)^2", 2.0, "2"),
        ("4^0.5", 2, "2"),
        ("round(2.5)", 3, "3"),
        ("round(-2.345, 2)", -2.35, "-2.35"),
        ("abs(-7)", 7, "7"),
        ("log(1000)", 3, "3"),
        ("log(8, 2)", 3, "3"),
        ("ln(e)", 1.0, "1"),
        ("exp(0)", 1, "1"),
        ("1e3 + 2.5E-1", 1000.25, "1,000.25"),
        ("6 × 7 ÷ 2 − 1", 20, "20"),
        ("2 + 2 =", 4, "4"),
        ("2^100", 1.2676506002282294e30, "1.26765060022823e+30"),
        ("10/4", 2.5, "2.5"),
        ("floor(2.7) + ceil(2.1)", 5, "5"),
    ],
)
async def test_an_expression_is_worked_out(tmp_path: Path, expression: str, value: float, text: str) -> None:
    output = await call(calculate(), tool_context(tmp_path), expression=expression)
    assert output == {"expression": expression, "value": pytest.approx(value, rel=1e-15), "text": text}


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("1 / 0", "Division by zero"),
        ("5 % (3 - 3)", "Division by zero"),
        ("5 // 0", "Division by zero"),
        ("0 ^ -1", "Division by zero"),
        ("9 ** 9 ** 9", "too large"),
        ("10^10000 * 10^10000", "too large"),
        ("10^400", "too large"),
        ("exp(100000)", "too large"),
        ("sqrt(-1)", "no real square root"),
        ("(-8)^(1/3)", "no real root"),
        ("log(0)", "logarithm"),
        ("log(2, 1)", "base"),
        ("2 +", "ends too early"),
        ("(2 + 3", "missing"),
        ("2 + 3)", "cannot be read"),
        ("2 3", "cannot be read"),
        ("3,5 + 1", "comma"),
        ("hello", "cannot be read"),
        ("__import__('os')", "cannot be read"),
        ("2; 3", "cannot be read"),
        ("sqrt(1, 2)", "takes one value"),
        ("sqrt", "missing"),
        ("1.2.3", "cannot be read"),
        ("5kg", "cannot be read"),
        ("(" * 100 + "1" + ")" * 100, "nested too deeply"),
        ("-" * 200 + "1", "nested too deeply"),
        ("   ", "ends too early"),
    ],
)
async def test_what_cannot_be_worked_out_is_explained(tmp_path: Path, expression: str, reason: str) -> None:
    with pytest.raises(Invalid, match=reason) as caught:
        await call(calculate(), tool_context(tmp_path), expression=expression)
    assert caught.value.remedy


async def test_an_endless_expression_is_no_argument(tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        await call(calculate(), tool_context(tmp_path), expression="1+" * 300 + "1")
