from typing import Any

from domain.llm.decision import Decision, read_decision
from domain.llm.model import Request
from domain.llm.offline.provider import OfflineModel
from domain.llm.offline.replan import BY_RULES
from domain.llm.prompts import STEP
from domain.workflows.spec import read_spec
from domain.workflows.validate import KnownTool, problems
from tests.factories.llm import TOOLS, ask, replan
from tests.factories.offline import LEADS, decision


def tool(key: str, name: str, **config: Any) -> dict[str, Any]:
    return {"id": key, "type": "tool", "name": name, "config": config}


def answer(key: str, *sources: str) -> dict[str, Any]:
    inputs = [f"{{{{ {source}.output }}}}" for source in sources]
    return {"id": key, "type": "llm", "name": "answer", "config": {"prompt": "Answer.", "inputs": inputs}}


TABLE = {
    "nodes": [tool("n1", "analyse_table", file="a.csv", by=["dealer"]),
              tool("n2", "draw_chart", file="a.csv", by=["dealer"]),
              answer("n3", "n1")],
    "edges": [["n1", "n2"], ["n1", "n3"], ["n2", "n3"]],
}  # fmt: skip
TWO = {"nodes": [tool("n1", "navigate_url", url="a"), tool("n2", "navigate_url", url="b"), answer("n3", "n1", "n2")],
       "edges": [["n1", "n3"], ["n2", "n3"]]}  # fmt: skip
DONE = [{"id": "n1", "name": "analyse_table", "output": {"facts": []}}]


async def decided(plan: Any, failed: Any, done: Any = (), **more: Any) -> Decision:
    return read_decision(await ask(OfflineModel(), replan(plan, failed, done, **more)))


async def test_a_chart_that_fails_is_left_out_and_what_is_done_is_kept():
    decision = await decided(TABLE, {"id": "n2", "name": "draw_chart", "error": "nothing to draw"}, DONE)
    assert decision.spec is not None
    kept, last = decision.spec["nodes"]
    assert kept == TABLE["nodes"][0]
    assert (last["id"], last["config"]["inputs"]) == ("n3", ["{{ n1.output }}"])
    assert decision.spec["edges"] == [["n1", "n3"]]
    assert "nothing to draw" in decision.reply


async def test_what_came_after_a_chart_that_is_left_out_comes_after_what_was_before_it():
    chain = TABLE | {"edges": [["n1", "n2"], ["n2", "n3"]]}
    decision = await decided(chain, {"id": "n2", "name": "draw_chart", "error": "nothing to draw"}, DONE)
    assert decision.spec is not None
    assert decision.spec["edges"] == [["n1", "n3"]]


async def test_an_unknown_column_leads_to_the_whole_table():
    error = "There is no column dealer. The columns are Source, Month."
    decision = await decided(TABLE, {"id": "n1", "name": "analyse_table", "error": error})
    assert decision.spec is not None
    first, chart, last = decision.spec["nodes"]
    assert first == tool("n1b", "analyse_table", file="a.csv")
    assert "by" not in chart["config"]
    assert last["config"]["inputs"] == ["{{ n1b.output }}"]
    assert decision.spec["edges"] == [["n1b", "n2"], ["n1b", "n3"], ["n2", "n3"]]
    assert "The columns are Source, Month." in decision.reply


async def test_the_answer_begins_with_what_was_changed():
    error = "There is no column dealer. The columns are Source, Month."
    decision = await decided(TABLE, {"id": "n1", "name": "analyse_table", "error": error})
    assert decision.spec is not None
    variables = {"question": "by dealer", "instruction": decision.spec["nodes"][2]["config"]["prompt"],
                 "inputs": [{"text": "All is well."}], "now": "", "timezone": ""}  # fmt: skip
    text = (await ask(OfflineModel(), Request(STEP, variables))).text
    assert text.startswith(error)
    assert text.endswith("All is well.")


