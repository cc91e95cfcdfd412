from decimal import Decimal

import pytest

from domain.llm.model import ToolCall, Turn
from domain.llm.prices import PRICES, cost, dollars, greatest_price, total
from tests.factories.llm import with_tools


def test_cached_tokens_are_counted_once_and_cheaper():
    assert cost("gpt-5-mini", 1_000_000, 0, 0) == Decimal("0.25")
    assert cost("gpt-5-mini", 1_000_000, 0, 1_000_000) == Decimal("0.025")
    assert cost("gpt-5-mini", 2_000_000, 500_000, 1_000_000) == Decimal("1.275")


def test_a_dated_snapshot_costs_what_its_model_costs():
    assert cost("gpt-4o-mini-2024-07-18", 1_000, 1_000) == cost("gpt-4o-mini", 1_000, 1_000) == Decimal("0.00075")


@pytest.mark.parametrize("model", ["llama3", "gpt-5-mini-custom", "", "gpt-5-2025"])
def test_what_an_unknown_model_costs_is_unknown(model: str):
    assert cost(model, 1_000, 1_000) is None


def test_what_a_request_may_cost_counts_all_of_it_uncached_and_the_longest_answer():
    said = (Turn("assistant", "", (ToolCall("1", "look", {"at": "word " * 1_000}),)), Turn("tool", "blue", call_id="1"))
    plain, more = with_tools(max_output_tokens=1_000), with_tools(max_output_tokens=1_000, exchange=said)
    least, most = greatest_price(plain, "gpt-5-mini"), greatest_price(more, "gpt-5-mini")
    assert least is not None
    assert most is not None
    assert least > Decimal("0.002")
    assert Decimal("0.00025") < most - least < Decimal("0.0003")
    assert greatest_price(plain, "llama3") is None


def test_prices_are_plausible():
    assert all(price.tokens_cached < price.tokens_in < price.tokens_out for price in PRICES.values())


def test_a_sum_with_an_unknown_part_is_unknown():
    assert total([]) == 0
    assert total([Decimal(1), Decimal(2)]) == 3
    assert total([Decimal(1), None]) is None


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("0", "$0"),
        ("0.000000", "$0"),
        ("0.00001", "under $0.0001"),
        ("0.000412", "$0.00041"),
        ("0.002000", "$0.002"),
        ("0.0149", "$0.015"),
        ("0.1", "$0.10"),
        ("1.4", "$1.40"),
        ("1204", "$1,204.00"),
    ],
)
def test_small_sums_keep_the_digits_that_matter(amount: str, said: str) -> None:
    assert dollars(Decimal(amount)) == said
