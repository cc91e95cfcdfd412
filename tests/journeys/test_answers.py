"""A message and its answer."""

from domain.conversations.said import Answer
from tests.factories.specs import plan, reply, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk


async def test_a_direct_reply_needs_one_model_call(talk: Talk, script: Script) -> None:
    script.then(reply("It is noon somewhere."))
    replies = await talk.say("what time is it?")
    assert replies.one(Answer).text == "It is noon somewhere."
    assert len(script.requests) == 1
    assert (await talk.task())["status"] == "SUCCEEDED"


async def test_a_plan_runs_and_its_last_node_is_the_answer(talk: Talk, script: Script) -> None:
    script.then(plan(tool("n1", "calculate", expression="6*7")))
    assert (await talk.say("six times seven")).one(Answer).text == "42"
