"""What hears a workspace: every event ends in ``Edge.accept``, and is acknowledged only after it."""

from dataclasses import replace
from difflib import get_close_matches
from math import inf

from bot.commands.table import NOUNS, WORDS
from bot.edge import Edge
from bot.slack import PLATFORM, events, files, forms, referred
from bot.slack.events import Heard, Opened
from bot.slack.home import PROMPTS, home
from bot.slack.literal import label
from bot.slack.memory import Memory
from bot.slack.people import Known, People
from bot.slack.sessions import Sessions, looking
from bot.slack.shapes import mapping, mappings, name, string
from bot.slack.web import Json, Web
from bot.slack.words import spoken
from bot.tokens import StoredTokens, carried
from domain.conversations.ports import About, Incoming, IncomingFile
from domain.conversations.quoted import Quoted
from domain.core.errors import LegworkError
from domain.core.logging import logger
from domain.core.text import storable
from domain.flow.common.words import command_word
from domain.flow.receive.spoken_to import Overheard

log = logger(__name__)

_SECONDS = 2.0
"""For what Slack wants done within three."""

_ALIKE = 0.75
"""How like a noun a word is, from 0 to 1, that is taken for a slip of it."""

_QUOTED = 300
"""Characters of what was asked elsewhere that are shown where it is answered."""


