from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr

from domain.core.errors import Invalid, Misconfigured, Unavailable, Unusable
from domain.core.settings import Settings
from domain.llm.circuit import MemoryCircuit
from domain.llm.model import Restart
from domain.llm.offline.provider import OfflineModel
from domain.llm.providers import configured
from domain.llm.routing import Route, RoutedModel
from domain.llm.scripted import ScriptedModel
from tests.factories.llm import ask, events_of, step, streamed

DOWN = Unavailable("It is down.", code="down")
MINUTE = timedelta(minutes=1)


class Moment:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by.total_seconds()


@pytest.fixture
def moment() -> Moment:
    return Moment()


@pytest.fixture
def circuit(moment: Moment) -> MemoryCircuit:
    return MemoryCircuit(failures=3, interval=MINUTE, clock=moment)


async def fail(model: RoutedModel, times: int = 1) -> list[Unavailable]:
    errors: list[Unavailable] = []
    for _ in range(times):
        with pytest.raises(Unavailable) as raised:
            await ask(model, step("a"))
        errors.append(raised.value)
    return errors


async def test_after_three_failures_calls_are_refused_with_the_time_to_the_next_probe(
    circuit: MemoryCircuit, moment: Moment
):
    model = ScriptedModel(lambda _: DOWN)
    routed = RoutedModel([Route(model, circuit)])
    await fail(routed, 3)
    moment.advance(timedelta(seconds=20))
    (error,) = await fail(routed)
    assert len(model.requests) == 3
    assert (error.reason, error.after) == ("model_down", timedelta(seconds=40))


async def test_a_service_that_is_down_for_six_hours_is_probed_once_an_interval(circuit: MemoryCircuit, moment: Moment):
    model = ScriptedModel(lambda _: DOWN)
    routed = RoutedModel([Route(model, circuit)])
    await fail(routed, 3)
    for _ in range(6 * 60):
        moment.advance(MINUTE)
        await fail(routed, 3)
    assert len(model.requests) == 3 + 6 * 60


async def test_a_probe_that_is_answered_closes_the_circuit(circuit: MemoryCircuit, moment: Moment):
    model = ScriptedModel([DOWN, DOWN, DOWN, "up", "and running"])
    routed = RoutedModel([Route(model, circuit)])
    await fail(routed, 4)
    moment.advance(MINUTE)
    assert (await ask(routed, step("a"))).text == "up"
    assert (await ask(routed, step("a"))).text == "and running"


async def test_only_failures_in_a_row_count(circuit: MemoryCircuit):
    model = ScriptedModel([DOWN, DOWN, "up", DOWN, DOWN, "up"])
    routed = RoutedModel([Route(model, circuit)])
    await fail(routed, 2)
    await ask(routed, step("a"))
    await fail(routed, 2)
    assert (await ask(routed, step("a"))).text == "up"


@pytest.mark.parametrize("error", [Invalid("too long"), Misconfigured("no key")])
async def test_a_refusal_goes_straight_to_the_caller_and_opens_nothing(circuit: MemoryCircuit, error: Exception):
    model, other = ScriptedModel(lambda _: error), ScriptedModel([])
    routed = RoutedModel([Route(model, circuit), Route(other, MemoryCircuit())])
    for _ in range(5):
        with pytest.raises(type(error)):
            await ask(routed, step("a"))
    assert await circuit.blocked() is None
    assert other.requests == []


async def test_the_fallback_is_asked_for_its_own_model_while_the_first_is_down(circuit: MemoryCircuit):
    provider = ScriptedModel(lambda request: "from the fallback" if request.model == "small" else DOWN)
    routed = RoutedModel([Route(provider, circuit), Route(provider, MemoryCircuit(), "small")])
    for _ in range(5):
        reply = await ask(routed, step("a"))
        assert (reply.text, reply.model) == ("from the fallback", "small")
    assert [request.model for request in provider.requests].count(None) == 3


