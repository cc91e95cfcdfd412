"""Who the bot is, by Telegram's word."""

from pydantic import ValidationError

from bot.telegram.connect import Connection
from bot.telegram.failures import repeatable
from bot.telegram.translate import Me
from bot.telegram.updates import User
from domain.core.errors import Unavailable


async def introduced(connection: Connection) -> Me:
    """https://core.telegram.org/bots/api#getme. Only the id is needed; without a name no mention is told.

    Raises:
        Unavailable: Telegram did not say. Refused: it does not know the token.
    """
    raw = await repeatable(connection.ask("getMe"))
    try:
        user = User.model_validate(raw)
    except ValidationError as error:
        raise Unavailable("Telegram does not say who the bot is.") from error
    return Me(user.id, user.username or "")
