"""Updates as Telegram writes them."""

from typing import Any

from bot.telegram.translate import Me
from bot.telegram.updates import Update, read

Json = dict[str, Any]

ME = Me(7012345678, "legwork_bot")
BOT: Json = {"id": ME.id, "is_bot": True, "first_name": "Legwork", "username": "legwork_bot"}
MARA: Json = {"id": 512004711, "is_bot": False, "first_name": "Mara", "last_name": "Lind", "username": "mara"}
PRIVATE: Json = {"id": 512004711, "type": "private", "first_name": "Mara"}
GROUP: Json = {"id": -1002114566001, "type": "supergroup", "title": "Team"}


def message(text: str | None = None, *, chat: Json = PRIVATE, sender: Json = MARA, **more: Any) -> Json:
    """A message; a mention of the bot is marked as one, as the apps do."""
    body: Json = {"message_id": 41, "from": sender, "chat": chat, "date": 1_795_000_000, **more}
    if text is not None:
        body["text"] = text
        at = text.find("@legwork_bot")
        if at >= 0:
            offset = len(text[:at].encode("utf-16-le")) // 2
            body.setdefault("entities", [{"type": "mention", "offset": offset, "length": 12}])
    return body


def update(kind: str = "message", body: Json | None = None, *, number: int = 900) -> Update:
    found = read({"update_id": number, kind: body})
    assert found != "malformed"
    return found