async def test_pieces_of_a_failed_model_are_taken_back(circuit: MemoryCircuit):
    broken = ScriptedModel([["It is surely", DOWN]])
    routed = RoutedModel([Route(broken, circuit), Route(ScriptedModel(["It is four."]), MemoryCircuit())])
    events = await events_of(routed, step("a"))
    assert [type(event) for event in events].count(Restart) == 1
    assert streamed(events) == "It is four."


async def test_when_all_are_down_the_shortest_wait_is_told(moment: Moment):
    circuits = [MemoryCircuit(failures=1, interval=MINUTE * length, clock=moment) for length in (5, 2)]
    routed = RoutedModel([Route(ScriptedModel(lambda _: DOWN), circuit) for circuit in circuits])
    (first,) = await fail(routed)
    assert (first.reason, first.after) == ("down", None)
    (second,) = await fail(routed)
    assert (second.reason, second.after) == ("model_down", MINUTE * 2)


async def test_a_wait_the_server_asked_for_reaches_the_caller(circuit: MemoryCircuit):
    slow = Unavailable("Over its limit.", after=timedelta(seconds=90))
    (error,) = await fail(RoutedModel([Route(ScriptedModel([slow]), circuit)]))
    assert error.after == timedelta(seconds=90)


def test_a_routed_model_needs_a_route():
    with pytest.raises(ValueError, match="route"):
        RoutedModel([])


def no_circuit(name: str) -> MemoryCircuit:
    return MemoryCircuit()


def test_without_a_key_or_an_address_the_offline_provider_answers():
    settings = Settings(openai_api_key=None, openai_base_url=None)
    assert isinstance(configured(settings, no_circuit), OfflineModel)


async def test_a_configured_model_and_its_fallback_each_have_a_circuit():
    names: list[str] = []

    def circuit_of(name: str) -> MemoryCircuit:
        names.append(name)
        return MemoryCircuit()

    model = configured(Settings(openai_api_key=SecretStr("sk-a"), model="big", fallback_model="small"), circuit_of)
    await model.close()
    assert model.name == "openai"
    assert names == ["llm:openai:api.openai.com:big", "llm:openai:api.openai.com:small"]


async def test_a_model_that_is_away_shuts_nobody_out_who_asks_another():
    circuits: dict[str, MemoryCircuit] = {}

    def circuit_of(name: str) -> MemoryCircuit:
        return circuits.setdefault(name, MemoryCircuit(failures=2))

    model = ScriptedModel(lambda request: DOWN if request.model == "odd" else "here")
    routed = RoutedModel([Route(model, circuit_of("usual"), circuit_of=circuit_of)])
    odd = replace(step("a"), model="odd")
    for _ in range(3):
        with pytest.raises(Unavailable):
            await ask(routed, odd)
    assert (await ask(routed, step("a"))).text == "here"
    assert (await ask(routed, replace(step("a"), model="another"))).text == "here"
    assert len(model.requests) == 4, "the odd one is not asked a third time"


async def test_an_answer_of_no_use_opens_nothing_and_goes_to_no_other_model(circuit: MemoryCircuit):
    model, other = ScriptedModel(lambda _: Unusable("It is empty.")), ScriptedModel([])
    routed = RoutedModel([Route(model, circuit), Route(other, MemoryCircuit())])
    for _ in range(5):
        with pytest.raises(Unusable):
            await ask(routed, step("a"))
    assert await circuit.blocked() is None


async def test_circuits_of_asked_models_are_made_once_and_by_address_and_name():
    names: list[str] = []

    def circuit_of(name: str) -> MemoryCircuit:
        names.append(name)
        return MemoryCircuit(failures=1)

    settings = Settings(openai_api_key=SecretStr("sk-a"), openai_base_url="http://127.0.0.1:1/v1", llm_attempts=1)
    model = configured(settings, circuit_of)
    for name in ("odd", "odd", "else"):
        with pytest.raises(Unavailable):
            await ask(model, replace(step("a"), model=name))
    await model.close()
    assert names == [f"llm:openai:127.0.0.1:1:{name}" for name in ("gpt-5-mini", "odd", "else")]
