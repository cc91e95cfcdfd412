"""The double itself: it must be as strict as the real thing, or tests against it show nothing."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.fakes.openai import Call, FakeOpenAI, decides, fails, says, spec

ASKED = {"model": "gpt-5-mini", "input": "hello"}
CHATTED = {"model": "gpt-5-mini", "messages": [{"role": "user", "content": "hello"}]}


@pytest.fixture
async def client(fake: FakeOpenAI) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": "Bearer sk-test"}
    async with httpx.AsyncClient(base_url=fake.base_url, headers=headers, trust_env=False) as made:
        yield made


@pytest.fixture
def validating(fake: FakeOpenAI) -> None:
    if not fake.validates:
        pytest.skip("no specification to validate against: set LEGWORK_SHARED")


@pytest.mark.parametrize(
    ("path", "body", "schema"),
    [
        ("/responses", ASKED, "Response"),
        ("/chat/completions", CHATTED, "CreateChatCompletionResponse"),
    ],
)
@pytest.mark.usefixtures("validating")
async def test_whole_answers_keep_the_specification(
    client: httpx.AsyncClient, fake: FakeOpenAI, path: str, body: dict[str, object], schema: str
):
    fake.script(
        says("four"), decides({"reply": "x"}), says("", calls=(Call("look", {"a": 1}),)), says("", refusal="no")
    )
    for _ in range(4):
        answer = await client.post(path, json=body)
        assert answer.status_code == 200
        assert spec.errors(schema, answer.json()) == []


@pytest.mark.usefixtures("validating")
async def test_it_lists_its_models(client: httpx.AsyncClient):
    answer = await client.get("/models")
    assert spec.errors("ListModelsResponse", answer.json()) == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/responses", {**ASKED, "input": 7}),
        ("/responses", {**ASKED, "input": [{"role": "nobody", "content": "x"}]}),
        ("/responses", {**ASKED, "text": {"format": {"type": "json_schema"}}}),
        ("/responses", {**ASKED, "max_output_tokens": "many"}),
        ("/chat/completions", {**CHATTED, "messages": []}),
        ("/chat/completions", {**CHATTED, "messages": [{"role": "tool", "content": "x"}]}),
        ("/chat/completions", {"messages": CHATTED["messages"]}),
        ("/chat/completions", {**CHATTED, "tools": [{"type": "function"}]}),
    ],
)
@pytest.mark.usefixtures("validating")
async def test_a_request_that_breaks_the_specification_is_refused_and_noted(
    client: httpx.AsyncClient, fake: FakeOpenAI, path: str, body: dict[str, object]
):
    answer = await client.post(path, json=body)
    assert answer.status_code == 400
    assert spec.errors("ErrorResponse", answer.json()) == []
    assert fake.ledger[-1].problems


@pytest.mark.parametrize("path", ["/responses", "/chat/completions"])
async def test_a_wrong_key_is_refused(fake: FakeOpenAI, path: str):
    async with httpx.AsyncClient(base_url=fake.base_url, trust_env=False) as anonymous:
        answer = await anonymous.post(path, json=ASKED | CHATTED)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "invalid_api_key"


async def test_failures_come_with_their_headers(client: httpx.AsyncClient, fake: FakeOpenAI):
    fake.script(fails(429, "slow down", headers={"Retry-After": "7"}))
    answer = await client.post("/responses", json=ASKED)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")


async def test_every_request_is_noted_in_order(client: httpx.AsyncClient, fake: FakeOpenAI):
    for path, body in (("/responses", ASKED), ("/chat/completions", CHATTED), ("/responses", ASKED)):
        await client.post(path, json=body)
    assert [received.path for received in fake.ledger] == ["/v1/responses", "/v1/chat/completions", "/v1/responses"]
