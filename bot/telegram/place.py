"""Where in Telegram something is said: a group or not, a topic, and which message it answers."""

from telegram import ReplyParameters

from domain.conversations.ports import Address


def is_group(chat: str) -> bool:
    """Groups and supergroups have ids below zero: https://core.telegram.org/bots/api#chat"""
    return chat.startswith("-")


def topic(to: Address) -> int | None:
    return int(to.thread) if to.thread is not None else None


def replying(to: Address) -> ReplyParameters | None:
    """The message that is shown above its answer: in a group always, elsewhere where it is not plain which that is.

    One that is gone by now is no reason not to answer.
    """
    if to.answers is None or not (is_group(to.chat) or to.crossed):
        return None
    return ReplyParameters(int(to.answers), allow_sending_without_reply=True)
