import json

import pytest

from domain.llm.decision import DECISION_SCHEMA
from domain.llm.openai.call import Broken
from domain.llm.openai.guard import REPEATS, TOO_DEEP, Guard, depth, repeats


def follow(text: str, schema: object = None, piece: int = 7) -> str | None:
    guard = Guard(schema)  # type: ignore[arg-type]
    for start in range(0, len(text), piece):
        try:
            guard.follow(text[: start + piece], text[start : start + piece])
        except Broken as error:
            return error.reason
    return None


@pytest.mark.parametrize(
    "passage",
    [
        "ab",
        " ",
        "\n\t",
        "I think that it is so. ",
        "x" * 59 + "y",
        "A sentence of more than sixty characters, which is said again. ",
    ],
)
def test_what_says_the_same_twenty_times_is_ended(passage: str):
    assert follow("Well. " + passage * (1_500 // len(passage) + 30)) == REPEATS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "short " * 20,
        "\n".join(f"| row {place} | {'-' * 60} | 0 |" for place in range(200)),
        json.dumps(
            [{"type": "llm", "name": "answer", "config": {"prompt": f"{place}: say what it is"}} for place in range(60)]
        ),
        "A sentence of more than sixty characters, which is said again. " * 12,
    ],
)
def test_tables_and_lists_do_not_count_as_repetition(text: str):
    assert not repeats(text)
    assert follow(text) is None


def test_an_object_deeper_than_its_schema_is_ended():
    assert follow('{"reply": "x", "plan": {"nodes": [{"config": ' + '{"a": ' * 400, DECISION_SCHEMA) == TOO_DEEP
    assert follow('{"reply": "' + "{[" * 300, DECISION_SCHEMA) is None


def test_the_depth_of_a_schema_is_that_of_its_deepest_part():
    assert depth({"type": "string"}) == 0
    assert depth({"type": "object", "properties": {"a": {"type": "array", "items": {"type": "string"}}}}) == 2
    assert depth({}) == depth({"type": "object"}) - 1 > 5
    assert depth({"anyOf": [{"type": "null"}, {"type": "array", "items": {"type": "number"}}]}) == 1
