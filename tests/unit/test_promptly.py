"""Routes that answer in time, whatever it is that takes long behind them."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.http.promptly import Promptly
from tests.fixtures.waiting import eventually


class Slow:
    """An endpoint that ends when it is let, and notes what it was given."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.taken: list[bytes] = []

    async def __call__(self, request: Request) -> Response:
        body = await request.body()
        await self.go_on.wait()
        if body == b"broken":
            raise RuntimeError("out of paper")
        self.taken.append(body)
        return PlainTextResponse("taken", 202, {"x-own": "kept"})


@pytest.fixture
def slow() -> Slow:
    return Slow()


def client(promptly: Promptly, slow: Slow) -> httpx.AsyncClient:
    async def endpoint(request: Request) -> Response:
        return await slow(request)

    app = Starlette(routes=[promptly.answering(Route("/events", endpoint, methods=["POST"]))])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://legwork")


@pytest.fixture
async def hurried(slow: Slow) -> AsyncIterator[tuple[httpx.AsyncClient, Promptly]]:
    """Nothing is waited for."""
    promptly = Promptly(0.0)
    async with client(promptly, slow) as made:
        yield made, promptly
    slow.go_on.set()
    await promptly.close()


async def test_what_is_done_in_time_is_answered_as_it_was(slow: Slow) -> None:
    slow.go_on.set()
    async with client(Promptly(60.0), slow) as made:
        answer = await made.post("/events", content=b"event")
    assert (answer.status_code, answer.text, answer.headers["x-own"]) == (202, "taken", "kept")


async def test_what_is_not_is_asked_for_again_and_goes_on_behind(
    slow: Slow, hurried: tuple[httpx.AsyncClient, Promptly]
) -> None:
    made, _ = hurried
    answer = await made.post("/events", content=b"event")
    assert (answer.status_code, slow.taken) == (503, [])
    slow.go_on.set()
    await eventually(lambda: slow.taken == [b"event"])


async def test_closing_waits_for_what_goes_on_also_when_it_fails(
    slow: Slow, hurried: tuple[httpx.AsyncClient, Promptly]
) -> None:
    made, promptly = hurried
    for body in (b"event", b"broken"):
        assert (await made.post("/events", content=body)).status_code == 503
    slow.go_on.set()
    await promptly.close()
    assert slow.taken == [b"event"]
