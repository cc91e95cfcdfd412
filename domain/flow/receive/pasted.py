"""A text too long for a message is kept as a file of the thread; the person's own words around it stay the message.

What is pasted is material, such as a table, a log or somebody's letter: it may be worked on with the tools for files,
and its beginning is told as what a message refers to, which steers nothing.
"""

import hashlib
from collections.abc import AsyncIterator, Container
from dataclasses import replace

from domain.conversations import quoted
from domain.conversations.ports import Incoming, IncomingFile
from domain.conversations.quoted import Quoted, text_of
from domain.core.text import storable
from domain.flow.common.words import command_word
from domain.flow.receive.excerpt import Excerpt, excerpt

LONGEST = 40_000
"""Bytes of a message's text, and of all that it refers to, in UTF-8; whatever is longer becomes a file."""

_MOST_BYTES = 4
"""Of one character in UTF-8."""

_HEAD_LINES, _HEAD_LINE = 12, 200
"""Lines that are shown of what is kept as a file, and characters of each."""


def as_files(incoming: Incoming, commands: Container[str]) -> Incoming:
    """The message with what is too long in it as files. One that is a command (``commands``: their words) keeps it."""
    if not holds_much(incoming):
        return incoming
    incoming = _referred(incoming)
    text = storable(incoming.text)
    command = command_word(text, commands)
    if _size(text) <= LONGEST or (command is not None and command in commands):
        return incoming
    found = excerpt(text)
    if command_word(found.words, commands) is not None:  # what stands around a paste runs nothing
        found = Excerpt("", text.strip("\r\n"), ".txt", "text/plain")
    file = _file("pasted", found.block, found.suffix, found.mime_type)
    piece = Quoted("pasted", _head(found.block), files=(file.name,))
    return replace(incoming, text=found.words, files=(*incoming.files, file), quoted=(piece, *incoming.quoted))


def holds_much(incoming: Incoming) -> bool:
    """Whether there may be something to keep as a file: told by the number of characters alone."""
    referred = sum(len(piece.text) for piece in incoming.quoted)
    return max(len(incoming.text), referred) * _MOST_BYTES > LONGEST


def _referred(incoming: Incoming) -> Incoming:
    """What the message refers to, whole, as a file beside it, where more of it would be cut off than is kept."""
    pieces = incoming.quoted
    cut = any(len(piece.text) > quoted.LONGEST for piece in pieces)
    whole = text_of([piece.as_json() for piece in pieces])
    if not cut and _size(storable(whole)) <= LONGEST:
        return incoming
    file = replace(_file("quoted", storable(whole), ".txt", "text/plain"), of_others=True)
    first = replace(pieces[0], files=(*pieces[0].files, file.name))
    return replace(incoming, files=(*incoming.files, file), quoted=(first, *pieces[1:]))


def _file(name: str, text: str, suffix: str, mime_type: str) -> IncomingFile:
    """Called after what is in it: another paste of the thread is another file, and the same one has the same name."""
    content = text.encode()
    digest = hashlib.sha256(content).hexdigest()[:4]

    async def stream() -> AsyncIterator[bytes]:
        yield content

    return IncomingFile(f"{name}-{digest}{suffix}", mime_type, len(content), stream)


def _head(block: str) -> str:
    lines = block.splitlines()
    shown = [line if len(line) <= _HEAD_LINE else f"{line[:_HEAD_LINE].rstrip()} …" for line in lines[:_HEAD_LINES]]
    left = len(lines) - len(shown)
    return "\n".join([*shown, *([f"… and {left:,} more lines"] if left else [])])


def _size(text: str) -> int:
    return len(text.encode())
