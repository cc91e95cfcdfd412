"""OpenAI and compatible servers as a Model."""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog

from domain.core.errors import Misconfigured
from domain.core.settings import Settings
from domain.llm.json_text import json_object
from domain.llm.model import Event, Piece, Reply, Request, Restart
from domain.llm.openai.call import Broken, Call, Feature, Outcome

if TYPE_CHECKING:
    from openai import AsyncOpenAI

    from domain.llm.openai.failures import Failure

LONGEST_WAIT = timedelta(seconds=20)
"""A longer wait is not sat out: the caller is told when to come back and can park the work."""

_FIRST_WAIT = 0.5
_LARGEST_BACKOFF = 8.0
_PUBLIC_ADDRESS = "https://api.openai.com/v1"
_NO_KEY = "none"

_log = structlog.get_logger(__name__)


class OpenAIModel:
    """Asks the server that settings name, and asks again when a failure is a passing one.

    ``sleep`` takes seconds; ``chance`` gives a number from 0 to 1 for the jitter of the backoff.
    """

    name = "openai"

    def __init__(
        self,
        settings: Settings,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._settings = settings
        self._sleep = sleep
        self._chance = chance
        self._address = (settings.openai_base_url or _PUBLIC_ADDRESS).strip()
        self._key = _key(settings)
        self._host = _host(self._address)
        self._refused: dict[str, frozenset[Feature]] = {}
        self._client: AsyncOpenAI | None = None

    async def stream(self, request: Request) -> AsyncIterator[Event]:
        """Any number of Piece and Restart, then one Reply; see ``domain.llm.model.Model`` for the errors."""
        began = monotonic()
        front, user = request.prompt.render(request.variables)
        model = request.model or self._settings.model
        attempt, shown = 1, False
        while True:
            call = Call(request, model, front, user, self._refused.get(model, frozenset()))
            if shown:
                yield Restart()
                shown = False
            try:
                async with aclosing(self._attempt(call)) as parts:
                    async for part in parts:
                        if isinstance(part, Outcome):
                            yield self._reply(request, part, began)
                            return
                        shown = True
                        yield Piece(part)
            except Exception as error:  # noqa: BLE001 - each kind is told apart, and the unknown is raised again
                attempt = await self._after(self._failure(error, call), call, attempt)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    async def _attempt(self, call: Call) -> AsyncGenerator[str | Outcome]:
        """One call. The time limit is set around each wait, so that a slow reader of ours does not count as theirs."""
        async with aclosing(self._answer(call)) as parts:
            limit = monotonic() + self._settings.llm_timeout  # from here: loading the SDK is not the server's time
            while True:
                async with asyncio.timeout(limit - monotonic()):
                    part = await anext(parts)
                if isinstance(part, Outcome) and not part.text.strip() and not part.calls:
                    raise Broken("it is empty")
                yield part
                if isinstance(part, Outcome):
                    return

    def _answer(self, call: Call) -> AsyncGenerator[str | Outcome]:
        if self._settings.llm_api == "chat":
            from domain.llm.openai.chat import answer  # the SDK is heavy: loaded on first use
        else:
            from domain.llm.openai.responses import answer
        return answer(self._connected(), call)

    def _connected(self) -> "AsyncOpenAI":
        if self._client is None:
            from openai import AsyncOpenAI  # heavy: loaded on first use

            self._client = AsyncOpenAI(
                api_key=self._key, base_url=self._address, timeout=self._settings.llm_timeout, max_retries=0
            )
        return self._client

    def _failure(self, error: Exception, call: Call) -> "Failure":
        from domain.llm.openai.failures import failure_of  # loads the SDK

        return failure_of(error, call, self._host)

    async def _after(self, failure: "Failure", call: Call, attempt: int) -> int:
        """Prepare the next attempt and give its number, or raise what the failure means."""
        if failure.without is not None:
            self._refused[call.model] = call.without.union((failure.without,))
            _log.info("model_feature_refused", model=call.model, host=self._host, feature=failure.without)
            return attempt
        wait = failure.after or self._backoff(attempt)
        _log.warning(
            "model_attempt_failed", model=call.model, host=self._host, attempt=attempt, reason=failure.error.reason
        )
        if not failure.passing or attempt >= self._settings.llm_attempts or wait > LONGEST_WAIT:
            raise failure.error from None  # the SDK's error holds the request, and that the key
        await self._sleep(wait.total_seconds())
        return attempt + 1

    def _backoff(self, attempt: int) -> timedelta:
        """Doubling from half a second to eight, of which the second half is left to chance."""
        longest = min(_FIRST_WAIT * 2 ** (attempt - 1), _LARGEST_BACKOFF)
        return timedelta(seconds=longest * (1 + self._chance()) / 2)

    def _reply(self, request: Request, outcome: Outcome, began: float) -> Reply:
        return Reply(
            text=outcome.text,
            data=json_object(outcome.text) if request.output_schema is not None else None,
            calls=outcome.calls,
            usage=outcome.usage,
            provider=self.name,
            model=outcome.model,
            duration_ms=round((monotonic() - began) * 1000),
        )


def _key(settings: Settings) -> str:
    key = settings.openai_api_key.get_secret_value().strip() if settings.openai_api_key else ""
    if not key.isascii() or any(letter.isspace() for letter in key):
        raise Misconfigured("OPENAI_API_KEY holds characters that no key has.", remedy="Copy the key again.")
    return key or _NO_KEY


def _host(address: str) -> str:
    """The server's name as people may read it: never the user and password an address may carry."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host:
        raise Misconfigured(
            "OPENAI_BASE_URL is no http or https address.", remedy="It looks like https://host.example/v1."
        )
    return f"{host}:{port}" if port else host
