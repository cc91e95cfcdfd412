"""Questions about the thread itself: what was said in it, which files it holds, what can be taken back."""

import re

from domain.llm.offline.cannot import UNDO
from domain.llm.offline.plans import Proposal, refused, reply, talk
from domain.llm.offline.situation import Situation

_END = r"[\s,.!?…]*$"
_UNDO = re.compile(
    rf"^(?:undo|revert|take (?:it|that) back|roll ?back|rückgängig|mach das rückgängig|annuler?|défaire)"
    rf"(?:\s+(?:it|that|this|the last (?:one|step|thing|change)|everything|all))?{_END}",
    re.IGNORECASE,
)
_REPEAT = re.compile(
    rf"^(?:repeat|say|show|give|tell)(?:\s+(?:me|us))?\s+(?:(?:your|the)\s+(?:last|previous|latest)\s+"
    rf"(?:answer|reply|response|message|result)|(?:that|it)(?=\s+again))(?:\s+again)?{_END}"
    rf"|^(?:what (?:did you (?:just )?(?:say|answer)(?: last)?|was (?:your|the) last (?:answer|reply|result))"
    rf"|come again"
    rf"|(?:please )?repeat(?: that| it)?|again|wiederhole? (?:das|deine letzte antwort)|wie bitte"
    rf"|répète(?: ta dernière réponse)?){_END}",
    re.IGNORECASE,
)
_FIRST = re.compile(
    rf"^(?:what (?:did i (?:ask|say|write)(?: to)?(?: you)?(?: at)?(?: the)? (?:first|beginning|start)"
    rf"|was (?:my|the) first (?:question|message|request)(?: here| to you| in this thread)?)"
    rf"|(?:repeat|show me|tell me) my first (?:question|message)|was habe ich (?:dich )?zuerst gefragt"
    rf"|was war meine erste frage|quelle (?:était|a été) ma première question"
    rf"|qu['’]est-ce que je t['’]ai demandé en premier){_END}",
    re.IGNORECASE,
)
_LAST = re.compile(
    rf"^what (?:did i (?:just )?(?:ask|say|write)(?: you)?(?: last| before| just now)?"
    rf"|was my (?:last|previous) (?:question|message|request)){_END}",
    re.IGNORECASE,
)
_FILES = re.compile(
    rf"^(?:(?:list|show|print|display)(?:\s+me)?\s+(?:all\s+)?(?:(?:of\s+)?(?:my|the|our|your|these)\s+)?(?:files|documents)"
    rf"|(?:what|which) (?:files|documents) (?:are (?:there|here)|do (?:i|you|we) have|have i (?:sent|uploaded|shared)"
    rf"|did i (?:send|upload|share)|can you see|do you (?:see|know))|my files|files|ls|dir"
    rf"|(?:zeige?(?: mir)?|liste)(?: alle)? (?:meine |die )?dateien(?: auf)?|welche dateien (?:gibt es|habe ich"
    rf"|hast du)"
    rf"|(?:liste|montre(?:-moi)?)(?: tous)? (?:mes|les) fichiers)"
    rf"(?:\s+(?:here|there|in (?:this|the) thread|please|bitte))*{_END}",
    re.IGNORECASE,
)
_DELETE_FILES = re.compile(
    r"^(?:delete|remove|erase|wipe|lösche?|supprime)\s+(?:all\s+|every(?:thing)?\s*|alle\s+|tous\s+)*(?:of\s+)?"
    rf"(?:my\s+|the\s+|our\s+|these\s+|meine\s+|die\s+|mes\s+|les\s+)*(?:files?|documents?|dateien|fichiers|everything)?{_END}",
    re.IGNORECASE,
)


def about_thread(situation: Situation) -> Proposal | None:
    if situation.attachments:
        return None
    text = situation.bare
    if _UNDO.match(text):
        return refused(f"{UNDO.sentence} What was done stands, and nothing was changed.")
    if _DELETE_FILES.match(text):
        return _keeping(situation)
    if _REPEAT.match(text):
        return _again(situation)
    if _FIRST.match(text):
        return _first(situation)
    if _LAST.match(text):
        return talk(f"You wrote: “{situation.asked}”") if situation.asked else refused("Nothing before this message.")
    return _files(situation) if _FILES.match(text) else None


def _again(situation: Situation) -> Proposal:
    if not situation.said:
        return refused("I have not answered anything in this thread yet.")
    if situation.talked or situation.failed:
        return talk(situation.said)
    return reply(situation.result or situation.said)


def _keeping(situation: Situation) -> Proposal:
    count = len(situation.known)
    there = f"This thread holds {_counted(count)}, and all are kept." if count else "There is no file in this thread."
    return refused(f"Legwork cannot do that yet: deleting files. {there}")


def _first(situation: Situation) -> Proposal:
    if not situation.first:
        return refused("This is the first message of this thread.")
    first = situation.first[0]
    question = next((words for words in situation.first if words.rstrip().endswith("?")), first)
    then = f" Your first question was: “{question}”" if question != first else ""
    return talk(f"You first wrote: “{first}”.{then}")


def _files(situation: Situation) -> Proposal:
    if not situation.known:
        return talk("There is no file in this thread yet: drop one here.")
    lines = [f"- {file.name}{' (made here)' if file.made else ''}" for file in situation.known]
    return talk(f"{_counted(len(lines)).capitalize()} in this thread, the newest first:\n" + "\n".join(lines))


def _counted(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"
