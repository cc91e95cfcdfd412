"""The functions and bounds of the calculator. Values are fractions; what is irrational is cut at forty digits."""

from collections.abc import Callable, Mapping
from decimal import Context, Decimal, DecimalException
from fractions import Fraction
from math import ceil, floor, isqrt

from domain.core.errors import Invalid

__all__ = ["CONSTANTS", "FUNCTIONS", "bounded", "power"]

_PRECISE = Context(prec=40)
_MAX_BITS = 20_000
_MAX_EXPONENT = 10_000

CONSTANTS: Mapping[str, Fraction] = {
    "pi": Fraction("3.141592653589793238462643383279502884197"),
    "π": Fraction("3.141592653589793238462643383279502884197"),
    "e": Fraction("2.718281828459045235360287471352662497757"),
}


def bounded(value: Fraction) -> Fraction:
    """The value itself. Raises Invalid when it has grown so large that the next step could take minutes."""
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > _MAX_BITS:
        raise Invalid("The numbers grow too large.", remedy="Work it out in smaller steps.")
    return value


def power(base: Fraction, exponent: Fraction) -> Fraction:
    """``base`` to the ``exponent``: exact for whole exponents and for roots that come out even.

    Raises:
        Invalid: there is no real result, or it is too large.
    """
    if base == 0 and exponent < 0:
        raise Invalid("Division by zero has no result.", remedy="Zero has no negative power.")
    if exponent.denominator == 1:
        return _whole_power(base, exponent.numerator)
    if base < 0:
        raise Invalid("A negative number has no real root of that kind.", remedy="Check the sign.")
    if exponent.denominator == 2:
        return _whole_power(_square_root([base]), exponent.numerator)
    return _irrational(lambda: _PRECISE.power(_decimal(base), _decimal(exponent)))


def _whole_power(base: Fraction, exponent: int) -> Fraction:
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if abs(exponent) > _MAX_EXPONENT or (bits > 1 and bits * abs(exponent) > _MAX_BITS):
        raise Invalid("The power is too large to work out.", remedy="Use a smaller base or exponent.")
    return base**exponent


def _decimal(value: Fraction) -> Decimal:
    return _PRECISE.divide(Decimal(value.numerator), Decimal(value.denominator))


def _irrational(work: Callable[[], Decimal]) -> Fraction:
    try:
        result = work()
    except DecimalException as error:
        raise Invalid("The result is too large or does not exist.", remedy="Check the numbers.") from error
    if not result.is_finite() or abs(result.adjusted()) > _MAX_EXPONENT // 2:
        raise Invalid("The result is too large or does not exist.", remedy="Check the numbers.")
    return Fraction(result)


def _one(values: list[Fraction], name: str) -> Fraction:
    if len(values) != 1:
        raise Invalid(f"{name} takes one value.", remedy=f"Write {name}(2).")
    return values[0]


def _square_root(values: list[Fraction]) -> Fraction:
    value = _one(values, "sqrt")
    if value < 0:
        raise Invalid("A negative number has no real square root.", remedy="Check the sign.")
    roots = isqrt(value.numerator), isqrt(value.denominator)
    if (roots[0] ** 2, roots[1] ** 2) == (value.numerator, value.denominator):
        return Fraction(*roots)
    return _irrational(lambda: _PRECISE.sqrt(_decimal(value)))


def _round(values: list[Fraction]) -> Fraction:
    """Half away from zero, as people and spreadsheets round."""
    if len(values) > 2 or (len(values) == 2 and (values[1].denominator != 1 or abs(values[1]) > 100)):
        raise Invalid("round takes a value and how many decimals to keep.", remedy="Write round(2.345, 2).")
    scale = Fraction(10) ** (int(values[1]) if len(values) == 2 else 0)
    rounded = Fraction(floor(abs(values[0]) * scale + Fraction(1, 2))) / scale
    return rounded if values[0] >= 0 else -rounded


def _natural_log(values: list[Fraction]) -> Fraction:
    value = _one(values, "ln")
    _check_positive(value)
    return _irrational(lambda: _PRECISE.ln(_decimal(value)))


def _log(values: list[Fraction]) -> Fraction:
    if len(values) > 2:
        raise Invalid("log takes a value and a base.", remedy="Write log(8, 2).")
    value, base = values[0], values[1] if len(values) == 2 else Fraction(10)
    _check_positive(value)
    if base <= 0 or base == 1:
        raise Invalid("The base of a logarithm is positive and not 1.", remedy="Check the base.")
    result = _irrational(lambda: _PRECISE.divide(_PRECISE.ln(_decimal(value)), _PRECISE.ln(_decimal(base))))
    nearest = Fraction(round(result))
    return nearest if abs(nearest) < 1_000 and base**nearest == value else result


def _check_positive(value: Fraction) -> None:
    if value <= 0:
        raise Invalid("Only positive numbers have a logarithm.", remedy="Check the value.")


def _exp(values: list[Fraction]) -> Fraction:
    return _irrational(lambda: _PRECISE.exp(_decimal(_one(values, "exp"))))


def _mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction()) / len(values)


FUNCTIONS: Mapping[str, Callable[[list[Fraction]], Fraction]] = {
    "abs": lambda values: abs(_one(values, "abs")),
    "average": _mean,
    "avg": _mean,
    "ceil": lambda values: Fraction(ceil(_one(values, "ceil"))),
    "exp": _exp,
    "floor": lambda values: Fraction(floor(_one(values, "floor"))),
    "ln": _natural_log,
    "log": _log,
    "max": max,
    "mean": _mean,
    "min": min,
    "round": _round,
    "sqrt": _square_root,
    "sum": lambda values: sum(values, Fraction()),
}
