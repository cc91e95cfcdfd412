"""What was said in a thread before Legwork was called into it.

https://docs.slack.dev/reference/methods/conversations.replies; an app outside of Slack's marketplace may ask once a
minute, and is given fifteen messages.
"""

from dataclasses import replace

from bot.slack.files import attached, reference
from bot.slack.people import People
from bot.slack.referred import ids, marked, material
from bot.slack.shapes import Json, mapping, mappings, string
from bot.slack.web import Web
from bot.slack.words import Names, spoken
from domain.conversations.ports import Address, Earlier, IncomingFile
from domain.conversations.quoted import Quoted

_ASKED = 200
"""Messages of a thread that are looked at; Slack hands out the oldest first."""
_TOLD = 30
"""Of them the first and the latest are told."""
_FILES = 10
_SILENT = ("channel_join", "channel_leave", "group_join", "group_leave", "tombstone")


async def earlier(web: Web, people: People, to: Address, before: str) -> Earlier:
    """The thread as it stood before the message with that id, with the names of who wrote.

    Raises what asking raises: Unavailable, Refused, NotFound.
    """
    answer = await web.call(
        "conversations.replies", channel=to.chat, ts=to.thread, latest=before, inclusive=False, limit=_ASKED
    )
    said = [one for one in mappings(answer.get("messages")) if _is_said(one) and string(one.get("ts")) != before]
    told = said if len(said) <= _TOLD else [said[0], *said[1 - _TOLD :]]
    left = len(said) - len(told)
    wanted = {found for one in told for found in (*ids(one), string(one.get("user"))) if found}
    names = await people.names(wanted)
    quoted: list[Quoted] = []
    files: list[IncomingFile] = []
    for one in told:
        given = material(one, names)
        sent = (*attached(one.get("files")), *given.files)
        text = spoken(marked(one), names=names)
        quoted += [Quoted("earlier", text, _author(one, names), files=tuple(file.name for file in sent)), *given.quoted]
        files += [_of(file, to) for file in sent]
    if left:
        quoted.insert(1, Quoted("earlier", f"({left:,} messages that came next are left out here.)"))
    if answer.get("has_more") is True:
        quoted.append(Quoted("earlier", "(Slack handed out no more of the thread; what came after this was not read.)"))
    return Earlier(tuple(quoted), tuple(files[-_FILES:]))


def _is_said(message: Json) -> bool:
    return message.get("subtype") not in _SILENT and message.get("hidden") is not True


def _author(message: Json, names: Names) -> str | None:
    app = string(message.get("username")) or string(mapping(message.get("bot_profile")).get("name"))
    return names.get(string(message.get("user"))) or app or None


def _of(file: IncomingFile, to: Address) -> IncomingFile:
    ref = reference(to.workspace, file.ref) if file.ref is not None else None
    return replace(file, ref=ref, of_others=True)
