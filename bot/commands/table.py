"""Finds the command a text means, asks whether it is allowed, runs it and has it written down."""

import shlex
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from uuid import UUID

from bot.commands import (
    about,
    admin,
    confirming,
    help_,
    link,
    models,
    org,
    own_data,
    profile,
    start,
    steering,
    tasks,
    threads,
    tools,
    workflows,
)
from bot.commands.declare import Call, Noun, Verb
from bot.commands.of_organization import COMMAND, of, there
from domain.audit import record
from domain.conversations import chats
from domain.conversations.private import NOT_DONE, OPEN_ONE
from domain.conversations.said import Said
from domain.conversations.schemas import Heard
from domain.core.db import Session
from domain.core.errors import Invalid, Refused
from domain.core.settings import Settings
from domain.flow.common.legwork import Ran
from domain.flow.common.words import command_word
from domain.orgs import operators
from domain.orgs.access import Denied, Permission, allows, refusal
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
    org.NOUN,
    admin.NOUN,
    link.NOUN,
    profile.NOUN,
    own_data.EXPORT,
    own_data.DELETE,
    about.WHOAMI,
    about.ABOUT,
)
"""Every command there is."""

WORDS = frozenset(name for noun in NOUNS for name in (noun.name, *noun.also)) | {_OWN_NAME}
"""The words that are commands."""


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
        return await self._run(session, heard, self._words(heard.text))

    async def press(self, session: Session, heard: Heard) -> Ran:
        """A button whose action is ``command`` carries the command's text; ``details`` opens a task."""
        assert heard.press is not None
        if heard.press.action == COMMAND:
            async with there(session, heard) as pressed:
                return await self._run(session, pressed, _split(heard.press.value))
        if heard.press.action == "details":
            return await self._run(session, heard, ["tasks", "show", heard.press.value])
        if heard.press.action == confirming.CONFIRM:
            asked = await confirming.confirmed(session, heard)
            if asked is None:
                return Ran()
            async with there(session, heard) as pressed:
                return await self._run(session, replace(pressed, text=asked), self._words(asked), confirmed=True)
        raise Invalid("That button is no longer good.", remedy="Ask again in the thread.")

    def _words(self, text: str) -> list[str]:
        words = _split(text.strip()[1:])
        words[:1] = [self._word(text) or "help"]  # without the full stop behind it
        if words[0] == _OWN_NAME:
            words = words[1:] or ["help"]
        return words

    async def obey(self, session: Session, heard: Heard, words: Sequence[str], *, confirmed: bool) -> Ran:
        """What was written in a shell. ``confirmed``: what is asked about first is done. Raises LegworkError."""
        return await self._run(session, heard, list(words), confirmed=confirmed)

    async def _run(self, session: Session, heard: Heard, words: list[str], *, confirmed: bool = False) -> Ran:
        noun = self._noun(words[0] if words else "help")
        verb, rest = _verb(noun, words[1:])
        operates = verb.permission is Permission.OPERATE
        call = Call(
            session,
            heard,
            self._settings,
            self._kit,
            self._listed,
            tuple(rest),
            appointed=(operates or heard.may_wait) and await _is_appointed(session, heard),
        )
        if heard.may_wait and call.principal.operator:
            call = replace(call, heard=replace(heard, may_wait=False))  # who works on it tries whether it works
        name = f"/{noun.name} {verb.name}"
        try:
            if not verb.opens and not allows(call.principal, verb.permission):
                raise refusal(call.principal, verb.permission, f"`{name}`")
            _look_at_place(name, verb, heard)
            if await _is_for_nobody(session, verb, heard):
                return Ran((NOT_DONE,))
            if verb.confirms is not None and not confirmed and (asked := await verb.confirms(call)) is not None:
                yes = verb.yes or verb.name.partition(" ")[0].capitalize()
                return Ran(_of(call, verb, (confirming.card(heard, yes, verb.no, asked),)))
            came = await verb.run(call)
        except Denied as denied:
            denied.action = denied.action or noun.action(verb)
            raise
        begun = came if isinstance(came, UUID) else None
        written = verb.is_audited and not call.noted.nothing
        if written and operates:
            async with session.system("what is done to the installation is no organization's"):
                _write_down(call, noun.action(verb), verb, None, begun)
        elif written:
            _write_down(call, noun.action(verb), verb, heard.person.org_id, begun)
        return Ran(task_id=begun) if isinstance(came, UUID) else Ran(_of(call, verb, came), private=verb.private)

    def _word(self, text: str) -> str | None:
        return command_word(text, {*self._nouns, _OWN_NAME})

    def _noun(self, written: str) -> Noun:
        found = self._nouns.get(written.lower())
        if found is not None:
            return found
        near = get_close_matches(written.lower(), self._nouns, n=1)
        remedy = f"Did you mean “/{near[0]}”? " if near else ""
        raise Invalid(f"There is no command “/{written}”.", remedy=f"{remedy}“/help” lists them all.")


async def _is_for_nobody(session: Session, verb: Verb, heard: Heard) -> bool:
    """Whether nobody would read the answer: it is for who asks alone, others read along here, and there is no private
    chat. A word about what was pressed is whispered here."""
    if not verb.private or heard.thread.private or heard.press is not None:
        return False
    async with session.system("a private chat may be of another organization"):
        return not await chats.has_private(session, heard.person.user_id)


async def _is_appointed(session: Session, heard: Heard) -> bool:
    """Whether whoever speaks was made a platform admin."""
    async with session.system("who runs the installation is no organization's"):
        return await operators.is_appointed(session, heard.principal.user_ids)


def _of(call: Call, verb: Verb, said: Sequence[Said]) -> Sequence[Said]:
    """What it answers, as its organization's; what is the installation's, or lets somebody in, is of none."""
    if verb.permission is Permission.OPERATE or verb.opens:
        return said
    return tuple(of(call.person.org_id, words) for words in said)


def _write_down(call: Call, action: str, verb: Verb, org_id: UUID | None, begun: UUID | None) -> None:
    """Have the audit trail say that it was done."""
    record(
        call.session,
        action,
        org_id=org_id,
        actor=call.heard.actor,
        resource=call.noted.resource or (("task", begun) if begun is not None else None),
        permission=verb.permission,
        details=call.noted.details,
        request_id=call.heard.message_id,
    )


def _look_at_place(name: str, verb: Verb, heard: Heard) -> None:
    """Raises Refused where the verb is not for this place, or not for who has no name."""
    if verb.personal and heard.person.nameless:
        raise Refused(
            f"“{name}” is about one person, and you write without a name.", remedy="Write under your own name."
        )
    if verb.private and verb.confirms is not None and not heard.thread.private:
        raise Refused(f"“{name}” is for you alone, and others read along here.", remedy=OPEN_ONE)


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:  # an apostrophe or an open quotation mark is no reason to refuse a command
        return text.split()


def _verb(noun: Noun, words: Sequence[str]) -> tuple[Verb, Sequence[str]]:
    """The verb written, or the noun's first with all words given to it."""
    if words and (found := noun.verb(words)) is not None:
        return found
    if words and len(noun.verbs) > 1 and not noun.verbs[0].example.endswith("…"):
        near = get_close_matches(" ".join(words[:2]).lower(), names := [verb.name for verb in noun.verbs], n=1)
        near = near or get_close_matches(words[0].lower(), names, n=1)
        there = ", ".join(names)
        remedy = f"Did you mean “/{noun.name} {near[0]}”?" if near else f"There are: {there}."
        raise Invalid(f"“/{noun.name} {words[0]}” is no command.", remedy=remedy)
    return noun.verbs[0], words
