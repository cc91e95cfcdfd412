"""Text that Slack must show and not obey.

Rich text and the cells of tables are literal (yhatt/jsx-slack issue 299). Everywhere else Slack turns ``&lt;`` into
``<``, and in the ``text`` of a message ``<!channel>`` pings and ``<address|label>`` is a link
(docs.slack.dev/messaging/formatting-message-text): there it is escaped, and lengths are counted after that.
"""

import re
from collections.abc import Callable

_CONTROL = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})

_WITHIN = re.compile(r"(?<=[^\W_])(?:[*~]+|_+)(?=[^\W_])")


def escaped(text: str) -> str:
    """The text with Slack's three control characters as references; nothing in it pings or links."""
    return text.translate(_CONTROL)


def streamed(text: str, start: int = 0) -> str:
    """Markdown on its way into a stream, from a place on: what was sent before is only looked at.

    A space of no width keeps ``<…>`` from being a mention, and ``&…;`` a sign; marks within words (``2*3*4``), which
    Slack would take for emphasis there, are escaped outside of code.
    """
    parts: list[str] = []
    at = start
    for found in _WITHIN.finditer(text, start):
        if text.count("`", 0, found.start()) % 2 == 0:
            parts += [text[at : found.start()], *(f"\\{mark}" for mark in found[0])]
            at = found.end()
    return "".join([*parts, text[at:]]).replace("<", "<\u200b").replace("&", "&\u200b")


def settled(text: str) -> str:
    """As much of a text that is being written as cannot mean something else once the next letter is there."""
    return text.rstrip("*_~\\`")


def label(text: str, most: int) -> str:
    """The text on one line, escaped, with an ellipsis where that has more than ``most`` characters."""
    line = " ".join(text.split())
    if len(escaped(line)) <= most:
        return escaped(line)
    kept = line[: most - 1]
    while len(escaped(kept)) >= most:
        kept = kept[:-1]
    return f"{escaped(kept)}…"


def escaped_length(text: str) -> int:
    return len(escaped(text))


def pieces(text: str, most: int, length: Callable[[str], int] = len) -> list[str]:
    """The text in parts of at most ``most`` in length, cut at line breaks or spaces where it has any.

    Joined they are the text again.
    """
    parts: list[str] = []
    while length(text) > most:
        room = most
        while length(text[:room]) > most:
            room = room * 3 // 4
        cut = text.rfind("\n", room // 2, room) + 1 or text.rfind(" ", room // 2, room) + 1 or room
        parts.append(text[:cut])
        text = text[cut:]
    return [*parts, text] if text or not parts else parts


def unescaped(text: str) -> str:
    """What a person typed, from Slack's references for it."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
