"""The few words that steer a task, and what is written as a command."""

import re
from collections.abc import Container
from functools import lru_cache
from typing import Literal

from domain.flow.common.progress_words import only_asks

Wish = Literal["stop", "pause", "resume"]
"""What a word wants done with the task at hand."""

_STOP = {
    "stop", "cancel", "abort", "halt", "quit", "never mind", "nevermind", "forget it", "forget about it", "forget",
    "no need any more", "not needed any more", "no longer needed", "vergiss", "lass", "lass gut sein", "schluss",
    "hat sich erledigt", "nicht mehr nötig", "brauch ich nicht mehr", "brauche ich nicht mehr", "stop working",
    "stop working on it", "stop working on", "stop what you are doing", "stop what you're doing", "stopp",
    "abbrechen", "abbruch", "brich ab", "brich das ab", "anhalten", "halt an", "hör auf", "aufhören", "arrête",
    "arrete", "arrêtez", "arrêter", "annule", "annuler", "annulez", "laisse tomber",
}  # fmt: skip
_PAUSE = {"pause", "wait", "hold on", "pausieren", "pausiere", "warte", "warte mal", "attends", "attendez"}
_RESUME = {
    "resume", "continue", "go on", "carry on", "weiter", "fortsetzen", "mach weiter", "weitermachen", "fahr fort",
    "continuer", "continuez", "reprends", "reprendre", "reprenez",
}  # fmt: skip
_YES = {
    "yes", "y", "ok", "okay", "approve", "approved", "go ahead", "do it", "yes please", "sure", "ja", "ja bitte",
    "ja gerne", "jawohl", "einverstanden", "genehmigt", "mach das", "oui", "oui merci", "d'accord", "approuvé", "vas-y",
}  # fmt: skip
_NO = {
    "no", "n", "reject", "rejected", "don't", "do not", "no thanks", "nein", "nein danke", "nee", "lieber nicht",
    "abgelehnt", "non", "non merci", "refusé",
}  # fmt: skip

_BEFORE = re.compile(
    r"(?:(?:please|pls|ok(?:ay)?|hey|no|oh|bitte|nein|non|legwork|you can|du kannst|kannst)[,:.!]* +)+"
)
_AFTER = re.compile(
    r"(?:,? +(?:please|pls|plz|now|right now|at once|right away|immediately|thanks|thank you|bitte|sofort|jetzt|danke"
    r"|s'il te plaît|s'il vous plaît|svp|merci|legwork|(?:it|this|that)(?: (?:task|job|run|one))?"
    r"|(?:the|my) (?:task|job|run|work)|das|es|ça))+"
)
_STOP_NAMED = re.compile(
    r"(?:(?:stop|abort|halt|cancel|end|stopp|stoppe|beende|brich)(?: working on| looking into| with)? (?:bitte )?"
    r"(?:the |my |den |die |das |dem )?(?P<first>[^.!?,;:]{3,60}?)(?: (?:task|thing|job|search|one|research))?(?: ab)?"
    r"|(?:the |den |die |das )?(?P<last>[^.!?,;:]{3,60}?) (?:bitte )?(?:abbrechen|stoppen|anhalten|beenden))"
    r"(?:,? (?:please|thanks|now|bitte|danke|jetzt))*"
)
_SETTLED = re.compile(
    r"[,.;!–-]+ (?:(?:i|we)(?:'ve| have)? (?:already |just )?(?:found|did|done|got|solved|know)\b"
    r"|(?:ich |wir )?(?:hab|habe|haben)(?:'s| es)? (?:schon |selbst )*(?:gefunden|gemacht|erledigt)\b"
    r"|(?:that|it)(?:'s| is) (?:settled|done|no longer needed)\b|(?:es |das )?hat sich erledigt\b).*"
)
"""Why nothing more is needed: “stop, I found it myself”."""
_ALL = re.compile(
    r"(?:stop|cancel|abort|halt|end|kill) (?:everything|(?:it |them )?all(?: of (?:it|them))?)"
    r"(?: (?:the |my |running |open )*(?:tasks|jobs|work|of them))?(?: that(?: is|'s| are|'re)? running)?"
    r"|(?:stopp?e? alles|alles (?:stoppen|abbrechen|anhalten)|brich alles ab|tout arrêter|arrête tout|annule tout)"
)
_COMMAND = re.compile(r"(?P<sign>[/!])(?P<word>[^\W\d][\w-]*)(?P<end>[.!?,;:…]*)(?!\S)")