class Ears:
    """One workspace's. Whatever is raised here means: not taken, deliver it again."""

    def __init__(self, edge: Edge, web: Web) -> None:
        self._edge = edge
        self._web = web
        self._tokens = StoredTokens(edge.database)
        self._people = People(web)
        self._sessions = Sessions(web, Memory(edge.redis), looking(edge.database))
        self._names = {name: noun for noun in NOUNS for name in (noun.name, *noun.also)}

    # -- events ---------------------------------------------------------------------------------------

    async def message(self, body: Json) -> None:
        heard = events.message(body) or events.overheard(body)
        if heard is None or not await self._is_meant(heard):
            return
        if unnamed := events.ids_in(body):
            names = await self._people.names(unnamed)
            heard = events.message(body, names) or events.overheard(body, names)
        await self._hear(heard)

    async def stopped(self, body: Json) -> None:
        await self._hear(events.stopped(body))

    async def reaction(self, body: Json) -> None:
        found = events.reaction(body)
        if found is not None:
            incoming, on = found
            await self._take(replace(incoming, thread=await self._thread_of(incoming.chat, on)))

    async def changed(self, body: Json) -> None:
        """Somebody of the workspace is somebody else, or no longer there."""
        user = mapping(mapping(body.get("event")).get("user"))
        person, workspace, known = name(user.get("id")), events.team(body), self._people.told(user)
        if person is None or workspace is None or known is None:
            return

        async def afresh() -> About:
            return _about(workspace, person, await self._people.about(person, since=inf))

        await self._edge.knows(_about(workspace, person, known), afresh)

    async def opened(self, body: Json) -> None:
        """A tab of the app: what is shown there is no message, so a failure is only logged."""
        opened = events.opened(body)
        if opened is None:
            return
        try:
            await (self._show_home(opened) if opened.tab == "home" else self._prompt(opened))
        except LegworkError as error:
            log.warning("a tab of the Slack app could not be filled", tab=opened.tab, error=str(error))

    # -- interactions ---------------------------------------------------------------------------------

    async def pressed(self, body: Json) -> None:
        incoming = events.pressed(body)
        if incoming is None or incoming.press is None:
            return
        if incoming.press.action == forms.FORM_ACTION:
            await self._open(body, forms.command(NOUNS, incoming.press.value))
            return
        incoming = replace(incoming, press=await carried(incoming.press, self._tokens))
        if not incoming.chat:
            incoming = replace(incoming, chat=await self._people.direct(incoming.person))
        await self._take(incoming)

    async def commanded(self, body: Json) -> str | None:
        """A slash command; without words a form is opened. Returns what only the person is told at once.

        Its answer goes to the person's own chat with Legwork: a list of tasks is nobody else's business.
        """
        text = spoken(string(body.get("text")))
        if not text:
            opened = await self._open(body, forms.command(NOUNS))
            return None if opened else "The form could not be opened. Try “/legwork help”."
        person = name(body.get("user_id"))
        chat = await self._privately(body, person, body.get("trigger_id"), self._as_command(text))
        return None if chat is None or chat == body.get("channel_id") else "I answer in our direct messages."

    async def shortcut(self, body: Json) -> None:
        """A message was handed over: ask what to do with it."""
        message = mapping(body.get("message"))
        wanted = {*referred.ids(message), string(message.get("user"))} - {""}
        await self._open(body, forms.give(message, await self._people.names(wanted)))

    async def submitted(self, body: Json) -> None:
        """A form was filled in."""
        view = mapping(body.get("view"))
        text, quoted, attached = forms.composed(view), (), ()
        if view.get("callback_id") == forms.GIVE:
            text, quoted, attached = forms.given(view)
        if text:
            person = name(mapping(body.get("user")).get("id"))
            form = f"{string(view.get('id'))}.{string(view.get('hash'))}"
            await self._privately(body, person, form, text, quoted, attached)

    async def close(self) -> None:
        await self._sessions.close()
        await self._web.close()

    # -- taking ---------------------------------------------------------------------------------------

    async def _hear(self, heard: Heard | None) -> None:
        if heard is not None and (not heard.through_app or await self._is_person(heard.incoming.person)):
            await self._take(heard.incoming)

    async def _is_meant(self, heard: Heard) -> bool:
        if not heard.if_known:
            return True
        if heard.through_app and not await self._is_person(heard.incoming.person):
            return False  # nor does it count as somebody who speaks there
        return await self._edge.hears(Overheard(heard.incoming, others=heard.others))

    async def _is_person(self, person: str) -> bool:
        """Whether an app sent a person's own words, and not its own: two apps would answer each other for ever."""
        return (await self._people.about(person)).person is True

    async def _take(self, incoming: Incoming) -> None:
        if incoming.change is None or incoming.new_if_unknown:
            incoming = await self._introduced(incoming)
        received = await self._edge.accept(replace(incoming, files=_referred(incoming)))
        if received.message_id is not None and incoming.press is None:
            self._sessions.begin(incoming.address)

    async def _introduced(self, incoming: Incoming) -> Incoming:
        """With who says it, as Slack said within the hour."""
        heard = self._people.now()
        about = await self._people.about(incoming.person)

        async def afresh(incoming: Incoming) -> Incoming:
            return replace(_said_by(incoming, await self._people.about(incoming.person, since=heard)), afresh=None)

        vouched = not self._web.installed  # its token stands in the settings
        return replace(_said_by(incoming, about), vouched=vouched, afresh=afresh if about.at < heard else None)

    async def _privately(
        self,
        body: Json,
        person: str | None,
        key: object,
        text: str,
        quoted: tuple[Quoted, ...] = (),
        attached: tuple[IncomingFile, ...] = (),
    ) -> str | None:
        """Take what was said outside of any chat as said in the person's own. Returns that chat.

        A command is answered there at once; anything else is shown there first, and worked on in the thread below.
        """
        workspace, event_key = events.team(body), events.key(key)
        if workspace is None or person is None or event_key is None:
            return None
        chat = await self._people.direct(person)
        thread = await self._asked(chat, text, quoted) if command_word(text, WORDS) is None else None
        incoming = Incoming(
            platform=PLATFORM,
            workspace=workspace,
            chat=chat,
            person=person,
            event_key=event_key,
            organization=events.organization(workspace),
            thread=thread,
            text=text,
            files=attached,
            quoted=quoted,
        )
        try:
            await self._take(incoming)
        except BaseException:
            if thread is not None:
                await self._take_back(chat, thread)
            raise
        return chat

    async def _asked(self, chat: str, text: str, quoted: tuple[Quoted, ...]) -> str | None:
        """What the person asked for elsewhere, put where it is answered; None where that fails, and nothing is lost."""
        about = "".join(f" (of {piece.who or 'a message'}: “{piece.text}”)" for piece in quoted)
        words = label(f"You asked: {text}{about}", _QUOTED)
        try:
            answer = await self._web.call("chat.postMessage", seconds=_SECONDS, channel=chat, text=words)
        except LegworkError as error:
            log.info("what was asked elsewhere could not be shown", error=str(error))
            return None
        return events.ts(answer.get("ts"))

    async def _take_back(self, chat: str, at: str) -> None:
        """What was asked was not taken: then it must not stand there as if it were."""
        try:
            await self._web.call("chat.delete", seconds=_SECONDS, channel=chat, ts=at)
        except LegworkError as error:
            log.info("what was asked elsewhere was left standing", error=str(error))

    async def _thread_of(self, chat: str, at: str) -> str | None:
        """The thread a message stands in: None in a direct chat outside of any."""
        try:
            answer = await self._web.call("conversations.replies", seconds=_SECONDS, channel=chat, ts=at, limit=1)
        except LegworkError as error:
            log.info("Slack does not say where a message stands", error=str(error))
            return None if events.is_direct(chat) else at
        found = mappings(answer.get("messages"))
        first = found[0] if found else {}
        thread = events.ts(first.get("thread_ts")) or events.ts(first.get("ts"))
        return None if events.is_direct(chat) and thread == at else thread or at

    def _as_command(self, text: str) -> str:
        """What follows ``/legwork``: a command where it begins with a noun, or is a slip of one; else a message."""
        first, *rest = text.split(maxsplit=2)
        slip = len(rest) < 2 and get_close_matches(first.lower(), self._names, n=1, cutoff=_ALIKE)
        return f"/{text}" if first.lower() in self._names or slip else text

    # -- showing --------------------------------------------------------------------------------------

    async def _open(self, body: Json, view: Json) -> bool:
        """Slack lets a form be opened for three seconds after whatever asked for it. Returns whether it is."""
        trigger = string(body.get("trigger_id"))
        try:
            await self._web.call("views.open", seconds=_SECONDS, trigger_id=trigger, view=view)
        except LegworkError as error:
            log.warning("a form could not be opened", form=view["callback_id"], error=str(error))
            return False
        return True

    async def _show_home(self, opened: Opened) -> None:
        view = await home(self._edge.database, self._edge.settings, NOUNS, opened)
        await self._web.call("views.publish", seconds=_SECONDS, user_id=opened.person, view=view)

    async def _prompt(self, opened: Opened) -> None:
        prompts = [{"title": title, "message": message} for title, message in PROMPTS]
        await self._web.call(
            "assistant.threads.setSuggestedPrompts",
            seconds=_SECONDS,
            channel_id=opened.chat,
            title="For example",
            prompts=prompts,
        )


def _said_by(incoming: Incoming, about: Known) -> Incoming:
    standing = about.standing(incoming.workspace)
    return replace(incoming, person_name=about.name, timezone=about.timezone, standing=standing)


def _about(workspace: str, person: str, known: Known) -> About:
    organization, standing = events.organization(workspace), known.standing(workspace)
    called, timezone = (storable(value or "") or None for value in (known.name, known.timezone))
    return About(PLATFORM, workspace, person, organization, standing, called, timezone)


def _referred(incoming: Incoming) -> tuple[IncomingFile, ...]:
    """The files, each with the workspace it is fetched from."""
    return tuple(
        replace(file, ref=files.reference(incoming.workspace, file.ref)) if file.ref is not None else file
        for file in incoming.files
    )
