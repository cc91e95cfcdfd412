"""Whether a message in a chat that several people read is for Legwork, where it does not call it by name.

In a thread Legwork answers what is addressed to it, and goes on with whom it works or has just worked for. Talk among
others is left alone: nothing of it is stored, nothing is answered. A chat may want it otherwise (``Listen``).
"""

import re
from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from domain.conversations.ports import Incoming
from domain.flow.common.words import command_word, is_control
from domain.tasks.queries import Standing

FRESH_SECONDS = 120.0
"""In a room, for how long after its last word to a person what they say next goes on with it."""

ASKED_SECONDS = 600.0
"""In a room, for how long what a person says is taken for the answer they were asked for."""


class Listen(StrEnum):
    """What of a shared chat is for Legwork; ``chats.settings`` holds it as ``listen``."""

    MENTIONS = "mentions"
    THREAD = "thread"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Overheard:
    """A message that does not call Legwork. ``others``: it calls somebody else, or answers them. ``room``: its thread
    is a whole room, where people speak of other things too."""

    incoming: Incoming
    others: bool = False
    room: bool = False


Meant = Literal["yes", "no", "unless others spoke"]


def meant(heard: Overheard, standing: Standing | None, commands: Container[str]) -> Meant:
    """By how its person stands in the thread. ``unless others spoke``: if nobody else has said anything there since
    Legwork's last word to them. ``commands``: the words that are commands."""
    if standing is None:
        return "no"  # nobody has ever spoken to Legwork there
    if standing.known and command_word(heard.incoming.text, commands) is not None:
        return "yes"
    listen = standing.listen or Listen.THREAD
    if listen == Listen.ALL:
        return "yes"
    if listen == Listen.MENTIONS or heard.others:
        return "no"
    words = heard.incoming.text
    if standing.asks and not (heard.room and standing.since > ASKED_SECONDS):
        return "yes"
    if standing.works and is_control(words, commands):
        return "yes"
    if not (standing.works or standing.latest):
        return "no"
    if heard.room and (standing.since > FRESH_SECONDS or calls_somebody(words)):
        return "no"
    return "unless others spoke"


_NAME = r"[^\W\d_a-z]\w+"
_GREETING = r"(?:(?:hi|hey|hello|thanks|thank you|ok|okay)\s+)?"
_CALLED = re.compile(rf"\s*{_GREETING}({_NAME})\s*[,:]\s*\S|.*,\s*({_NAME})\s*[?!.]*\s*$", re.DOTALL)
_NO_NAMES = frozenset(
    """actually also and but finally first hey hi hm hmm legwork next no now ok okay please right second so sorry sure
    thanks then today tomorrow well yes yesterday""".split()  # noqa: SIM905 - the words alone
)


def calls_somebody(words: str) -> bool:
    """Whether a name stands where one calls somebody: “Ben, are you coming?”, “what do you think, Ben?”"""
    found = _CALLED.match(words)
    return found is not None and (found[1] or found[2]).lower() not in _NO_NAMES
