"""One round of an agent by rules: search, read up to three of what was found, answer from what was read.

Everything is read from the exchange, so that the same exchange leads to the same round.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from domain.llm.model import ToolCall, Turn
from domain.llm.offline.extract import LABEL, plain_text, summary
from domain.llm.offline.finding import sought
from domain.llm.offline.plans import BEGIN_WITH, listed, notes_of
from domain.llm.offline.step import answer

PROGRAM = "[Legwork]"
"""A line of a person's turn that begins so is the program's."""

_MOST_READ = 3
_MOST_SENTENCES = 3
_LONGEST_QUERY = 400
_FENCE = re.compile(r'^<untrusted source="[^"]*">\n(?P<text>.*)\n</untrusted>$', re.DOTALL)
_LEFT_OUT = re.compile(r"… \[[^\]\n]* bytes left out[^\]\n]*\] …")
_URL = re.compile(r'"url":"(https?://[^"\\]+)"')
_COURTESY = re.compile(r"[\s,]+(?:please|pls|bitte|thanks|thank you|danke)$", re.I)
_LIMITS = re.compile(r"^(?:please |bitte )?(?:only|just|also|and|nur|auch|und)\s+(?:for |from |in |für |von )?", re.I)
"""Words that narrow or widen what is sought can be searched for; others cannot be followed by rules."""


@dataclass(frozen=True, slots=True)
class Thought:
    """Calls, or an answer."""

    text: str
    calls: tuple[ToolCall, ...] = ()


@dataclass(frozen=True, slots=True)
class _Made:
    call: ToolCall
    answer: str

    @property
    def failed(self) -> bool:
        return _FENCE.match(self.answer) is None

    @property
    def text(self) -> str:
        """What the call put out, as it is shown."""
        found = _FENCE.match(self.answer)
        return found["text"] if found is not None else ""

    def of(self, name: str, argument: str) -> str | None:
        """The argument, of a call of that tool."""
        return str(self.call.arguments.get(argument)) if self.call.name == name else None


def think(variables: Mapping[str, Any], exchange: Sequence[Turn], *, offered: Collection[str]) -> Thought:
    """The next round. ``offered``: names of the tools that may be called now."""
    goal = str(variables.get("goal") or "")
    what = sought(goal.partition(BEGIN_WITH)[0])
    if what is None:  # an llm node that may read: the inputs are what there is
        return Thought(answer({**variables, "instruction": goal}))
    made, said = _made(exchange), _said(exchange)
    query = " ".join([what, *(limit for words in said if (limit := _limit(words)))])[:_LONGEST_QUERY]
    searches = [one for one in made if one.of("search_google", "query") == query]
    if not searches and "search_google" in offered:
        return Thought(f"I search for “{query}”.", (ToolCall("c0", "search_google", {"query": query}),))
    known = {url for one in made if (url := one.of("navigate_url", "url"))}
    best = _addresses(searches[-1])[:_MOST_READ] if searches else []
    unread = [url for url in best if url not in known]
    if unread and "navigate_url" in offered:
        calls = (ToolCall(f"c{place}", "navigate_url", {"url": url}) for place, url in enumerate(unread))
        return Thought("I read what was found.", tuple(calls))
    return Thought(_told(goal, query, made, searches, best, [words for words in said if not _limit(words)]))


def _made(exchange: Sequence[Turn]) -> list[_Made]:
    answers = {turn.call_id: turn.text for turn in exchange if turn.role == "tool"}
    return [_Made(call, answers.get(call.id, "")) for turn in exchange for call in turn.calls]


def _said(exchange: Sequence[Turn]) -> list[str]:
    """What the person wrote meanwhile."""
    said: list[str] = []
    for turn in exchange:
        if turn.role == "user":
            lines = [line for line in turn.text.split("\n\n") if not line.startswith(PROGRAM)]
            said += [" ".join(line.split()).strip(" .!") for line in lines if line.strip()]
    return said


def _limit(words: str) -> str | None:
    found = _LIMITS.match(words)
    return _COURTESY.sub("", words[found.end() :]).strip() or None if found is not None else None


def _addresses(search: _Made) -> list[str]:
    return list(dict.fromkeys(_URL.findall(search.text)))


def _told(
    goal: str,
    query: str,
    made: Sequence[_Made],
    searches: Sequence[_Made],
    best: Sequence[str],
    unfollowed: Sequence[str],
) -> str:
    """The answer from what was read, each part with where it stands."""
    pages = {url: one for one in made if (url := one.of("navigate_url", "url")) in best and url is not None}
    read = {url: page for url, page in pages.items() if not page.failed}
    parts = [_page(url, page, query) for url, page in read.items()]
    begin = _beginning(query, searches, best, len(read))
    unread = [url for url in best if url not in read]
    missing = [f"I could not read {listed(unread)}."] if unread else []
    open_words = [f"“{words}”" for words in unfollowed]
    left = [f"I cannot follow {listed(open_words)} without a language model."] if open_words else []
    return "\n\n".join([*notes_of(goal), begin, *parts, *missing, *left, *([LABEL] if parts else [])])


def _beginning(query: str, searches: Sequence[_Made], best: Sequence[str], read: int) -> str:
    if not searches:
        return f"I could not search for “{query}”: no web search is offered to me here."
    if searches[-1].failed:
        return f"The search for “{query}” failed: {_why(searches[-1].answer)}"
    if not best:
        return f"The search for “{query}” found nothing."
    if not read:
        return f"The search for “{query}” found {_pages(len(best))}, and I have read none of it."
    return f"I searched for “{query}” and read {_pages(read)}. What they say:"


def _pages(count: int) -> str:
    return "one page" if count == 1 else f"{count} pages"


def _why(answered: str) -> str:
    inner = re.sub(r"</?untrusted[^>]*>", " ", answered.partition("\n")[2] or answered)
    return " ".join(inner.split()) or "it gave no reason."


def _page(url: str, page: _Made, query: str) -> str:
    """What a page says to what is sought, below its title and its address."""
    head, _, rest = page.text.partition("\n")
    values = _values(head)
    text = str(values.get("text") or "") or _LEFT_OUT.sub(" ", rest)
    title = plain_text(str(values.get("title") or "")) or url
    return f"**{title}** ({url})\n{summary(text, query, most=_MOST_SENTENCES)}"


def _values(line: str) -> Mapping[str, Any]:
    try:
        found: object = json.loads(line)
    except ValueError:
        return {}
    return cast("Mapping[str, Any]", found) if isinstance(found, dict) else {}
