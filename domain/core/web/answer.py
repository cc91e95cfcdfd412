"""What a fetch brings back."""

import codecs
import json
import re
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from httpx import Headers

from domain.core.errors import Invalid, Unavailable
from domain.core.web.charset import guessed_text
from domain.core.web.urls import shortened

__all__ = ["AnswerLost", "Fetched", "content_type_of"]

_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
_CHARACTER_SETS = re.compile(
    r"(us-)?ascii|utf-?(8|16|32)(-?[lb]e)?|(iso-?8859|latin|windows|cp|koi8|mac|tis)[-_\w]*"
    r"|(gb|big5|euc|shift|sjis|ks_c|johab)[-_\w]*",
    re.IGNORECASE,
)
"""Python's codecs also hold ``zip``, ``unicode_escape`` and other things no page is written in."""

_SIGNS = (
    (b"%pdf-", "application/pdf"),
    (b"<!doctype html", "text/html"),
    (b"<html", "text/html"),
    (b"<?xml", "application/xml"),
    (b"{", "application/json"),
    (b"[", "application/json"),
    (b"\x89png", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"gif8", "image/gif"),
    (b"pk\x03\x04", "application/zip"),
)


class AnswerLost(Unavailable):
    """The request was sent and no whole answer came back: for an external effect, nobody knows whether it happened."""

    code = "answer_lost"


@dataclass(frozen=True, slots=True)
class Fetched:
    """One answer. ``content`` is decompressed, in bytes; ``truncated`` says that the server had more of it."""

    url: str
    """Where the content came from, after redirects."""
    status: int
    headers: Headers
    content: bytes
    content_type: str
    """The media type in lower case without parameters; guessed from the content where the server names none."""
    truncated: bool

    @property
    def text(self) -> str:
        """The content by its declared character set, else UTF-8, else the best guess; never an error."""
        declared = self._declared_charset()
        if declared is not None:
            return self.content.decode(declared, errors="replace")
        try:
            return self.content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return guessed_text(self.content)

    def json(self) -> Any:
        """The content as JSON. Raises Unavailable when the server sent something else."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError) as error:
            what = "more than can be read" if self.truncated else "something other than JSON"
            raise Unavailable(f"{shortened(self.url)} answered with {what}.") from error

    def checked(self) -> "Fetched":
        """Itself, when the server answered with success.

        Raises:
            Unavailable: the server is over its limit or in trouble (429, 5xx), with the time it asks us to wait.
            Invalid: the request was turned down (any other 4xx).
        """
        if self.status < HTTPStatus.BAD_REQUEST:
            return self
        sentence = f"{shortened(self.url)} answered {status_line(self.status)}."
        if self.status == HTTPStatus.TOO_MANY_REQUESTS or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Unavailable(sentence, after=self._retry_after())
        raise Invalid(sentence, remedy="Check the address and what was sent.")

    def _declared_charset(self) -> str | None:
        found = _CHARSET.search(self.headers.get("content-type", ""))
        for mark, name in (
            (codecs.BOM_UTF8, "utf-8-sig"),
            (codecs.BOM_UTF16_LE, "utf-16"),
            (codecs.BOM_UTF16_BE, "utf-16"),
        ):
            if self.content.startswith(mark):
                return name
        if found is None and self.content_type in ("text/html", "application/xhtml+xml"):
            found = _CHARSET.search(self.content[:2048].decode("latin-1"))
        if found is None or not _CHARACTER_SETS.fullmatch(found[1]):
            return None
        try:
            return codecs.lookup(found[1]).name
        except LookupError:
            return None

    def _retry_after(self) -> timedelta | None:
        """RFC 9110, section 10.2.3: seconds, or a date, which is read against the server's own clock."""
        written = self.headers.get("retry-after", "").strip()
        if written.isdecimal():
            return timedelta(seconds=min(int(written), 86_400))
        try:
            wait = parsedate_to_datetime(written) - parsedate_to_datetime(self.headers.get("date", ""))
        except (TypeError, ValueError):
            return None
        return min(max(wait, timedelta()), timedelta(days=1))


def status_line(status: int) -> str:
    """``404 Not Found``; just the number for one without a name."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def content_type_of(headers: Headers, content: bytes) -> str:
    """The media type a server declares, or else what the first bytes look like."""
    declared = headers.get("content-type", "").partition(";")[0].strip().lower()
    if re.fullmatch(r"[\w.+-]+/[\w.+*-]+", declared):
        return declared
    start = content[:512].lstrip().lower()
    for sign, media_type in _SIGNS:
        if start.startswith(sign):
            return media_type
    try:
        content[:512].decode("utf-8")
    except UnicodeDecodeError as error:
        # a character cut at the end of the sample is no sign of binary content
        return "text/plain" if error.start >= 509 else "application/octet-stream"
    return "application/octet-stream" if b"\0" in content[:512] else "text/plain"
