"""A cautious estimate of how many tokens a text takes, for budgets that must hold before a call is made.

It never needs the model's own tokenizer (which would have to be fetched) and is meant to err upwards:
English prose comes out about a third above what current tokenizers give.
"""

import json
import re
from collections.abc import Sequence

from domain.llm.model import Request, ToolSpec, Turn

_PARTS = re.compile(r"[A-Za-z]+|[0-9]+|\n+|[ \t]{2,}|[^\W\d_]+|\S")
_LETTERS_A_TOKEN = 6
_DIGITS_A_TOKEN = 3
_BYTES_A_TOKEN = 2


def estimate(text: str) -> int:
    """An upper guess at the number of tokens of a text."""
    return sum(_tokens(part) for part in _PARTS.findall(text))


def estimated(front: str, turns: Sequence[Turn], tools: Sequence[ToolSpec] = ()) -> int:
    """An upper guess at the tokens of all that is sent: instructions, turns with their calls, and tools."""
    said = [front, *(turn.text for turn in turns)]
    asked = [f"{made.name} {_written(made.arguments)}" for turn in turns for made in turn.calls]
    offered = [f"{tool.name} {tool.description} {_written(tool.parameters)}" for tool in tools]
    return sum(estimate(text) for text in (*said, *asked, *offered))


def tokens_of(request: Request) -> int:
    """An upper guess at the tokens of a whole request."""
    front, user = request.prompt.render(request.variables)
    turns = [*request.turns, Turn("user", user), *request.exchange]
    schema = 0 if request.output_schema is None else estimate(_written(request.output_schema))
    return estimated(front, turns, request.tools) + schema


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _tokens(part: str) -> int:
    if part.isspace():
        return 1
    if not part.isascii():
        return _ceil(len(part.encode("utf-8", "replace")), _BYTES_A_TOKEN)
    if part.isalpha():
        return _ceil(len(part), _LETTERS_A_TOKEN)
    if part.isdigit():
        return _ceil(len(part), _DIGITS_A_TOKEN)
    return 1


def _ceil(amount: int, divisor: int) -> int:
    return -(-amount // divisor)
