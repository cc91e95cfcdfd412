import json
from itertools import pairwise

import pytest

from domain.core.errors import Invalid
from domain.llm.decision import read_decision, reply_so_far
from domain.llm.model import Reply, ToolCall

PLAN = {
    "reply": "I'll look.",
    "kind": "plan",
    "title": "Leads",
    "plan": {
        "nodes": [
            {"id": "n1", "type": "tool", "name": "calculate", "config": {"expression": "1+1"}},
            {
                "id": "n2",
                "type": "llm",
                "name": "answer",
                "config": {"prompt": "Say it.", "inputs": ["{{ n1.output }}"]},
            },
        ],
        "edges": [["n1", "n2"]],
    },
}


def reply(text: str, calls: tuple[ToolCall, ...] = ()) -> Reply:
    return Reply(text=text, data=None, calls=calls)


def test_a_direct_reply():
    decision = read_decision(reply('{"reply": "Hello!", "kind": "reply", "title": "", "plan": null}'))
    assert (decision.kind, decision.reply, decision.title, decision.spec) == ("reply", "Hello!", None, None)


def test_a_question_back():
    decision = read_decision(reply('{"reply": "Which file?", "kind": "question", "title": "", "plan": null}'))
    assert (decision.kind, decision.reply) == ("question", "Which file?")


def test_a_plan_becomes_a_spec():
    decision = read_decision(reply(json.dumps(PLAN)))
    assert (decision.kind, decision.reply, decision.title) == ("plan", "I'll look.", "Leads")
    assert decision.spec == {"trigger": {"type": "manual"}, **PLAN["plan"]}


def test_data_that_the_provider_already_read_is_used():
    assert read_decision(Reply(text="ignored", data=PLAN)).kind == "plan"


@pytest.mark.parametrize(
    "wrapped",
    [
        "```json\n{}\n```",
        "Here it is:\n```json\n{}\n```",
        "<think>hm, {{ a plan }}</think>\n{}",
        "{}\n\nI hope that helps.",
    ],
)
def test_an_object_is_found_in_its_wrapping(wrapped: str):
    assert read_decision(reply(wrapped.replace("{}", json.dumps(PLAN)))).kind == "plan"


def test_raw_line_breaks_inside_a_string_are_forgiven():
    assert read_decision(reply('{"reply": "one\ntwo", "kind": "reply"}')).reply == "one\ntwo"


@pytest.mark.parametrize("text", ["It is four.", "  It is four.\n", "<think>2+2</think> It is four."])
def test_plain_text_is_a_direct_reply(text: str):
    decision = read_decision(reply(text))
    assert (decision.kind, decision.reply, decision.spec) == ("reply", "It is four.", None)


def test_function_calls_become_a_plan_that_answers_from_all_of_them():
    calls = (ToolCall("a", "calculate", {"expression": "1+1"}), ToolCall("b", "current_time", {}))
    decision = read_decision(reply("", calls))
    assert decision.kind == "plan"
    assert decision.spec is not None
    assert [(node["type"], node["name"]) for node in decision.spec["nodes"]] == [
        ("tool", "calculate"), ("tool", "current_time"), ("llm", "answer")]  # fmt: skip
    assert decision.spec["edges"] == [["n1", "n3"], ["n2", "n3"]]
    assert decision.spec["nodes"][2]["config"]["inputs"] == ["{{ n1.output }}", "{{ n2.output }}"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n",
        "<think>and then nothing",
        '{"reply": "I will',
        '{"reply": "x", "kind": "plan", "plan": {"nodes": [',
        '{"reply": "", "kind": "reply"}',
        '{"kind": "question", "title": "x"}',
        '{"reply": "I will do it", "kind": "plan", "plan": null}',
        '{"reply": "I will do it", "kind": "plan", "plan": {"nodes": [], "edges": []}}',
        "{not json}",
    ],
)
def test_what_cannot_be_read_may_be_asked_again(text: str):
    with pytest.raises(Invalid) as raised:
        read_decision(reply(text))
    assert raised.value.reason == "unreadable_answer"


def test_common_slips_in_a_plan_are_mended():
    plan = {
        "nodes": [{"tool": "calculate", "arguments": {"expression": "1"}}, {"id": "x", "type": "llm", "config": {}}]
    }
    spec = read_decision(reply(json.dumps({"reply": "ok", "plan": plan}))).spec
    assert spec is not None
    assert spec["nodes"][0] == {"id": "n1", "type": "tool", "name": "calculate", "config": {"expression": "1"}}
    assert spec["edges"] == [["n1", "x"]]


