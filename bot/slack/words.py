"""What a person typed in Slack, as they see it: without Slack's marks for people, channels and links.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections.abc import Mapping

from bot.slack.literal import unescaped
from bot.views.links import beside

Names = Mapping[str, str]
"""What people and channels are called, by their ids."""

NOBODY: Names = {}
_MARK = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_NAMED = re.compile(r"<[@#]([A-Z][A-Z0-9]{1,31})(?:\|)?>")


def spoken(text: str, bot: str = "", names: Names = NOBODY) -> str:
    """The text as it stands on the screen, without the mention of the bot itself."""
    if bot:
        text = re.sub(rf"\s*<@{re.escape(bot)}(?:\|[^<>]*)?>[:,]?", "", text)
    return unescaped(_MARK.sub(lambda mark: _shown(mark, names), text)).strip()


def mentions(text: str, bot: str) -> bool:
    return bool(bot) and re.search(rf"<@{re.escape(bot)}(?:\|[^<>]*)?>", text) is not None


def unnamed(text: str) -> set[str]:
    """The ids of people and channels that the text names by nothing else."""
    return set(_NAMED.findall(text))


_CALLS = re.compile(r"<@[^<>]+>|<!(?:subteam\^[^<>]+|channel|here|everyone)(?:\|[^<>]*)?>")


def calls_others(text: str) -> bool:
    """Whether the text names a person, a group, or everybody, so that they are notified."""
    return _CALLS.search(text) is not None


def _shown(mark: re.Match[str], names: Names) -> str:
    target, label = mark[1], mark[2]
    match target[:1]:
        case "@":
            return f"@{label or names.get(target[1:], 'someone')}"
        case "#":
            return f"#{label or names.get(target[1:], 'a-channel')}"
        case "!":
            kind = target[1:].partition("^")[0]
            return label or {"subteam": "@a-group", "date": "a date"}.get(kind, f"@{kind}")
        case _:
            return beside(label or "", target)
