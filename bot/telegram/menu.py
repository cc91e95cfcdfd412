"""The commands Telegram offers while somebody types: those of ``bot.commands``, the same in every kind of chat."""

import re

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
)

from bot.commands.table import NOUNS
from bot.telegram.failures import repeatable

_NAME = re.compile(r"[a-z0-9_]{1,32}")  # https://core.telegram.org/bots/api#botcommand


def menu() -> list[BotCommand]:
    return [BotCommand(noun.name, noun.summary[:256]) for noun in NOUNS if _NAME.fullmatch(noun.name)]


async def offer_commands(bot: Bot) -> None:
    """Raises what ``repeatable`` raises."""
    scopes: list[BotCommandScope] = [
        BotCommandScopeDefault(),
        BotCommandScopeAllPrivateChats(),
        BotCommandScopeAllGroupChats(),
    ]
    for scope in scopes:
        await repeatable(bot.set_my_commands(menu(), scope=scope))
