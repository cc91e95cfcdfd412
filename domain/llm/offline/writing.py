"""Writing a file: the words a message gives, the last result, or what a sum or the clock says."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import PurePath

from domain.llm.offline.calendar import calendar
from domain.llm.offline.cannot import MODEL, beyond
from domain.llm.offline.clock import clock
from domain.llm.offline.plans import Plan, Proposal, literal, refused, said
from domain.llm.offline.querying import asked_before, kind_of
from domain.llm.offline.situation import Situation
from domain.llm.offline.subject import speaks_of_data
from domain.llm.offline.sums import calculation
from domain.llm.offline.talk import declined, missing_tool
from domain.llm.offline.target import EMPTY_FILE, OTHER_FILE, Target, target_of
from domain.llm.offline.wishes import asks_everything, asks_particular, wanted_format

_DESCRIBES = re.compile(
    r"^(?:an?|the|some|any|all|every|each|my|your|our|his|her|their|its|this|that|these|those|one|two|three|four|five|ten"
    r"|\d+ [^\W\d]|what|who|whose|how|when|where|why|which|eine?[nmrs]?|der|die|das|den|mein\w*|dein\w*|alle\w*|une?"
    r"|des|les?"
    r"|la|l['’]|mon|ma|mes|python|javascript|html|something|anything|everything|nothing|it|them|me|tomorrow\w*|today\w*"
    r"|yesterday\w*)(?!\w)"
    r"|['’]s\b|\b(?:about|of|from|for|explaining|describing|containing|listing|with|über|von|sur|pour)\b"
    r"|\b(?:poems?|jokes?|stor(?:y|ies)|letters?|essays?|songs?|code|scripts?|programs?|articles?|e?-?mails?|recipes?"
    r"|ideas?|lists?|notes|minutes|meetings?|summar(?:y|ies)|results?|data|reports?|transcripts?|conversations?|chat"
    r"|history|plans?|agenda|schedules?|numbers|figures|tables?|charts?|pages?|articles?|websites?|weather|news|time|date"
    r"|answers?|facts?|files?|documents?|translations?|quotes?|names?|gedichte?|witze?|briefe?|zusammenfassung|liste"
    r"|notizen|poèmes?|blagues?|lettres?|résumé)\b",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"^(?:an?|my|the|our|eine?|meine|die|une|ma|la)?\s*(?P<title>(?:[^\W\d_]+[\s-]+){0,2}?[^\W\d_]*(?:list|liste))\s*"
    r"(?:(?:with|containing|mit|avec)\s*:?|:)\s+(?P<items>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_ITEMS = re.compile(r"\s*(?:,\s*(?:and|und|et)?|;|\n|\b(?:and|und|et)\b|&)\s*", re.IGNORECASE)
_NO_ITEM = re.compile(
    r"^(?:the|all|every|some|any|best|top|most|my|your|our|\d+ (?:best|most|top|random|different|\w+ [a-z]+s)|things"
    r"|ideas|names|items|everything|stuff)\b",
    re.IGNORECASE,
)

_ANSWERS: Sequence[Callable[[Situation], Proposal | None]] = (calculation, calendar, clock)


def given(situation: Situation) -> Proposal | None:
    """“save to notes.md: …”, “write "…" to notes.md”: nothing but words, or items of a list, that the message gives."""
    target = target_of(situation)
    if target is None or situation.attachments or target.before:
        return None
    if target.content is not None:
        return _written(situation, target.name, target.content)
    return _listed(situation, target, target.described) if target.described else None


def writing(situation: Situation) -> Proposal | None:
    """“save that to notes.md” for the last result; “save 2+2 to sum.txt” for what is worked out first."""
    target = target_of(situation)
    if situation.attachments:
        return None
    if target is None:
        return _without_words(situation) or _last_result_as(situation)
    if target.content is not None:
        return refused(
            f"I did not understand “{target.before}”, so {target.name} was not written: one thing at a time."
        )
    others = [file for file in situation.mentioned if file.name != target.name]
    if others or situation.urls:
        return None
    if target.before:
        return _worked_out(situation, target, target.before)
    if target.described is None:
        return None if _is_rows(situation, target) else _last_result(situation, target)
    if not target.described:
        return refused(f"There is nothing to write to {target.name} yet: put the text after a colon.")
    if _asks_table(situation, target.described):
        return None
    worked_out = _worked_out(situation, target, target.described)
    return worked_out or _taken_as_written(situation, target, target.described)


def _without_words(situation: Situation) -> Proposal | None:
    """“create a file called todo.md”: with nothing to put into it."""
    other = OTHER_FILE.match(situation.bare)
    if other is not None:
        kinds = "txt, md, csv, tsv, json, html, pdf, docx or xlsx"
        return refused(f"I cannot write {other['name']}, so nothing was done: a name of mine ends with {kinds}.")
    match = EMPTY_FILE.match(situation.bare)
    if match is None:
        return None
    name = match["quoted"] or match["name"]
    return refused(f"There is nothing to write to {name} yet: put the text after a colon, as in “write {name}: …”.")


def _is_rows(situation: Situation, target: Target) -> bool:
    """“export this to pay.xlsx” below what was asked of a table means its rows, and not the words of the answer."""
    asked = asked_before(situation)
    last = asked is not None and asked in situation.worked_on
    return last and not situation.failed and "query_table" in situation.tools and kind_of(target) is not None


def _asks_table(situation: Situation, what: str) -> bool:
    """“save sales by region to regions.xlsx”: what is to be written is asked of a table first."""
    return "query_table" in situation.tools and speaks_of_data(what) and any(file.is_data for file in situation.known)


def _last_result_as(situation: Situation) -> Proposal | None:
    """“as PDF”, and nothing besides, after an answer that was everything there is to say: the answer, line by line
    where it becomes a table. What was asked of a table is exported by other rules, with all its rows."""
    kind = wanted_format(situation.bare)
    names = [file.name for file in situation.known]
    alone = not (situation.mentioned or situation.last.get("query") or asks_everything(situation.bare))
    if kind is None or not alone or not situation.result or asks_particular(situation.bare, names):
        return None
    if situation.failed:
        return refused("There is nothing to write yet: what you asked for last was not done.")
    of = PurePath(situation.worked_on[0].name).stem if situation.worked_on else ""
    lines = [[line] for line in situation.result.splitlines() if line.strip()]
    content = lines if kind in ("csv", "xlsx") else situation.result
    return _written(situation, f"{of} answer.{kind}".strip(), content)


def _last_result(situation: Situation, target: Target) -> Proposal:
    if situation.failed:
        return refused(f"There is nothing to save to {target.name}: what you asked for last was not done.")
    if not situation.result:
        return refused(f"There is nothing to write to {target.name} yet: put the text after a colon.")
    note = f"It holds my last result: “{_beginning(situation.result)}”" if situation.talked else ""
    return _written(situation, target.name, situation.result, note)


def _listed(situation: Situation, target: Target, what: str) -> Proposal | None:
    """“a shopping list with milk and eggs”: its items, a line each."""
    match = _LIST.match(what)
    if match is None:
        return None
    items = [item.strip(" .") for item in _ITEMS.split(match["items"]) if item.strip(" .")]
    if not items or any(_NO_ITEM.match(item) or len(item.split()) > 5 for item in items):
        return None
    title = match["title"].strip()
    content = "\n".join([f"{title[0].upper()}{title[1:]}", "", *(f"- {item}" for item in items)])
    return _written(situation, target.name, content, f"It holds: {', '.join(items)}.")


def _worked_out(situation: Situation, target: Target, asked: str) -> Proposal | None:
    """What a sum, the calendar or the clock says, written to the file."""
    wish = replace(situation, message=asked, bare=asked)
    proposal = next((made for rule in _ANSWERS if (made := rule(wish)) is not None), None)
    if proposal is None or proposal["outcome" if proposal["plan"] is None else "kind"] not in ("answer", "plan"):
        return proposal
    if "write_file" not in situation.tools:
        return missing_tool(("write_file",))
    if proposal["plan"] is None:
        return _written(situation, target.name, proposal["reply"], f"It holds: {proposal['reply']}")
    nodes, edges = proposal["plan"]["nodes"], proposal["plan"]["edges"]
    plan = Plan(nodes, edges)
    answer = nodes[-1]["id"]
    content = f"{{{{ {answer}.output.text }}}}"
    written = plan.tool("write_file", {"name": target.name, "content": content}, after=[answer])
    plan.write("answer", "Say what was written.", [answer, written])
    return plan.proposal(f"{proposal['reply'].rstrip('.')} and write {target.name}.", f"Write {target.name}")


def _taken_as_written(situation: Situation, target: Target, what: str) -> Proposal:
    """A few words without quotation marks are taken as they stand, unless they describe a text that is not there."""
    known = beyond(f"write {what}") or beyond(what)
    if known is not None:
        return declined(situation, f"{known.sentence} {target.name} was not written.")
    if _DESCRIBES.search(what):
        return declined(
            situation,
            f"Legwork cannot do that here: making up “{what}” {MODEL}. {target.name} was not written. “save that to "
            f"{target.name}” writes my last result; words after a colon are written as they stand.",
        )
    return _written(situation, target.name, what, f"It holds: {what}")


def _written(situation: Situation, name: str, content: str | list[list[str]], note: str = "") -> Proposal:
    if "write_file" not in situation.tools:
        return missing_tool(("write_file",))
    plan = Plan()
    given = literal(content) if isinstance(content, str) else [[literal(cell) for cell in row] for row in content]
    written = plan.tool("write_file", {"name": name, "content": given})
    plan.write("answer", "Say what was written.", [written])
    if note:
        plan.nodes[-1]["config"]["inputs"].append(said(literal(note)))
    return plan.proposal(f"I'll write {name}.", f"Write {name}")


def _beginning(text: str, limit: int = 80) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[:limit].rstrip()} …"
