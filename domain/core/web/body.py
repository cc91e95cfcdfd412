"""Reading an answer's body within a bound, whatever it claims about its length or compression."""

import zlib
from collections.abc import AsyncIterable

from domain.core.web.answer import AnswerLost

__all__ = ["ACCEPTED_ENCODINGS", "read"]

ACCEPTED_ENCODINGS = "gzip, deflate"
"""What this module undoes; anything else a server sends was not asked for."""

_GZIP = 16 + zlib.MAX_WBITS
_COMPRESSED_SLACK = 64 * 1024
"""Compression makes nothing longer than this plus what it holds: more is padding meant to keep us reading."""


async def read(chunks: AsyncIterable[bytes], encoding: str, limit: int) -> tuple[bytes, bool]:
    """The decompressed body, at most ``limit`` bytes of it, and whether it was cut.

    Decompression stops at the limit as well, so a bomb costs no more memory than an honest page.

    Raises:
        AnswerLost: the body is broken or in a compression that was not asked for.
    """
    body = bytearray()
    inflate = _Inflate(encoding)
    received = 0
    async for chunk in chunks:
        received += len(chunk)
        body += inflate.feed(chunk, limit + 1 - len(body))
        if len(body) > limit or received > limit + _COMPRESSED_SLACK:
            return bytes(body[:limit]), True
    return bytes(body), False


class _Inflate:
    """Undoes one Content-Encoding, never giving out more than it is asked for."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding.strip().lower().removeprefix("x-")
        if self._encoding not in ("", "identity", "gzip", "deflate"):
            raise AnswerLost(f"The server answered in a compression that was not asked for ({encoding[:40]}).")
        self._decompressor = zlib.decompressobj(_GZIP if self._encoding == "gzip" else zlib.MAX_WBITS)
        self._begun = False

    def feed(self, chunk: bytes, room: int) -> bytes:
        if self._encoding in ("", "identity"):
            return chunk[:room]
        try:
            return self._decompress(chunk, room)
        except zlib.error as error:
            raise AnswerLost("The server's answer is damaged: it cannot be decompressed.") from error

    def _decompress(self, chunk: bytes, room: int) -> bytes:
        if not self._begun and chunk:
            self._begun = True
            if self._encoding == "deflate" and chunk[0] & 0x0F != zlib.DEFLATED:
                self._decompressor = zlib.decompressobj(-zlib.MAX_WBITS)  # many servers leave out the zlib header
        out = self._decompressor.decompress(chunk, room)
        while self._encoding == "gzip" and self._decompressor.eof and len(out) < room:
            rest = self._decompressor.unused_data.lstrip(b"\0")  # RFC 1952 allows several members in a row
            if not rest:
                break
            self._decompressor = zlib.decompressobj(_GZIP)
            out += self._decompressor.decompress(rest, room - len(out))
        return out
