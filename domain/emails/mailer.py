"""What is mailed, and what mails it: a port, and what stands there where no mail server is set."""

from dataclasses import dataclass
from typing import Protocol

from domain.core.errors import Unavailable
from domain.core.logging import logger
from domain.core.settings import Settings
from domain.emails.address import masked

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail in plain text, to one address. ``key`` is the same at each attempt: its Message-ID is made of it."""

    key: str
    to: str
    subject: str
    text: str


class Mailer(Protocol):
    async def send(self, letter: Letter) -> None:
        """Hand a letter to the mail server, which answers for it from then on.

        Raises:
            Unavailable: it was not taken, and may be at another time.
            Refused: it was not taken, and never will be; ``reason`` is the server's code.
            Ambiguous: the connection was lost when the server may have had it; it must not be sent again unasked.
        """
        ...


class Unsent:
    """Sends nothing, and says so in the log, without a word of the letter."""

    async def send(self, letter: Letter) -> None:
        not_sent(letter.to)
        raise Unavailable("No mail server is set.")


def not_sent(address: str) -> None:
    """A mail was wanted where none can be sent."""
    log.warning("a mail was not sent: no mail server is set (LEGWORK_MAIL_URL)", to=masked(address))


def mailer(settings: Settings) -> Mailer:
    """What these settings mail by."""
    if not settings.has_mail:
        return Unsent()
    from domain.emails.smtp import Smtp  # what it needs is loaded only where mail is sent

    return Smtp.by(settings)