def command_word(text: str, known: Container[str]) -> str | None:
    """The lower-case word of what is written as a command, ``/noun`` or ``!noun``; None for anything else.

    Behind a slash it may be a word that is not ``known``, which is then told apart; ``!nice work`` is talk, and a path
    such as ``/etc/hosts`` is none.
    """
    written = _COMMAND.match(text.strip())
    if written is None or not written["word"].replace("-", "").replace("_", "").isalpha():
        return None
    word = written["word"].lower()
    return word if written["sign"] == "/" or word in known else None


def wish(text: str) -> Wish | None:
    """What a text that is nothing but such a word wants; None for a sentence that only mentions it."""
    if wants_stop(text):
        return "stop"
    if wants_pause(text):
        return "pause"
    return "resume" if wants_resume(text) else None


def wants_stop(text: str) -> bool:
    return _bare(text) in _STOP


def wants_pause(text: str) -> bool:
    return _bare(text) in _PAUSE


def wants_resume(text: str) -> bool:
    return _bare(text) in _RESUME


def wants_everything_stopped(text: str) -> bool:
    """“Cancel everything”: not one task but all that are open."""
    return _ALL.fullmatch(_bare(text)) is not None


def named_stop(text: str) -> str | None:
    """What is to be stopped, as it is named: of “stop the supplier prices” it is “supplier prices”. None where nothing
    is named, and for anything else.
    """
    if len(text) > _LONGEST:
        return None
    plain = _plain(text)
    plain = _plain(_BEFORE.sub("", plain, count=1) if _BEFORE.match(plain) else plain)
    found = _STOP_NAMED.fullmatch(plain)
    return found["first"] or found["last"] if found is not None else None


def consent(text: str) -> bool | None:
    """True for yes, False for no, None for anything else."""
    plain = _plain(text.replace(",", " "))
    if plain in _YES:
        return True
    return False if plain in _NO else None


def asks_progress(text: str, *, awaited: bool = False) -> bool:
    """“How far are you?” and its kind, and nothing besides: a question that the steps of a running task answer.

    ``awaited``: a task waits for the person's words, and “done” or “status” may be those: then it has to be put as a
    question.
    """
    if len(text) > _LONGEST_SAID or (awaited and "?" not in text and not _QUESTION.search(text)):
        return False
    return only_asks(_plain(text))


def refuses(text: str) -> str | None:
    """What is to be done instead, in the person's own words, where a text says no with words besides: of “no, to Anna”
    it is “to Anna”, and “to the other manager instead” is one as it stands. None for a bare no, and for anything else.
    """
    said = text.strip()
    if len(said) > _LONGEST_SAID:
        return None
    straight = said.replace("’", "'")
    no = _REFUSAL.match(straight)
    begins = no.end() if no is not None else 0 if _INSTEAD.match(straight) else len(said)
    words = said[begins:].strip()
    if not words.strip(".!?… ") or consent(words) is not None or wish(words) is not None:
        return None
    return None if _NO_NO.match(straight, begins) else words


def changes(words: str) -> bool:
    """Whether what stands behind a no says what is to be done instead, and not why it is a no: “to Anna”, “use the
    other address”.
    """
    return _ELSE.match(words.strip().replace("’", "'")) is not None or _INSTEAD.match(words.strip()) is not None


def is_control(text: str, commands: Container[str]) -> bool:
    """Whether the message steers rather than asks for work, so that it overtakes the queue.

    ``commands``: the words that are commands.
    """
    return command_word(text, commands) is not None or wish(text) is not None or wants_everything_stopped(text)


