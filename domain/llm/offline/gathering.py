"""Work on files, pages and searches: find the sources, read each, answer from all of them together."""

import re
from dataclasses import dataclass
from pathlib import PurePath

from domain.llm.offline.focus import dimensions
from domain.llm.offline.meant import files_meant
from domain.llm.offline.plans import Plan, Proposal, beginning_with, listed, literal, refused
from domain.llm.offline.querying import goes_on_with_query, queries_plan, query_plan
from domain.llm.offline.situation import DATA_SUFFIXES, DOCUMENT_SUFFIXES, KnownFile, Situation
from domain.llm.offline.subject import follows_up, speaks_of_data, speaks_of_text, strange, told_to_do
from domain.llm.offline.talk import OFFLINE, missing_tool
from domain.llm.offline.target import Target, target_of
from domain.llm.offline.wishes import (
    asks_everything,
    asks_particular,
    means_all_together,
    rearranges,
    wanted_format,
    wants_chart,
)

ANSWER_FROM_FACTS = (
    "Answer the question from the facts: first what was asked, then what changed, then what spoils the data."
)
SUMMARISE = "Sum up what these texts say, as far as the question asks."
LIST_RESULTS = "List what was found, each with its link."

_LOOK = re.compile(
    r"^(?:show|open|preview|print|display|cat|view|zeige?|öffne)\b|\b(?:first|top) (?:few |\d+ )?rows\b"
    r"|\bhead of\b",
    re.I,
)
_SEARCH = re.compile(
    r"^(?:do a |run a )?(?:(?:web |google |internet )?search(?: (?:the )?(?:web|internet|net|google|online))?"
    r"|google|bing|websearch"
    r"|look up|look online|find (?:out |me )?(?:some )?(?:information|info|articles|pages|news|something)"
    r"|such(?:e)?(?: (?:im (?:web|internet|netz)))?|recherchiere)(?:\s+(?:for|about|on|nach|zu"
    r"|over)\b)?\s*[:\s]\s*(?P<query>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
_ONLINE = re.compile(
    r"\s+(?:on (?:google|the (?:web|internet))|online|in the web|im (?:web|internet|netz))[\s.?!]*$", re.I
)
_SUFFIXES = "|".join(re.escape(suffix) for suffix in (*DATA_SUFFIXES, *DOCUMENT_SUFFIXES))
_NAMED = re.compile(rf"(?<![\w/@.:-])(\w[\w-]*(?:{_SUFFIXES}))(?![\w/])", re.IGNORECASE)
_KINDS = (
    ("pie", re.compile(r"\bpie\b|\bkreisdiagramm|\btortendiagramm", re.I)),
    ("scatter", re.compile(r"\bscatter|\bstreudiagramm", re.I)),
    ("histogram", re.compile(r"\bhistogram", re.I)),
    ("stacked", re.compile(r"\bstacked\b", re.I)),
    ("bar", re.compile(r"\bbars?\b|\bcolumn chart\b|\bbalken", re.I)),
    ("line", re.compile(r"\bline (?:chart|graph|plot)\b|\blinien", re.I)),
)


@dataclass(frozen=True, slots=True)
class _Sources:
    tables: tuple[KnownFile, ...] = ()
    documents: tuple[KnownFile, ...] = ()
    urls: tuple[str, ...] = ()
    query: str | None = None

    @property
    def tools(self) -> list[str]:
        """The tools that reading them takes."""
        needed = {
            "analyse_table": self.tables,
            "read_file": self.documents,
            "navigate_url": self.urls,
            "search_google": self.query,
        }
        return [tool for tool, wanted in needed.items() if wanted]

    @property
    def names(self) -> list[str]:
        searched = [f"a search for “{self.query}”"] if self.query else []
        return [*(file.name for file in (*self.tables, *self.documents)), *self.urls, *searched]


def gathering(situation: Situation) -> Proposal | None:
    """A plan over every source the message means, or None where it means none."""
    target = target_of(situation)
    unknown = _unknown_file(situation, target)
    if unknown is not None:
        return unknown
    sources = _sources(situation, target)
    if not sources.tools:
        return _unreadable(situation)
    asked = _queried(situation, sources)
    if asked:
        return query_plan(situation, asked[0], target) if len(asked) == 1 else queries_plan(situation, asked, target)
    left = _strange(situation, sources, target)
    if left and not situation.attachments:
        what = f" of {listed(sources.names)}" if len(sources.names) < 4 else ""
        return refused(f"I did not understand “{left[0]}”, so nothing was done. Ask me for a summary{what}.")
    missing = [tool for tool in sources.tools if tool not in situation.tools]
    if target is not None and "write_file" not in situation.tools:
        missing.append("write_file")
    if missing:
        return missing_tool(tuple(missing))
    proposal = _proposal(situation, sources, target)
    return _naming(proposal, left[0]) if left else proposal


def _queried(situation: Situation, sources: _Sources) -> tuple[KnownFile, ...]:
    """The table that something particular is asked of, or that goes on to be; of several that are meant, each."""
    tables, words = sources.tables, situation.bare
    if "query_table" not in situation.tools or sources.names != [file.name for file in tables]:
        return ()
    names = [known.name for known in situation.known]
    if asks_everything(words) or any(not rearranges(part) for part in told_to_do(words, names)):
        return ()
    particular = asks_particular(words, names)
    if len(tables) == 1:
        return tables if particular or goes_on_with_query(situation, tables[0]) is not None else ()
    return tables if particular and not means_all_together(words) else ()


def _naming(proposal: Proposal, left: str) -> Proposal:
    """A file that comes with words nobody understands is still looked at, and that is said."""
    what = "your words" if any(letter.isdigit() for letter in left) or len(left) > 100 else f"“{left}”"
    note = f"I did not understand {what}; this is what I find."
    nodes = [beginning_with(node, note) if node["type"] == "llm" else node for node in proposal["plan"]["nodes"]]
    return proposal | {"plan": proposal["plan"] | {"nodes": nodes}}


def _strange(situation: Situation, sources: _Sources, target: Target | None) -> list[str]:
    """What is asked besides reading the sources, as written."""
    if sources.query:
        return []
    asked = situation.bare
    if target is not None:
        described = target.described
        if described and not (speaks_of_data(described) or speaks_of_text(described)):
            return [described]
        asked = target.before
    goes_on = follows_up(asked) and situation.continues
    return strange(asked, [file.name for file in situation.known], goes_on=goes_on)


def _sources(situation: Situation, target: Target | None) -> _Sources:
    asked = target.before if target is not None and target.before else situation.bare
    search = _SEARCH.match(asked) if not situation.attachments else None
    if search:
        return _Sources(query=_ONLINE.sub("", search["query"]).strip(' ?.!"“”'))
    files = files_meant(situation, target)
    look = bool(_LOOK.search(situation.bare)) and not (_asks_of_rows(situation) or wants_chart(situation.bare))
    tables = tuple(file for file in files if file.is_data and not look)
    documents = tuple(file for file in files if file.is_document or (file.is_data and look))
    return _Sources(tables, documents, situation.urls)


def _asks_of_rows(situation: Situation) -> bool:
    """Whether more is asked than to see the beginning of a table."""
    names = [file.name for file in situation.known]
    return "query_table" in situation.tools and asks_particular(situation.bare, names)


def _unknown_file(situation: Situation, target: Target | None) -> Proposal | None:
    """A file that is named and not there: better said than guessed."""
    if target is not None and target.content is not None:
        return None
    known = {file.name.casefold() for file in situation.known}
    known |= {part for name in known for part in name.split()} | ({target.name.casefold()} if target else set())
    text = " ".join(word for word in situation.message.split() if "://" not in word)
    names = [name for name in _NAMED.findall(text) if name.casefold() not in known]
    if not names:
        return None
    there = listed([file.name for file in sorted(situation.known, key=lambda file: file.made)][:5])  # theirs first
    rest = f"Here I can see {there}." if there else "There is no file in this thread yet: drop it here."
    return refused(f"There is no file called {listed(names)} in this thread. {rest}")


def _unreadable(situation: Situation) -> Proposal | None:
    others = [file.name for file in situation.attachments]
    if not others:
        return None
    return refused(
        f"I cannot read {listed(others)}. {OFFLINE} I read tables (CSV, TSV, Excel, JSON) "
        "and documents (PDF, Word, text, Markdown, HTML)."
    )


def _proposal(situation: Situation, sources: _Sources, target: Target | None) -> Proposal:
    plan = Plan()
    read: list[str] = []
    charts: list[str] = []
    for file in sources.tables:
        facts = plan.tool("analyse_table", _analysis(situation, file))
        read.append(facts)
        if "draw_chart" in situation.tools:
            charts.append(plan.tool("draw_chart", _chart(situation, file), after=[facts]))
    read += [plan.tool("read_file", {"file": file.name}) for file in sources.documents]
    read += [plan.tool("navigate_url", {"url": literal(url)}) for url in sources.urls]
    if sources.query:
        read.append(plan.tool("search_google", {"query": literal(sources.query)}))
    answer = plan.write("answer", _instruction(sources), read, after=charts)
    name = target.name if target is not None else _as_file(situation, sources)
    if name is not None:
        plan.tool("write_file", {"name": name, "content": f"{{{{ {answer}.output.text }}}}"}, after=[answer])
    return plan.proposal(_announcement(sources, bool(charts), name), _title(sources))


def _as_file(situation: Situation, sources: _Sources) -> str | None:
    """“what moved, as PDF”: the name of the file that the answer becomes."""
    kind = wanted_format(situation.bare)
    if kind is None or "write_file" not in situation.tools or not (sources.tables or sources.documents):
        return None
    return f"{PurePath(sources.names[0]).stem} answer.{kind}"


def _analysis(situation: Situation, file: KnownFile) -> dict[str, object]:
    by = dimensions(situation.message)
    asked = situation.message or "What is in this table?"
    return {"file": file.name, "question": literal(asked), **({"by": by} if by else {})}


def _chart(situation: Situation, file: KnownFile) -> dict[str, object]:
    by = dimensions(situation.message)
    kind = next((kind for kind, words in _KINDS if words.search(situation.message)), None)
    return {
        "file": file.name,
        **({"by": by, "question": literal(situation.message)} if by else {}),
        **({"kind": kind} if kind else {}),
    }


def _instruction(sources: _Sources) -> str:
    if sources.tables:
        return ANSWER_FROM_FACTS
    return LIST_RESULTS if sources.query else SUMMARISE


def _announcement(sources: _Sources, chart: bool, name: str | None) -> str:
    written = f" and write {name}" if name is not None else ""
    if sources.query:
        return f"I'll search for “{sources.query}”{written}."
    if sources.tables and not sources.documents and not sources.urls:
        drawn = " and draw a chart" if chart and not written else ""
        return f"I'll work out the facts in {listed(sources.names)}{drawn}{written}."
    return f"I'll read {listed(sources.names)}{written}."


def _title(sources: _Sources) -> str:
    if sources.query:
        return _cut(f"Search: {sources.query}")
    verb = "Facts from" if sources.tables and not sources.documents else "Read"
    return _cut(f"{verb} {listed(sources.names)}")


def _cut(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"
