"""What a model thinks aloud in its answer, told apart from the answer.

Models that reason write their thought before the answer, in marks of their own; some templates write the opening
mark themselves, so that the answer holds the closing one alone. Servers that know a model's marks keep the thought
apart; others pass it on. Here it is removed, for every use of a reply.
"""

import re

_PAIRS = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<thoughts>", "</thoughts>"),
    ("<reasoning>", "</reasoning>"),
    ("<reflection>", "</reflection>"),
    ("<scratchpad>", "</scratchpad>"),
    ("<seed:think>", "</seed:think>"),
    ("<longcat_think>", "</longcat_think>"),
    ("[think]", "[/think]"),
    ("◁think▷", "◁/think▷"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|start_thinking|>", "<|end_thinking|>"),
    ("<|inner_prefix|>", "<|inner_suffix|>"),
    ("<unused94>", "<unused95>"),
)
_CLOSING = dict(_PAIRS)
_SIGNS = re.compile("[<\\[◁]")
_MARK = re.compile(
    "(?<!`)(?:" + "|".join(re.escape(mark) for pair in _PAIRS for mark in pair) + ")(?!`)",
    re.IGNORECASE,
)
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\Z)', re.DOTALL)
_BLANKS = re.compile(r"\A(?:\s|\\[nrt])+")
"""Also as they are written inside of a JSON string."""
_LONGEST_MARK = max(len(mark) for pair in _PAIRS for mark in pair)

_CHANNEL = "<|channel|>"
_CHANNELS = re.compile(r"<\|channel\|>\s*(\w*)(?:(?!<\|(?:message|channel)\|>).)*(?:<\|message\|>|\Z)", re.DOTALL)
_CHANNEL_ENDS = re.compile(r"<\|(?:end|return|call|start|channel)\|>")
_HARMONY = ("<|channel|>", "<|start|>", "<|message|>", "<|end|>", "<|return|>", "<|call|>")


def without_thought(text: str, *, whole: bool = True) -> str:
    """The answer without what was thought aloud, wherever that stands, and without blanks before it.

    What stands before a closing mark is thought, with or without an opening one. Marks that an answer quotes (in
    backticks or a fenced block) are its words. ``whole``: the text is complete; otherwise more follows, and what may
    be the beginning of a mark or of a thought is held back.
    """
    if not _SIGNS.search(text):
        return text.lstrip()
    if _CHANNEL in text or (not whole and _CHANNEL.startswith(text.strip())):
        return _final_channel(text, whole=whole)
    return _answer(text, whole=whole).lstrip()


def may_hold_mark(text: str) -> bool:
    """Whether a part of a mark may stand in the text."""
    return _SIGNS.search(text) is not None


def bare_thought(text: str) -> bool:
    """Whether the text holds a thought whose opening mark is missing."""
    mark = _first_mark(text)
    return mark is not None and mark.group().lower() not in _CLOSING and not text.lstrip().startswith("{")


def _answer(text: str, *, whole: bool) -> str:
    text = _after_draft(text)
    body = _spoken(text, whole=whole, quoted=False) if not text.lstrip().startswith("{") else text
    if body.lstrip().startswith("{"):  # an object: marks in its strings are of those strings
        body = _STRING.sub(lambda string: _within(string.group(), whole=whole), body)
    return body if whole else _held(body)


def _after_draft(text: str) -> str:
    """What follows an object that was only thought: a closing mark stands behind it, outside of its strings."""
    while text.lstrip().startswith("{"):
        blank = _STRING.sub(lambda string: " " * len(string.group()), text)
        mark = _first_mark(blank)
        if mark is None or mark.group().lower() in _CLOSING:
            return text
        text = text[mark.end() :].lstrip()
    return text


def _within(literal: str, *, whole: bool) -> str:
    if not _SIGNS.search(literal):
        return literal
    closed = len(literal) > 1 and literal.endswith('"')
    inner = literal[1:-1] if closed else literal[1:]
    spoken = _spoken(inner, whole=whole or closed, quoted=True)
    if spoken != inner:
        spoken = _BLANKS.sub("", spoken)
    return '"' + spoken + ('"' if closed else "")


def _spoken(text: str, *, whole: bool, quoted: bool) -> str:
    """``quoted``: the text is the inside of a JSON string."""
    while (mark := _first_mark(text)) is not None:
        closing = _CLOSING.get(mark.group().lower())
        if closing is None:
            text = text[mark.end() :]
            continue
        end = re.compile(re.escape(closing), re.IGNORECASE).search(text, mark.end())
        if end is not None:
            text = _joined(text[: mark.start()], text[end.end() :])
            continue
        begins_a_line = not text[: mark.start()].strip() or text[mark.start() - 1] == "\n"
        if whole and not (begins_a_line or (quoted and not text[: mark.start()])):
            return text  # a word of the answer
        return text[: mark.start()].rstrip()
    return text


def _joined(before: str, after: str) -> str:
    return f"{before}{after}" if before.strip() else after.lstrip()


def _first_mark(text: str) -> re.Match[str] | None:
    """The first mark that is not quoted in a fenced block."""
    for sign in _SIGNS.finditer(text):  # looked for one by one, each of the marks is tried at each letter
        mark = _MARK.match(text, sign.start())
        if mark and not any(fence.start() < mark.start() < fence.end() for fence in _FENCED.finditer(text)):
            return mark
    return None


def _held(text: str) -> str:
    """Without an end that may become a mark."""
    for sign in _SIGNS.finditer(text, max(0, len(text) - _LONGEST_MARK)):
        tail = text[sign.start() :].lower()
        if any(mark.startswith(tail) for pair in _PAIRS for mark in pair) or any(
            mark.startswith(tail) for mark in _HARMONY
        ):
            return text[: sign.start()]
    return text


def _final_channel(text: str, *, whole: bool) -> str:
    """Of an answer in channels the one that is meant for the person."""
    spoken = ""
    for channel in _CHANNELS.finditer(text):
        if channel.group(1).lower() != "final":
            continue
        rest = text[channel.end() :]
        end = _CHANNEL_ENDS.search(rest)
        spoken = rest[: end.start()] if end else rest
        spoken = spoken if whole or end else _held(spoken)
    return spoken.strip() if whole else spoken.lstrip()
