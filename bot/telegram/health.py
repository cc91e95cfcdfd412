"""What ``legwork doctor`` looks at in Telegram. No finding holds a token, nor the path of a webhook that may be one."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from telegram import Bot, User, WebhookInfo

from bot.telegram.connect import Connection
from bot.telegram.failures import repeatable
from bot.telegram.webhook import address, secret
from bot.views.words import counted
from domain.core.clock import Clock, SystemClock
from domain.core.errors import LegworkError
from domain.core.settings import Settings
from domain.health import Check, Finding, error, ok, warning
from domain.health.clock import clock

_RECENT = timedelta(hours=1)
"""Telegram goes on telling of its last failure long after it."""
_MANY = 100
"""Updates that wait: so many do not come together while somebody takes them."""
_UNREACHED = "See whether api.telegram.org can be reached from here, and what TELEGRAM_API_BASE_URL says."
_START = "Start “python -m bot” or “legwork up”; where it runs already, see its log."


def checks(settings: Settings, here: Clock | None = None) -> list[Check]:
    """What to look at where anything of Telegram's is set. ``here`` is this machine's clock."""
    now = here or SystemClock()
    if settings.telegram_bot_token is None:
        return [Check("telegram", _off)]
    return [
        Check("telegram", partial(_bot, settings)),
        Check("telegram delivery", partial(_delivery, settings, now)),
        Check("telegram clock", partial(clock, "telegram clock", settings.telegram_api_base_url, now)),
    ]


async def _off() -> Sequence[Finding]:
    return [
        warning(
            "telegram",
            "Telegram is off: it is half configured.",
            "Set TELEGRAM_BOT_TOKEN to what @BotFather shows, or unset the other settings of Telegram.",
        )
    ]


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncGenerator[Bot]:
    connection = Connection(settings)
    try:
        yield connection.bot
    finally:
        await connection.close()


# -- who the bot is -----------------------------------------------------------------------------------


async def _bot(settings: Settings) -> Sequence[Finding]:
    """https://core.telegram.org/bots/api#getme. Raises Misconfigured for what is no token."""
    async with _opened(settings) as bot:
        try:
            me = await repeatable(bot.get_me())
        except LegworkError as failure:
            return [_failed("telegram", failure)]
    return [ok("telegram", f"The token is that of @{me.username}."), _groups(me)]


def _groups(me: User) -> Finding:
    """Privacy mode may be either way: https://core.telegram.org/bots/features#privacy-mode"""
    name = "telegram groups"
    if not me.can_join_groups:
        return warning(
            name, "The bot cannot be added to groups.", "Allow it with /setjoingroups at @BotFather, if it shall be."
        )
    if me.can_read_all_group_messages:
        return ok(name, "Privacy mode is off: Telegram shows the bot everything; it takes what is meant for it.")
    return ok(
        name,
        "Privacy mode is on: mentions, replies and commands reach the bot; of an album its captioned file.",
    )


# -- how updates arrive -------------------------------------------------------------------------------


async def _delivery(settings: Settings, here: Clock) -> Sequence[Finding]:
    """https://core.telegram.org/bots/api#getwebhookinfo. Raises Misconfigured for an unfit secret."""
    if settings.telegram_webhook_url is not None:
        secret(settings)
    async with _opened(settings) as bot:
        try:
            info = await repeatable(bot.get_webhook_info())
        except LegworkError as failure:
            return [_failed("telegram delivery", failure)]
    return [_webhook(settings, info, here.now()) if settings.telegram_webhook_url is not None else _polling(info)]


def _polling(info: WebhookInfo) -> Finding:
    name, waiting = "telegram delivery", _waiting(info)
    if info.url:
        return warning(
            name,
            f"Telegram brings updates to {_host(info.url)}, and TELEGRAM_WEBHOOK_URL is not set.",
            "Set it to use that webhook; else start “python -m bot”, which removes it. Two services need two bots.",
        )
    if info.pending_update_count >= _MANY:
        return warning(name, f"Nobody seems to fetch updates. {waiting}", _START)
    return ok(name, f"Updates are fetched by long polling. {waiting}")


def _webhook(settings: Settings, info: WebhookInfo, now: datetime) -> Finding:
    name, waiting = "telegram delivery", _waiting(info)
    if not info.url:
        return warning(name, f"Telegram does not know the webhook: “python -m bot” tells it. {waiting}", _START)
    if info.url != address(settings):
        return error(
            name,
            f"Telegram brings updates to another address, at {_host(info.url)}.",
            f"Correct TELEGRAM_WEBHOOK_URL or restart “python -m bot”, so that it is {_host(address(settings))}; "
            "two services need two bots.",
        )
    if info.last_error_date is not None and now - info.last_error_date < _RECENT:
        return warning(
            name,
            f"The webhook failed at {info.last_error_date:%H:%M} UTC: {_said(settings, info)}. {waiting}",
            "See the log of the web process, and whether TELEGRAM_WEBHOOK_URL leads to it from outside over HTTPS.",
        )
    if info.pending_update_count >= _MANY:
        return warning(name, f"The webhook is set. {waiting}", "See the log of the web process.")
    return ok(name, f"The webhook is set. {waiting}")


def _waiting(info: WebhookInfo) -> str:
    return f"Waiting: {counted(info.pending_update_count, 'update')}."


def _said(settings: Settings, info: WebhookInfo) -> str:
    """Telegram's words for its failure, without the token, whatever they quote."""
    assert settings.telegram_bot_token is not None, "without a token nothing is asked"
    said = (info.last_error_message or "it does not say why").rstrip(".")
    return said.replace(settings.telegram_bot_token.get_secret_value(), "…")


def _host(url: str) -> str:
    return urlsplit(url).hostname or "an unreadable address"


def _failed(name: str, failure: LegworkError) -> Finding:
    return error(name, failure.sentence, failure.remedy or _UNREACHED)
