"""A loopback double of a mail server (https://www.rfc-editor.org/rfc/rfc5321): EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA.

It refuses what real ones refuse: commands out of order, mail before TLS or before whoever sends has signed in, where it
asks for that, addresses it has no mailbox for, and lines that are too long or end otherwise than by CR and LF.
"""

import asyncio
import base64
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Literal

_LONGEST_LINE = 1000

Reply = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail it has answered for."""

    sender: str
    to: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        read = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(read, EmailMessage)
        return read

    @property
    def text(self) -> str:
        return self.message.get_content()


@dataclass
class FakeSmtp:
    """``taken`` is what it has answered for. ``answers``: what it says to an address instead of taking it, each once.

    ``hangs_up``: the connection is lost in the place of its answer to a letter, “before” it has kept that, or “after”.
    """

    context: ssl.SSLContext | None = None
    demands_tls: bool = False
    user: str | None = None
    password: str | None = None
    unknown: set[str] = field(default_factory=set[str])
    answers: dict[str, list[Reply]] = field(default_factory=dict[str, list[Reply]])
    to_letters: list[Reply] = field(default_factory=list[Reply])
    to_senders: list[Reply] = field(default_factory=list[Reply])
    hangs_up: Literal["before", "after"] | None = None
    down: bool = False
    port: int = 0
    taken: list[Taken] = field(default_factory=list[Taken])
    connections: int = 0
    said: list[str] = field(default_factory=list[str])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            await _Talk(self, reader, writer).on()
        writer.close()
        with suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()


class _Talk:
    def __init__(self, server: FakeSmtp, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server, self.reader, self.writer = server, reader, writer
        self.greeted = self.safe = self.known = False
        self.sender: str | None = None
        self.to: str | None = None
        self.ends = False

    async def on(self) -> None:
        if self.server.down:
            await self.say(421, "not now")
            return
        await self.say(220, "double ESMTP")
        while not self.ends:
            line = await self.reader.readuntil(b"\n")
            if not line.endswith(b"\r\n") or len(line) > _LONGEST_LINE:
                await self.say(500, "5.5.2 that is no line")
                continue
            words = line[:-2].decode("ascii")
            verb, _, rest = words.partition(" ")
            self.server.said.append(verb.upper())
            act = _VERBS.get(verb.upper())
            await (act(self, rest.strip()) if act is not None else self.say(502, "5.5.1 not known"))

    async def say(self, code: int, words: str) -> None:
        self.writer.write(f"{code} {words}\r\n".encode())
        await self.writer.drain()

    async def ehlo(self, name: str) -> None:
        if not name:
            await self.say(501, "5.5.4 who are you?")
            return
        self.greeted, self.sender, self.to = True, None, None
        offered = ["double greets you", "ENHANCEDSTATUSCODES"]
        if self.server.context is not None and not self.safe:
            offered.append("STARTTLS")
        if self.server.user is not None and (self.safe or not self.server.demands_tls):
            offered.append("AUTH PLAIN")
        for each in offered[:-1]:
            self.writer.write(f"250-{each}\r\n".encode())
        await self.say(250, offered[-1])

    async def starttls(self, _: str) -> None:
        if self.server.context is None or self.safe:
            await self.say(502, "5.5.1 not offered")
            return
        await self.say(220, "2.0.0 go on")
        await self.writer.start_tls(self.server.context)
        self.safe, self.greeted = True, False

    async def auth(self, given: str) -> None:
        kind, _, coded = given.partition(" ")
        if not self.greeted or kind.upper() != "PLAIN":
            await self.say(504, "5.5.4 not that way")
            return
        _, user, password = base64.b64decode(coded).decode().split("\0")
        self.known = (user, password) == (self.server.user, self.server.password)
        await (self.say(235, "2.7.0 welcome") if self.known else self.say(535, "5.7.8 wrong"))

    async def mail(self, given: str) -> None:
        if not self.greeted:
            await self.say(503, "5.5.1 EHLO first")
            return
        if self.server.demands_tls and not self.safe:
            await self.say(530, "5.7.0 Must issue a STARTTLS command first")
            return
        if self.server.user is not None and not self.known:
            await self.say(530, "5.7.0 sign in first")
            return
        if self.server.to_senders:
            await self.say(*self.server.to_senders.pop(0))
            return
        self.sender = _address(given, "FROM:")
        await (self.say(250, "2.1.0 ok") if self.sender else self.say(501, "5.1.7 from whom?"))

    async def rcpt(self, given: str) -> None:
        to = _address(given, "TO:")
        if self.sender is None:
            await self.say(503, "5.5.1 MAIL first")
            return
        if to is None:
            await self.say(501, "5.1.3 to whom?")
            return
        if self.server.answers.get(to):
            await self.say(*self.server.answers[to].pop(0))
            return
        if to in self.server.unknown:
            await self.say(550, f"5.1.1 <{to}>: no such mailbox here")
            return
        self.to = to
        await self.say(250, "2.1.5 ok")

    async def data(self, _: str) -> None:
        if self.sender is None or self.to is None:
            await self.say(503, "5.5.1 RCPT first")
            return
        await self.say(354, "go on")
        lines: list[bytes] = []
        while (line := await self.reader.readuntil(b"\n")) != b".\r\n":
            assert line.endswith(b"\r\n")
            assert len(line) <= _LONGEST_LINE
            assert line.isascii()
            lines.append(line.removeprefix(b".") if line.startswith(b".") else line)
        if self.server.hangs_up == "before":
            self.ends = True
            return
        if self.server.to_letters:
            await self.say(*self.server.to_letters.pop(0))
            return
        self.server.taken.append(Taken(self.sender, self.to, b"".join(lines)))
        self.sender = self.to = None
        if self.server.hangs_up == "after":
            self.ends = True
            return
        await self.say(250, "2.0.0 taken")

    async def leave(self, _: str) -> None:
        self.ends = True
        await self.say(221, "2.0.0 goodbye")

    async def rset(self, _: str) -> None:
        self.sender = self.to = None
        await self.say(250, "2.0.0 ok")


_VERBS: Mapping[str, Callable[[_Talk, str], Awaitable[None]]] = {
    "EHLO": _Talk.ehlo,
    "STARTTLS": _Talk.starttls,
    "AUTH": _Talk.auth,
    "MAIL": _Talk.mail,
    "RCPT": _Talk.rcpt,
    "DATA": _Talk.data,
    "RSET": _Talk.rset,
    "QUIT": _Talk.leave,
}


def _address(given: str, before: str) -> str | None:
    """Between the angle brackets."""
    if not given.upper().startswith(before):
        return None
    found, _, _ = given[len(before) :].strip().removeprefix("<").partition(">")
    return found if found.count("@") == 1 and " " not in found else None


@asynccontextmanager
async def fake_smtp(server: FakeSmtp | None = None, *, at_once: bool = False) -> AsyncGenerator[FakeSmtp]:
    """One that listens; ``at_once``: over TLS from the first byte."""
    made = server or FakeSmtp()
    listening = await asyncio.start_server(made.serve, "127.0.0.1", 0, ssl=made.context if at_once else None)
    made.port = listening.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        listening.close()
