import pytest

from domain.llm.thought import bare_thought, without_thought


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("<think>2+2</think> It is four.", "It is four."),
        ("2 and 2 …\n</think>\n\nIt is four.", "It is four."),
        ("<think>a</think>\n<think>b</think>It is four.", "It is four."),
        ("<THINK>a</Think>It is four.", "It is four."),
        ("<thinking>a</thinking>It is four.", "It is four."),
        ("[THINK]a[/THINK]It is four.", "It is four."),
        ("◁think▷a◁/think▷It is four.", "It is four."),
        (
            "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>It is four.",
            "It is four.",
        ),
        (
            "<|channel|>analysis<|message|>a<|channel|>final <|constrain|>x<|message|>It is four.<|return|>",
            "It is four.",
        ),
        ("<|channel|>analysis<|message|>and then nothing", ""),
        ("<think>and then nothing", ""),
        ("It is <think>hm</think>four.", "It is four."),
        ("It is four.\n<think>and what else", "It is four."),
        ("<think>a ```b``` c</think>It is four.", "It is four."),
        ('<think>a</think>{"reply": "It is four."}', '{"reply": "It is four."}'),
        ('{"reply": "<think>a</think>\\nIt is four.", "kind": "reply"}', '{"reply": "It is four.", "kind": "reply"}'),
        ('{"reply": "a"} or so</think>\n{"reply": "It is four."}', '{"reply": "It is four."}'),
        ("{2 and 2}</think>It is four.", "It is four."),
        ('{"reply": "a \\"b\\" </think>It is four."}', '{"reply": "It is four."}'),
    ],
)
def test_thought_is_left_out_wherever_it_stands(raw: str, said: str):
    assert without_thought(raw) == said


@pytest.mark.parametrize(
    "text",
    [
        "It is four.",
        "3 < 4 and a[1] > b",
        "Wrap it in `<think>` and `</think>`.",
        "```\n<think>\n</think>\n```\nis how it is written.",
        "The <think> mark begins it.",
        "I think</b> so",
        '{"reply": "use `</think>`"}',
    ],
)
def test_what_only_speaks_of_it_stays(text: str):
    assert without_thought(text) == text


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("<thi", ""),
        ("It is <", "It is "),
        ("It is <b", "It is <b"),
        ("<think>a</thi", ""),
        ("<think>a</think>It", "It"),
        ("The <think> mark", "The"),
        ("<|chan", ""),
        ("<|channel|>final<|message|>It is<|e", "It is"),
        ('{"reply": "It is <thi', '{"reply": "It is '),
    ],
)
def test_what_may_become_thought_is_held_back_while_it_is_written(raw: str, said: str):
    assert without_thought(raw, whole=False) == said


@pytest.mark.parametrize(
    ("raw", "bare"),
    [("a</think>b", True), ("<think>a</think>b", False), ("plain", False), ('{"reply": "a</think>"}', False)],
)
def test_a_thought_without_its_beginning_is_known(raw: str, bare: bool):
    assert bare_thought(raw) is bare
