"""“Find out …”: what is searched for and read before it is known what to look at, so an agent is left to it."""

import re
from dataclasses import replace
from pathlib import PurePath

from domain.llm.offline.calendar import calendar
from domain.llm.offline.clauses import clauses
from domain.llm.offline.clock import clock
from domain.llm.offline.gathering import ANSWER_FROM_FACTS, SUMMARISE
from domain.llm.offline.plans import Plan, Proposal, beginning_with, listed, literal, refused
from domain.llm.offline.situation import KnownFile, Situation
from domain.llm.offline.sums import calculation
from domain.llm.offline.talk import missing_tool
from domain.llm.offline.target import target_of

_FIND = re.compile(
    r"^(?:try to |versuche? )?(?:find out|figure out|investigate|research|look into|dig into|get to the bottom of"
    r"|find(?:e)?(?: (?:bitte|mal|doch))* (?:heraus|raus)|krieg(?:e)?(?: (?:bitte|mal))* (?:heraus|raus)"
    r"|recherchier(?:e)?|untersuch(?:e)?|ermittl(?:e)?|geh(?:e)? der frage nach|cherche à savoir|découvre)"
    r"(?:,|\s)\s*(?:for (?:me|us)\s+|für (?:mich|uns)\s+|please\s+|bitte\s+|about\s+|more about\s+)*(?P<what>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
_NOTHING = re.compile(
    r"^(?:it|this|that|these|them|more|everything|something|things|das|es|mehr|alles|etwas|ça|cela)[\s.!?]*$", re.I
)
_OWN = re.compile(r"\b(?:my|our|mine|ours|i|we|mein\w*|unser\w*|ich|wir|mon|ma|mes|notre|nos)\b", re.IGNORECASE)
"""What a person has and does stands in no page."""
_DEED = re.compile(
    r"^(?:then |also |dann |auch )?(?:tell|inform|notify|let|ask|write|draft|send|mail|e-?mail|forward|post|call|text"
    r"|message|remind|book|order|buy|sag\w*|informier\w*|benachrichtig\w*|frag\w*|schreib\w*|schick\w*|sende\w*|maile?"
    r"|ruf\w*|teile?|erinner\w*|bestell\w*|dis|écris|envoie|préviens)(?!\w)",
    re.IGNORECASE,
)
TOOLS = ("search_google", "navigate_url")
_CAUSES = re.compile(r"\b(?:why|warum|wieso|weshalb|pourquoi)\b", re.IGNORECASE)
NOT_WHY = "A table shows what happened, not why."
_WORD = re.compile(r"[^\W\d_]{4,}")
_MOST_FILES = 3
LONGEST = 300
"""Characters of what is to be found out."""


def finding(situation: Situation) -> Proposal | None:
    """A plan of an agent that searches, reads the best of it and answers; what else is asked is named as left out."""
    target = target_of(situation)
    asked = target.before if target is not None and target.before else situation.bare
    what = sought(asked)
    if what is None or situation.attachments or situation.referred:
        return None
    kept, left = _without_deeds(what)
    if not kept or len(kept) > LONGEST or (target is not None and target.content is not None):
        return None
    rest = replace(situation, message=kept, bare=kept)
    known = next((found for rule in (calculation, calendar, clock) if (found := rule(rest)) is not None), None)
    if known is not None and not left and target is None:
        return known
    about = _files_about(situation, kept)
    if about and not left and target is None:
        return _read(about, kept, situation)
    if _OWN.search(kept):
        return refused(f"I cannot find out “{kept}” on the web: send me the file or the address where it stands.")
    needed = ["search_google", *(["write_file"] if target is not None else [])]
    missing = [name for name in needed if name not in situation.tools]
    if missing:
        return missing_tool(missing)
    return _proposal(rest, left, target.name if target is not None else None)


def _files_about(situation: Situation, what: str) -> list[KnownFile]:
    """The thread's files that what is sought names: by a word of their name, or by a column that was worked out."""
    words = _words(what)
    columns = {word for column in situation.columns for word in _words(str(column.get("name")))}
    worked = situation.worked_on if words & columns else ()
    about = (file for file in situation.known if file in worked or words & _words(PurePath(file.name).stem))
    return [file for file in about if file.is_data or file.is_document][:_MOST_FILES]


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def _read(files: list[KnownFile], what: str, situation: Situation) -> Proposal | None:
    """What the files say to it. None: they cannot be read here."""
    if any(_reader(file) not in situation.tools for file in files):
        return None
    plan = Plan()
    sources = [
        plan.tool(_reader(file), {"file": file.name, **({"question": literal(what)} if file.is_data else {})})
        for file in files
    ]
    tables = any(file.is_data for file in files)
    plan.write("answer", ANSWER_FROM_FACTS if tables else SUMMARISE, sources)
    if tables and _CAUSES.search(what):
        plan.nodes[-1] = beginning_with(plan.nodes[-1], NOT_WHY)
    names = listed([file.name for file in files])
    return plan.proposal(f"I'll look into {names} for “{what}”.", f"Look into {names}"[:70])


def _reader(file: KnownFile) -> str:
    return "analyse_table" if file.is_data else "read_file"


def sought(text: str) -> str | None:
    """What is to be found out; None where it is something else that is asked for."""
    found = _FIND.match(" ".join(text.split()))
    if found is None:
        return None
    what = found["what"].strip(' ?.!"“”')
    return what if len(what) > 2 and not _NOTHING.match(what) else None


def _without_deeds(what: str) -> tuple[str, list[str]]:
    """Up to the first thing that is to be done about it, and from there on."""
    parts = clauses(what)
    at = next((place for place, part in enumerate(parts) if place and _DEED.match(part)), len(parts))
    if at == len(parts):
        return what, []
    kept = what[: what.find(parts[at])].rstrip(" ,.;")
    for word in (" and then", " and", " then", " und dann", " und", " et puis", " et"):
        kept = kept.removesuffix(word)
    return kept.rstrip(" ,.;"), parts[at:]


def _proposal(situation: Situation, left: list[str], name: str | None) -> Proposal:
    what = situation.bare
    note = f"I left out: “{', '.join(left)}”. That needs a language model, and none is configured." if left else None
    plan = Plan()
    agent = plan.find_out(what, [tool for tool in TOOLS if tool in situation.tools], note)
    if name is not None:
        plan.tool("write_file", {"name": name, "content": f"{{{{ {agent}.output.text }}}}"}, after=[agent])
    shown = what if len(what) <= 60 else f"{what[:59].rstrip()}…"
    written = f" Then I write {name}." if name is not None else ""
    return plan.proposal(f"I'll search for “{shown}” and read what I find.{written}", f"Find out: {shown}"[:70])
