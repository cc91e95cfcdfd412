"""People who change their minds while an agent asks, runs and is stopped: no call is made twice, and none is lost."""

from domain.conversations.said import Answer, ApprovalCard, Note
from domain.core import ids
from domain.core.errors import Ambiguous
from domain.llm.model import Request
from domain.llm.scripted import Answer as Says
from tests.factories.rehearsal import Rehearsal
from tests.factories.replies import told
from tests.factories.specs import asks, node, plan
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually

AGENT = node("n1", "agent", "tell ben", goal="Tell Ben.")
SEND, OTHER = ("send", {"to": "ben", "text": "hi"}), ("send", {"to": "ana", "text": "hello"})


def noted(talk: Talk, words: str) -> bool:
    return any(isinstance(said, Note) and words in said.text for said in talk.chat.posts())


async def test_what_it_asks_is_asked_still_after_a_pause(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(AGENT), asks(SEND), "Sent.")
    await talk.say("tell ben")
    await talk.say("pause")
    await talk.say("resume")
    assert talk.card.asks
    assert (await talk.press("Approve")).one(Answer).text == "Sent."
    assert len(rehearsal.calls) == 1


async def test_a_yes_to_a_paused_task_has_it_go_on(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(AGENT), asks(SEND), "Sent.")
    await talk.say("tell ben")
    button = talk.chat.button("Approve")
    await talk.say("pause")
    await talk.send_press(button.action, button.value)
    assert (await talk.task())["status"] == "SUCCEEDED"
    assert len(rehearsal.calls) == 1


async def test_a_call_of_which_nobody_knows_is_asked_about_after_stop_and_retry(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("send", Ambiguous("The connection broke after the request was sent."))
    script.then(plan(AGENT), asks(SEND), "It was sent.")
    await talk.say("tell ben")
    await talk.press("Approve")
    await talk.say("stop")
    assert (await talk.task())["status"] == "CANCELLED"
    await talk.press("Retry")
    assert len(rehearsal.calls) == 1
    await talk.press("It is done")
    assert (await talk.task())["status"] == "SUCCEEDED"
    assert len(rehearsal.calls) == 1


async def test_of_two_calls_the_one_that_was_made_is_not_made_again_after_stop_and_retry(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    gate = rehearsal.gate("hi")
    script.then(plan(AGENT), asks(SEND, OTHER), "Sent.")
    await talk.say("tell both")
    await talk.touch("Approve")
    await eventually(lambda: bool(rehearsal.calls))
    await talk.begin("stop")
    await eventually(lambda: noted(talk, "Stopped"))
    gate.set()
    await talk.settle()
    steps = await talk.steps()
    assert (steps["n1[0].c0"], steps["n1[0].c1"], steps["n1"]) == ("SUCCEEDED", "CANCELLED", "CANCELLED")
    assert dict((await talk.press("Retry")).of(ApprovalCard)[-1].details)["to"] == "ana"
    assert (await talk.press("Approve")).one(Answer).text == "Sent."
    assert [call["to"] for call in rehearsal.of("send")] == ["ben", "ana"]


async def test_a_no_that_says_what_instead_is_told_and_closes_nothing(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(AGENT), asks(SEND), asks(OTHER), "Sent to Ana.")
    await talk.say("tell ben")
    replies = await talk.say("no, to Ana instead")
    assert dict(replies.of(ApprovalCard)[-1].details)["to"] == "ana"
    spoken = " ".join(turn.text for turn in script.requests[2].exchange)
    assert "Ana" in spoken
    assert (await talk.press("Approve")).one(Answer).text == "Sent to Ana."
    assert [call["to"] for call in rehearsal.of("send")] == ["ana"]


async def test_agents_of_a_loop_go_on_each_where_it_was_after_stop_and_retry(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    body = node("each", "agent", goal="Look at {{ item }}")
    loop = node("n1", "foreach", "look at each", items=["east", "west"], node=body)

    def answer(request: Request) -> Says:
        if request.prompt.name != "agent":
            return plan(loop)
        item = request.variables["goal"].split()[-1]
        seen = len(told(request))
        return f"{item} is well" if seen == 2 else asks(("note", {"text": f"{item} {seen}"}))

    script.by(answer)
    gate = rehearsal.gate("west 1")
    await talk.begin("look at both")
    await eventually(lambda: any(call["text"] == "west 1" for call in rehearsal.of("note")))
    await eventually(lambda: any(call["text"] == "east 1" for call in rehearsal.of("note")))
    await talk.say("stop")
    assert not {"PENDING", "HANDED"} & set((await talk.steps()).values())
    gate.set()
    assert (await talk.press("Retry")).one(Answer).text == "east is well\n\nwest is well"
    made = [call["text"] for call in rehearsal.of("note")]
    assert made.count("east 0") == made.count("east 1") == made.count("west 0") == 1
    assert made.count("west 1") == 2


async def test_the_message_that_is_edited_while_it_works_offers_to_start_again(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    gate = rehearsal.gate("a")
    script.then(plan(AGENT), asks(("note", {"text": "a"})), "Ben knows.")
    await talk.tell("tell ben", message_id="m1")
    await talk.worker.start()
    await eventually(lambda: bool(rehearsal.calls))
    await talk.change("m1", "edited", "tell ana")
    await talk.worker.start()
    await eventually(lambda: any("edited" in getattr(said, "text", "") for said in talk.chat.posts()))
    script.answers.clear()
    script.then(plan(node("n1", "agent", goal="Tell Ana.")), asks(("note", {"text": "b"})), "Ana knows.")
    label = next(button.label for said in talk.chat.posts() for button in getattr(said, "buttons", ()))
    await talk.touch(label)
    gate.set()
    await talk.settle()
    statuses = [row["status"] for row in await talk.rows("SELECT status FROM tasks ORDER BY id")]
    assert statuses == ["CANCELLED", "SUCCEEDED"]


async def test_a_plan_that_is_kept_holds_its_agent(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(AGENT), asks(("note", {"text": "a"})), "Done.")
    await talk.say("tell ben")
    await talk.say(f"/tasks save {ids.text('task', (await talk.task())['id'])} Telling")
    script.then(asks(("note", {"text": "a"})), "Done again.")
    assert (await talk.say("/workflows run Telling")).one(Answer).text == "Done again."
