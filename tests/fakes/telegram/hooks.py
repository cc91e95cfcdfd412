"""Webhook delivery: each update is posted until it is answered with a status of 2xx."""

import asyncio
from http import HTTPStatus
from time import time

import httpx

from tests.fakes.telegram.world import Json, World

_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.5
"""Seconds between two attempts; the real server takes longer."""


class Hook:
    """``answers`` holds the status of each answer, 0 where nobody answered."""

    def __init__(self, world: World, new: asyncio.Event, url: str, secret: str | None) -> None:
        self.answers: list[int] = []
        self.failed: tuple[int, str] | None = None
        """When it failed last, in seconds since 1970, and how."""
        self._world = world
        self._new = new
        self._url = url
        self._headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
        self._client = httpx.AsyncClient(timeout=60, trust_env=False)
        self._sending: set[asyncio.Task[None]] = set()
        self._taken: set[int] = set()
        self._running = asyncio.create_task(self._run(), name="webhook")

    async def close(self) -> None:
        for task in (self._running, *self._sending):
            task.cancel()
        await asyncio.gather(self._running, *self._sending, return_exceptions=True)
        await self._client.aclose()

    async def _run(self) -> None:
        while True:
            for update in list(self._world.queue):
                if update["update_id"] not in self._taken:
                    self._taken.add(update["update_id"])
                    task = asyncio.create_task(self._send(update))
                    self._sending.add(task)
                    task.add_done_callback(self._sending.discard)
            self._new.clear()
            await self._new.wait()

    async def _send(self, update: Json) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                response = await self._client.post(self._url, json=update, headers=self._headers)
                status = response.status_code
            except httpx.HTTPError:
                status = 0
            self.answers.append(status)
            if 200 <= status < 300:
                if update in self._world.queue:
                    self._world.queue.remove(update)
                return
            words = f"Wrong response from the webhook: {status} {HTTPStatus(status).phrase}" if status else "Timed out"
            self.failed = (int(time()), words)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
