"""``/threads``"""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping

from bot.commands.declare import Call, Noun, Verb
from bot.commands.models import need_a_model
from bot.commands.own_thread import by, fits, set_here
from bot.commands.pages import ROWS, listing, moment
from domain.conversations import chats, messages
from domain.conversations import repository as conversations
from domain.conversations.said import Note, Said
from domain.core import ids
from domain.core.errors import Invalid, NotFound, Refused
from domain.core.text import literal
from domain.flow.receive.spoken_to import Listen
from domain.flow.show.refresh import asked_again
from domain.llm.wording import LONGEST_INSTRUCTIONS
from domain.orgs.access import Permission
from domain.tasks import queries

_NAMEABLE = 200
"""Of how many threads, the most recently active, a short id may be one; older ones are named by their whole id."""


_BEFORE_INSTRUCTIONS = re.compile(r"\A.*?\binstructions\b[\"']?", re.IGNORECASE | re.DOTALL)

_LAST_TURNS, _LONGEST_TURN = 4, 300
"""How many turns remind of what a thread was about, and how many characters of each."""


async def _find(call: Call, place: int) -> RowMapping:
    person = call.person
    written = call.word(place, "the thread's id").lower().removeprefix("thrd_")
    if len(written) == ids.LENGTH:
        thread_id = ids.parse("thrd", f"thrd_{written}")
        row = await conversations.find_thread(
            call.session, org_id=person.org_id, user_ids=person.user_ids, thread_id=thread_id
        )
        found = [row] if row is not None else []
    else:
        rows = await conversations.list_threads(
            call.session, org_id=person.org_id, user_ids=person.user_ids, limit=_NAMEABLE
        )
        found = [row for row in rows if ids.means("thrd", written, row["id"])]
    if len(found) != 1:
        raise NotFound(f"There is no thread “{written}” of yours.", remedy="“/threads” lists them with their ids.")
    return found[0]


def _before(words: Sequence[str]) -> tuple[datetime, UUID] | None:
    """The moment and the id after the word ``before``: the last row of the page that came before. Raises Invalid."""
    if len(words) < 3 or words[-3] != "before":
        return None
    try:
        moment = datetime.fromisoformat(words[-2])
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Invalid(f"“{words[-2]}” is no moment of a list.", remedy="“/threads” begins it anew.")
    return moment, ids.parse("thrd", words[-1])


async def _list(call: Call) -> Sequence[Said]:
    person = call.person
    rows = await conversations.list_threads(
        call.session,
        org_id=person.org_id,
        user_ids=person.user_ids,
        before=_before(call.words),
        limit=ROWS + 1,
        read_along=not call.principal.private,
    )
    shown = listing(
        "Your threads",
        ("id", "name", "last active", ""),
        rows,
        lambda row: (
            ids.short("thrd", row["id"]),
            row["name"] or "(no name)",
            moment(row["active_at"], call.person.timezone),
            "you are here" if row["id"] == call.heard.thread.id else "",
        ),
        lambda last: f"threads list before {last['active_at'].isoformat()} {ids.text('thrd', last['id'])}",
        footer="“/threads use ID” goes back to one.",
    )
    return (shown,)


async def _new(call: Call) -> Sequence[Said]:
    if call.each_message_begins_one:
        return (Note(text="Here each message outside of a thread begins one of its own: just write what you need."),)
    if call.heard.address.thread is not None:
        raise Invalid("A topic stays one thread.", remedy="Write outside of it, or in another topic, to begin afresh.")
    name = fits(call.rest())
    thread_id, _ = await conversations.add_thread(
        call.session,
        chat_id=call.heard.thread.chat_id,
        org_id=call.person.org_id,
        user_id=call.person.user_id,
        person=call.heard.address.person,
        platform_thread=None,
    )
    if name:
        await conversations.change_thread(call.session, thread_id, name=name)
    await conversations.set_current_thread(call.session, call.heard.thread.chat_id, thread_id)
    return (Note(text="A new thread. I begin it without what was said before."),)


def _turn(row: RowMapping) -> str:
    who = "You" if row["role"] == "user" else "Legwork"
    content = " ".join(row["content"].split())
    return f"**{who}:** {content if len(content) <= _LONGEST_TURN else f'{content[:_LONGEST_TURN].rstrip()} …'}"


async def _use(call: Call) -> Sequence[Said]:
    row = await _find(call, 0)
    if row["chat_id"] != call.heard.thread.chat_id:
        raise Refused("That thread is in another chat.", remedy="Write there to go on with it.")
    name = literal(row["name"] or ids.short("thrd", row["id"]))
    if call.each_message_begins_one:
        back = Note(text=f"You go on with “{name}” by replying in its thread.")
    else:
        await conversations.set_current_thread(call.session, call.heard.thread.chat_id, row["id"])
        turns = await messages.history(call.session, row["id"], before=call.heard.message_id, limit=_LAST_TURNS)
        last = [_turn(turn) for turn in reversed(turns) if turn["content"]]
        back = Note(text="\n\n".join([f"You are in “{name}” again.", *last]))
    waiting = [task["id"] for task in await queries.open_in_thread(call.session, row["id"]) if task["waiting_for"]]
    return (back, *[said for task_id in waiting for said in await asked_again(call.session, task_id)])


