"""What comes back from Telegram's address, looked at before the library takes it for an answer of the Bot API.

A proxy answers in HTML, a server that is being replaced answers in half a sentence. Neither is Telegram's word on a
token or a message, and the library would print the whole of it, or trip over what is not there.
"""

import json
from typing import Any, NoReturn, cast

from telegram.error import NetworkError, TelegramError

from bot.telegram.wire import Wire

Json = dict[str, Any]


class Unreadable(TelegramError):
    """An answer that says done, or nothing, and is not in the form of the Bot API."""


class Client(Wire):
    """The library's client; it gets to see nothing but answers of the Bot API."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Raises what the library's raises, Unreadable, and NetworkError for a refusal that is not Telegram's."""
        status, body = await super().do_request(*args, **kwargs)
        return checked(status, body)


def checked(status: int, body: bytes) -> tuple[int, bytes]:
    """The status and the body in a form that can be relied upon: ``result`` is there, or ``description`` is a text.
    Of a message that was sent only its id is left.

    https://core.telegram.org/bots/api#making-requests. Raises Unreadable, NetworkError.
    """
    answer = _object(body)
    if answer.get("ok") is True and "result" in answer and status // 100 == 2:
        return status, _sent(answer["result"]) or body
    if answer.get("ok") is not False:
        _raise_foreign(status)
    code = answer.get("error_code")
    if status // 100 == 2:  # the refusal's own number counts
        status = code if isinstance(code, int) and 400 <= code < 600 else 500
    return status, json.dumps(_refusal(answer)).encode()


def _sent(result: object) -> bytes | None:
    """The answer to a message that was sent, with what is looked at: its id. The library would refuse one in which
    anything else is missing, and then nobody would know that it was sent. None for any other result."""
    number: object = cast(Json, result).get("message_id") if isinstance(result, dict) else None
    if type(number) is not int:
        return None
    return json.dumps({"ok": True, "result": {"message_id": number, "date": 0, "chat": {"id": 0, "type": ""}}}).encode()


def _raise_foreign(status: int) -> NoReturn:
    if status // 100 == 2:
        raise Unreadable("an answer is not in the form of the Bot API")
    raise NetworkError(f"an answer that is not Telegram's ({status})")


def _refusal(answer: Json) -> Json:
    refusal: Json = {"ok": False}
    if isinstance(description := answer.get("description"), str):
        refusal["description"] = description
    given = answer.get("parameters")
    parameters = cast(Json, given) if isinstance(given, dict) else {}
    known = {name: value for name, value in parameters.items() if name in _PARAMETERS and type(value) is int}
    return {**refusal, "parameters": known} if known else refusal


_PARAMETERS = frozenset({"migrate_to_chat_id", "retry_after"})
"""https://core.telegram.org/bots/api#responseparameters"""


def _object(body: bytes) -> Json:
    try:
        answer: object = json.loads(body.decode(errors="replace"))
    except (ValueError, RecursionError):
        return {}
    return cast(Json, answer) if isinstance(answer, dict) else {}
