"""Which model is asked: the first whose circuit lets a call through, then the next.

While a model is down, one call an interval probes it; the others go to the next model, or are told
at once when to come back, so that their work can be parked instead of waiting for a dead server.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, cast

from domain.core.errors import Invalid, Unavailable
from domain.llm.circuit import Circuit
from domain.llm.model import Event, Model, Piece, Reply, Request, Restart


@dataclass(frozen=True, slots=True)
class Route:
    """A provider, the model it is asked for (None: the request's, else its own default), and its circuit.

    ``circuit_of`` gives the circuit of a model that a request names: one that is away shuts out no other.
    """

    provider: Model
    circuit: Circuit
    model: str | None = None
    circuit_of: Callable[[str], Circuit] | None = None

    def circuit_for(self, request: Request) -> Circuit:
        if self.model is not None or request.model is None or self.circuit_of is None:
            return self.circuit
        return self.circuit_of(request.model)


class RoutedModel:
    """Asks its routes in order. Only a passing failure leads to the next one."""

    def __init__(self, routes: Sequence[Route]) -> None:
        if not routes:
            raise ValueError("a routed model needs a route")
        self._routes = tuple(routes)
        self.name = routes[0].provider.name

    async def stream(self, request: Request) -> AsyncIterator[Event]:
        """As ``Model.stream``.

        Raises:
            Unavailable: no route is open, or each that was asked failed; ``after`` is the shortest wait.
        """
        failures: list[Unavailable] = []
        shown = False
        for route in self._routes:
            circuit = route.circuit_for(request)
            blocked = await circuit.blocked()
            if blocked is not None:
                failures.append(_closed(blocked))
                continue
            if shown:
                yield Restart()
                shown = False
            try:
                async with _closing(self._ask(route, circuit, request)) as events:
                    async for event in events:
                        shown = isinstance(event, Piece) or (shown and not isinstance(event, Restart))
                        yield event
                return
            except Unavailable as error:
                failures.append(error)
        raise _together(failures)

    async def close(self) -> None:
        for provider in {id(route.provider): route.provider for route in self._routes}.values():
            await provider.close()

    async def _ask(self, route: Route, circuit: Circuit, request: Request) -> AsyncIterator[Event]:
        asked = replace(request, model=route.model) if route.model is not None else request
        try:
            async with _closing(route.provider.stream(asked)) as events:
                async for event in events:
                    if isinstance(event, Reply):
                        await circuit.succeeded()
                    yield event
        except Unavailable:
            await circuit.failed()
            raise
        except Invalid:
            await circuit.succeeded()  # a refusal, or an answer of no use, is an answer: the server is there
            raise


def _closing(events: AsyncIterator[Event]) -> AbstractAsyncContextManager[AsyncIterator[Event]]:
    """Streams are generators: closing one ends its connection when the reader goes away early."""
    return cast("AbstractAsyncContextManager[AsyncIterator[Event]]", aclosing(cast("Any", events)))


def _closed(wait: timedelta) -> Unavailable:
    return Unavailable(
        "The language model does not answer at the moment.",
        remedy="An admin can look with “legwork doctor”.",
        code="model_down",
        after=wait,
    )


def _together(failures: Sequence[Unavailable]) -> Unavailable:
    """The last failure of a model that was asked says most; the shortest wait is when to come back."""
    asked = [failure for failure in failures if failure.reason != "model_down"]
    chosen = asked[-1] if asked else failures[-1]
    waits = [failure.after for failure in failures if failure.after is not None]
    return Unavailable(chosen.sentence, remedy=chosen.remedy, code=chosen.reason, after=min(waits) if waits else None)
