"""Reading and working out an arithmetic expression, in fractions, so that 0.1 + 0.2 is 0.3.

sum      = product { ("+" | "-") product }      a lone percentage is one of the left side: 200 + 10% is 220
product  = unary { ("*" | "/" | "//" | "%" | "of") unary }
unary    = [ "+" | "-" ] unary | power
power    = percent [ "^" unary ]
percent  = atom { "%" }                         "%" before an operand is the remainder instead
atom     = number | constant | function "(" sum { "," sum } ")" | "(" sum ")"
"""

import re
from fractions import Fraction

from domain.core.errors import Invalid
from domain.tools.builtin.functions import CONSTANTS, FUNCTIONS, bounded, power

__all__ = ["evaluate"]

_GROUPED = r"\d{{1,3}}(?:(?P<mark>[{marks}])\d{{3}})(?:(?P=mark)\d{{3}})*(?!\d)"
_MARKS = "'_ \u00a0\u202f"
_NUMBER = r"(?:(?:{grouped}|\d+)(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{{1,3}})?(?![\w.])"
_NUMBER_IN_CALL = re.compile(_NUMBER.format(grouped=_GROUPED.format(marks=_MARKS)))
_NUMBER_ELSEWHERE = re.compile(_NUMBER.format(grouped=_GROUPED.format(marks="," + _MARKS)))
"""Between the arguments of a function a comma separates them; elsewhere it groups thousands."""

_WORD = re.compile(r"[A-Za-zπ]\w*")
_OPERATOR = re.compile(r"\*\*|//|[-+*/%^(),]")
_SIGNS = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "[": "(", "]": ")", "’": "'"})
_DEPTH = 40

_Token = Fraction | str


def evaluate(expression: str) -> Fraction:
    """The value of an expression; roots, logarithms and the like are good to some forty digits.

    Raises:
        Invalid: it is no arithmetic, divides by zero or grows out of bounds.
    """
    tokens = _tokens(expression.translate(_SIGNS).strip().rstrip("=?").strip())
    return _Parser(tokens).whole()


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    calls: list[bool] = []  # for each open bracket, whether it holds a function's arguments
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        number = (_NUMBER_IN_CALL if calls and calls[-1] else _NUMBER_ELSEWHERE).match(text, position)
        found = number or _WORD.match(text, position) or _OPERATOR.match(text, position)
        if found is None:
            raise _unreadable(text[position:])
        if found[0] == "(":
            calls.append(bool(tokens) and tokens[-1] in FUNCTIONS)
        elif found[0] == ")" and calls:
            calls.pop()
        elif found[0] == "," and not (calls and calls[-1]):
            raise Invalid(
                "A comma stands where it neither groups thousands nor separates a function's values.",
                remedy="Write decimals with a point: 3.5.",
            )
        tokens.append(_value(number) if number else found[0].lower().replace("**", "^"))
        position = found.end()
    return tokens


def _value(number: re.Match[str]) -> Fraction:
    mark = number["mark"]
    return bounded(Fraction(number[0].replace(mark, "") if mark else number[0]))


def _unreadable(rest: str) -> Invalid:
    return Invalid(f"“{rest[:30]}” cannot be read as arithmetic.", remedy="Write it like (1,204 - 310) * 0.19.")


class _Parser:
    """Recursive descent over the tokens, one method for each line of the grammar."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self._percentage_ends_at = -1

    def whole(self) -> Fraction:
        value = self._sum()
        if self._at < len(self._tokens):
            raise _unreadable(" ".join(str(token) for token in self._tokens[self._at :]))
        return value

    def _next(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, *operators: str) -> str | None:
        token = self._next()
        if isinstance(token, str) and token in operators:
            self._at += 1
            return token
        return None

    def _expect(self, bracket: str) -> None:
        if self._take(bracket) is None:
            raise Invalid(f"A “{bracket}” is missing.", remedy="Check the brackets.")

    def _sum(self) -> Fraction:
        value = self._product()
        while operator := self._take("+", "-"):
            start = self._at
            term = self._product()
            if self._is_lone_percentage(start):
                term *= value
            value = bounded(value + term if operator == "+" else value - term)
        return value

    def _is_lone_percentage(self, start: int) -> bool:
        """Whether the term read from ``start`` is just ``10%``."""
        return self._percentage_ends_at == self._at == start + 2

    def _product(self) -> Fraction:
        value = self._unary()
        while operator := self._take("*", "/", "//", "%", "of"):
            factor = self._unary()
            if operator in ("*", "of"):
                value = bounded(value * factor)
                continue
            if factor == 0:
                raise Invalid("Division by zero has no result.", remedy="Check the divisor.")
            if operator == "/":
                value = bounded(value / factor)
            else:
                value = Fraction(value // factor) if operator == "//" else value % factor
        return value

    def _unary(self) -> Fraction:
        self._depth += 1
        if self._depth > _DEPTH:
            raise Invalid("The expression is nested too deeply.", remedy="Work it out in parts.")
        sign = self._take("+", "-")
        value = self._power() if sign is None else self._unary()
        self._depth -= 1
        return -value if sign == "-" else value

    def _power(self) -> Fraction:
        base = self._percent()
        return power(base, self._unary()) if self._take("^") else base

    def _percent(self) -> Fraction:
        value = self._atom()
        while self._next() == "%" and not self._operand_follows():
            self._at += 1
            value /= 100
            self._percentage_ends_at = self._at
        return value

    def _operand_follows(self) -> bool:
        following = self._tokens[self._at + 1] if self._at + 1 < len(self._tokens) else None
        return isinstance(following, Fraction) or following == "(" or following in FUNCTIONS or following in CONSTANTS

    def _atom(self) -> Fraction:
        found = self._next()
        self._at += 1
        if found is None:
            raise Invalid("The expression ends too early.", remedy="Complete it, e.g. 2 + 3.")
        if isinstance(found, Fraction):
            return found
        if found == "(":
            value = self._sum()
            self._expect(")")
            return value
        if found in CONSTANTS:
            return CONSTANTS[found]
        if found in FUNCTIONS:
            return self._call(found)
        raise _unreadable(found)

    def _call(self, name: str) -> Fraction:
        self._expect("(")
        values = [self._sum()]
        while self._take(","):
            values.append(self._sum())
        self._expect(")")
        return bounded(FUNCTIONS[name](values))
