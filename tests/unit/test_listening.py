"""Listeners side by side: each begins anew by itself, whatever ended it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from bot.listening import Pauses, listen_to_all
from domain.core.errors import Misconfigured, Unavailable
from tests.fixtures.waiting import eventually

QUICK = Pauses(first=0.001, longest=0.002, refused=0.003)


class Listener:
    """Fails with each of the errors in turn, and then listens until it is time to stop."""

    def __init__(self, stop: asyncio.Event, *errors: Exception) -> None:
        self.begun = 0
        self._errors = list(errors)
        self._stop = stop

    async def __call__(self) -> None:
        self.begun += 1
        if self._errors:
            raise self._errors.pop(0)
        await self._stop.wait()


@pytest.mark.parametrize(
    "error",
    [
        Misconfigured("The token was revoked."),
        Unavailable("Nobody answers."),
        KeyError("is_bot"),
        ExceptionGroup("both", [TypeError("x"), ExceptionGroup("inner", [Misconfigured("The token was revoked.")])]),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_listener_that_fails_begins_anew_and_the_others_notice_nothing(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    stop = asyncio.Event()
    failing, calm = Listener(stop, error, error, error), Listener(stop)
    listening = asyncio.create_task(listen_to_all({"telegram": failing, "slack": calm}, stop, QUICK))
    await eventually(lambda: failing.begun == 4)
    assert calm.begun == 1
    stop.set()
    await listening


async def test_a_wait_for_another_attempt_ends_when_it_is_time_to_stop() -> None:
    stop = asyncio.Event()
    listener: Callable[[], Coroutine[Any, Any, None]] = Listener(stop, Misconfigured("The token was revoked."))
    listening = asyncio.create_task(listen_to_all({"telegram": listener}, stop, Pauses(refused=3600)))
    await asyncio.sleep(0)
    stop.set()
    async with asyncio.timeout(5):
        await listening
