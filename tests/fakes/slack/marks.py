"""Marks as people see them: mrkdwn, standard Markdown and plain text become what stands on the screen.

Also notes who would be notified: ``<!channel>``, ``<@U…>``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

_EMOJI = {
    "+1": "👍", "-1": "👎", "thumbsup": "👍", "thumbsdown": "👎", "smile": "😄", "tada": "🎉", "eyes": "👀",
    "white_check_mark": "✅", "heavy_check_mark": "✔️", "x": "❌", "warning": "⚠️", "wave": "👋", "rocket": "🚀",
    "fire": "🔥", "bulb": "💡", "question": "❓", "hourglass": "⌛", "hourglass_flowing_sand": "⏳",
    "robot_face": "🤖", "bar_chart": "📊", "chart_with_upwards_trend": "📈", "page_facing_up": "📄",
    "paperclip": "📎", "octagonal_sign": "🛑", "arrow_forward": "▶️", "rotating_light": "🚨", "joy": "😂",
}  # fmt: skip
_SHORTCODE = re.compile(r":([a-z0-9_+-]+):")
_CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
_CONTROL = re.compile(r"<([^<>\n]+)>")
_CALL = re.compile(r"<([!@][^<>\n]+)>")
_EMPHASIS = [
    re.compile(rf"(?<![\w{mark}]){mark}(?=\S)([^{mark}\n]*?\S){mark}(?![\w{mark}])") for mark in (r"\*", "_", "~")
]
_QUOTE = re.compile(r"^(?:&gt;|>) ?", re.MULTILINE)
_INVISIBLE = str.maketrans(dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff"))
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("text_join")


@dataclass(slots=True)
class Marks:
    """``name`` gives the name behind a user's or channel's id; ``pings`` collects who was notified."""

    name: Callable[[str], str]
    pings: list[str] = field(default_factory=list[str])

    def mrkdwn(self, text: str) -> str:
        parts = _CODE.split(text)
        shown = [self._coded(part) if number % 2 else self._marked(part) for number, part in enumerate(parts)]
        return visible("".join(shown))

    def plain(self, text: str, emoji: bool = True) -> str:
        return visible(_unescaped(_with_emoji(text) if emoji else text))

    def markdown(self, text: str) -> str:
        """Standard Markdown, as markdown blocks and streams take it."""
        parts = _CODE.split(text)
        called = [part if number % 2 else _CALL.sub(self._call, part) for number, part in enumerate(parts)]
        return visible("\n".join(_lines(_MARKDOWN.parse("".join(called)))))

    def _marked(self, text: str) -> str:
        text = _QUOTE.sub("", text)
        text = _CONTROL.sub(self._control, text)
        for emphasis in _EMPHASIS:
            text = emphasis.sub(r"\1", text)
        return _unescaped(_with_emoji(text))

    def _coded(self, text: str) -> str:
        return _unescaped(text.strip("`").strip("\n"))

    def _control(self, match: re.Match[str]) -> str:
        inside = match[1]
        if inside[0] in "!@":
            return self._call(match)
        address, _, label = inside.partition("|")
        return label or (f"#{self.name(address[1:])}" if inside[0] == "#" else address)

    def _call(self, match: re.Match[str]) -> str:
        name, _, label = match[1][1:].partition("|")
        if match[1][0] == "@":
            self.pings.append(name)
            return f"@{self.name(name)}"
        if name in ("channel", "here", "everyone") or name.startswith("subteam"):
            self.pings.append(name)
            return f"@{name}"
        return label or match[0]


def visible(text: str) -> str:
    """Without what takes no room on the screen."""
    return text.translate(_INVISIBLE)


def escaped(text: str) -> str:
    """As Slack hands on what a person typed."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _with_emoji(text: str) -> str:
    return _SHORTCODE.sub(lambda match: _EMOJI.get(match[1], match[0]), text)


def _lines(tokens: list[Token]) -> list[str]:
    lines: list[str] = []
    row: list[str] | None = None
    for token in tokens:
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            lines.append(" | ".join(row or []))
            row = None
        elif token.type == "inline":
            text = _inline(token.children or [])
            (lines if row is None else row).append(text)
        elif token.type in ("fence", "code_block"):
            lines.append(token.content.rstrip("\n"))
    return lines


def _inline(tokens: list[Token]) -> str:
    shown: list[str] = []
    for token in tokens:
        match token.type:
            case "text":
                shown.append(_with_emoji(token.content))
            case "softbreak" | "hardbreak":
                shown.append("\n")
            case _:
                shown.append(token.content)
    return "".join(shown)