def test_edges_written_as_objects_are_understood():
    plan = {**PLAN["plan"], "edges": [{"from": "n1", "to": "n2"}]}
    spec = read_decision(reply(json.dumps({**PLAN, "plan": plan}))).spec
    assert spec is not None
    assert spec["edges"] == [["n1", "n2"]]


def test_an_edge_out_of_a_condition_keeps_its_outcome():
    edges = [["n1", "n2", True], ["n1", "n3", "false"], ["n2", "n3"]]
    plan = {"nodes": PLAN["plan"]["nodes"], "edges": edges}
    spec = read_decision(reply(json.dumps({**PLAN, "plan": plan}))).spec
    assert spec is not None
    assert spec["edges"] == [["n1", "n2", True], ["n1", "n3", False], ["n2", "n3"]]


@pytest.mark.parametrize(
    ("raw", "visible"),
    [
        ("", ""),
        ("{", ""),
        ('{"re', ""),
        ('{"reply', ""),
        ('{"reply": "Hel', "Hel"),
        ('{"reply": "Hello", "ki', "Hello"),
        ('{"reply": "a \\"b', 'a "b'),
        ('{"kind": "reply", "reply": "late"', "late"),
        ("``", ""),
        ('```json\n{"reply": "Hi', "Hi"),
        ("<thi", ""),
        ("<think>secret thoughts", ""),
        ("<think>secret</think>It is", "It is"),
        ("It is fo", "It is fo"),
        ('{"reply": 3', ""),
    ],
)
def test_only_the_reply_is_visible_while_it_streams(raw: str, visible: str):
    assert reply_so_far(raw) == visible


def test_what_is_visible_only_ever_grows():
    whole = json.dumps({"reply": "Grüße: “well” \\ done\n- one 😀", "kind": "reply"})
    shown = [reply_so_far(whole[:length]) for length in range(len(whole) + 1)]
    assert all(later.startswith(earlier) for earlier, later in pairwise(shown))
    assert shown[-1] == "Grüße: “well” \\ done\n- one 😀"


RUNNING = [
    {"number": 1, "title": "Hillside leads", "doing": "find out why Hillside lost leads"},
    {"number": 2, "title": "Supplier prices", "doing": "compare them"},
]
CHANGE = {"reply": "only 2025", "kind": "change", "task": 2, "plan": None}


def change(**more: object) -> Reply:
    return reply(json.dumps(CHANGE | more))


@pytest.mark.parametrize(
    "named",
    [2, "2", "#2", "task 2", "Task #2", 2.0, "Supplier prices", "“supplier prices”", "#2 Supplier prices", "supplier"],
)
def test_a_change_names_its_task_by_number_or_title(named: object):
    decision = read_decision(change(task=named), RUNNING)
    assert (decision.kind, decision.task, decision.reply, decision.spec) == ("change", 2, "only 2025", None)


@pytest.mark.parametrize("named", [{}, {"task": None}, {"task": ""}, {"task": 0}, {"task": 1}, {"task": "Hillside"}])
def test_the_only_running_task_need_not_be_named(named: dict[str, object]):
    raw = {key: value for key, value in CHANGE.items() if key != "task"} | named
    assert read_decision(reply(json.dumps(raw)), RUNNING[:1]).task == 1


@pytest.mark.parametrize("named", [None, 3, "#7", "Riverside", "leads prices", True, [1]])
def test_a_change_to_no_running_task_is_asked_for_again(named: object):
    with pytest.raises(Invalid, match="task is one of 1, 2, or it is work of its own"):
        read_decision(change(task=named), RUNNING)


def test_a_task_without_a_title_is_named_by_its_number_alone():
    untitled = [RUNNING[0], {"number": 2, "title": "", "doing": ""}]
    assert read_decision(change(task="2."), untitled).task == 2
    with pytest.raises(Invalid):
        read_decision(change(task="Riverside"), untitled)


def test_where_nothing_runs_a_change_is_what_it_says():
    assert read_decision(change()).kind == "reply"
    assert read_decision(change(plan=PLAN["plan"])).kind == "plan"


def test_steps_are_work_of_their_own_whatever_they_are_called():
    assert read_decision(change(plan=PLAN["plan"]), RUNNING).kind == "plan"


def test_a_change_without_words_is_the_message_as_it_stands():
    decision = read_decision(change(reply=""), RUNNING)
    assert (decision.kind, decision.reply, decision.task) == ("change", "", 2)