async def test_what_was_changed_twice_is_said_twice_and_in_no_other_words():
    once = (await decided(TABLE, {"id": "n2", "name": "draw_chart", "error": "nothing to draw"})).spec
    assert once is not None
    twice = (await decided(once, {"id": "n1", "name": "analyse_table", "error": "There is no column x."})).spec
    assert twice is not None
    variables = {"question": "by x", "instruction": twice["nodes"][-1]["config"]["prompt"],
                 "inputs": [{"text": "All is well."}], "now": "", "timezone": ""}  # fmt: skip
    text = (await ask(OfflineModel(), Request(STEP, variables))).text
    assert text == (
        "I go on without the chart of a.csv: nothing to draw.\n\n"
        "There is no column x. I look at the whole table instead.\n\nAll is well."
    )


async def test_one_source_of_two_may_be_missing():
    decision = await decided(TWO, {"id": "n1", "name": "navigate_url", "error": "no such host"})
    assert decision.spec is not None
    assert [node["id"] for node in decision.spec["nodes"]] == ["n2", "n3"]
    assert decision.spec["nodes"][1]["config"]["inputs"] == ["{{ n2.output }}"]
    assert decision.spec["edges"] == [["n2", "n3"]]


async def test_the_only_source_missing_is_said_with_what_was_and_was_not_done():
    plan = {"nodes": [tool("n1", "calculate"), tool("n2", "read_file"), answer("n3", "n2")], "edges": []}
    done = [{"id": "n1", "name": "calculate", "output": {}}]
    decision = await decided(plan, {"id": "n2", "name": "read_file", "error": "it is password-protected"}, done)
    assert decision.kind == "reply"
    for words in ("Reading failed: it is password-protected.", "Done before: calculating."):
        assert words in decision.reply
    assert "Not done" not in decision.reply  # the answer is no work of its own
    assert "read_file" not in decision.reply


async def test_a_rejected_repair_is_not_tried_again():
    decision = await decided(TABLE, {"id": "n2", "name": "draw_chart", "error": "x"}, errors=["n3: no input"])
    assert decision.kind == "reply"


async def test_the_answer_to_a_question_stands_without_its_chart():
    asked = await decision("sales by region", attachments=[LEADS])
    assert asked.spec is not None
    plan = {"nodes": asked.spec["nodes"], "edges": asked.spec["edges"]}
    chart = next(node["id"] for node in plan["nodes"] if node["name"] == "draw_chart")
    rest = await decided(plan, {"id": chart, "name": "draw_chart", "error": "it took too long"})
    assert rest.spec is not None
    known = {tool["name"]: KnownTool(tool["parameters"]) for tool in TOOLS}
    assert problems(read_spec(rest.spec), known) == []
    assert rest.spec["nodes"][-1]["config"]["inputs"] == ["{{ n1.output }}"]
    assert "it took too long" in rest.reply


async def test_why_a_table_cannot_answer_is_all_there_is_to_say():
    plan = {"nodes": [tool("n1", "query_table", file="a.csv"), answer("n2", "n1")], "edges": [["n1", "n2"]]}
    error = "There is no column dealer. Did you mean Dealers?"
    refusal = await decided(plan, {"id": "n1", "name": "query_table", "error": error})
    assert (refusal.kind, refusal.outcome, refusal.reply) == ("reply", "not_understood", error)


async def test_what_was_written_meanwhile_is_said_not_to_be_followed():
    asked = await decided(TABLE, None, notes=[{"words": "only 2025"}])
    assert (asked.kind, asked.reply) == ("reply", f"{BY_RULES}; say it again when this is done.")


async def test_after_a_failure_the_answer_says_what_it_did_not_follow():
    failed = {"id": "n2", "name": "draw_chart", "error": "nothing to draw"}
    decision = await decided(TABLE, failed, DONE, notes=[{"words": "only 2025"}])
    assert decision.spec is not None
    assert "so I did not follow “only 2025”." in decision.spec["nodes"][-1]["config"]["prompt"]
    alone = {"nodes": [tool("n1", "read_file", file="a.pdf")], "edges": []}
    lost = await decided(alone, {"id": "n1", "name": "read_file", "error": "no"}, notes=[{"words": "only 2025"}])
    assert "so I did not follow “only 2025”." in lost.reply
