"""``/admin broadcast``: something is told to everybody, after a look at what and to how many."""

import re
from collections.abc import Sequence
from uuid import UUID

from bot.commands.declare import Call, Verb
from bot.commands.pages import moment
from domain.announcements import repository, service
from domain.conversations.outbox import say
from domain.conversations.said import Listing, Note, Said
from domain.core import ids
from domain.core.errors import Invalid, NotFound, Refused
from domain.core.text import storable
from domain.orgs import repository as orgs
from domain.orgs.access import Permission

LONGEST = 3_000
"""Characters of what is told: so much has room in one message on every platform."""
_LISTED = 10
_NOBODY = "Nobody would be told."

# As it was written, with its lines: words of a command are split at every blank.
_BEFORE = re.compile(r"\s*[/!](?:legwork(?:@\w+)?\s+)?admin(?:@\w+)?\s+broadcast\b[ \t]*", re.IGNORECASE)
_ONLY = re.compile(r"org\s+(\S+)\s*(.*)", re.IGNORECASE | re.DOTALL)


async def _what(call: Call) -> tuple[str, UUID | None, str]:
    """What is to be told, to whose organization alone, and how that is called. Raises Invalid, NotFound."""
    if call.heard.attachments:
        remedy = f"Say it in {LONGEST:,} characters."
        raise Invalid("No file is told, and a text that is very long is one.", remedy=remedy)
    found = _BEFORE.match(call.heard.text)
    words = storable(call.heard.text[found.end() :] if found is not None else call.rest()).strip()
    org_id, name = None, ""
    if only := _ONLY.fullmatch(words):
        name, words = only[1], only[2].strip()
        org_id = await orgs.find(call.session, name)
        if org_id is None:
            raise NotFound(f"There is no organization “{name[:80]}”.", remedy="Write its slug, as in “/admin orgs”.")
    if not any(letter.isprintable() and not letter.isspace() for letter in words):
        raise Invalid("There is nothing to tell.", remedy="Write it behind “/admin broadcast”.")
    if len(words) > LONGEST:
        raise Invalid(f"Those are {len(words):,} characters.", remedy=f"Say it in {LONGEST:,}.")
    return words, org_id, name


async def _asked(call: Call) -> str | None:
    if not call.words:
        return None
    async with call.session.system("who runs the installation is no organization's"):
        words, org_id, name = await _what(call)
        people = await repository.audience(call.session, org_id)
    told, left_out = service.counted(people)
    if not told:
        raise Refused(_NOBODY, remedy=service.left_out(left_out))
    places = ", ".join(f"{count:,} on {platform.title()}" for platform, count in told.most_common())
    who = f"{told.total():,} {'person' if told.total() == 1 else 'people'}{f' of {name}' if name else ''}"
    return (
        f"{service.worded(words).text}\n\n———\n"
        f"That is told to {who}, each once in their private chat: {places}. {service.left_out(left_out)}"
    )


async def _broadcast(call: Call) -> Sequence[Said]:
    if not call.words:
        return await _list(call)
    async with call.session.system("who runs the installation is no organization's"):
        words, org_id, _ = await _what(call)
        announcement_id, count = await service.begin(call.session, words, org_id, call.person.user_id)
        if not count:
            raise Refused(_NOBODY)
        call.about("announcement", announcement_id, people=count)
        begun = Note(
            text=f"{count:,} {'is' if count == 1 else 'are'} told now, a few at a time. "
            f"“/admin broadcast stop {ids.short('say', announcement_id)}” stops it."
        )
        if call.heard.in_shell:  # which is told no more of it
            return (begun,)
    await say(
        call.session,
        call.heard.thread,
        begun,
        key=service.progress_key(announcement_id),
        reply_to=call.heard.message_id,
    )
    return ()


async def _list(call: Call) -> Sequence[Said]:
    call.changed_nothing()
    async with call.session.system("who runs the installation is no organization's"):
        rows = await repository.newest(call.session, _LISTED)
        told = [await service.outcome(call.session, row["id"]) for row in rows]
    return (
        Listing(
            title="What was told to everybody",
            columns=("id", "when", "by", "is", "what became of it", "words"),
            rows=tuple(
                (
                    ids.short("say", row["id"]),
                    moment(row["created_at"], call.person.timezone),
                    row["name"] or "-",
                    row["status"],
                    became,
                    _brief(row["words"]),
                )
                for row, became in zip(rows, told, strict=True)
            ),
            footer="“/admin broadcast WORDS” tells everybody, “/admin broadcast org SLUG WORDS” one organization.",
            empty="Nothing was told to everybody yet.",
        ),
    )


def _brief(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= 60 else f"{line[:58]} …"


async def _stop(call: Call) -> Sequence[Said]:
    written = call.word(0, "its id").lower().removeprefix("say_")
    async with call.session.system("who runs the installation is no organization's"):
        rows = await repository.newest(call.session, _LISTED)
        found = [row for row in rows if len(written) >= 4 and ids.text("say", row["id"]).endswith(written)]
        if len(found) != 1:
            raise NotFound(
                f"Nothing with the id “{written[:80]}” was told to everybody.",
                remedy="“/admin broadcast” lists the last ones with their ids.",
            )
        call.about("announcement", found[0]["id"])
        if not await repository.end(call.session, found[0]["id"], "stopped"):
            raise Refused("That is over.", remedy="Who was told was told.")
        told = await service.outcome(call.session, found[0]["id"])
    return (Note(text=f"Nobody else is told. {told}"),)


OPERATE = Permission.OPERATE

VERBS = (
    Verb(
        "broadcast",
        "tells everybody something in their private chats, or lists what was told",
        "/admin broadcast Tonight at ten I am away for an hour.",
        _broadcast,
        OPERATE,
        private=True,
        confirms=_asked,
        yes="Tell them",
        no="Tell nobody",
        lines=True,
    ),
    Verb("broadcast stop", "tells nobody else", "/admin broadcast stop say_8k2m9q", _stop, OPERATE, private=True),
)
