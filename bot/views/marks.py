"""What in a line of text is a mark, and what is a sign the writer meant to be read.

CommonMark lets ``*`` work inside a word, so that ``2*3*4`` would lose both its stars. Chat platforms do not, and
neither does this: a mark begins after a space or an opening sign and ends before a space or a closing one.
"""

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.rules_inline.state_inline import Delimiter, StateInline
    from markdown_it.token import Token

_MARKS = "*_~"
_BEFORE = frozenset("([{\"'“‘«„‚‹—–¿¡:")
_BEFORE_STRONG = _BEFORE | frozenset("|/-+>.,;=$€£")
_AFTER = frozenset(".,;:!?)]}>\"'”’“‘»›…—–|-")
_AFTER_STRONG = _AFTER | frozenset("/+%°=$€£<([")
_CLOSING = frozenset(".!?:;)]}\"'”’“‘»›…%°€$£`+#")
_OPENING = frozenset("([{\"'“‘«„‚‹¿¡$€£#@+-−–—…&§<`\\")
_OPENING_STRONG = _OPENING | frozenset("./~=")
_QUOTES = frozenset("\"'“”‘’")
_OF_EMOJI = frozenset("\ufe0f\u20e3\u200d")

_ESCAPABLE = frozenset("*_~`#+-.!|<>()[]{}$%&")
_RAW = re.compile(r"\\[A-Za-z0-9\\]")
_REACH = 200  # characters around a backslash that are looked at
_ADDRESS = re.compile(r"://[^\s<>`\]|]{1,2000}")
_SCHEMES = ("http", "https", "ftp", "ftps", "file", "ws", "wss", "postgresql", "redis", "s3")
_LAST = "*_~.,;:!?'\")"
_NAMED = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&nbsp;": "\u00a0"}
_NAME = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp);")

_WORD = re.compile(r"[^\W\d_]{2,}")
_IDENTIFIER = re.compile(r"[A-Za-z0-9]+(?:_+[A-Za-z0-9]+)*")
_UNIT = re.compile(r"\s*[^\W\d_]{1,3}\.?$")


def is_figure(text: str) -> bool:
    """Whether there is a number and no word but a short unit: ``5``, ``3 + 4 = 7``, ``12 kg``."""
    return any(letter.isdigit() for letter in text) and not _WORD.search(_UNIT.sub("", text))


def escape(state: "StateInline", silent: bool) -> bool:
    r"""``\*`` is a star. In paths, patterns and formulas (``C:\_a``, ``\d+\.\d``) a backslash is one."""
    if state.src[state.pos] != "\\":
        return False
    following = state.src[state.pos + 1 : state.pos + 2]
    if following in _ESCAPABLE and following and state.pos + 1 < state.posMax and not _is_raw(state.src, state.pos):
        if not silent:
            token = state.push("text_special", "", 0)
            token.content, token.markup, token.info = following, f"\\{following}", "escape"
        state.pos += 2
        return True
    if not silent:
        state.append_pending("\\")
    state.pos += 1
    return True


def entity(state: "StateInline", silent: bool) -> bool:
    """The few references that models write by habit; every other is text."""
    found = _NAME.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        token = state.push("text_special", "", 0)
        token.content, token.markup, token.info = _NAMED[found[0]], found[0], "entity"
    state.pos = found.end()
    return True


def address(state: "StateInline", silent: bool) -> bool:
    """A web address holds no marks."""
    if state.src[state.pos] != ":" or not state.src[: state.pos].lower().endswith(_SCHEMES):
        return False
    found = _ADDRESS.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    words = found[0].rstrip(_LAST)
    if found[0].startswith(";", len(words)) and _NAME.match(f"{words[words.rfind('&') :]};"):
        words += ";"
    while words.count("(") > words.count(")") and found[0][len(words) : len(words) + 1] == ")":
        words += ")"
    if len(words) <= len("://"):
        return False
    if not silent:
        state.append_pending(_NAME.sub(lambda name: _NAMED[name[0]], words))
    state.pos += len(words)
    return True


def emphasis(state: "StateInline", silent: bool) -> bool:
    """Take a run of one mark, and note whether it may begin or end something."""
    mark = state.src[state.pos]
    if silent or mark not in _MARKS:
        return False
    end = state.pos
    while end < state.posMax and state.src[end] == mark:
        end += 1
    length = end - state.pos
    if length > 3 or (mark == "~" and length != 2):
        state.append_pending(mark * length)
        state.pos = end
        return True
    opens, closes = _flanks(state.src, state.pos, end, strong=length > 1 and mark == "*")
    from markdown_it.rules_inline.state_inline import Delimiter  # loaded with the first message

    for piece in ["~~"] if mark == "~" else [mark] * length:
        state.push("text", "", 0).content = piece
        state.delimiters.append(
            Delimiter(
                marker=ord(mark),
                length=0 if mark == "~" else length,
                token=len(state.tokens) - 1,
                end=-1,
                open=opens,
                close=closes,
            )
        )
    state.pos = end
    return True


def meant(state: "StateInline") -> None:
    """Of the pairs that were found, undo those that are signs after all: operators, names of variables."""
    for delimiters in [
        state.delimiters,
        *(found["delimiters"] for found in state.tokens_meta if found and "delimiters" in found),
    ]:
        _undo(state.tokens, delimiters)


