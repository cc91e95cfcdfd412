"""Where Telegram brings its updates: ``/telegram/<bot id>``. An update is acknowledged once it is stored."""

import hmac
import re

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.edge import Edge
from bot.http import delivery
from bot.telegram.connect import Connection, bot_id
from bot.telegram.inbox import Inbox, is_away
from bot.telegram.introduce import introduced
from bot.telegram.together import QUIET_SECONDS, Together
from bot.telegram.updates import read
from bot.tokens import StoredTokens
from domain.core.db import AWAY
from domain.core.errors import LegworkError, Misconfigured, Unavailable
from domain.core.logging import logger
from domain.core.settings import Settings

log = logger(__name__)

HEADER = "X-Telegram-Bot-Api-Secret-Token"
MAX_BYTES = 1024 * 1024
"""An update is a few kilobytes."""
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")  # https://core.telegram.org/bots/api#setwebhook


def secret(settings: Settings) -> str:
    """The webhook's secret. Raises Misconfigured where there is none: anybody could bring updates."""
    given = settings.telegram_webhook_secret
    value = given.get_secret_value() if given is not None else ""
    if not _SECRET.fullmatch(value):
        raise Misconfigured(
            "TELEGRAM_WEBHOOK_SECRET is missing, or has other characters than A-Z a-z 0-9 _ and -.",
            remedy="Set it to what “openssl rand -hex 32” prints.",
        )
    return value


def address(settings: Settings) -> str:
    """The webhook's public address."""
    assert settings.telegram_webhook_url is not None, "there is no webhook without an address"
    return f"{settings.telegram_webhook_url.rstrip('/')}/telegram/{bot_id(settings)}"


def routes(edge: Edge, *, quiet: float = QUIET_SECONDS) -> list[Route]:
    """The route of the configured bot. Raises Misconfigured."""
    webhook = Webhook(edge, quiet=quiet)
    return [Route(f"/telegram/{bot_id(edge.settings)}", webhook.receive, methods=["POST"])]


class Webhook:
    def __init__(self, edge: Edge, *, quiet: float = QUIET_SECONDS) -> None:
        self._secret = secret(edge.settings).encode()
        self._edge = edge
        self._connection = Connection(edge.settings)
        self._quiet = quiet
        self._together: Together | None = None
        self._inbox: Inbox | None = None
        edge.closing.append(self.close)

    async def receive(self, request: Request) -> Response:
        """200: stored, or nothing to store. 401: not from Telegram. 503: it has to come again."""
        given = request.headers.get(HEADER, "").encode("latin-1", "replace")
        if not hmac.compare_digest(given, self._secret):
            return delivery.answer(401, "the secret is missing or wrong")
        body = await delivery.body(request, MAX_BYTES)
        if body is None:
            return delivery.answer(413, "an update is smaller than that")
        update = read(_parsed(body))
        if update == "malformed":  # Telegram would bring it again and again, and nothing after it
            log.warning("an update has another form than expected and is passed over", size=len(body))
            return delivery.answer(200, "passed over")
        try:
            together = await self._opened()
            await together.take(update)
        except (LegworkError, *AWAY) as error:
            if is_away(error):
                log.warning("an update could not be stored", update_id=update.update_id, error=str(error)[:200])
                return delivery.answer(503, "it could not be stored")
            log.error("an update could not be taken in and is passed over", update_id=update.update_id, exc_info=error)
        return delivery.answer(200, "stored")

    async def _opened(self) -> Together:
        """With the first update the bot's name is asked for: mentions in groups are told by it."""
        if self._together is None:
            try:
                me = await introduced(self._connection)
            except LegworkError as error:  # until an operator has acted, Telegram keeps the updates
                raise Unavailable(error.sentence, remedy=error.remedy) from error
            if self._together is None:  # another request was first meanwhile
                self._inbox = Inbox(
                    self._edge,
                    self._connection.bot,
                    me,
                    StoredTokens(self._edge.database),
                )
                self._together = Together(self._inbox.take, quiet=self._quiet)
        return self._together

    async def close(self) -> None:
        if self._together is not None:
            await self._together.close()
        if self._inbox is not None:
            await self._inbox.close()
        await self._connection.close()


def _parsed(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
