import json

import pytest

from domain.llm.decision import KEYS, read_decision, reply_so_far
from domain.llm.json_text import json_object, mended_object
from domain.llm.model import CUT, Reply

HELLO = '{"reply": "Hello.", "kind": "reply"}'


@pytest.mark.parametrize(
    "written",
    [
        '{"expression": "2+2"}',
        '{"expression": "2+2",}',
        '{"expression": "2+2"',
        "{'expression': '2+2'}",
        '```json\n{"expression": "2+2"}\n```',
        json.dumps('{"expression": "2+2"}'),
        ' {"expression": "2+2", } ',
    ],
)
def test_what_an_unsound_object_plainly_means_is_taken(written: str):
    assert mended_object(written) == {"expression": "2+2"}


@pytest.mark.parametrize(
    "written", ["", "2+2", "[1]", '{"expression": "2+', '{"a": {"b": [1', "{expression: 2+2}", json.dumps("2+2"), "}{"]
)
def test_what_could_mean_several_things_is_not_guessed(written: str):
    assert mended_object(written) is None


def test_a_comma_in_a_text_stays():
    assert mended_object('{"text": "a,} b,]",}') == {"text": "a,} b,]"}


@pytest.mark.parametrize(
    "text",
    [
        f"Sure! Here is the plan:\n{HELLO}",
        f"Sure {{not this}}: {HELLO} I hope that helps.",
        json.dumps(HELLO),
        f"{HELLO[:-1]},}}",
        f"<think>{{}}</think>Well: {HELLO}",
    ],
)
def test_a_decision_is_found_behind_its_introduction(text: str):
    assert read_decision(Reply(text=text, data=None)).reply == "Hello."


def test_an_example_in_plain_words_is_no_decision():
    text = 'Write {"a": 1} into it.'
    assert json_object(text, KEYS) is None
    assert read_decision(Reply(text=text, data=None)).reply == text


@pytest.mark.parametrize("whole", [f"Sure! Here is the plan: {HELLO}", f"Here it is:\n```json\n{HELLO}\n```"])
def test_the_object_behind_an_introduction_is_never_shown_raw(whole: str):
    shown = {reply_so_far(whole[:length]) for length in range(len(whole) + 1)}
    assert not [text for text in shown if "{" in text or "kind" in text or "`" in text]
    assert "Hello." in shown


def test_thought_in_a_reply_or_a_title_is_left_out():
    plan = {"nodes": [{"id": "n1", "type": "ask", "name": "ask", "config": {"question": "which?"}}], "edges": []}
    told = {"reply": "<think>a</think>I ask.", "kind": "plan", "title": "b</think>Which", "plan": plan}
    decision = read_decision(Reply(text=json.dumps(told), data=None))
    assert (decision.reply, decision.title) == ("I ask.", "Which")


def test_a_plan_or_its_arguments_may_be_encoded_once_more():
    nodes = [{"id": "n1", "type": "tool", "name": "calculate", "config": json.dumps({"expression": "1"})}]
    told = {"reply": "ok", "kind": "plan", "plan": json.dumps({"nodes": nodes, "edges": []})}
    spec = read_decision(Reply(text=json.dumps(told), data=None)).spec
    assert spec is not None
    assert spec["nodes"][0]["config"] == {"expression": "1"}


@pytest.mark.parametrize(
    "text", ["It is as far as", '{"reply": "It is as far as', '{"reply": "It is as far as", "kind": "reply"}']
)
def test_a_cut_reply_says_so(text: str):
    decision = read_decision(Reply(text=text, data=json_object(text), cut=True))
    assert (decision.reply, decision.cut) == (f"It is as far as\n\n{CUT}", True)
