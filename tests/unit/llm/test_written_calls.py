"""Calls that a model writes into its text are calls, and are never shown."""

from itertools import pairwise
from typing import Any

import pytest

from domain.llm.written_calls import before_calls, written_calls

NAMES = ("calculate", "current_time", "write_file")
SUM: dict[str, Any] = {"expression": "2*3*4"}
CALL = '{"name": "calculate", "arguments": {"expression": "2*3*4"}}'

ONE = [
    f"<tool_call>\n{CALL}\n</tool_call>",
    f"<tool_call>{CALL}",
    f"<TOOL_CALL>{CALL}</TOOL_CALL>",
    '<tool_call>{"name": "calculate", "arguments": "{\\"expression\\": \\"2*3*4\\"}"}</tool_call>',
    '<tool_call>{"name": "calculate", "arguments": {"expression": "2*3*4"}</tool_call>',  # a bracket is missing
    "<tool_call>\n<function=calculate>\n<parameter=expression>\n2*3*4\n</parameter>\n</function>\n</tool_call>",
    '<function=calculate>{"expression": "2*3*4"}</function>',
    '<function=calculate>{"expression": "2*3*4"}',
    f"<function_call> {CALL} </function_call>",
    f"<|tool_call|>[{CALL}]<|/tool_call|>",
    '<|python_tag|>{"name": "calculate", "parameters": {"expression": "2*3*4"}}',
    f"[TOOL_CALLS][{CALL}]",
    f"[TOOL_CALLS] [{CALL}]",
    '[TOOL_CALLS]calculate{"expression": "2*3*4"}',
    '[TOOL_CALLS]calculate[ARGS]{"expression": "2*3*4"}',
    '[TOOL_CALLS]calculate[CALL_ID]123[ARGS]{"expression": "2*3*4"}',
    f"```json\n{CALL}\n```",
    f"```\n[{CALL}]\n```",
    CALL,
    f"[{CALL}]",
    '{"type": "function", "function": {"name": "calculate", "arguments": {"expression": "2*3*4"}}}',
]


BEHIND = [written for written in ONE if not written.startswith(("{", "[{"))]
"""What is a call behind a sentence too: an object that bears no mark is one only alone."""


@pytest.mark.parametrize(
    ("before", "written"),
    [*(("", written) for written in ONE), *(("I'll work that out.\n\n", written) for written in BEHIND)],
)
def test_a_call_is_read_and_taken_out_of_the_text(before: str, written: str) -> None:
    text, calls = written_calls(before + written, NAMES)
    assert [(call.name, call.arguments) for call in calls] == [("calculate", SUM)]
    assert text == before.strip()


@pytest.mark.parametrize(
    "written",
    [
        f'<tool_call>{CALL}</tool_call>\n<tool_call>{{"name": "current_time", "arguments": {{}}}}</tool_call>',
        f'[TOOL_CALLS][{CALL}, {{"name": "current_time", "arguments": {{}}}}]',
        f'<tool_call>{CALL}\n{{"name": "current_time", "arguments": {{}}}}</tool_call>',
        '[TOOL_CALLS]calculate[ARGS]{"expression": "2*3*4"}[TOOL_CALLS]current_time[ARGS]{}',
        "<tool_call><function=calculate><parameter=expression>2*3*4</parameter></function></tool_call>"
        "<tool_call><function=current_time></function></tool_call>",
        f'```json\n[{CALL}, {{"name": "current_time", "arguments": {{}}}}]\n```',
    ],
)
def test_several_calls_are_read_in_their_order_under_ids_of_their_own(written: str) -> None:
    text, calls = written_calls(written, NAMES)
    assert [(call.name, call.arguments) for call in calls] == [("calculate", SUM), ("current_time", {})]
    assert len({call.id for call in calls}) == 2
    assert text == ""


@pytest.mark.parametrize("written", ['<tool_call>{"name": "calcu', "<tool_call>{]}</tool_call>", "[TOOL_CALLS][{"])
def test_a_marked_call_that_cannot_be_read_is_not_shown(written: str) -> None:
    assert written_calls(f"One moment. {written}", NAMES) == ("One moment.", ())


@pytest.mark.parametrize(
    "text",
    [
        "It is 24.",
        "Qwen writes `<tool_call>` before its calls.",
        "The <tool_call> tag opens a call.",
        f"Write it so:\n```xml\n<tool_call>{CALL}</tool_call>\n```\nThat is all.",
        '{"name": "Mara", "arguments": {"for": "yes"}}',
        '```json\n{"name": "no_tool_of_ours", "arguments": {}}\n```',
        f"This is how it looks:\n```json\n{CALL}\n```\nand so on.",
        '{"name": "calculate"}',
        '{"reply": "<tool_call>{}</tool_call>", "kind": "reply"}',
        "a < b and [1, 2]",
        "<p>html</p>",
    ],
)
def test_other_words_stand_as_they_are(text: str) -> None:
    assert written_calls(text, NAMES) == (text, ())


@pytest.mark.parametrize("written", ONE)
def test_no_part_of_a_call_shows_while_it_is_written(written: str) -> None:
    for end in range(len(written) + 1):
        assert before_calls(written[:end], NAMES) == ""
        shown = before_calls(f"One moment. {written[:end]}", NAMES)
        if not written.startswith(("{", "[{", "```")):
            assert shown.strip() == "One moment."


@pytest.mark.parametrize(
    "text",
    [
        "It is [1] of <two> and 3 < 4: `<tool_call>` is a mark.",
        "Plain words, no more.",
        "[1] A list of sources\n[2] and more",
        '{"reply": "Hello", "kind": "reply"}',
        "```python\nprint(1)\n```",
        "The <tool_call> tag opens a call.",
    ],
)
def test_what_shows_of_other_words_only_ever_grows(text: str) -> None:
    shown = [before_calls(text[:end], NAMES) for end in range(len(text) + 1)]
    assert all(after.startswith(before.rstrip()) for before, after in pairwise(shown))
    assert shown[-1] == text