def _plain(text: str) -> str:
    return " ".join(text.strip().strip(".!… ").lower().replace("’", "'").split())


def _bare(text: str) -> str:
    """Without the courtesies around it, and each repetition of one word said once."""
    return "" if len(text) > _LONGEST else _bared(text)


@lru_cache(maxsize=1_024)  # it is asked of every earlier turn of a thread, at every message, and of each four times
def _bared(text: str) -> str:
    plain = _SETTLED.sub("", _plain(text), count=1)
    plain = _plain(_BEFORE.sub("", plain, count=1) if _BEFORE.match(plain) else plain)
    words = re.split(r"[ ,.!]+", plain)
    if len(set(words)) == 1:  # “stop! stop!”
        return words[0]
    after = next((at for at in range(len(plain)) if plain[at] in " ," and _AFTER.fullmatch(plain, at)), len(plain))
    return plain[:after].rstrip(",.! ")


_LONGEST = 80
"""Characters: whatever is longer is no word that steers."""

_LONGEST_SAID = 300
"""Characters: whatever is longer asks for more than how far a task is, and is more than a no."""
_QUESTION = re.compile(
    r"\b(?:how|what|when|why|where|are|wie|was (?:machst|hast|liest)|wann|warum|wieso|wo|bist|hast|arbeitest|brauchst"
    r"|où|quand|combien)\b",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"(?:oh[,!]? )?(?:no|nope|nah|nein|nee|nö|ne|non)"
    r"(?:(?: thanks?(?: you)?| danke| merci|, (?:please )?don't|, bitte nicht|, (?:wait|warte|stopp?|halt))?"
    r"(?:\s*[,:;.!–—-]+\s*|\n+|\s+(?=(?:to|not|because|but|with|send|make|use|it|an|lieber|nicht|weil|aber|mit|schick\w*"
    r"|nimm|erst|sondern|à|plutôt|pas|mais)\b)))+"
    r"|(?:please )?(?:don't|do not|bitte nicht|nicht|reject(?:ed)?|ablehnen|abgelehnt)"
    r"(?:\s*[,:;.!–—-]+\s*|\s+(?=because|weil|denn|since|parce que))",
    re.IGNORECASE,
)
_INSTEAD = re.compile(
    r"(?=[^?\n]{1,100}$)(?!.*\b(?:i|i'd|i'll|ich|we|wir)\b)(?:(?:(?:please|bitte) )?"
    r"(?:to|with|as|in|send|mail|write|make|use|take|address|give|an|mit|als|schick\w*|sende|nimm|nehmen|schreib\w*|à"
    r"|envoie\w*)\b.*\b(?:instead|rather|lieber|stattdessen|plutôt)\b"
    r"|(?:rather|better|lieber|besser|plutôt|stattdessen|instead)\b,? "
    r"(?:to|with|an|mit|send|schick\w*|not|nicht|à|avec)\b.*"
    r"|not (?:to|him|her|them|(?-i:[A-Z])\w+)\b.*,.*|nicht (?:an|ihm|ihr|ihn)\b.*(?:,|sondern).*)",
    re.IGNORECASE,
)
_ELSE = re.compile(
    r"(?:please |bitte |but |aber |sondern )*(?:to|with|at|in|by|via|send|mail|write|make|use|take|address|give"
    r"|put|change|rather|instead|better|an|mit|bei|per|über|als|schick\w*|sende|nimm|nehmen|schreib\w*|lieber|besser|stattdessen"
    r"|ändere|à|avec|plutôt|envoie\w*)\b",
    re.IGNORECASE,
)
_NO_NO = re.compile(
    r"(?:problem|worries|rush|hurry|idea|matter|doubt|longer|need|one|way|later|more|ahnung|thanks?|danke|merci"
    r"|(?:that|it)'s (?:fine|ok)|i (?:mean|meant) yes|passt|alles gut|go ahead"
    r"|mach(?:'s| es)?(?: (?:ruhig|nur))?)\b",
    re.IGNORECASE,
)
"""What follows a no that is none."""
