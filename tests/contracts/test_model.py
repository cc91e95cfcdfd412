"""What every model provider keeps: one suite, passed by each of them."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from domain.core.errors import Unavailable
from domain.core.settings import Settings
from domain.llm.circuit import MemoryCircuit
from domain.llm.decision import read_decision, reply_so_far
from domain.llm.model import Model, Piece, Reply, Request, Restart
from domain.llm.offline.provider import OfflineModel
from domain.llm.openai.provider import OpenAIModel
from domain.llm.routing import Route, RoutedModel
from domain.llm.scripted import ScriptedModel
from tests.factories.llm import decide, events_of, replan, replies, step, streamed
from tests.fakes.openai import FakeOpenAI

SUM = {
    "reply": "I'll calculate that.",
    "kind": "plan",
    "title": "Calculation",
    "plan": {
        "nodes": [
            {"id": "n1", "type": "tool", "name": "calculate", "config": {"expression": "2+2"}},
            {"id": "n2", "type": "llm", "name": "answer", "config": {"prompt": "Say.", "inputs": ["{{ n1.output }}"]}},
        ],
        "edges": [["n1", "n2"]],
    },
}
REPAIR = ({"nodes": SUM["plan"]["nodes"], "edges": []}, {"id": "n1", "name": "calculate", "error": "no number"})  # type: ignore[index]


def scripted(request: Request) -> object:
    return SUM if request.output_schema is not None else "It is four, as far as I was told."


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI() as fake:
        yield fake


@pytest.fixture(scope="module", params=["offline", "scripted", "openai over responses", "openai over chat", "routed"])
async def model(request: pytest.FixtureRequest, server: FakeOpenAI) -> AsyncIterator[Model]:
    made = _made(request.param, server)
    yield made
    await made.close()


def _made(kind: str, server: FakeOpenAI) -> Model:
    match kind:
        case "offline":
            return OfflineModel()
        case "scripted":
            return ScriptedModel(scripted)  # type: ignore[arg-type]
        case "routed":
            down = ScriptedModel(lambda _: Unavailable("It is down."))
            return RoutedModel([Route(down, MemoryCircuit()), Route(OfflineModel(), MemoryCircuit())])
        case _:
            api = "chat" if kind.endswith("chat") else "responses"
            return OpenAIModel(
                Settings(openai_api_key=SecretStr("sk-test"), openai_base_url=server.base_url, llm_api=api)
            )


REQUESTS = [
    pytest.param(decide("what is 2+2?"), id="decide"),
    pytest.param(step("2+2", {"text": "4", "value": 4}), id="step"),
    pytest.param(replan(*REPAIR), id="replan"),
]


@pytest.mark.parametrize("request_", REQUESTS)
async def test_pieces_come_before_exactly_one_reply(model: Model, request_: Request):
    events = await events_of(model, request_)
    assert len(replies(events)) == 1
    assert isinstance(events[-1], Reply)
    assert all(isinstance(event, (Piece, Restart)) for event in events[:-1])
    assert any(isinstance(event, Piece) for event in events)


@pytest.mark.parametrize("request_", REQUESTS)
async def test_the_pieces_add_up_to_the_reply(model: Model, request_: Request):
    events = await events_of(model, request_)
    assert streamed(events) == replies(events)[0].text


async def test_the_reply_says_who_answered_and_what_it_took(model: Model):
    reply = replies(await events_of(model, step("2+2", "4")))[0]
    assert reply.provider
    assert reply.model
    assert reply.duration_ms >= 0
    assert reply.usage.tokens_in >= 0
    assert reply.usage.cost is not None
    assert reply.usage.cost >= 0


async def test_a_decision_can_be_read_and_its_plan_is_whole(model: Model):
    reply = replies(await events_of(model, decide("what is 2+2?")))[0]
    assert reply.data is not None
    decision = read_decision(reply)
    assert decision.kind == "plan"
    assert decision.reply
    assert decision.spec is not None
    ids = [node["id"] for node in decision.spec["nodes"]]
    assert len(set(ids)) == len(ids)
    assert all(end in ids for edge in decision.spec["edges"] for end in edge)
    assert decision.spec["nodes"][0]["config"] == {"expression": "2+2"}


async def test_the_visible_reply_grows_while_it_streams(model: Model):
    raw, shown = "", [""]
    async for event in model.stream(decide("what is 2+2?")):
        if isinstance(event, Piece):
            raw += event.text
            assert reply_so_far(raw).startswith(shown[-1])
            shown.append(reply_so_far(raw))
    assert shown[-1] == read_decision(Reply(text=raw, data=None)).reply


async def test_data_is_given_only_where_a_schema_was_asked_for(model: Model):
    assert replies(await events_of(model, step("2+2", "4")))[0].data is None


async def test_many_requests_at_once_do_not_mix(model: Model):
    answers = await asyncio.gather(*(events_of(model, step("2+2", f"number {place}")) for place in range(8)))
    assert all(len(replies(events)) == 1 and streamed(events) == replies(events)[0].text for events in answers)


async def test_a_reader_may_leave_early(model: Model):
    stream = model.stream(decide("what is 2+2?"))
    assert isinstance(await anext(stream), Piece)
    await stream.aclose()  # type: ignore[attr-defined]
    assert replies(await events_of(model, decide("what is 2+2?")))


async def test_a_model_has_a_name(model: Model):
    assert model.name in {"offline", "scripted", "openai"}