async def _rename(call: Call) -> Sequence[Said]:
    call.word(0, "the new name")
    await set_here(call, name=call.rest())
    return (Note(text=f"This thread is called “{literal(call.rest())}” now.{by(call)}"),)


async def _model(call: Call) -> Sequence[Said]:
    model = call.rest() or None
    if model:
        need_a_model(call.settings)
    await set_here(call, model=model)
    return (Note(text=f"{call.here} uses {model or 'the configured model again'}.{by(call)}"),)


async def _instructions(call: Call) -> Sequence[Said]:
    """They are kept as they were written, lines and quotation marks too."""
    written = _BEFORE_INSTRUCTIONS.sub("", call.heard.text, count=1).strip() if call.words else ""
    if len(written) > LONGEST_INSTRUCTIONS:
        raise Invalid(
            f"Instructions may have {LONGEST_INSTRUCTIONS:,} characters, and these have {len(written):,}.",
            remedy="Keep what matters in every message; send the rest as a file.",
        )
    await set_here(call, instructions=written or None)
    if not written:
        return (Note(text=f"{call.here} has no instructions any more.{by(call)}"),)
    if call.settings.has_model:
        return (Note(text=f"{call.here} keeps to that.{by(call)}"),)
    noted = "I have noted that for a model; none is configured, and the rules that answer do not read it."
    return (Note(text=f"{noted}{by(call)}"),)


async def _listen(call: Call) -> Sequence[Said]:
    """Which messages of this chat are taken as said to Legwork."""
    chat = await chats.find(call.session, call.heard.thread.chat_id)
    if chat is None or chat["private"]:
        raise Refused("Whatever you write here is for me.", remedy="Say it in the channel or group it is meant for.")
    if not call.words:
        call.changed_nothing()
        return (Note(text=_HEARD[Listen(chat["settings"].get("listen", Listen.THREAD))]),)
    wanted = call.words[0].lower()
    if wanted not in set(Listen):
        raise Invalid(f"I cannot listen to “{wanted}”.", remedy=f"There are: {', '.join(Listen)}.")
    await chats.keep_setting(call.session, call.heard.thread.chat_id, "listen", wanted)
    return (Note(text=_HEARD[Listen(wanted)]),)


_HEARD = {
    Listen.MENTIONS: "Here I answer what mentions me, replies to me, or is a command, and nothing else.",
    Listen.THREAD: "Here I answer what mentions me, replies to me, or is a command; and I go on with whom I work for.",
    Listen.ALL: "Here I answer everything that is written.",
}


async def _deleted(call: Call) -> str:
    """What is gone with a thread that is deleted."""
    row = await _find(call, 0)
    count = await messages.count_turns(call.session, row["id"])
    turns = f"{count} message{'s' if count != 1 else ''}"
    name = literal(row["name"] or ids.short("thrd", row["id"]))
    return f"This deletes the thread “{name}” with its {turns}. It cannot be undone here."


async def _delete(call: Call) -> Sequence[Said]:
    row = await _find(call, 0)
    call.about("thread", row["id"])
    await conversations.delete_thread(call.session, row["id"])
    return (Note(text=f"The thread “{literal(row['name'] or ids.short('thrd', row['id']))}” is deleted."),)


NEW = Noun(
    "new",
    "begins afresh, without what was said before",
    (Verb("thread", "a fresh thread", "/new …", _new, Permission.WORK),),
)
NOUN = Noun(
    "threads",
    "your conversations",
    (
        Verb("list", "your threads, the latest first", "/threads list", _list, personal=True),
        Verb("new", "begins a fresh one here", "/threads new Budget 2027", _new, Permission.WORK),
        Verb("use", "goes back to an earlier one", "/threads use thrd_8k2m9q", _use, Permission.WORK, personal=True),
        Verb("rename", "names this thread", "/threads rename Monday leads", _rename, Permission.WORK),
        Verb(
            "model",
            "the model of this thread; without a name the configured one",
            "/threads model gpt-5",
            _model,
            Permission.WORK,
        ),
        Verb(
            "instructions",
            "what to keep to in this thread",
            "/threads instructions Answer in French",
            _instructions,
            Permission.WORK,
            lines=True,
        ),
        Verb(
            "listen",
            "what in this chat is for me: mentions, thread (and whom I work for) or all",
            "/threads listen mentions",
            _listen,
            Permission.WORK,
        ),
        Verb(
            "delete",
            "removes a thread",
            "/threads delete thrd_8k2m9q",
            _delete,
            Permission.WORK,
            personal=True,
            confirms=_deleted,
        ),
    ),
    also=("thread",),
)
