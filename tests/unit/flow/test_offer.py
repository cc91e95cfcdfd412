"""What a decision is told of the tools."""

from domain.flow.plan.offer import offer_of
from domain.llm.catalogue import catalogue
from domain.tools.kit import Kit
from domain.tools.registry import Registry
from tests.factories.rehearsal import Rehearsal

TOOLS = Registry(Rehearsal().tools())
ALL, OFF = Kit(1, frozenset(), "member"), Kit(2, frozenset({"note"}), "member")


def test_an_offer_is_made_once_for_each_set_of_tools():
    assert offer_of(TOOLS, ALL) is offer_of(TOOLS, Kit(7, frozenset({"of a kind there is not"}), "owner"))
    assert offer_of(TOOLS, OFF) is not offer_of(TOOLS, ALL)
    assert offer_of(Registry(TOOLS), ALL) is not offer_of(TOOLS, ALL)


def test_what_is_switched_off_is_known_and_not_offered():
    offer = offer_of(TOOLS, OFF)
    assert "note" not in [tool["name"] for tool in offer.tools]
    assert (offer.known["note"].enabled, offer.known["send"].enabled) == (False, True)
    assert '"note"' not in str(offer.schema)


def test_its_lines_are_those_of_its_tools():
    offer = offer_of(TOOLS, ALL)
    assert offer.tools.lines == catalogue(list(offer.tools))
    assert catalogue(offer.tools) == offer.tools.lines
