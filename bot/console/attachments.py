"""``@path`` in a typed line: the files it names, and the line without them."""

import asyncio
import mimetypes
import re
import stat
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.views import words
from domain.conversations.ports import IncomingFile
from domain.core.errors import Invalid

_NAMED = re.compile(
    r"""(?<!\S)@(?:"(?P<double>[^"]+)"|'(?P<single>[^']+)'|(?P<bare>(?:\\.|[^\s\\"'])(?:\\.|[^\s\\])*))"""
)
_ESCAPED = re.compile(r"(?<!\S)\\@")
_PATHLIKE = re.compile(r"[./\\~]")
_CHUNK = 256 * 1024  # bytes read at once
_ENDS = ",.:;!?)"
_UNSENT = "Nothing was sent."
_MORE_TYPES = {
    ".md": "text/markdown",
    ".jsonl": "application/jsonl",
    ".ndjson": "application/jsonl",
    ".tsv": "text/tab-separated-values",
    ".parquet": "application/vnd.apache.parquet",
    ".log": "text/plain",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """A line as it is sent: its words, and the files named in it."""

    text: str
    files: tuple[Path, ...] = ()


def read(line: str, *, max_bytes: int) -> Typed:
    """The words and files of a line. In a sentence a file's name stays where it was written; a command loses it.

    ``@"two words.csv"``, ``@'two words.csv'`` and ``@two\\ words.csv`` are understood, ``~`` is the home directory,
    and ``\\@word`` is the word alone. Calling upon ``@legwork`` names no file.

    In what is pasted (a text of several lines) a word behind an @ that is no file is left as it is; in a command, one
    that could be somebody's name is.

    Raises:
        Invalid: a file does not exist, cannot be read or is larger than ``max_bytes``; nothing should be sent.
    """
    files: list[Path] = []
    is_command, is_pasted = line.lstrip().startswith("/"), "\n" in line.strip()

    def replaced(match: re.Match[str]) -> str:
        written = match["double"] or match["single"] or re.sub(r"\\(.)", r"\1", match["bare"])
        if match["bare"] and written.casefold().rstrip(",.:;!?") == "legwork":
            return match[0]
        may_be_word = is_pasted or (is_command and not _PATHLIKE.search(written))
        if may_be_word and not (_is_there(written) or _is_there(written.rstrip(_ENDS))):
            return match[0]
        path, rest = _existing(written, quoted=match["bare"] is None)
        try:
            check(path, max_bytes=max_bytes)
        except Invalid as error:
            raise Invalid(error.sentence, remedy=f"{error.remedy} To write a plain @, put \\ before it.") from error
        files.append(path)
        return rest if is_command else f"{path.name}{rest}"

    without = _NAMED.sub(replaced, line)
    if not _NAMED.sub("", line).strip():
        without = ""  # nothing but files: their names say no more than they do
    text = _ESCAPED.sub("@", without)
    return Typed(re.sub(r"[ \t]{2,}", " ", text).strip() if is_command else text.strip(), tuple(files))


def check(path: Path, *, max_bytes: int) -> None:
    """Raises Invalid where a path is no file that can be sent."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise Invalid(f"The file {path} is a directory, not a file.", remedy=f"{_UNSENT} Name the files in it.")
        with path.open("rb"):
            size = status.st_size
    except FileNotFoundError:
        raise Invalid(f"The file {path} does not exist.", remedy=f"{_UNSENT} Check the path.") from None
    except OSError as error:
        raise Invalid(f"The file {path} cannot be read: {error.strerror}.", remedy=_UNSENT) from error
    if size > max_bytes:
        raise Invalid(
            f"The file {path} has {words.size(size)}; {words.size(max_bytes)} is the most Legwork takes.",
            remedy=f"{_UNSENT} Send a smaller part of it, or raise LEGWORK_MAX_FILE_MB.",
        )


def incoming(path: Path) -> IncomingFile:
    """A local file as one a person sent."""
    kind = _MORE_TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return IncomingFile(path.name, kind, path.stat().st_size, partial(_content, path))


def _existing(written: str, *, quoted: bool) -> tuple[Path, str]:
    """The path meant, and the punctuation that ended the sentence rather than the name."""
    stripped = written.rstrip(_ENDS)
    if quoted or stripped == written or _is_there(written) or not _is_there(stripped):
        return _path(written), ""
    return _path(stripped), written[len(stripped) :]


def _is_there(written: str) -> bool:
    try:
        _path(written).stat()
    except OSError:  # also a name that is too long, or lies where we may not look
        return False
    return True


def _path(written: str) -> Path:
    try:
        return Path(written.replace("\0", "␀")).expanduser()  # no system has a path with that character
    except RuntimeError:  # the home of nobody known
        return Path(written)


async def _content(path: Path) -> AsyncIterator[bytes]:
    try:
        file = await asyncio.to_thread(path.open, "rb")
        with file:
            while chunk := await asyncio.to_thread(file.read, _CHUNK):
                yield chunk
    except OSError as error:
        raise Invalid(f"The file {path} cannot be read any more: {error.strerror}.", remedy="Send it again.") from error
