"""Finds the command a text means, checks the role, and runs it."""

import shlex
from collections.abc import Sequence
from difflib import get_close_matches
from uuid import UUID

from bot.commands import about, help_, models, start, steering, tasks, threads, tools, workflows
from bot.commands.declare import Call, Noun, Verb
from domain.conversations.schemas import Heard
from domain.core.db import Session
from domain.core.errors import Invalid, Refused
from domain.core.settings import Settings
from domain.flow.common.legwork import Ran
from domain.flow.common.words import command_word
from domain.tools.registry import Registry

_OWN_NAME = "legwork"
"""``/legwork tasks`` means ``/tasks`` wherever it is typed."""

NOUNS: tuple[Noun, ...] = (
    help_.NOUN,
    start.NOUN,
    steering.STOP,
    steering.CANCEL,
    steering.PAUSE,
    steering.RESUME,
    threads.NEW,
    tasks.NOUN,
    threads.NOUN,
    workflows.NOUN,
    models.NOUN,
    tools.NOUN,
    about.WHOAMI,
    about.ABOUT,
)
"""Every command there is."""

WORDS = frozenset(name for noun in NOUNS for name in (noun.name, *noun.also)) | {_OWN_NAME}
"""The words that are commands."""

_ROLES = ("viewer", "member", "admin", "owner")


class CommandTable:
    def __init__(self, settings: Settings, kit: Registry, nouns: Sequence[Noun] = NOUNS) -> None:
        self._settings = settings
        self._kit = kit
        self._nouns = {name: noun for noun in nouns for name in (noun.name, *noun.also)}
        self._listed = tuple(nouns)

    def matches(self, text: str) -> bool:
        """Whether the text is written as a command: ``/noun``, known or not, or ``!noun`` with one that is known."""
        return self._word(text) is not None

    async def run(self, session: Session, heard: Heard) -> Ran:
        words = _split(heard.text.strip()[1:])
        words[:1] = [self._word(heard.text) or "help"]  # without the full stop behind it
        if words[0] == _OWN_NAME:
            words = words[1:] or ["help"]
        return await self._run(session, heard, words)

    async def press(self, session: Session, heard: Heard) -> Ran:
        """A button whose action is ``command`` carries the command's text; ``details`` opens a task."""
        assert heard.press is not None
        if heard.press.action == "command":
            return await self._run(session, heard, _split(heard.press.value))
        if heard.press.action == "details":
            return await self._run(session, heard, ["tasks", "show", heard.press.value])
        raise Invalid("That button is no longer good.", remedy="Ask again in the thread.")

    async def _run(self, session: Session, heard: Heard, words: list[str]) -> Ran:
        noun = self._noun(words[0] if words else "help")
        verb, rest = _verb(noun, words[1:])
        if _ROLES.index(heard.person.role) < _ROLES.index(verb.role):
            raise Refused(f"“/{noun.name} {verb.name}” needs the role {verb.role}; yours is {heard.person.role}.")
        if verb.personal and heard.person.nameless:
            raise Refused(
                f"“/{noun.name} {verb.name}” is about one person, and you write without a name.",
                remedy="Write under your own name.",
            )
        came = await verb.run(Call(session, heard, self._settings, self._kit, self._listed, tuple(rest)))
        return Ran(task_id=came) if isinstance(came, UUID) else Ran(came)

    def _word(self, text: str) -> str | None:
        return command_word(text, {*self._nouns, _OWN_NAME})

    def _noun(self, written: str) -> Noun:
        found = self._nouns.get(written.lower())
        if found is not None:
            return found
        near = get_close_matches(written.lower(), self._nouns, n=1)
        remedy = f"Did you mean “/{near[0]}”? " if near else ""
        raise Invalid(f"There is no command “/{written}”.", remedy=f"{remedy}“/help” lists them all.")


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:  # an apostrophe or an open quotation mark is no reason to refuse a command
        return text.split()


def _verb(noun: Noun, words: Sequence[str]) -> tuple[Verb, Sequence[str]]:
    """The verb written, or the noun's first with all words given to it."""
    if words and (verb := noun.verb(words[0].lower())) is not None:
        return verb, words[1:]
    if words and len(noun.verbs) > 1 and not noun.verbs[0].example.endswith("…"):
        near = get_close_matches(words[0].lower(), [verb.name for verb in noun.verbs], n=1)
        there = ", ".join(verb.name for verb in noun.verbs)
        remedy = f"Did you mean “/{noun.name} {near[0]}”?" if near else f"There are: {there}."
        raise Invalid(f"“/{noun.name} {words[0]}” is no command.", remedy=remedy)
    return noun.verbs[0], words
