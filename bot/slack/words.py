"""What a person typed in Slack, as they see it: without Slack's marks for people, channels and links.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re

from bot.slack.literal import unescaped

_MARK = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")


def spoken(text: str, bot: str = "") -> str:
    """The text as it stands on the screen, without the mention of the bot itself."""
    if bot:
        text = re.sub(rf"\s*<@{re.escape(bot)}(?:\|[^<>]*)?>[:,]?", "", text)
    return unescaped(_MARK.sub(_shown, text)).strip()


def mentions(text: str, bot: str) -> bool:
    return bool(bot) and re.search(rf"<@{re.escape(bot)}(?:\|[^<>]*)?>", text) is not None


def _shown(mark: re.Match[str]) -> str:
    target, label = mark[1], mark[2]
    match target[:1]:
        case "@" | "#":
            return f"{target[0]}{label or target[1:]}"
        case "!":
            return label or f"@{target[1:].partition('^')[0]}"
        case _:
            address = target.removeprefix("mailto:").removeprefix("tel:")
            return f"{label} ({address})" if label and label != address and label not in address else address
