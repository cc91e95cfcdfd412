"""What Telegram answers when it does not do as asked, in Legwork's errors.

The descriptions are those of the Bot API server; they are not part of its documentation, so what is not known
here counts as a form that was rejected, and is said once more in the plainest one.
"""

from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar

import httpx
from telegram import error as telegram

from domain.conversations.ports import Moved
from domain.core.errors import Ambiguous, Invalid, LegworkError, NotFound, Refused, Unavailable
from domain.core.logging import logger

log = logger(__name__)

T = TypeVar("T")

_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid", "message to delete not found")
_CLOSED = {
    "chat not found": "Telegram knows no such chat any more.",
    "not enough rights": "I may not write in this chat.",
    "have no rights": "I may not write in this chat.",
    "need administrator rights": "I may not write in this chat.",
    "chat_write_forbidden": "I may not write in this chat.",
    "user is deactivated": "The person's account was deleted.",
    "peer_id_invalid": "Telegram knows no such chat any more.",
}
_NO_TOPIC = {
    "message thread not found": "The topic this was asked in is gone.",
    "topic_deleted": "The topic this was asked in is gone.",
    "topic_closed": "The topic this was asked in is closed.",
}
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class NoTopic(Refused):
    """The chat may be written to, and its topic may not."""


class NotModified(Exception):
    """An edit that changes nothing: it is there already."""


async def explained(call: Awaitable[T]) -> T:
    """The result of a call of the Bot API.

    Raises:
        NotModified, Unavailable (``reason`` ``flood`` where Telegram asks for patience), Invalid, NotFound, Refused
        (NoTopic where only the topic is closed), Moved, Ambiguous: see ``ChatGateway``.
    """
    try:
        return await call
    except telegram.TelegramError as error:
        raise _meaning(error) from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:  # the library, as it reads what was answered
        log.warning("Telegram's answer has another form than expected", error=repr(error)[:200])
        raise _unreadable() from error


async def repeatable(call: Awaitable[T]) -> T:
    """The same for a call that may be made again, such as a read: nothing about it is ambiguous.

    Raises:
        Unavailable: it can be tried again. Refused: Telegram does not know the token.
    """
    try:
        return await explained(call)
    except (Ambiguous, Invalid, NotFound) as error:
        raise Unavailable(error.sentence, remedy=error.remedy) from error


def _meaning(error: telegram.TelegramError) -> LegworkError | NotModified:
    match error:
        case telegram.RetryAfter():
            return Unavailable("Telegram asks for patience.", code="flood", after=_seconds(error.retry_after))
        case telegram.Forbidden():
            return Refused(
                f"Telegram does not let me write to this chat: {error.message.removeprefix('Forbidden: ')}.",
                remedy="The person has to unblock the bot, or the group to take it back.",
            )
        case telegram.InvalidToken() | telegram.EndPointNotFound():
            return Refused(
                "Telegram does not accept TELEGRAM_BOT_TOKEN any more.", remedy="Set the one @BotFather shows."
            )
        case telegram.ChatMigrated():
            return Moved(str(error.new_chat_id))  # a group became a supergroup
        case telegram.Conflict():
            return Unavailable(
                "Another process fetches this bot's messages.",
                remedy="Stop it: two services need two bots.",
                code="conflict",
            )
        case telegram.BadRequest():
            return _rejected(error.message)
        case telegram.NetworkError():
            return _unreached(error)
        case _:
            return _unreadable()


def _unreadable() -> Ambiguous:
    return Ambiguous("Telegram's answer could not be read.")


def _rejected(message: str) -> LegworkError | NotModified:
    said = message.lower()
    if "message is not modified" in said:
        return NotModified()
    if any(words in said for words in _GONE):
        return NotFound("The message to change is gone.")
    gone = next((sentence for words, sentence in _NO_TOPIC.items() if words in said), None)
    if gone is not None:
        return NoTopic(gone)
    closed = next((sentence for words, sentence in _CLOSED.items() if words in said), None)
    return Refused(closed) if closed is not None else Invalid(f"Telegram rejected the message: {message}.")


def _unreached(error: telegram.NetworkError) -> LegworkError:
    """Nothing came back, or a status of 5xx: what matters is whether the request can have been carried out."""
    cause = error.__cause__
    if isinstance(cause, _NOT_SENT):
        return Unavailable("Telegram could not be reached.")
    if isinstance(cause, httpx.HTTPError) or "(504)" in error.message or error.message.startswith("Unknown error"):
        return Ambiguous("The connection to Telegram broke before it had answered.")
    return Unavailable("Telegram is out of order for the moment.")


def _seconds(given: int | timedelta) -> timedelta:
    return given if isinstance(given, timedelta) else timedelta(seconds=given)
