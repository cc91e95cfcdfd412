"""A change to work that is running: only what is surely one, and surely meant for one task. All else is work of its
own."""

import re
from functools import lru_cache

from domain.llm.offline.change_words import LEAD, LITTLE, NOT_ONE, POLITE, REASON, REMOVES, forms
from domain.llm.offline.plans import Proposal
from domain.llm.offline.situation import Running, Situation

_MOST = 200
"""Characters: whoever writes more asks for more."""
_LONGEST_NAME = 10
"""Words of a title that may name it."""
_SENTENCE = re.compile(r"(?<=\D[.!])\s+(?=[A-ZÄÖÜ])|\n+")
_WORD = re.compile(r"[^\W_]+")
_AT = (
    r"(?:(?:for|in|on|about|with|regarding|bei|beim|zu|zum|zur|im|in|für)\s+)?"
    r"(?:(?:the|my|der|die|das|den|dem)\s+)?"
)
_AFTER = r"(?:\s+(?:one|task|job|thing|search|sache|aufgabe|suche))?\s*[:,–-]?\s+(?:please\s+|bitte\s+)?"
_END_AT = r",?\s+(?:for|in|on|bei|beim|zum|zur|im|für)\s+(?:(?:the|my|der|die|das|den|dem)\s+)?"


def changing(situation: Situation) -> Proposal | None:
    """“only 2025” to the one task that runs, or to the one it names."""
    if not situation.running or situation.attachments or situation.referred or len(situation.message) > _MOST:
        return None
    text = _plain(situation.message)
    meant = [(task, rest) for task in situation.running if _is_change(rest := _named(task, text) or "")]
    if not meant and situation.runs_last and _is_change(text) and not _removes_all(situation.running[0], text):
        meant = [(situation.running[0], text)]
    if len(meant) != 1:
        return None
    task, words = meant[0]
    return {"reply": words.strip(), "kind": "change", "title": "", "plan": None, "task": task.number}


def _plain(message: str) -> str:
    """The message without greeting, and a wish that is asked for politely without its form."""
    text = LEAD.sub("", message.strip().replace("’", "'"), count=1)
    polite = POLITE.match(text)
    return text if polite is None else text[polite.end() :].rstrip(" ?")


def _removes_all(task: Running, text: str) -> bool:
    """“leave out the supplier prices”, where these are the whole task: it is rather to be stopped."""
    left = _WORD.findall(LITTLE.sub(" ", REMOVES.sub(" ", text)).casefold())
    return REMOVES.search(text) is not None and set(left) <= set(_WORD.findall(task.title.casefold()))


def _is_change(text: str) -> bool:
    """Whether the first sentence is a change, whole, and what follows gives a reason at most."""
    if NOT_ONE.search(text):
        return False
    first, *others = _SENTENCE.split(text.strip())
    return any(form.fullmatch(first.strip(" .!…")) for form in forms()) and all(
        REASON.fullmatch(sentence.strip(" .!…")) for sentence in others
    )


def _named(task: Running, text: str) -> str | None:
    """The text without the task's name before or behind it, however much of its title that is; None: not named."""
    naming = _naming(task.title)
    if naming is None:
        return None
    before, behind = naming
    if (found := before.match(text)) is not None:
        return text[found.end() :]
    found = behind.search(text)
    return text[: found.start()] if found is not None else None


@lru_cache(maxsize=256)
def _naming(title: str) -> tuple[re.Pattern[str], re.Pattern[str]] | None:
    """How a title names a message's beginning, and its end: by words of it that follow one another, the most of them
    first, and not only short ones. None: there are no such words."""
    words = re.findall(r"[^\W_]+(?:[&'-][^\W_]+)*", title)[:_LONGEST_NAME]
    runs = [words[begin:end] for begin in range(len(words)) for end in range(begin + 1, len(words) + 1)]
    telling = [run for run in runs if any(len(word) >= 5 or word.isdigit() for word in run)]
    phrases = [r"\W+".join(map(re.escape, run)) for run in sorted(telling, key=len, reverse=True)]
    if not phrases:
        return None
    name = f"(?:{'|'.join(phrases)})"
    before = re.compile(rf"{_AT}{name}{_AFTER}(?=\S)", re.IGNORECASE)
    return before, re.compile(rf"{_END_AT}{name}[\s.!]*$", re.IGNORECASE)
