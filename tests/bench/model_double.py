"""``python -m tests.bench.model_double PIECES``: a model that streams one and the same direct reply in so many pieces.

It stands beside what is measured, on the same cores, and so does as little as can be: both interfaces' answers are
those of the double in ``tests/fakes/openai``, rendered once, at the first request, and every later one is answered with
the same bytes. Each event goes out by itself, in a turn of the loop of its own, as from a model that writes; an answer
of one piece goes out whole. Nothing waits: what it takes is the model's own bytes, and no time of thinking.
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from typing import Any, cast

from domain.core.loop import run
from tests.fakes.openai import Behaviour, bodies
from tests.fakes.openai.behaviours import PIECE
from tests.fakes.serving import address, bound

_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
_UNKNOWN = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"
_DECISION = {"reply": "", "kind": "reply", "title": ""}
_GREETING = "Hello! What can I do for you?"
_WORDS = "Here is what I think of it, in a few plain words. "


def behaviour(pieces: int) -> Behaviour:
    """A direct reply of so many pieces of twelve characters; a greeting, where it is to come in one."""
    if pieces == 1:
        greeting = json.dumps(_DECISION | {"reply": _GREETING})
        return Behaviour(text=greeting, piece=len(greeting))
    room = pieces * PIECE - len(json.dumps(_DECISION))
    return Behaviour(text=json.dumps(_DECISION | {"reply": (_WORDS * pieces)[:room]}))


class _Conversation(asyncio.Protocol):
    """One connection, over which one request after another is answered."""

    def __init__(self, made: Behaviour, rendered: dict[bytes, list[bytes]]) -> None:
        self._made = made
        self._rendered = rendered
        self._given = bytearray()
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None

    def data_received(self, data: bytes) -> None:
        self._given += data
        end = self._given.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._given[:end])
        length = next(
            int(line.partition(b":")[2]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
        )
        if len(self._given) < end + 4 + length:
            return
        body = bytes(self._given[end + 4 :])
        self._given.clear()
        self._answer(head.split(b" ", 2)[1], body)

    def _answer(self, path: bytes, body: bytes) -> None:
        if path not in self._rendered:
            self._rendered[path] = _packets(path, body, self._made)
        self._send(iter(self._rendered[path]))

    def _send(self, packets: Iterator[bytes]) -> None:
        packet = next(packets, None)
        if packet is not None and self._transport is not None:
            self._transport.write(packet)
            self._loop.call_soon(self._send, packets)


def _packets(path: bytes, body: bytes, made: Behaviour) -> list[bytes]:
    request: dict[str, Any] = json.loads(body)
    if path == b"/v1/responses":
        told = [
            f"event: {event['type']}\ndata: {json.dumps({**event, 'sequence_number': number})}\n\n"
            for number, event in enumerate(bodies.response_events(request, body.decode(), made))
        ]
    elif path == b"/v1/chat/completions":
        told = [f"data: {json.dumps(chunk)}\n\n" for chunk in bodies.completion_chunks(request, body.decode(), made)]
        told.append("data: [DONE]\n\n")
    else:
        return [_UNKNOWN]
    chunks = [b"%x\r\n%b\r\n" % (len(event), event) for event in map(str.encode, told)]
    if made.piece != PIECE:
        return [b"".join([_HEAD, *chunks, b"0\r\n\r\n"])]
    return [_HEAD + chunks[0], *chunks[1:-1], chunks[-1] + b"0\r\n\r\n"]


async def main(pieces: int) -> None:
    listener = bound()
    rendered: dict[bytes, list[bytes]] = {}
    made = behaviour(pieces)
    server = await asyncio.get_running_loop().create_server(lambda: _Conversation(made, rendered), sock=listener)
    print(f"answering at {address(listener)}/v1", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    run(main(int(sys.argv[1])))
