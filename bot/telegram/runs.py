"""Text in runs of one style each: split as text, and only then written as HTML, so that no tag is ever cut in two.

https://core.telegram.org/bots/api#html-style
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

LIMIT = 4096
"""What one message holds, in UTF-16 code units (the strictest way to count)."""
CAPTION_LIMIT = 1024

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_MENTION = re.compile(r"(?<![\w@])@(?=\w)")
LITERAL = frozenset({"code", "pre"})


@dataclass(frozen=True, slots=True)
class Run:
    """``marks`` are the tags around it, the outermost first: ``b``, ``i``, ``s``, ``code``, ``pre``, ``blockquote``.

    A run that ``leads`` (a heading) is never the last of a message. ``head`` is said once more where a message begins
    with or within the run: the head of the table it belongs to.
    """

    text: str
    marks: tuple[str, ...] = ()
    leads: bool = False
    head: "Run | None" = None


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def unpinged(text: str) -> str:
    """The text with a joiner of no width in each @mention: shown the same, and nobody is called by it."""
    return _MENTION.sub("@\u2060", text)


def html(runs: Iterable[Run]) -> str:
    """The runs as Telegram's HTML. Nothing in their text is a tag, and no one is mentioned."""
    written: list[str] = []
    opened: tuple[str, ...] = ()
    for run in runs:
        if not run.text:
            continue
        shared = _shared(opened, run.marks)
        written += [f"</{tag}>" for tag in reversed(opened[shared:])]
        written += [f"<{tag}>" for tag in run.marks[shared:]]
        opened = run.marks
        text = run.text if LITERAL.intersection(run.marks) else unpinged(run.text)
        written.append(text.translate(_ESCAPES))
    return "".join([*written, *(f"</{tag}>" for tag in reversed(opened))])


def text_of(runs: Iterable[Run]) -> str:
    return "".join(run.text for run in runs)


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return count