def _undo(tokens: "list[Token]", delimiters: "list[Delimiter]") -> None:
    closers = {one.end for one in delimiters if one.end >= 0}
    at = 0
    while at < len(delimiters):
        if delimiters[at].end < 0:
            at += 1
            continue
        last = at
        while (
            last + 1 < len(delimiters)
            and delimiters[last + 1].marker == delimiters[at].marker
            and delimiters[last + 1].end == delimiters[last].end - 1
            and delimiters[last + 1].token == delimiters[last].token + 1
            and delimiters[delimiters[last].end].token == delimiters[delimiters[last + 1].end].token + 1
        ):
            last += 1
        if _is_torn(delimiters, closers, at, last) or not _is_meant(tokens, delimiters, at, last):
            for one in delimiters[at : last + 1]:
                closers.discard(one.end)
                one.end = -1
        at = last + 1


def _is_torn(delimiters: "list[Delimiter]", closers: set[int], first: int, last: int) -> bool:
    """Whether a star beside the pair was left over: ``**half*``."""
    opener, closer = delimiters[first], delimiters[delimiters[first].end]
    inner, innermost = delimiters[last], delimiters[delimiters[last].end]
    beside = (
        (first - 1, opener.token - 1),
        (last + 1, inner.token + 1),
        (delimiters[first].end + 1, closer.token + 1),
        (delimiters[last].end - 1, innermost.token - 1),
    )
    return any(
        0 <= place < len(delimiters)
        and delimiters[place].token == token
        and delimiters[place].marker == opener.marker
        and delimiters[place].end < 0
        and place not in closers
        for place, token in beside
    )


def _is_meant(tokens: "list[Token]", delimiters: "list[Delimiter]", first: int, last: int) -> bool:
    start, end = delimiters[last].token + 1, delimiters[delimiters[last].end].token
    inner = "".join(token.content for token in tokens[start:end])
    mark, length = chr(delimiters[first].marker), last - first + 1
    if mark == "~":
        return any(letter.isalnum() for letter in inner)
    if mark == "_" and _IDENTIFIER.fullmatch(inner) and (length > 1 or "_" in inner):
        return False
    plain = all(token.type in ("text", "text_special") for token in tokens[start:end])
    if not plain or _WORD.search(inner):
        return True
    if length == 1 and not any(letter.isalnum() for letter in inner):
        return False
    before = _beside(tokens, range(delimiters[first].token - 1, -1, -1))
    after = _beside(tokens, range(delimiters[delimiters[first].end].token + 1, len(tokens)))
    if length == 1 and not (before and after):
        return not _is_operand(before or after, length)
    return not (_is_operand(before, length) and _is_operand(after, length))


def _beside(tokens: "list[Token]", places: range) -> str:
    """The nearest word on one side of a pair."""
    found = ""
    for place in places:
        words = tokens[place].content
        found = words + found if places.step < 0 else found + words
        if len(found.split()) > 1 or (found.strip() and found[0 if places.step < 0 else -1].isspace()):
            break
    split = found.split()
    return "" if not split else split[-1] if places.step < 0 else split[0]


def _is_operand(word: str, length: int) -> bool:
    """Whether the word beside a mark is part of a sum: a number, one letter, and beside a single mark an operator."""
    if not word or _WORD.search(word):
        return False
    is_quantity = word[0].isalnum() and word[-1].isalnum()
    return is_quantity or (length == 1 and any(sign in word for sign in "+-*/=^()<>%"))


def _flanks(text: str, start: int, end: int, *, strong: bool) -> tuple[bool, bool]:
    outer, far = start, end
    while outer and text[outer - 1] in _MARKS:
        outer -= 1
    while far < len(text) and text[far] in _MARKS:
        far += 1
    before, after = text[outer - 1 : outer], text[far : far + 1]
    apart = not before or before.isspace()
    ended = not after or after.isspace()
    quoted = before in _QUOTES and after in _QUOTES
    opens = (
        not ended
        and not quoted
        and (apart or _is_apart(before, _BEFORE_STRONG if strong else _BEFORE))
        and (apart or not _is_sign(after) or after in (_OPENING_STRONG if strong else _OPENING))
    )
    closes = (
        not apart
        and not quoted
        and (ended or _is_apart(after, _AFTER_STRONG if strong else _AFTER))
        and (ended or strong or not _is_sign(before) or before in _CLOSING)
    )
    return opens, closes


def _is_apart(letter: str, signs: frozenset[str]) -> bool:
    """Whether a mark may stand beside it: a sign of the kind, a symbol, or a letter of a script without spaces."""
    if letter.isascii() or letter in signs:
        return letter in signs
    category = unicodedata.category(letter)
    return category[0] == "P" or category == "So" or letter in _OF_EMOJI or unicodedata.east_asian_width(letter) in "WF"


def _is_sign(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "PS" and unicodedata.east_asian_width(letter) not in "WF"


def _is_raw(text: str, at: int) -> bool:
    """Whether the word around a backslash is a path, a pattern or a formula."""
    start, end = at, at
    while start > max(0, at - _REACH) and not text[start - 1].isspace():
        start -= 1
    while end < min(len(text), at + _REACH) and not text[end].isspace():
        end += 1
    return _RAW.search(text, start, end) is not None
