"""Wishes about what the message refers to: words of others that it quotes, answers, forwards or shares."""

import re
from collections.abc import Callable
from dataclasses import replace

from domain.llm.offline.extract import LABEL, plain_text, summary
from domain.llm.offline.gathering import gathering
from domain.llm.offline.plans import Proposal, refused, reply
from domain.llm.offline.situation import Situation, urls_in
from domain.llm.offline.sums import calculation
from domain.llm.offline.target import target_of
from domain.llm.offline.writing import writing

_IT = (
    r"(?:this|that|it|them|these|those|the (?:above|quote|text|thread|conversation|discussion|(?:\w+ )?(?:messages?"
    r"|post|article|report|page|link))|what (?:was|they|he|she|\w+) (?:said|wrote|says?)(?: here| above)?|das|dies|es"
    r"|den text|die nachricht|ça|ceci|cela|le message|le texte)"
)
_END = r"(?: (?:for me|please|here|bitte|zusammen|up|briefly|kurz))*[\s,.!?…]*$"
_SUM_UP = re.compile(
    rf"^(?:(?:summari[sz]e|sum up|sum|recap|digest|read|fasse?|résumez?|lis)(?: (?:me|us|mir|moi))? {_IT}{_END}"
    rf"|(?:summari[sz]e|tl;?dr|sum up|recap|résumé|zusammenfassung)[\s,.!?…]*$"
    rf"|what (?:does|do|did) (?:(?:this|that|it|they|he|she) |\w+ )?(?:say|mean|want)[\s?.!]*$"
    rf"|what(?:'s| is| are) (?:this|that|it|these|they)(?: about| saying)?[\s?.!]*$"
    rf"|what was said(?: here| above| before)?[\s?.!]*$)",
    re.IGNORECASE,
)
_WORK_OUT = re.compile(
    rf"^(?:calculate|compute|work out|how much (?:is|are)|what(?:'s| is)|rechne|berechne|wie viel ist|combien fait"
    rf"|calcule) {_IT}(?: (?:aus|worth|in total))?{_END}",
    re.IGNORECASE,
)
_RIGHT = re.compile(
    rf"^(?:is|are|was|were) {_IT} (?:right|true|correct|so|accurate|wrong|ok(?:ay)?)[\s?.!]*$"
    r"|^(?:really|true|right|correct|sure)\?+$|^(?:stimmt|ist) das(?: richtig| wahr)?[\s?.!]*$"
    r"|^c'est (?:vrai|juste|correct)[\s?.!]*$|^(?:can|could) you (?:check|verify) (?:this|that|it)[\s?.!]*$"
    r"|^(?:check|verify) (?:this|that|it)[\s?.!]*$",
    re.IGNORECASE,
)
_FEW_WORDS = 60
"""Characters beside an address up to which a message means the page behind it."""


def about_referred(situation: Situation) -> Proposal | None:
    """None: the words speak for themselves, or of something else."""
    text = "\n\n".join(piece.worded for piece in situation.referred if piece.text)
    if not text or situation.attachments or situation.urls or situation.mentioned:
        return None
    rules: tuple[Callable[[Situation, str], Proposal | None], ...] = (_worked_out, _summed_up, _checked, _written)
    return next((proposal for rule in rules if (proposal := rule(situation, text)) is not None), None)


def _worked_out(situation: Situation, text: str) -> Proposal | None:
    if not _WORK_OUT.match(situation.bare):
        return None
    asked = " ".join(piece.text.strip() for piece in situation.referred)
    return calculation(replace(situation, message=asked, bare=asked))


def _summed_up(situation: Situation, text: str) -> Proposal | None:
    if not _SUM_UP.match(situation.bare):
        return None
    pages = urls_in(text)
    beside = text
    for page in pages:
        beside = beside.replace(page, "")
    if pages and len(beside.strip()) <= _FEW_WORDS and "navigate_url" in situation.tools:
        asked = f"{situation.message} {' '.join(pages)}"
        return gathering(replace(situation, message=asked, bare=asked))
    plain = plain_text(text)
    short = summary(text, situation.message)
    return reply(plain if len(plain) <= len(short) else f"{short}\n\n{LABEL}")


def _checked(situation: Situation, text: str) -> Proposal | None:
    if not _RIGHT.match(situation.bare):
        return None
    return refused(
        f"I cannot judge whether it is right: “{_beginning(text)}”. That needs a language model, and none is "
        "configured. “summarise this” and “save this to notes.md” I can do with it."
    )


def _written(situation: Situation, text: str) -> Proposal | None:
    """“save this to notes.md” means what is referred to, and not what was said last."""
    target = target_of(situation)
    if target is None or target.content is not None or target.before or target.described is not None:
        return None
    return writing(replace(situation, result=text, failed=False, talked=False))


def _beginning(text: str, limit: int = 160) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[:limit].rstrip()} …"
