"""What a table cannot answer: the reason and the remedy are the answer, and nothing counts as done."""

from domain.conversations.said import Answer, Listing, Problem
from domain.core.errors import Invalid
from domain.reports.querying.result import UNANSWERABLE
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan, reply, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk

ASKED = plan(
    tool("n1", "note", text="temprature"),
    node("n2", "llm", "answer", prompt="Answer.", inputs=["{{ n1.output }}"]),
    edges=[["n1", "n2"]],
)
MENDED = plan(
    tool("n3", "note", text="temperature"),
    node("n2", "llm", "answer", prompt="Answer.", inputs=["{{ n3.output }}"]),
    edges=[["n3", "n2"]],
)


def no_such() -> Invalid:
    return Invalid("There is no column temprature.", remedy="Did you mean Temperature?", code=UNANSWERABLE)


async def test_the_reason_and_the_remedy_are_said_and_no_work_was_done(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("note", no_such())
    script.then(ASKED, reply("There is no column temprature. Ask me for Temperature, which it has."))
    replies = await talk.say("how is the temprature?")
    assert replies.one(Answer).text == "There is no column temprature. Did you mean Temperature?"
    assert not replies.of(Problem)
    task = await talk.task()
    assert (task["status"], task["outcome"]) == ("SUCCEEDED", "not_understood")
    assert (await talk.say("/tasks")).one(Listing).rows == ()


async def test_what_the_model_says_to_it_is_told_without_numbers_of_its_own(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("note", no_such())
    script.then(ASKED, reply("So eine Spalte gibt es nicht. Im Mittel sind es 21.5 Grad. Meinten Sie Temperature?"))
    text = (await talk.say("wie ist die Temperatur?")).one(Answer).text
    assert text == "There is no column temprature. So eine Spalte gibt es nicht. Meinten Sie Temperature?"


async def test_a_name_that_is_mended_leads_to_an_answer(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    rehearsal.fail("note", no_such())
    script.then(ASKED, MENDED, "It is warm.")
    assert (await talk.say("how is the temprature?")).one(Answer).text == "It is warm."
    assert "Did you mean Temperature?" in str(script.requests[1].variables["failed"])
    assert (await talk.task())["outcome"] == "answer"


async def test_where_other_work_was_done_it_is_a_failure_that_names_it(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("note", no_such())
    both = plan(tool("n1", "note", text="a"), tool("n2", "keep", text="b"))
    script.then(both, reply("That column is not there."))
    problem = (await talk.say("keep this and tell me the temprature")).one(Problem)
    assert problem.sentence == "There is no column temprature."
    assert problem.done == ("keep",)
    assert (await talk.task())["status"] == "FAILED"
