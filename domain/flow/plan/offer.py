"""What a decision is told of the tools, and held to: made once for each set of them, not for each message."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from domain.llm.catalogue import Offered
from domain.llm.decision_schema import decision_schema
from domain.tools.kit import Kit
from domain.tools.registry import Registry
from domain.workflows.validate import KnownTool

_SETS = 64
"""Of tools that are kept: organizations differ in a few switches at most."""


@dataclass(frozen=True, slots=True)
class Offer:
    """``tools`` as the prompt tells them, ``schema`` of a decision with them; ``known`` are all that are configured,
    each with whether it is offered. To be read only."""

    tools: Offered
    schema: dict[str, Any]
    known: Mapping[str, KnownTool]


def offer_of(tools: Registry, kit: Kit) -> Offer:
    return _made(tools, frozenset(tool.name for tool in tools if kit.offers(tool)))


@lru_cache(maxsize=_SETS)
def _made(tools: Registry, names: frozenset[str]) -> Offer:
    offered = Offered(
        {
            "name": tool.name,
            "description": tool.description,
            "parameters": tool.schema(),
            "effect": tool.effect.value,
        }
        for tool in tools
        if tool.name in names
    )
    known = {tool.name: KnownTool(tool.schema(), tool.name in names) for tool in tools if tool.configured}
    return Offer(offered, decision_schema(offered), known)
