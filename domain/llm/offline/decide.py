"""From a message to a proposal: the first rule that accounts for the whole of it.

A rule matches a wish from its first word to its last, or it does not match. What no rule accounts for is refused, by
its name where it has one; of several things asked at once those that can be done are done, and the others are named.
"""

from collections.abc import Callable
from dataclasses import replace

from domain.llm.offline.calendar import calendar
from domain.llm.offline.cannot import LATER, Beyond, beyond
from domain.llm.offline.changing import changing
from domain.llm.offline.clauses import clauses
from domain.llm.offline.clock import clock
from domain.llm.offline.doing import asking, request
from domain.llm.offline.finding import finding
from domain.llm.offline.gathering import gathering
from domain.llm.offline.later import wants_later
from domain.llm.offline.plans import ANSWERING, Proposal, beginning_with, refused
from domain.llm.offline.querying import asked_before
from domain.llm.offline.referred import about_referred
from domain.llm.offline.situation import Situation
from domain.llm.offline.subject import about_data, speaks_of_data
from domain.llm.offline.sums import calculation
from domain.llm.offline.talk import declined, empty, not_understood, rejected, small_talk
from domain.llm.offline.target import target_of
from domain.llm.offline.thread import about_thread
from domain.llm.offline.unanswered import unanswered
from domain.llm.offline.wishes import rearranges
from domain.llm.offline.writing import given, writing

Rule = Callable[[Situation], Proposal | None]

AS_IT_STANDS: tuple[Rule, ...] = (rejected, empty, small_talk, changing, about_referred, about_thread, given)
"""Rules that know the whole message, whatever is quoted in it."""

EXACT: tuple[Rule, ...] = (asking, request, calculation, calendar, clock)
"""Rules whose wishes have one form."""

SHORT = 400
"""Characters. A longer message is no greeting, sum or question for the time, and not searched for one."""

FOR_SHORT: tuple[Rule, ...] = (small_talk, about_thread, calculation, calendar, clock)

OPEN: tuple[Rule, ...] = (unanswered, writing, gathering, finding)
"""Rules for wishes in a person's own words; what Legwork cannot do is looked for first."""


def decide(situation: Situation) -> Proposal:
    return _first(AS_IT_STANDS, situation) or _later(situation) or _all_at_once(situation)


def _first(rules: tuple[Rule, ...], situation: Situation) -> Proposal | None:
    short = _on_one_line(situation) if len(situation.message) <= SHORT else None
    for rule in rules:
        wish = short if rule in FOR_SHORT else situation
        if wish is not None and (proposal := rule(wish)) is not None:
            return proposal
    return None


def _on_one_line(situation: Situation) -> Situation:
    return replace(situation, message=" ".join(situation.message.split()), bare=" ".join(situation.bare.split()))


def _later(situation: Situation) -> Proposal | None:
    target = target_of(situation)
    text = situation.bare if target is None or target.content is None else target.before
    tables = any(file.is_data for file in situation.known)
    data = tables and (speaks_of_data(text) or any(file.is_data for file in situation.mentioned))
    return declined(situation, LATER.sentence) if wants_later(text, data=data) else None


def _all_at_once(situation: Situation) -> Proposal:
    exact = _first(EXACT, situation)
    if exact is not None and exact["outcome" if exact["plan"] is None else "kind"] != "not_understood":
        return exact
    parts = clauses(situation.bare)
    found = [(at, known) for at, part in enumerate(parts) if (known := _beyond(situation, part)) is not None]
    if not found:
        return exact or _first(OPEN, situation) or not_understood(situation)
    at, known = found[0]
    if at > 0:
        return _without(situation, parts[at:], known)
    return exact or declined(situation, known.sentence)


def _beyond(situation: Situation, part: str) -> Beyond | None:
    if rearranges(part) and _means_table(situation):
        return None  # done to what is shown of it
    return beyond(part, data=about_data(part) and any(file.is_data for file in situation.known))


def _means_table(situation: Situation) -> bool:
    asked = asked_before(situation)
    meant = situation.mentioned or situation.attachments or situation.worked_on or ((asked,) if asked else ())
    return "query_table" in situation.tools and bool(meant) and all(file.is_data for file in meant)


def _without(situation: Situation, left: list[str], known: Beyond) -> Proposal:
    """What comes before the first thing that cannot be done, with the rest named."""
    end = situation.bare.rfind(left[0])
    wish = situation.bare[:end].rstrip(" ,.;")
    for word in (" and then", " and also", " and", " then", " und dann", " und", " danach", " et puis", " et", " puis"):
        wish = wish.removesuffix(word)
    rest = replace(situation, message=wish, bare=wish)
    proposal = _first((given, *EXACT, *OPEN), rest) or refused(f"I did not understand “{wish}”.")
    words = ", ".join(left)
    note = known.sentence if _has_digits(words) else f"{known.sentence} I left out: “{words}”."
    if proposal["plan"] is None:
        return proposal | {"reply": f"{proposal['reply']}\n\n{note}"}
    nodes = [beginning_with(node, note) if node["type"] in ANSWERING else node for node in proposal["plan"]["nodes"]]
    return proposal | {"plan": proposal["plan"] | {"nodes": nodes}}


def _has_digits(text: str) -> bool:
    """A sentence about a table that holds a number no fact states is removed from the answer."""
    return any(letter.isdigit() for letter in text)
