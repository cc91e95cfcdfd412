"""Agents among the other nodes of a plan: side by side, in loops, before and behind others, with what they put out."""

from typing import Any

from domain.conversations.said import Answer, ApprovalCard
from domain.core.errors import Invalid
from domain.llm.model import Reply
from tests.factories.rehearsal import Rehearsal
from tests.factories.replies import told
from tests.factories.specs import asks, node, plan, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk

GOAL = "Find out why Hillside lost leads."
AGENT = node("n1", "agent", "find out", goal=GOAL)
FIRST = asks(("note", {"text": "a"}))


async def output(talk: Talk, step_id: str = "n1") -> dict[str, Any]:
    [row] = await talk.rows("SELECT output FROM task_steps WHERE node_id = :id", id=step_id)
    return dict(row["output"])


async def test_what_follows_an_agent_refers_to_what_it_found(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    follows = tool("n2", "note", text="{{ n1.output.text }} {{ n1.output.ended }} {{ n1.output.data.reason }}")
    agent = node("n1", "agent", goal=GOAL, schema={"type": "object", "properties": {"reason": {"type": "string"}}})
    answer = Reply('{"reason": "price"}', {"reason": "price"})
    script.then(plan(agent, follows, edges=[["n1", "n2"]]), FIRST, answer)
    await talk.say("find out why and note it")
    assert rehearsal.of("note")[-1] == {"text": '{"reason": "price"} answered price'}


async def test_an_agent_is_given_what_was_found_before_it(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    goal = "Say more of {{ n0.output.text }}."
    agent = node("n1", "agent", goal=goal, inputs=["{{ n0.output }}"])
    script.then(plan(tool("n0", "note", text="leads"), agent, edges=[["n0", "n1"]]), "More.")
    assert (await talk.say("note and go on")).one(Answer).text == "More."
    given = script.requests[1].variables
    assert given["goal"] == "Say more of note: leads."
    assert given["inputs"] == [{"text": "note: leads"}]


async def test_it_ends_with_what_it_put_out(talk: Talk, script: Script) -> None:
    script.then(plan(AGENT), asks(("note", {"text": "a"}), ("nonsense", {})), "It was the price.")
    await talk.say("find out why")
    found = await output(talk)
    assert {name: found[name] for name in ("text", "ended", "rounds", "calls")} == {
        "text": "It was the price.",
        "ended": "answered",
        "rounds": 2,
        "calls": 1,
    }


async def test_an_agent_works_for_each_item_of_a_loop(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    body = node("each", "agent", goal="Look at {{ item }}.")
    loop = node("n1", "foreach", "look at each", items=["east", "west"], node=body)

    def answer(request: Any) -> Any:
        if request.prompt.name != "agent":
            return plan(loop)
        item = request.variables["goal"].split()[-1]
        return f"{item} is well." if request.exchange else asks(("note", {"text": item}))

    script.by(answer)
    text = (await talk.say("look at both")).one(Answer).text
    assert text.split("\n\n") == ["east. is well.", "west. is well."]
    assert sorted(call["text"] for call in rehearsal.of("note")) == ["east.", "west."]
    assert (await talk.steps())["n1[1].each[0].c0"] == "SUCCEEDED"


async def test_one_item_of_a_loop_that_asks_holds_up_no_other(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    body = node("each", "agent", goal="Tell {{ item }}")
    loop = node("n1", "foreach", "tell each", items=["ana", "ben"], node=body)

    def answer(request: Any) -> Any:
        if request.prompt.name != "agent":
            return plan(loop)
        item = request.variables["goal"].split()[-1]
        if request.exchange:
            return f"{item}: done"
        return asks(("send", {"to": item})) if item == "ana" else asks(("note", {"text": item}))

    script.by(answer)
    assert dict((await talk.say("tell both")).one(ApprovalCard).details)["to"] == "ana"
    steps = await talk.steps()
    assert (steps["n1[0].each"], steps["n1[1].each"]) == ("RUNNING", "SUCCEEDED")
    assert (await talk.press("Approve")).one(Answer).text == "ana: done\n\nben: done"


async def test_two_agents_work_side_by_side(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    other = node("n2", "agent", "look elsewhere", goal="Look elsewhere.")
    both = node(
        "n3", "llm", "answer", prompt="Put it together.", inputs=["{{ n1.output.text }}", "{{ n2.output.text }}"]
    )

    def answer(request: Any) -> Any:
        if request.prompt.name == "decide":
            return plan(AGENT, other, both, edges=[["n1", "n3"], ["n2", "n3"]])
        if request.prompt.name == "step":
            return " and ".join(request.variables["inputs"])
        mine = "here" if request.variables["goal"] == GOAL else "there"
        return mine if request.exchange else asks(("note", {"text": mine}))

    script.by(answer)
    assert (await talk.say("look at both")).one(Answer).text == "here and there"
    assert rehearsal.most_at_once == 2


async def test_a_failed_agent_fails_its_task_unless_an_edge_deals_with_it(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    otherwise = tool("n2", "note", text="{{ n1.output.error.sentence }}")
    script.then(plan(AGENT, otherwise, edges=[["n1", "n2", "error"]]), FIRST, Invalid("The model refused it."))
    assert (await talk.say("find out why")).one(Answer).text.startswith("note: The model refused it.\n")


async def test_a_condition_can_tell_what_an_agent_ended_by(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    agent = node("n1", "agent", goal=GOAL, rounds=1)
    limited = node("n2", "condition", **{"if": "{{ n1.output.ended == 'rounds' }}"})
    script.then(
        plan(agent, limited, tool("n3", "note", text="it stopped"), edges=[["n1", "n2"], ["n2", "n3", True]]),
        "I know little.\nStill open: the reason",
    )
    await talk.say("find out why")
    assert rehearsal.of("note") == [{"text": "it stopped"}]


async def test_a_plan_made_anew_around_a_failed_agent_keeps_what_is_done(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    before = tool("n0", "note", text="done")
    script.then(plan(before, AGENT, edges=[["n0", "n1"]]), FIRST, Invalid("The model refused it."))
    script.then(plan(before, tool("n2", "note", text="otherwise"), edges=[["n0", "n2"]]))
    assert (await talk.say("find out why")).one(Answer).text == "note: otherwise"
    assert [call["text"] for call in rehearsal.of("note")] == ["done", "a", "otherwise"]


async def test_a_plan_made_anew_around_a_failed_agent_is_told_what_that_has_changed_outside(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(AGENT), asks(("send", {"to": "ben", "text": "hi"})), Invalid("The model refused it."))
    await talk.say("tell ben, and find out why")
    script.then(plan(tool("n2", "note", text="Ben knows")))
    await talk.press("Approve")
    [done] = script.requests[-1].variables["done"]
    assert done["name"] == "send, called by n1, which is not finished"
    assert done["output"]["called_with"] == {"to": "ben", "text": "hi"}
    assert len(rehearsal.of("send")) == 1


async def test_an_agent_may_be_the_way_around_a_failure(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    rehearsal.fail("note", Invalid("The notebook is full."))
    script.then(plan(tool("n1", "note", text="x")), plan(node("n2", "agent", goal=GOAL)), FIRST, "It was the price.")
    assert (await talk.say("note it")).one(Answer).text == "It was the price."


async def test_the_same_node_planned_anew_begins_with_rounds_of_its_own(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(AGENT), FIRST, Invalid("The model refused it."))
    script.then(plan(node("n1", "agent", goal="Find out otherwise.")), asks(("note", {"text": "b"})), "So.")
    assert (await talk.say("find out why")).one(Answer).text == "So."
    assert told(script.requests[-1]) == [answer for answer in told(script.requests[-1]) if "note: b" in answer]


async def test_a_run_again_is_an_agent_of_its_own(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(AGENT), FIRST, "It was the price.")
    await talk.say("find out why")
    script.then(FIRST, "It was the price again.")
    assert (await talk.press("Run again")).one(Answer).text == "It was the price again."
    assert len(rehearsal.calls) == 2
    assert not script.requests[3].exchange
