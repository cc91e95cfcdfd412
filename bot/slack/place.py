"""Where in Slack something is said when the message that began its thread was deleted: in the channel, and why there.

Slack refuses it with ``thread_not_found``, or puts it in the channel by itself (slack-go/slack#1571).
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.slack.render import Message
from bot.slack.shapes import mapping
from bot.slack.web import Json
from domain.conversations.ports import Address, Posted
from domain.conversations.said import Said
from domain.core.errors import Refused

NO_THREAD = "thread_not_found"

_REMARK = "The message this answers was deleted."


async def somewhere(post: Callable[[Address, Said], Awaitable[Posted]], to: Address, said: Said) -> Posted:
    """Post it in its thread, or else in the channel. Raises what ``post`` raises."""
    try:
        return await post(to, said)
    except Refused as error:
        if error.reason != NO_THREAD or to.thread is None:
            raise
        return await post(replace(to, thread=None), in_channel(said))


def in_channel(said: Said) -> Said:
    """The same with a remark why it is said in the channel itself."""
    match said.type:
        case "note" | "whisper" | "answer" | "question":
            return said.model_copy(update={"text": f"_{_REMARK}_\n\n{said.text}"})
        case "file":
            return said.model_copy(update={"caption": f"{_REMARK} {said.caption}".strip()})
        case "problem":
            return said.model_copy(update={"sentence": f"{said.sentence} ({_REMARK})"})
        case _:
            return said.model_copy(update={"title": f"{said.title} ({_REMARK})"})


def was_moved(to: Address, answer: Json) -> bool:
    """Whether Slack put in the channel what was posted for a thread."""
    posted = mapping(answer.get("message"))
    return to.thread is not None and bool(posted) and posted.get("thread_ts") is None


def remarked(message: Message) -> Message:
    """The message with the same remark above it."""
    context = {"type": "context", "elements": [{"type": "plain_text", "text": _REMARK}]}
    return Message(f"{_REMARK} {message.text}", (context, *message.blocks) if message.blocks else (), message.features)
