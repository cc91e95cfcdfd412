"""Stored files as gateways read them: a small picture, or as many bytes as the key asks for."""

import asyncio
import struct
import zlib

LARGE = 20 * 1024 * 1024
"""Bytes: the largest file that Legwork takes unless it is told otherwise."""


async def read(key: str) -> bytes:
    """``bytes/N`` is a key of N bytes, any other one of a picture."""
    await asyncio.sleep(0)
    _, _, count = key.rpartition("bytes/")
    return many(int(count)) if count.isdecimal() and key.startswith("bytes/") else png()


def many(count: int) -> bytes:
    """Bytes of every value, line breaks among them."""
    return (bytes(range(256)) * (count // 256 + 1))[:count]


def png(width: int = 4, height: int = 3) -> bytes:
    """A white picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\x00" + b"\xff" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
