"""OpenAI and compatible servers as a Model."""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from time import monotonic
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from domain.core.errors import Misconfigured
from domain.core.logging import logger
from domain.core.settings import Settings
from domain.llm.json_text import json_object, looks_like_json
from domain.llm.model import Event, Piece, Reply, Request, Restart
from domain.llm.openai.aloud import Aloud
from domain.llm.openai.call import Broken, Call, Feature, Outcome, Patience
from domain.llm.openai.guard import THOUGHT_ONLY, Guard, check
from domain.llm.openai.tries import Rooms, Tries
from domain.llm.openai.window import Room
from domain.llm.thought import without_thought

if TYPE_CHECKING:
    from openai import AsyncOpenAI

    from domain.llm.openai.failures import Failure

LONGEST_WAIT = timedelta(seconds=20)
"""A longer wait is not sat out: the caller is told when to come back and can park the work."""

_FIRST_WAIT = 0.5
_LARGEST_BACKOFF = 8.0
_PUBLIC_ADDRESS = "https://api.openai.com/v1"
_NO_KEY = "none"

_log = logger(__name__)


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
        self._address = _address(settings)
        self._key = _key(settings)
        self.host = _host(self._address)
        """The server's name, which no two of them share."""
        self._public = self.host == _host(_PUBLIC_ADDRESS)
        self._refused: dict[str, frozenset[Feature]] = {}
        self._habits: dict[str, Literal["plain", "bare"]] = {}
        self._streams: dict[str, bool] = {}
        self._rooms = Rooms({})
        self._client: AsyncOpenAI | None = None
        self._patience = Patience(settings.llm_timeout, settings.llm_longest)

    async def stream(self, request: Request) -> AsyncIterator[Event]:
        """Any number of Piece and Restart, then one Reply; see ``domain.llm.model.Model`` for the errors."""
        began = monotonic()
        front, user = request.prompt.render(request.variables)
        model = request.model or self._settings.model
        tries, shown = Tries(request.max_output_tokens), False
        while True:
            call = self._call(request, model, front, user, tries)
            if shown:
                yield Restart()
                shown = False
            try:
                async with aclosing(self._attempt(call)) as parts:
                    async for part in parts:
                        if not isinstance(part, Outcome):
                            shown = isinstance(part, Piece)
                            yield part
                        elif part.cut and not part.calls and not request.once and self._has_more_room(call, tries):
                            tries.kept = part
                        else:
                            yield self._reply(request, part, began)
                            return
            except Exception as error:  # noqa: BLE001 - each kind is told apart, and the unknown is raised again
                if await self._goes_on(self._failure(error, call), call, tries):
                    continue
                assert tries.kept is not None  # what failed was the attempt to get more than that
                if shown:
                    yield Restart()
                yield Piece(tries.kept.text)
                yield self._reply(request, tries.kept, began)
                return

    def _call(self, request: Request, model: str, front: str, user: str, tries: Tries) -> Call:
        schema = (self._public and request.loose_schema) or request.output_schema
        without = self._refused.get(model, frozenset())
        call = Call(request, model, front, user, without, schema=schema, public=self._public, note=tries.note)
        call = replace(call, short=tries.short or self._rooms.too_small(call, tries))
        return replace(call, limit=self._rooms.limit(call, tries))

    def _has_more_room(self, call: Call, tries: Tries) -> bool:
        """Whether an answer that was cut may be whole in more; then it is asked for with that."""
        if tries.widened:
            return False
        tries.widen()
        wider = self._rooms.limit(call, tries)
        return wider is None or call.limit is None or wider > call.limit

    def refused(self, model: str) -> frozenset[Feature]:
        """What the server was seen not to know of a model."""
        return self._refused.get(model, frozenset())

    def streams(self, model: str) -> bool:
        """Whether its last answer came in pieces."""
        return self._streams.get(model, False)

    def window(self, model: str) -> int | None:
        """Its window in tokens, where a refusal told of it."""
        return self._rooms.window(model)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    async def _attempt(self, call: Call) -> AsyncGenerator[Piece | Restart | Outcome]:
        """One call."""
        await self._load()
        aloud = Aloud(trusted=self._public or self._habits.get(call.model) == "plain")
        guard, came = Guard(call.schema), 0
        async with aclosing(self._answer(call)) as parts:
            async for part in parts:
                if isinstance(part, Outcome):
                    self._streams[call.model] = came > 1
                    for event in self._ended(call, aloud, part):
                        yield event
                    return
                came += 1
                guard.follow(aloud.raw + part, part)
                for event in aloud.take(part):
                    yield event

    def _ended(self, call: Call, aloud: Aloud, outcome: Outcome) -> Iterator[Piece | Restart | Outcome]:
        """What is left to say, and the outcome without what was thought. Raises Broken where there is no answer."""
        if outcome.cut and self._habits.get(call.model) == "bare" and not aloud.thinks_bare:
            raise Broken(THOUGHT_ONLY)
        check(outcome)
        self._learn(call, aloud, outcome)
        spoken = replace(outcome, text=without_thought(outcome.text))
        yield from aloud.end(spoken.text)
        yield spoken

    def _learn(self, call: Call, aloud: Aloud, outcome: Outcome) -> None:
        """Whether the model begins with a thought that it does not open."""
        if aloud.thinks_bare:
            self._habits[call.model] = "bare"
        elif not outcome.cut and not outcome.calls and not looks_like_json(outcome.text):
            self._habits.setdefault(call.model, "plain")

    def _answer(self, call: Call) -> AsyncGenerator[str | Outcome]:
        if self._settings.llm_api == "chat":
            from domain.llm.openai.chat import answer  # the SDK is heavy: loaded on first use
        else:
            from domain.llm.openai.responses import answer
        return answer(self._connected(), call, self._patience)

    async def _load(self) -> None:
        """The SDK takes half a second to load, in which this loop goes on with what others wait for."""
        if self._client is None:
            await asyncio.to_thread(import_module, "domain.llm.openai.failures")

    def _connected(self) -> "AsyncOpenAI":
        if self._client is None:
            from openai import AsyncOpenAI  # heavy: loaded on first use

            from domain.llm.openai.transport import client_for

            self._client = AsyncOpenAI(
                api_key=self._key,
                base_url=self._address,
                timeout=self._patience.first,
                max_retries=0,
                http_client=client_for(self._address),
            )
        return self._client

    def _failure(self, error: Exception, call: Call) -> "Failure":
        from domain.llm.openai.failures import failure_of  # loads the SDK

        return failure_of(error, call)

    async def _goes_on(self, failure: "Failure", call: Call, tries: Tries) -> bool:
        """Prepare the next attempt; False where an answer that was cut has to do. Raises what the failure means."""
        if failure.without is not None:
            self._refused[call.model] = call.without.union((failure.without,))
            _log.info("model_feature_refused", model=call.model, host=self.host, feature=failure.without)
            return True
        if failure.too_long and call.can_be_shorter and tries.is_scant(failure.room):
            if failure.window is not None:
                self._rooms.learn(call.model, Room(None, failure.window))
            tries.short = True
            _log.info("model_exchange_shortened", model=call.model, host=self.host, window=failure.window)
            return True
        if failure.room is not None and not tries.refitted:
            self._rooms.learn(call.model, failure.room)
            tries.refitted, tries.exact = True, failure.room.answer if failure.room.window else None
            _log.info("model_window_learned", model=call.model, host=self.host, window=failure.room.window)
            return True
        _log.warning(
            "model_attempt_failed",
            model=call.model,
            host=self.host,
            attempt=tries.attempt,
            reason=failure.error.reason,
            what=failure.error.sentence,
            told=failure.told,
        )
        if tries.kept is not None:
            return False
        if failure.again is not None and not tries.asked_again:
            tries.asked_again, tries.note = True, failure.again
            if failure.cut and not tries.widened and not call.request.once:
                tries.widen()
            return True
        await self._pause(failure, tries)
        return True

    async def _pause(self, failure: "Failure", tries: Tries) -> None:
        wait = failure.after or self._backoff(tries.attempt)
        if not failure.passing or tries.attempt >= self._settings.llm_attempts or wait > LONGEST_WAIT:
            raise failure.error from None  # the SDK's error holds the request, and that the key
        await self._sleep(wait.total_seconds())
        tries.attempt += 1

    def _backoff(self, attempt: int) -> timedelta:
        """Doubling from half a second to eight, of which the second half is left to chance."""
        longest = min(_FIRST_WAIT * 2 ** (attempt - 1), _LARGEST_BACKOFF)
        return timedelta(seconds=longest * (1 + self._chance()) / 2)

    def _reply(self, request: Request, outcome: Outcome, began: float) -> Reply:
        schema = request.output_schema
        return Reply(
            text=outcome.text,
            data=json_object(outcome.text, schema.get("properties", ())) if schema is not None else None,
            calls=outcome.calls,
            usage=outcome.usage,
            provider=self.name,
            model=outcome.model,
            duration_ms=round((monotonic() - began) * 1000),
            cut=outcome.cut,
        )


def _address(settings: Settings) -> str:
    given = settings.openai_base_url
    return (given.get_secret_value() if given is not None else _PUBLIC_ADDRESS).strip()


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
