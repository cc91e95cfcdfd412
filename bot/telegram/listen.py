"""The process that listens: it fetches updates itself, or tells Telegram where to bring them."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.edge import Edge
from bot.patience import pause
from bot.telegram.connect import POLL_SECONDS, Connection
from bot.telegram.failures import repeatable
from bot.telegram.inbox import Inbox
from bot.telegram.introduce import introduced
from bot.telegram.joined import AT_ONCE
from bot.telegram.menu import offer_commands
from bot.telegram.polling import FIRST_PAUSE, Poller
from bot.telegram.together import QUIET_SECONDS, Together
from bot.telegram.translate import PLATFORM, Me
from bot.telegram.updates import UPDATES
from bot.telegram.webhook import address, secret
from bot.tokens import StoredTokens
from domain.conversations import bots
from domain.core.db import AWAY
from domain.core.errors import Misconfigured, Refused, Unavailable
from domain.core.logging import logger
from domain.core.queue.turn import turn

log = logger(__name__)

_LONGEST_PAUSE = 30.0


async def listen(edge: Edge, stop: asyncio.Event) -> None:
    """By webhook where TELEGRAM_WEBHOOK_URL is set (the web process receives them), by long polling otherwise.

    Raises:
        Misconfigured: Telegram does not know the token, or the webhook's secret is missing.
    """
    if edge.settings.telegram_webhook_url is not None:
        await keep_webhook(edge, stop)
    else:
        await listen_polling(edge, stop)


async def listen_polling(
    edge: Edge,
    stop: asyncio.Event,
    *,
    seconds: int = POLL_SECONDS,
    quiet: float = QUIET_SECONDS,
    first: float = FIRST_PAUSE,
) -> None:
    """Fetch updates until ``stop`` is set. Of several processes one does; another takes over when it ends.

    ``first`` is the pause, in seconds, before what failed is tried again; it doubles as often as that fails.
    """
    connection = Connection(edge.settings)
    try:
        me = await _introduced(connection, stop, first)
        if me is None:
            return
        await _keep_name(edge, me)
        inbox = Inbox(edge, connection.bot, me, StoredTokens(edge.database))
        together = Together(inbox.take, quiet=quiet)
        try:
            while not stop.is_set():
                try:
                    await _hold_turn(edge, connection, together, stop, seconds, first)
                except AWAY as error:
                    log.warning("the database is away; its lock with it", error=str(error)[:200])
                    await pause(stop, first)
        finally:
            await together.close()
            await inbox.close()
    finally:
        await connection.close()


async def _hold_turn(
    edge: Edge, connection: Connection, together: Together, stop: asyncio.Event, seconds: int, first: float
) -> None:
    async with turn(edge.database, f"telegram:{connection.id}", stop) as held:
        if held is None:
            return
        await persist(lambda: _prepare_polling(connection), stop, first)
        log.info("fetching Telegram's updates", bot=connection.id)
        try:
            await Poller(connection, together, seconds=seconds, first=first).run(held, stop)
        except Refused as error:
            raise Misconfigured(error.sentence, remedy=error.remedy) from error


async def keep_webhook(edge: Edge, stop: asyncio.Event) -> None:
    """Tell Telegram where to bring updates, then wait: the web process takes them in."""
    token = secret(edge.settings)
    connection = Connection(edge.settings)

    async def prepare() -> None:
        await repeatable(
            connection.bot.set_webhook(
                address(edge.settings),
                secret_token=token,
                allowed_updates=list(UPDATES),
                max_connections=AT_ONCE,
            )
        )
        await offer_commands(connection.bot)

    try:
        me = await _introduced(connection, stop)
        if me is not None:
            await _keep_name(edge, me)
            await persist(prepare, stop)
            log.info("Telegram brings its updates to the web process", bot=connection.id)
    finally:
        await connection.close()
    await stop.wait()


async def _introduced(connection: Connection, stop: asyncio.Event, first: float = FIRST_PAUSE) -> Me | None:
    """Who the bot is; None when ``stop`` was set before Telegram answered. Raises Misconfigured for a bad token."""
    found: list[Me] = []

    async def ask() -> None:
        found.append(await introduced(connection))

    await persist(ask, stop, first)
    return found[0] if found else None


async def _keep_name(edge: Edge, me: Me) -> None:
    """For links to the bot: what it is called is known only here."""
    if not me.username:
        return
    try:
        async with edge.database.system("a bot is no organization's") as session:
            await bots.keep_name(session, PLATFORM, me.workspace, me.username)
    except AWAY as error:
        log.warning("what the bot is called was not kept; links to it wait for the next start", error=str(error)[:200])


async def persist(call: Callable[[], Awaitable[None]], stop: asyncio.Event, first: float = FIRST_PAUSE) -> None:
    """Call until it succeeds, while Telegram is away. Raises Misconfigured where it refuses."""
    wait = first
    while not stop.is_set():
        try:
            await call()
        except Unavailable as error:
            after = error.after.total_seconds() if error.after is not None else wait
            log.warning("Telegram does not answer; trying again", error=str(error), seconds=after)
            await pause(stop, after)
            wait = min(wait * 2, _LONGEST_PAUSE)
        except Refused as error:
            raise Misconfigured(error.sentence, remedy=error.remedy) from error
        else:
            return


async def _prepare_polling(connection: Connection) -> None:
    await repeatable(connection.bot.delete_webhook())
    await offer_commands(connection.bot)
