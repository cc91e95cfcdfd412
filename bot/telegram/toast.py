"""The answer to a press: a line that passes over the screen of whoever pressed, or a box they close themselves."""

from telegram import Bot

from bot.telegram.failures import explained
from bot.views.clean import visible
from domain.conversations.said import Whisper
from domain.core.errors import Invalid
from domain.core.logging import logger

log = logger(__name__)

LIMIT = 200
"""Characters: https://core.telegram.org/bots/api#answercallbackquery"""


async def toast(bot: Bot, said: Whisper) -> bool:
    """Answer the press. False: there is none to answer, or it was made too long ago. Raises as gateways do."""
    if said.answers is None:
        return False
    text = visible(said.text)
    words = text if len(text) <= LIMIT else f"{text[: LIMIT - 1]}…"
    try:
        await explained(bot.answer_callback_query(said.answers, words or None, show_alert=said.alert or None))
    except Invalid as error:
        log.info("a press was answered too late", error=str(error))
        return False
    return True
