"""The model a process uses, as its settings say."""

from collections.abc import Callable

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
    routes = [Route(provider, circuit_of(f"llm:{provider.name}:{settings.model}"))]
    if settings.fallback_model is not None:
        fallback = settings.fallback_model
        routes.append(Route(provider, circuit_of(f"llm:{provider.name}:{fallback}"), fallback))
    return RoutedModel(routes)
