"""The model a process uses, as its settings say."""

from collections.abc import Callable
from functools import cache

from domain.core.settings import Settings
from domain.llm.circuit import Circuit
from domain.llm.model import Model
from domain.llm.offline.provider import OfflineModel
from domain.llm.openai.provider import OpenAIModel
from domain.llm.routing import Route, RoutedModel


def configured(settings: Settings, circuit_of: Callable[[str], Circuit]) -> Model:
    """The offline provider where no model is configured; else the model and its fallback, each behind its circuit.

    ``circuit_of`` makes the circuit of that name. Raises Misconfigured where the key or the address
    cannot be right.
    """
    if not settings.has_model:
        return OfflineModel()
    provider = OpenAIModel(settings)

    @cache
    def circuit(model: str) -> Circuit:
        return circuit_of(f"llm:{provider.name}:{provider.host}:{model}")

    routes = [Route(provider, circuit(settings.model), circuit_of=circuit)]
    if settings.fallback_model is not None:
        routes.append(Route(provider, circuit(settings.fallback_model), settings.fallback_model))
    return RoutedModel(routes)
