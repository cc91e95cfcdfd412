"""calculate: arithmetic that is exact where arithmetic can be."""

from decimal import Context, Decimal
from fractions import Fraction

from pydantic import Field

from domain.core.errors import Invalid
from domain.tools.builtin.arithmetic import evaluate
from domain.tools.registry import Arguments, Category, Effect, Output, Tool, ToolContext

__all__ = ["calculate"]

_SHOWN_DIGITS = 15
_EXACT_IN_JSON = 2**53
"""Whole numbers above this lose digits in most readers of JSON (RFC 8259, section 6)."""
_LARGEST = Fraction(10**300)


class _Arguments(Arguments):
    expression: str = Field(
        min_length=1,
        max_length=500,
        description="e.g. (1,204 - 310) * 0.19, 12% of 340, mean(3, 4, 8), sqrt(2)^3, log(8, 2)",
    )


def calculate() -> Tool:
    return Tool(
        name="calculate",
        display_name="Calculator",
        description=(
            "Exact arithmetic: + - * / // % ^, percentages, sqrt, round, floor, ceil, min, max, abs, sum, mean, "
            "log (base 10 unless a base is given), ln, exp, pi, e."
        ),
        category=Category.GENERAL,
        effect=Effect.READ,
        arguments=_Arguments,
        run=_run,
        timeout=5.0,
    )


async def _run(arguments: _Arguments, context: ToolContext) -> Output:
    value = evaluate(arguments.expression)
    if abs(value) > _LARGEST:
        raise Invalid("The result is too large.", remedy="Results go up to 10^300.")
    return {"expression": arguments.expression, "value": _number(value), "text": _text(value)}


def _number(value: Fraction) -> int | float:
    if value.denominator == 1 and abs(value.numerator) <= _EXACT_IN_JSON:
        return value.numerator
    return float(value)


def _text(value: Fraction) -> str:
    """With thousands separators; whole numbers in full, others to fifteen significant digits."""
    if value.denominator == 1 and abs(value.numerator) < 10**30:
        return f"{value.numerator:,}"
    rounding = Context(prec=_SHOWN_DIGITS)
    rounded = rounding.divide(Decimal(value.numerator), Decimal(value.denominator)).normalize(rounding)
    exponent = rounded.adjusted()
    return f"{rounded:,f}" if -10 < exponent < 30 else f"{rounded:e}"
