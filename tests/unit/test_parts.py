"""Parts of one process: their order, and what becomes of the others when one ends."""

import asyncio
from typing import Any

import pytest
import structlog

from domain.core.errors import Unavailable
from jobs.parts import Parts, Serve


def part(name: str, told: list[str]) -> Serve:
    async def serve(stop: asyncio.Event) -> None:
        told.append(f"{name} began")
        await stop.wait()
        await asyncio.sleep(0)
        told.append(f"{name} ended")

    return serve


async def all_of(parts: Parts) -> None:
    try:
        await parts.until()
    finally:
        await parts.end()


async def test_they_end_one_after_another_the_last_first() -> None:
    told: list[str] = []
    stop = asyncio.Event()
    parts = Parts(stop)
    for name in ("worker", "web", "bot"):
        parts.begin(name, part(name, told))
    going = asyncio.create_task(all_of(parts))
    await asyncio.sleep(0)
    stop.set()
    await going
    assert told == [*(f"{name} began" for name in ("worker", "web", "bot")), "bot ended", "web ended", "worker ended"]


async def test_one_that_fails_ends_the_others_and_is_named(
    plain_logs: None, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[str] = []
    parts = Parts(asyncio.Event())

    async def fails(stop: asyncio.Event) -> None:
        raise ZeroDivisionError

    parts.begin("worker", part("worker", told))
    parts.begin("web", fails)
    with pytest.raises(ZeroDivisionError):
        await all_of(parts)
    assert told == ["worker began", "worker ended"]
    assert "part='web'" in "".join(capsys.readouterr())


async def test_one_that_just_returns_is_no_success(plain_logs: None, capsys: pytest.CaptureFixture[str]) -> None:
    async def returns(stop: asyncio.Event) -> None:
        return

    parts = Parts(asyncio.Event())
    parts.begin("bot", returns)
    with pytest.raises(Unavailable, match="bot"):
        await all_of(parts)


async def test_what_fails_as_it_ends_keeps_nobody_from_ending(
    plain_logs: None, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[str] = []
    stop = asyncio.Event()

    async def fails(stop: asyncio.Event) -> None:
        await stop.wait()
        raise ZeroDivisionError

    parts = Parts(stop)
    parts.begin("worker", part("worker", told))
    parts.begin("bot", fails)
    stop.set()
    await all_of(parts)
    assert told == ["worker began", "worker ended"]
    assert "part='bot'" in "".join(capsys.readouterr())


async def test_what_is_waited_for_comes_or_a_stop_does() -> None:
    stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
    parts = Parts(stop)

    async def serve(its_stop: asyncio.Event) -> None:
        await its_stop.wait()

    parts.begin("worker", serve)
    waiting = asyncio.create_task(parts.until(ready))
    await asyncio.sleep(0)
    ready.set_result(None)
    assert await waiting
    stop.set()
    assert not await parts.until(asyncio.get_running_loop().create_future())
    await parts.end()


async def test_each_speaks_under_its_name() -> None:
    heard: list[Any] = []

    async def serve(stop: asyncio.Event) -> None:
        heard.append(structlog.contextvars.get_contextvars())
        await stop.wait()

    stop = asyncio.Event()
    parts = Parts(stop)
    parts.begin("web", serve)
    await asyncio.sleep(0)
    stop.set()
    await all_of(parts)
    assert heard == [{"part": "web"}]
    assert structlog.contextvars.get_contextvars() == {}
