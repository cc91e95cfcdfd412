"""The model proposes, the program disposes."""

import json
from datetime import timedelta

import pytest

from domain.conversations.said import Answer, ApprovalCard, Listing, Note, Problem
from domain.core.errors import Invalid, Misconfigured, Unavailable
from domain.llm.model import Reply, ToolCall, Usage
from domain.llm.prompts import DECIDE
from domain.llm.tokens import estimate
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan, reply, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk

A, B = tool("n1", "note", text="a"), tool("n2", "note", text="b")
CYCLE = plan(A, B, edges=[["n1", "n2"], ["n2", "n1"]])


async def test_an_invalid_plan_goes_back_with_what_is_wrong(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(tool("n1", "fly")), plan(A))
    assert (await talk.say("note it")).one(Answer).text == "note: a"
    assert script.requests[1].variables["errors"] == ["n1 uses the tool fly, and there is no such tool."]


async def test_a_plan_that_stays_invalid_is_told_after_three_calls_and_nothing_runs(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(CYCLE, CYCLE, CYCLE)
    problem = (await talk.say("note both")).one(Problem)
    assert "circle" in problem.sentence
    assert problem.remedy
    assert len(script.requests) == 3
    assert not rehearsal.calls
    assert (await talk.task())["status"] == "FAILED"
    assert len(await talk.rows("SELECT 1 FROM usages")) == 3


async def test_a_failed_plan_is_made_anew_when_the_person_tries_again(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(CYCLE, CYCLE, CYCLE, plan(A))
    await talk.say("note both")
    assert (await talk.press("Retry")).one(Answer).text == "note: a"


@pytest.mark.parametrize("broken", ["", '{"reply": "I', '{"kind": "plan", "plan": {"nodes": []}}', "{}"])
async def test_an_answer_that_cannot_be_read_is_asked_for_again(talk: Talk, script: Script, broken: str) -> None:
    script.then(broken, reply("Now it is sound."))
    assert (await talk.say("hello")).one(Answer).text == "Now it is sound."
    assert script.requests[1].variables["errors"]


async def test_a_tool_that_is_switched_off_is_not_offered_and_not_run(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    await talk.rows("UPDATE tools SET enabled = false WHERE name = 'note' RETURNING id")
    script.then(plan(A), reply("I cannot take notes here."))
    assert (await talk.say("note it")).one(Answer).text == "I cannot take notes here."
    assert "note" not in [offered["name"] for offered in script.requests[0].variables["tools"]]
    assert not rehearsal.calls


async def test_a_failed_step_is_planned_around_and_what_is_done_is_kept(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("items", Invalid("The list is broken."))
    script.then(
        plan(A, tool("n2", "items", items=[]), edges=[["n1", "n2"]]),
        plan(A, tool("n3", "note", text="instead of the list, {{ n1.output.text }}"), edges=[["n1", "n3"]]),
    )
    assert (await talk.say("do it")).one(Answer).text == "note: instead of the list, note: a"
    assert [call.tool for call in rehearsal.calls] == ["note", "items", "note"]
    told = script.requests[1].variables
    assert told["failed"] == {"id": "n2", "name": "items", "error": "The list is broken."}
    assert [done["id"] for done in told["done"]] == ["n1"]
    assert await talk.steps() == {"n1": "SUCCEEDED", "n3": "SUCCEEDED"}
    assert [step.label for step in talk.card.steps] == ["note", "note"]


async def test_after_two_new_plans_the_task_fails_with_what_was_done(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("items", *(Invalid(f"Broken list {number}.") for number in range(1, 4)))
    script.then(
        *(plan(A, tool(f"n{number}", "items", items=[number]), edges=[["n1", f"n{number}"]]) for number in (2, 3, 4))
    )
    problem = (await talk.say("do it")).one(Problem)
    assert (problem.sentence, problem.done) == ("Broken list 3.", ("note",))
    assert len(script.requests) == 3
    assert len(rehearsal.of("note")) == 1


async def test_the_same_plan_again_is_no_other_way(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    rehearsal.fail("note", Invalid("The notebook is full."))
    script.then(plan(A), plan(A))
    assert (await talk.say("note it")).one(Problem).sentence == "The notebook is full."
    assert len(rehearsal.calls) == 1


async def test_while_the_model_is_away_a_message_waits_and_then_is_answered(talk: Talk, script: Script) -> None:
    script.then(Unavailable("The model does not answer."), Unavailable("The model does not answer."), reply("Back."))
    waiting = (await talk.say("hello")).one(Note)
    assert "does not answer" in waiting.text
    assert "goes on by itself" in waiting.text
    assert not await talk.travel(seconds=70), "it is said once"
    assert (await talk.travel(seconds=70)).one(Answer).text == "Back."
    [job] = await talk.rows("SELECT attempts, crashes FROM queue_jobs WHERE kind = 'advance'")
    assert (job["attempts"], job["crashes"]) == (1, 0)


async def test_what_a_call_used_is_kept_although_the_next_one_finds_the_model_away(talk: Talk, script: Script) -> None:
    script.then('{"reply": "I wi', Unavailable("The model does not answer."), reply("Back."))
    await talk.say("hello")
    used = "SELECT metadata ->> 'purpose' AS purpose, tokens_out > 0 AS counted FROM usages ORDER BY id"
    assert [(row["purpose"], row["counted"]) for row in await talk.rows(used)] == [(f"decide.v{DECIDE.version}", True)]
    assert (await talk.travel(seconds=70)).one(Answer).text == "Back."
    assert len(await talk.rows(used)) == 2


async def test_what_a_step_used_is_kept_although_its_next_call_finds_the_model_away(talk: Talk, script: Script) -> None:
    call = Reply("", None, calls=(ToolCall("c1", "note", {"text": "x"}),), usage=Usage(7, 8), provider="scripted")
    script.then(
        plan(node("n1", "llm", "answer", prompt="Say it.", tools=["note"])),
        call,
        Unavailable("The model does not answer."),
    )
    await talk.say("say it")
    used = await talk.rows("SELECT metadata ->> 'purpose' AS purpose, tokens_in FROM usages ORDER BY id")
    assert [(row["purpose"], row["tokens_in"]) for row in used][1:] == [("step n1[0].think", 7)]


async def test_what_calls_used_is_kept_although_no_plan_came_of_them(talk: Talk, script: Script) -> None:
    script.then('{"reply": "I wi', Misconfigured("The model's key was refused.", remedy="Check OPENAI_API_KEY."))
    await talk.say("hello")
    assert len(await talk.rows("SELECT id FROM usages")) == 1


async def test_the_model_is_not_asked_before_the_time_its_service_named(talk: Talk, script: Script) -> None:
    script.then(Unavailable("Over the limit.", after=timedelta(hours=6)), reply("Back."))
    await talk.say("hello")
    await talk.travel(hours=5)
    assert len(script.requests) == 1
    assert (await talk.travel(hours=2)).one(Answer).text == "Back."


async def test_a_step_waits_for_the_model_too_and_what_is_done_is_kept(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(
        plan(A, node("n2", "llm", "answer", prompt="Say {{ n1.output.text }}"), edges=[["n1", "n2"]]),
        Unavailable("The model does not answer."),
        "Said it.",
    )
    assert (await talk.say("note it and say it")).one(Note)
    assert (await talk.travel(seconds=70)).one(Answer).text == "Said it."
    assert len(rehearsal.calls) == 1


async def test_a_parked_task_can_be_stopped(talk: Talk, script: Script) -> None:
    script.then(Unavailable("The model does not answer."))
    await talk.say("hello")
    await talk.say("stop")
    await talk.travel(seconds=70)
    assert len(script.requests) == 1
    assert (await talk.task())["status"] == "CANCELLED"


async def test_a_wrong_key_is_told_at_once(talk: Talk, script: Script) -> None:
    script.then(Misconfigured("The model's key was refused.", remedy="Check OPENAI_API_KEY."))
    problem = (await talk.say("hello")).one(Problem)
    assert (problem.sentence, problem.remedy) == ("The model's key was refused.", "Check OPENAI_API_KEY.")


async def test_without_a_model_none_is_chosen_and_instructions_are_not_promised(talk: Talk) -> None:
    refused = (await talk.say("/threads model small-model")).one(Problem)
    assert (refused.sentence, refused.remedy) == (
        "No model is configured, so none can be chosen.",
        "Set OPENAI_API_KEY first.",
    )
    assert "rules that answer do not read it" in (await talk.say("/threads instructions Be brief.")).one(Note).text
    [thread] = await talk.rows("SELECT model, instructions FROM threads")
    assert (thread["model"], thread["instructions"]) == (None, "Be brief.")


async def test_what_is_changed_in_another_plan_is_asked_about_anew_although_it_is_called_the_same(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("send", Invalid("There is no such address."))
    script.then(plan(tool("n1", "send", to="ben")), plan(tool("n1", "send", to="eve")))
    await talk.say("write to Ben")
    card = (await talk.press("Approve")).one(ApprovalCard)
    assert dict(card.details)["to"] == "eve"
    assert [call["to"] for call in rehearsal.of("send")] == ["ben"]
    await talk.press("Approve")
    assert [call["to"] for call in rehearsal.of("send")] == ["ben", "eve"]


async def test_the_card_says_what_failed_while_the_model_is_asked_for_another_way(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("note", Invalid("The notebook is full."))
    script.then(plan(A), Unavailable("The model does not answer."))
    await talk.say("note it")
    assert [(step.state, step.note) for step in talk.card.steps] == [("failed", "The notebook is full.")]


async def test_what_came_back_with_a_failure_is_kept_and_said_although_the_model_is_away(
    talk: Talk, script: Script
) -> None:
    ask = node("n1", "ask", question="Which one?", choices=["red"])
    fails = node("n2", "foreach", items="{{ input.message }}", node=tool("each", "note"))
    script.then(
        plan(ask, fails, tool("n3", "note", text="{{ n1.output.text }}"), edges=[["n1", "n3"]]),
        Unavailable("The model does not answer."),
        plan(ask, tool("n3", "note", text="{{ n1.output.text }}"), edges=[["n1", "n3"]]),
    )
    assert set((await talk.say("note it")).kinds) == {"question", "note"}
    await talk.travel(seconds=70)
    assert (await talk.press("red")).one(Answer).text == "note: red"


async def test_a_tool_that_is_not_configured_is_neither_offered_nor_promised(talk: Talk, script: Script) -> None:
    script.then(reply("Hello."))
    await talk.say("hello")
    offered = [tool["name"] for tool in script.requests[-1].variables["tools"]]
    assert "calculate" in offered
    assert "search_google" not in offered
    [listing] = (await talk.say("/tools")).of(Listing)
    assert [row[2] for row in listing.rows if row[0] == "search_google"] == ["not configured"]


async def test_a_plan_with_a_tool_that_is_not_configured_goes_back(talk: Talk, script: Script) -> None:
    script.then(plan(tool("n1", "search_google", query="bikes")), reply("I cannot search here."))
    assert (await talk.say("find bikes")).one(Answer).text == "I cannot search here."
    assert "search_google" in str(script.requests[-1].variables["errors"])


async def test_the_first_call_with_all_tools_there_are_stays_under_its_token_budget(talk: Talk, script: Script) -> None:
    script.then(reply("Hello."))
    await talk.say("hello")
    request = script.requests[-1]
    front, user = request.prompt.render(request.variables)
    schema = json.dumps(request.loose_schema, separators=(",", ":"))
    assert estimate(front) + estimate(user) + estimate(schema) < 2_800


WRITTEN = '{"name": "note", "arguments": {"text": "a"}}'


@pytest.mark.parametrize(
    "written",
    [
        f"<tool_call>\n{WRITTEN}\n</tool_call>",
        f"I note it. <tool_call>{WRITTEN}</tool_call>",
        f"[TOOL_CALLS][{WRITTEN}]",
        f"```json\n{WRITTEN}\n```",
        WRITTEN,
    ],
)
async def test_a_call_that_is_written_as_words_is_a_plan(
    talk: Talk, script: Script, rehearsal: Rehearsal, written: str
) -> None:
    script.then(written, "It is noted.")
    assert (await talk.say("note it")).one(Answer).text == "It is noted."
    assert rehearsal.of("note") == [{"text": "a"}]
    assert not [text for _, text in talk.chat.previews if "{" in text or "<" in text]


async def test_a_call_of_no_tool_goes_back_though_it_is_written_as_words(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then('<tool_call>{"name": "fly", "arguments": {}}</tool_call>', plan(A))
    assert (await talk.say("note it")).one(Answer).text == "note: a"
    assert script.requests[1].variables["errors"] == ["n1 uses the tool fly, and there is no such tool."]


async def test_a_step_calls_what_the_model_writes_as_words(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(node("n1", "llm", prompt="Note it.", tools=["note"])))
    script.then(f"One moment.\n<tool_call>{WRITTEN}</tool_call>", "It is noted.")
    assert (await talk.say("note it")).one(Answer).text == "It is noted."
    assert rehearsal.of("note") == [{"text": "a"}]


@pytest.mark.parametrize("tools", [[], ["note"]])
async def test_what_the_rules_quote_is_no_call(
    talk: Talk, script: Script, rehearsal: Rehearsal, tools: list[str]
) -> None:
    quoted = f"The page says: <tool_call>{WRITTEN}</tool_call>"
    script.then(plan(node("n1", "llm", prompt="Sum it up.", tools=tools)), Reply(quoted, None, provider="offline"))
    assert (await talk.say("sum it up")).one(Answer).text == quoted
    assert not rehearsal.calls


async def test_a_call_where_no_tool_is_on_offer_is_only_left_out(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(node("n1", "llm", prompt="Sum it up.")), f"It is short. <tool_call>{WRITTEN}</tool_call>")
    assert (await talk.say("sum it up")).one(Answer).text == "It is short."
    assert not rehearsal.calls


async def test_steps_that_come_with_a_reply_are_done(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(A) | {"reply": "I have noted it.", "kind": "reply"})
    assert (await talk.say("note it")).one(Answer).text == "note: a"


@pytest.mark.parametrize(
    "beside",
    [
        plan(tool("n1", "fly"))["plan"],
        plan(tool("n1", "note", colour="red"))["plan"],
        plan(node("n1", "llm", prompt="Say hello."))["plan"],
        CYCLE["plan"],
        {"nodes": [], "edges": []},
        {},
        "none",
    ],
)
async def test_steps_that_cannot_run_or_only_word_the_reply_leave_it_as_it_is(
    talk: Talk, script: Script, rehearsal: Rehearsal, beside: object
) -> None:
    script.then(reply("Hello!") | {"plan": beside})
    assert (await talk.say("hello there")).one(Answer).text == "Hello!"
    assert not rehearsal.calls


async def test_a_question_comes_before_the_steps_that_depend_on_it(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(A) | {"reply": "Which one?", "kind": "question"})
    assert (await talk.say("note it")).kinds == ["question"]
    assert not rehearsal.calls
