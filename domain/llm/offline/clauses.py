"""A wish in its parts: what is quoted apart from what is asked, and one thing that is asked apart from the next."""

import re

_QUOTED = re.compile(r"“[^”]*”|„[^“”]*[“”]|\"[^\"]*\"|«[^»]*»|(?<!\w)'[^']*'(?!\w)|`[^`]*`")
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_NEXT = re.compile(
    r"\s*(?:[.;!]\s+|,?\s+(?:and then|and also|and|then|und dann|und|danach|et puis|et|puis)\s+|,\s+)", re.IGNORECASE
)
_QUESTION = re.compile(
    r"^(?:and\s+|und\s+|et\s+)?(?:what|which|where|when|who|whom|whose|how|why|is|are|was|were|do|does|did|has|have"
    r"|can i|may i|should|welche\w*|wann|wo|wer|wem|wie|warum|ist|sind|hat|gibt|quel\w*|quand|où|qui|comment|pourquoi"
    r"|combien|est-ce|qu['’])(?!\w)",
    re.IGNORECASE,
)


def unquoted(text: str) -> str:
    """The text with what is quoted, and addresses, replaced by signs of the same length: places stay what they are."""
    hidden = _ADDRESS.sub(lambda match: "\N{MIDDLE DOT}" * len(match[0]), text)
    return _QUOTED.sub(lambda match: match[0][0] + "\N{MIDDLE DOT}" * (len(match[0]) - 2) + match[0][-1], hidden)


def clauses(text: str) -> list[str]:
    """The parts of a text that “and”, “then” and stops divide, as written; nothing inside of quotation marks does."""
    parts: list[str] = []
    begin = 0
    for match in _NEXT.finditer(unquoted(text)):
        parts.append(text[begin : match.start()])
        begin = match.end()
    parts.append(text[begin:])
    return [part.strip() for part in parts if part.strip()]


def is_question(text: str) -> bool:
    """Whether it asks to be told something, rather than for something to be done."""
    return bool(_QUESTION.match(text.strip()))
