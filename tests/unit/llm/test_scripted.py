import asyncio

import pytest

from domain.core.errors import Unavailable
from domain.llm.model import Piece, Reply, Request, Restart
from domain.llm.scripted import ScriptedModel
from tests.factories.llm import ask, decide, events_of, step, streamed


async def test_it_answers_from_its_list_in_order_and_remembers_what_it_was_asked():
    model = ScriptedModel(["one", {"reply": "two"}])
    assert (await ask(model, step("a"))).text == "one"
    assert (await ask(model, decide("b"))).data == {"reply": "two"}
    assert [request.prompt.name for request in model.requests] == ["step", "decide"]


async def test_a_list_that_is_used_up_is_an_error():
    model = ScriptedModel(["one"])
    await ask(model, step("a"))
    with pytest.raises(AssertionError, match="no answer left for step"):
        await ask(model, step("b"))


async def test_a_function_sees_the_request():
    model = ScriptedModel(lambda request: f"You said {request.variables['question']}")
    assert (await ask(model, step("hi"))).text == "You said hi"


async def test_it_fails_as_told():
    with pytest.raises(Unavailable):
        await ask(ScriptedModel([Unavailable("It is down.")]), step("a"))


async def test_it_breaks_a_stream_and_begins_again():
    events = await events_of(ScriptedModel([["It is fi", Restart(), "It is four."]]), step("a"))
    assert streamed(events) == "It is four."
    assert isinstance(events[-1], Reply)
    assert events[-1].text == "It is four."


async def test_it_breaks_off_after_some_pieces():
    stream = ScriptedModel([["It is", Unavailable("It broke off.")]]).stream(step("a"))
    assert await anext(stream) == Piece("It is")
    with pytest.raises(Unavailable):
        await anext(stream)


async def test_it_waits_for_an_event():
    gate = asyncio.Event()
    running = asyncio.create_task(ask(ScriptedModel([[gate, "done"]]), step("a")))
    await asyncio.sleep(0)
    assert not running.done()
    gate.set()
    assert (await running).text == "done"


async def test_a_finished_reply_is_given_as_it_is():
    reply = Reply(text="x", data=None, provider="p", model="m")
    assert await ask(ScriptedModel([reply]), step("a")) is reply


async def test_a_missing_variable_shows_as_with_a_real_provider():
    asked = step("a")
    variables = {name: value for name, value in asked.variables.items() if name != "inputs"}
    with pytest.raises(KeyError):
        await ask(ScriptedModel(["x"]), Request(asked.prompt, variables))
