"""Mail by a server that speaks SMTP (https://www.rfc-editor.org/rfc/rfc5321).

One connection a letter, by the standard library and in a thread, since it waits. What was handed over once the server
had said that it takes the letter, and was not answered, is not known to have been sent or not.
"""

import asyncio
import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, localtime
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from domain.core.errors import Ambiguous, Refused, Unavailable
from domain.core.settings import Settings
from domain.emails.mailer import Letter

_SECONDS = 30.0
"""For so long a server may be silent."""
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_ENHANCED = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}\b")
_FORM = policy.SMTP.clone(cte_type="7bit")  # not every server takes eight bits


@dataclass(frozen=True, slots=True)
class Smtp:
    """A mail server, and as whom it is written to. ``trusting``: by whose certificates, where not the system's."""

    host: str
    port: int
    sender: str
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: str | None = None
    trusting: ssl.SSLContext | None = None
    seconds: float = _SECONDS

    @classmethod
    def by(cls, settings: Settings) -> "Smtp":
        """The server of the settings, which have one."""
        assert settings.mail_url is not None
        assert settings.mail_from is not None
        parts = urlsplit(settings.mail_url.get_secret_value())
        user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
        port = parts.port or _PORTS[settings.mail_tls]
        return cls(parts.hostname or "", port, settings.mail_from, settings.mail_tls, user, password)

    async def send(self, letter: Letter) -> None:
        await asyncio.to_thread(self._send, letter)

    async def check(self) -> str:
        """Says how the server is reached, once it lets us in. Raises Unavailable."""
        await asyncio.to_thread(lambda: self._leave(self._connected()))
        return f"{self.host}:{self.port}, as {self.sender}"

    def _send(self, letter: Letter) -> None:
        written = self._written(letter).as_bytes()
        server = self._connected()
        try:
            self._hand_over(server, letter.to, written)
        except Refused:
            self._leave(server)
            raise
        finally:
            server.close()

    def _hand_over(self, server: smtplib.SMTP, to: str, written: bytes) -> None:
        try:
            _expect(server.mail(self.sender), "sender")
            _expect(server.rcpt(to), "address", final=True)
            _expect(server.docmd("DATA"), "letter", takes=354, final=True)
        except (smtplib.SMTPException, OSError) as error:
            raise Unavailable(f"The mail server hung up ({type(error).__name__}).") from None
        try:
            server.send(_dotted(written))
            answer = server.getreply()
        except (smtplib.SMTPException, OSError) as error:
            sentence = f"The mail server did not say whether it took the mail ({type(error).__name__})."
            raise Ambiguous(sentence) from None
        _expect(answer, "letter", final=True)
        self._leave(server)

    @staticmethod
    def _leave(server: smtplib.SMTP) -> None:
        """What the server says to that changes nothing."""
        with suppress(smtplib.SMTPException, OSError):
            server.docmd("QUIT")
        server.close()

    def _connected(self) -> smtplib.SMTP:
        """A server that takes mail from us. Raises Unavailable: what is wrong there is nothing of the letter's."""
        server: smtplib.SMTP | None = None
        try:
            named = self.sender.rpartition("@")[2]  # it would be looked up, which takes its time
            context = self.trusting
            if context is None and self.tls != "none":
                context = ssl.create_default_context()
            if self.tls == "tls":
                server = _AtOnce(self.host, self.port, named, timeout=self.seconds, context=context)
            else:
                server = _Upgraded(self.host, self.port, named, timeout=self.seconds)
            server.ehlo_or_helo_if_needed()
            if self.tls == "starttls":
                server.starttls(context=context)
                server.ehlo_or_helo_if_needed()
            if self.user is not None:
                server.login(self.user, self.password or "")
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            if server is not None:
                server.close()
            raise Unavailable(f"The mail server does not take mail from here ({_said(error)}).") from None
        return server

    def _written(self, letter: Letter) -> EmailMessage:
        message = EmailMessage(policy=_FORM)
        message["From"] = Address("Legwork", addr_spec=self.sender)
        message["To"] = Address(addr_spec=letter.to)
        # or what somebody calls themselves is decoded, line breaks and all (https://www.rfc-editor.org/rfc/rfc2047)
        message["Subject"] = letter.subject.replace("=?", "= ?")
        message["Date"] = format_datetime(localtime())
        message["Message-ID"] = f"<{letter.key}@{self.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # https://www.rfc-editor.org/rfc/rfc3834#section-5
        message["X-Auto-Response-Suppress"] = "All"
        message.set_content(letter.text)
        return message


class _Upgraded(smtplib.SMTP):
    """Leaves no connection open that the server did not greet us on."""

    def connect(self, *where: Any, **how: Any) -> tuple[int, bytes]:
        try:
            return super().connect(*where, **how)
        except (smtplib.SMTPException, OSError):
            self.close()
            raise


class _AtOnce(_Upgraded, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


def _dotted(written: bytes) -> bytes:
    """As it is sent: no line of it ends it (https://www.rfc-editor.org/rfc/rfc5321#section-4.5.2)."""
    stuffed = re.sub(rb"(?m)^\.", b"..", written)
    return (stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n") + b".\r\n"


def _expect(answer: tuple[int, bytes], of: str, *, takes: int = 250, final: bool = False) -> None:
    """Raises Refused where it says no for ever to what is the letter's own, Unavailable where it says no otherwise."""
    code, said = answer
    if code == takes or (takes == 250 and code == 251):
        return
    # its words are its own, and may quote the letter
    found = _ENHANCED.search(said)
    reason = f"{code} {found[0].decode()}" if found is not None else str(code)
    if final and 500 <= code < 600:
        raise Refused(f"The mail server refused the {of} ({reason}).", code=reason)
    raise Unavailable(f"The mail server does not take the {of} now ({reason}).", code=reason)


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return str(error.smtp_code)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "it offers no TLS, or no way to sign in"
    return type(error).__name__
