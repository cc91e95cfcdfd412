"""Second stage: what a stored message is. A button press, a command, a word that steers, the answer to a
question, or new work. Each is settled in one transaction that also ends the job; with new work the job goes on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping

from domain.conversations import repository as conversations
from domain.conversations import service
from domain.conversations.outbox import say
from domain.conversations.private import say_privately
from domain.conversations.said import Note, Problem, Said, Whisper
from domain.conversations.schemas import Heard, Thread
from domain.core.db import Session
from domain.core.errors import LegworkError
from domain.core.failpoints import reach
from domain.core.queue import Held
from domain.core.text import unmarked
from domain.flow.common.advance import Advance
from domain.flow.common.commands import advance_command
from domain.flow.common.legwork import Legwork
from domain.flow.common.noting import OWN
from domain.flow.common.presses import read_value
from domain.flow.common.words import Wish, refuses, wants_everything_stopped, wish
from domain.flow.execute.run import proceed
from domain.flow.plan.propose import look_back
from domain.flow.understand import at_hand, collect, decide, elsewhere, notes, passed_on, show_lost, status, steer
from domain.flow.understand.acts import PRESSES, denied
from domain.flow.understand.begin import add_task
from domain.flow.understand.bound import followed
from domain.flow.understand.wait import Waits, is_put_off, let_begin, let_in_turn, tell
from domain.orgs import service as orgs
from domain.orgs.access import NO_MEMBER, Denied, Permission, owns, refusal
from domain.tasks import queries
from domain.tasks.schemas import Run, Task
from domain.tools.kit import kit_of

_WHISPERED = 200
"""Characters that every platform shows to whoever pressed alone."""

EMPTY = Note(text="That message was empty. Write what you need, drop a file with a sentence, or try `/help`.")


@dataclass(frozen=True, slots=True)
class Settled:
    """What is said at once, and the task the message became or belongs to; ``new``: which is to be taken on."""

    said: Sequence[Said] = ()
    task_id: UUID | None = None
    new: Task | None = None
    private: bool = False
    """It is for the person alone, wherever they asked."""


async def understand(legwork: Legwork, held: Held, message_id: UUID) -> None:
    """Settle what the message is, and say or queue what follows. Every message gets an answer."""
    is_due = collect.is_due(held.job.data)
    fetched = not is_due or not await is_put_off(legwork.database, held.job)
    problem = await collect.problem_of(legwork, held, message_id) if is_due and fetched else None
    advance = history = None
    async with followed(held, message_id), held.ending() as ending:
        session = ending.session
        heard = await service.heard(session, message_id)
        if heard.handled:
            return
        try:
            if heard.may_wait:
                await let_in_turn(session, held.job, heard, fetched=fetched)
            settled = await settle(legwork, session, heard, held.job.data, problem)
        except Waits as waits:
            await tell(session, heard, waits.period)
            ending.waits = True
            reach("understand.settled")
            return
        await _say(session, heard, settled)
        if settled.new is None:
            await conversations.mark_handled(session, message_id, settled.task_id)
        else:
            await conversations.mark_begun(session, message_id, settled.new.id, heard.thread.id, settled.new.title)
            kit = await kit_of(session, heard.person.org_id, heard.person.user_id)
            advance = Advance(legwork, held, Run(settled.new), heard.thread, heard.person, heard.address, kit)
            history = await look_back(session, settled.new, [file.as_json() for file in heard.attachments])
            ending.goes_on_as = advance_command(settled.new.id, settled.new.user_id, priority=settled.new.priority)
        reach("understand.settled")
    reach("understand.understood")
    if advance is not None:
        await proceed(advance, history)


async def settle(
    legwork: Legwork, session: Session, heard: Heard, beside: Mapping[str, Any], problem: LegworkError | None = None
) -> Settled:
    """Do what the message wants, or say why not. ``beside``: what was to be known until now (see ``receive``);
    ``problem``: why it cannot be looked at. Raises Waits where it wants new work, and none begins."""
    try:
        if problem is not None:
            raise problem
        return await _settle(legwork, session, heard, beside)
    except LegworkError as error:
        return Settled((await _refused(session, heard, error),))


async def _refused(session: Session, heard: Heard, error: LegworkError) -> Problem:
    """What is told instead. What somebody may not is written down here, where nothing undoes it any more."""
    if not isinstance(error, Denied):
        return Problem(sentence=error.sentence, remedy=error.remedy or "")
    if error.org_id is None or error.org_id == heard.person.org_id:
        return await _denied(session, heard, error, heard.person.org_id)
    async with session.organization(error.org_id):
        return await _denied(session, heard, error, error.org_id)


async def _denied(session: Session, heard: Heard, error: Denied, org_id: UUID) -> Problem:
    """Write it down there; who is no member there is told so by its name."""
    denied(session, heard, error)
    if error.reason != NO_MEMBER:
        return Problem(sentence=error.sentence, remedy=error.remedy or "")
    sentence, remedy = await orgs.outside(session, org_id, heard.person.user_id)
    return Problem(sentence=sentence, remedy=remedy)


async def _say(session: Session, heard: Heard, settled: Settled) -> None:
    """Say it in the thread, or where only this person reads it."""
    elsewhere = settled.private and not heard.thread.private
    told: Thread | None = heard.thread
    for place, words in enumerate(_quietly(heard, settled.said, elsewhere)):
        key = f"reply:{heard.message_id}:{place}"
        if not elsewhere or isinstance(words, Whisper | Problem):
            await say(session, heard.thread, words, key=key, reply_to=heard.message_id)
        else:
            await say_privately(session, heard.person, words, key=key, place=told, reply_to=heard.message_id)
            told = None  # once


def _quietly(heard: Heard, said: Sequence[Said], elsewhere: bool) -> Sequence[Said]:
    """What comes of a press is told to whoever pressed alone; what they asked to be shown is said. ``elsewhere``: it is
    for them alone, and a word of it can be whispered."""
    if heard.press is None:
        return said
    brief = elsewhere and all(isinstance(words, Note) and len(words.text) <= _WHISPERED for words in said)
    told = Note | Problem if brief or steer.handles(heard.press.action) else Problem
    loud = [words for words in said if not isinstance(words, told)]
    quiet = [words for words in said if words not in loud]
    text = "\n".join(_told(words) for words in quiet)
    if not text and heard.press.answers is None:
        return loud
    alert = any(isinstance(words, Problem) for words in quiet)
    whisper = Whisper(
        text=text,
        person=heard.address.person,
        answers=heard.press.answers,
        alert=alert,
        shown=all(isinstance(words, Note) and words.shown for words in quiet),
    )
    return [whisper, *loud]


def _told(said: Said) -> str:
    if isinstance(said, Problem):
        return f"{said.sentence} {said.remedy}".strip()
    return unmarked(said.text) if isinstance(said, Note) else ""


async def _settle(legwork: Legwork, session: Session, heard: Heard, beside: Mapping[str, Any]) -> Settled:
    """Raises LegworkError or Waits, having written nothing."""
    if heard.person.role is None and not _is_command(legwork, heard):
        raise refusal(heard.principal, Permission.SEE, "That")
    if heard.press is not None or legwork.commands.matches(heard.text):
        async with session.savepoint():
            return await _obey(legwork, session, heard)
    untaken = ((Note(text=beside["untaken"]),) if beside.get("untaken") else ()) + _kept_as_files(heard)
    if heard.wordless:
        if beside.get("comment"):
            await let_begin(session, heard)
        commented = await passed_on.with_comment(session, heard, beside.get("comment"))
        if commented is not None:
            return Settled(untaken, commented.id, commented)
    if not heard.text.strip() and not heard.attachments:
        return Settled(untaken or (passed_on.ask(heard.quoted) if heard.quoted else EMPTY,))
    # only the person's own words and files steer: what they pass on is none of them
    wanted = wish(heard.text)
    steers = not heard.own_files and (wanted is not None or wants_everything_stopped(heard.text))
    if steers and not await at_hand.is_choice(session, heard):
        async with session.savepoint():
            steered = await _steer(session, heard, wanted, beside.get("answers"))
        if steered is not None:
            return replace(steered, said=(*untaken, *steered.said))
    elif not heard.wordless:
        async with session.savepoint():
            settled = await _meanwhile(session, heard, beside.get("answers"))
        if settled is not None:
            return replace(settled, said=(*untaken, *settled.said))
    task = await add_task(session, heard, started=True)
    return Settled(untaken, task.id, task)


def _is_command(legwork: Legwork, heard: Heard) -> bool:
    """Whether the table of commands decides who may: some of them are for who runs the installation."""
    return legwork.commands.matches(heard.text) if heard.press is None else heard.press.action not in PRESSES


def _kept_as_files(heard: Heard) -> tuple[Note, ...]:
    """What is said of a text that is too long for a message."""
    pasted = {name for piece in heard.quoted if piece.kind == "pasted" for name in piece.files}
    return tuple(
        Note(text=f"I took the text you pasted as the file {file.name} ({file.size:,} bytes).")
        for file in heard.own_files
        if file.name in pasted
    )


async def _obey(legwork: Legwork, session: Session, heard: Heard) -> Settled:
    """A button or a command."""
    if heard.press is None:
        ran = await legwork.commands.run(session, heard)
        return Settled(ran.said, ran.task_id, private=ran.private)
    if heard.press.action == at_hand.STOP_THREAD:
        return Settled(*await at_hand.stop_thread(session, heard))
    if heard.press.action == at_hand.STOP_ALL:
        newest, _, _ = read_value(heard.press.value)
        return Settled(*await at_hand.stop_all(session, heard, newest))
    if heard.press.action == OWN:
        return Settled(*await notes.own(session, heard))
    if heard.press.action == show_lost.SHOW:
        return Settled(await show_lost.show(session, heard))
    if steer.handles(heard.press.action):
        return Settled(*await steer.press(session, heard))
    ran = await legwork.commands.press(session, heard)
    return Settled(ran.said, ran.task_id, private=ran.private)


async def _steer(session: Session, heard: Heard, wanted: Wish | None, answers: str | None) -> Settled | None:
    """A word that steers, the task whose message it answers or the one at hand; without one everything is to be
    stopped. None: where nothing is paused, “go on” is talk.
    """
    meant = await status.meant(session, heard, answers) if wanted is not None and answers else None
    if wanted is not None and meant is not None:
        return Settled(await at_hand.ACTS[wanted](session, heard, meant["id"]), meant["id"])
    other = await status.means_another(session, heard, answers) if wanted is not None and answers else None
    if wanted is not None and other is not None and other[1]:  # somebody else's, which is refused as ever
        return Settled(await at_hand.ACTS[wanted](session, heard, other[0]), other[0])
    if wanted == "resume" and answers and (early := await at_hand.go_on_answered(session, heard, answers)) is not None:
        return Settled(*early)
    if wanted is None:
        return Settled(*await at_hand.stop_everything(session, heard))
    steered = Settled(*await at_hand.steer_at_hand(session, heard, wanted))
    return None if at_hand.NOTHING_PAUSED in steered.said else steered


async def _meanwhile(session: Session, heard: Heard, answers: str | None) -> Settled | None:
    """What is said to work that runs, as far as rules know it: a question how far it is, an answer it waits for, and
    whatever answers (by the platform) what a task has said. None: a model may know, or it is new work.
    """
    here = await queries.open_in_thread(session, heard.thread.id)
    meant = await status.meant(session, heard, answers) if answers else None
    about = [meant] if meant else here
    if about and status.is_asked(heard, about) and not await at_hand.is_choice(session, heard):
        told = await status.tell(session, heard, about)
        if told:
            return Settled(told)
    if meant is None and answers and await status.means_another(session, heard, answers) is not None:
        return None  # a yes to what one task said is none to what another asks
    if meant is None:
        own = [task for task in here if owns(heard.principal, task["user_id"])]
        stopped = await at_hand.stop_named(session, heard, own)
        if stopped is not None:
            return Settled(*stopped)
        asked = await elsewhere.answer(session, heard, heard.text.strip()) if not here else None
        return Settled(*asked) if asked is not None else await _answer(session, heard, own)
    answered = await _answer(session, heard, [meant])
    if answered is not None:
        return answered
    noted = await notes.note(session, heard, meant["id"])
    return Settled((noted,), meant["id"]) if noted is not None else None


async def _answer(session: Session, heard: Heard, open_tasks: Sequence[RowMapping]) -> Settled | None:
    """The answer that one of the tasks waits for. None: it is none."""
    asking = [task for task in open_tasks if task["asks"]]
    for task in asking:
        words = heard.text.strip() or ", ".join(file.name for file in heard.own_files)
        answered = await decide.answer(session, heard, task["id"], words)
        if answered is not None:
            return Settled(answered, task["id"])
    early = await decide.too_early(session, heard, asking[0]["id"]) if asking else None
    if early is not None:
        return Settled(early, asking[0]["id"])
    instead = refuses(heard.text) if len(asking) == 1 and not heard.own_files else None
    if instead is None:
        return None
    refused = await decide.refuse(session, heard, asking[0]["id"], instead)
    return Settled(refused, asking[0]["id"]) if refused is not None else None
