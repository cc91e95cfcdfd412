"""What known models cost, in US dollars per million tokens.

Standard rates for requests of up to 272,000 input tokens, as published in November 2026
(developers.openai.com/api/docs/pricing); models not listed have no known price. Surcharges for cache
writes, priority and regional processing are not counted.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from domain.llm.model import Request
from domain.llm.tokens import tokens_of

_MILLION = Decimal(1_000_000)
_SMALLEST = Decimal("0.000001")
_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens: sent, sent and found in the provider's cache, received."""

    tokens_in: Decimal
    tokens_cached: Decimal
    tokens_out: Decimal


def _price(tokens_in: str, tokens_cached: str, tokens_out: str) -> Price:
    return Price(Decimal(tokens_in), Decimal(tokens_cached), Decimal(tokens_out))


PRICES = {
    "gpt-6-astra": _price("10", "1", "50"),
    "gpt-6.1-sol": _price("2", "0.10", "10"),
    "gpt-6.1-terra": _price("1", "0.05", "5"),
    "gpt-6-sol": _price("2", "0.20", "10"),
    "gpt-6-luna": _price("0.10", "0.01", "0.50"),
    "gpt-5.6-terra": _price("2", "0.20", "12"),
    "gpt-5.6-luna": _price("0.20", "0.02", "1.20"),
    "gpt-5.4": _price("2.50", "0.25", "15"),
    "gpt-5.4-mini": _price("0.75", "0.075", "4.50"),
    "gpt-5.2": _price("1.75", "0.175", "14"),
    "gpt-5.1": _price("1.25", "0.125", "10"),
    "gpt-5": _price("1.25", "0.125", "10"),
    "gpt-5-mini": _price("0.25", "0.025", "2"),
    "gpt-5-nano": _price("0.05", "0.005", "0.40"),
    "gpt-4.1": _price("2", "0.50", "8"),
    "gpt-4.1-mini": _price("0.40", "0.10", "1.60"),
    "gpt-4.1-nano": _price("0.10", "0.025", "0.40"),
    "gpt-4o": _price("2.50", "1.25", "10"),
    "gpt-4o-mini": _price("0.15", "0.075", "0.60"),
    "o3": _price("2", "0.50", "8"),
    "o4-mini": _price("1.10", "0.275", "4.40"),
}


def total(costs: Iterable[Decimal | None]) -> Decimal | None:
    """What several calls cost together; None, not known, where the cost of one of them is not."""
    known = Decimal(0)
    for each in costs:
        if each is None:
            return None
        known += each
    return known


def dollars(amount: Decimal) -> str:
    """With as many digits as a small sum needs: ``$0``, ``$0.002``, ``$1.40``, ``$1,204.00``."""
    if amount == 0:
        return "$0"
    if abs(amount) >= Decimal("0.10"):
        return f"${amount:,.2f}"
    return f"${amount.normalize():.2g}" if abs(amount) >= Decimal("0.0001") else "under $0.0001"


def cost(model: str, tokens_in: int, tokens_out: int, tokens_cached: int = 0) -> Decimal | None:
    """US dollars for one call, to a millionth; None where the model's price is not known.

    ``tokens_in`` counts the cached ones too. A dated snapshot costs what its model costs.
    """
    price = PRICES.get(_SNAPSHOT.sub("", model))
    if price is None:
        return None
    fresh = max(tokens_in - tokens_cached, 0)
    total = fresh * price.tokens_in + tokens_cached * price.tokens_cached + tokens_out * price.tokens_out
    return (total / _MILLION).quantize(_SMALLEST)


def greatest_price(request: Request, model: str) -> Decimal | None:
    """US dollars that one answer to a request costs at most, with nothing of it in the provider's cache and as long as
    it may be; None where the model's price is not known. ``model``: the one it goes to."""
    if cost(model, 0, 0) is None:
        return None
    return cost(model, tokens_of(request), request.max_output_tokens)
