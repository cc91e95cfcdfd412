"""Which files of a thread a message means."""

from collections.abc import Mapping
from typing import Any, cast

from domain.llm.offline.querying import asked_before
from domain.llm.offline.situation import KnownFile, Situation
from domain.llm.offline.subject import follows_up, speaks_of_data, speaks_of_text, told_to_do
from domain.llm.offline.target import Target
from domain.llm.offline.wishes import names_any, rearranges, wants_chart, wants_extreme

_MOST_WORDS = 25
"""Of a message that goes on with a table though it speaks of no figures."""


def files_meant(situation: Situation, target: Target | None) -> tuple[KnownFile, ...]:
    """The files meant: those named, else the new ones, else (for a follow-up) those of the thread."""
    mentioned = tuple(file for file in situation.mentioned if target is None or file.name != target.name)
    if mentioned:
        return mentioned
    if situation.attachments:
        return situation.attachments
    return () if situation.urls else _earlier_files(situation)


def _earlier_files(situation: Situation) -> tuple[KnownFile, ...]:
    """What the previous task worked on, else the newest file of the kind the words speak of."""
    words = situation.bare
    follows = follows_up(words) and situation.continues
    before = situation.worked_on
    data, texts = speaks_of_data(words), speaks_of_text(words)
    if any(file.is_data for file in before) and (follows or data):
        return tuple(file for file in before if file.is_data)
    if any(file.is_data for file in before) and situation.continues and _may_ask(situation):
        return tuple(file for file in before if file.is_data)
    if any(file.is_document for file in before) and (follows or texts):
        return tuple(file for file in before if file.is_document)
    asked = asked_before(situation)
    if asked is not None and (data or follows_up(words) or rearranges(words) or wants_chart(words)):
        return (asked,)
    newest = next((file for file in situation.given if file.is_data or file.is_document), None)
    if newest is None:
        return ()
    meant = data if newest.is_data else texts
    return (newest,) if meant else ()


def _may_ask(situation: Situation) -> bool:
    """Whether a few words may be meant for the table that was worked on just before: it was asked something, or they
    name a column of it."""
    if "query_table" not in situation.tools or len(situation.bare.split()) > _MOST_WORDS:
        return False
    names = [file.name for file in situation.known]
    if any(not rearranges(part) for part in told_to_do(situation.bare, names)):
        return False
    spec = cast("Mapping[str, Any]", situation.last.get("plan") or {})
    nodes = cast("list[Mapping[str, Any]]", spec.get("nodes") or [])
    asked = any(node.get("name") == "query_table" for node in nodes)
    columns = [str(column.get("name")) for column in situation.columns]
    return asked or rearranges(situation.bare) or wants_extreme(situation.bare) or names_any(situation.bare, columns)
