"""``/start``"""

from collections.abc import Sequence

from bot.commands.declare import Call, Noun, Verb
from bot.views.greeting import greeting
from domain.conversations.said import Note, Said


async def _greet(call: Call) -> Sequence[Said]:
    return (Note(text=greeting(call.settings)),)


NOUN = Noun("start", "how to begin", (Verb("show", "two examples, files, and what is connected", "/start …", _greet),))
