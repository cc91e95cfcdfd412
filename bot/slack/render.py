"""What is said, as messages of Slack's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.slack import blocks
from bot.slack.blocks import Feature, Piece
from bot.slack.literal import label
from bot.views import compose
from bot.views.blocks import Buttons, Chart, Line, Steps, Text, View
from bot.views.clean import clean
from bot.views.plain import plain as as_text
from domain.conversations.said import Said

Json = dict[str, Any]

FEATURES: frozenset[Feature] = frozenset(("plan", "charts", "feedback"))

LENGTH = 10_000
"""Characters of one message's blocks: Slack takes about 13,200 (slackapi/bolt-js issue 2509)."""
_BLOCKS = 48  # Slack takes 50
_NOTICE = 600


@dataclass(frozen=True, slots=True)
class Message:
    """``text`` is what notifications and screen readers say; it is escaped."""

    text: str
    blocks: tuple[Json, ...] = ()
    features: frozenset[Feature] = frozenset()


def render(said: Said, features: frozenset[Feature] = FEATURES, *, plain: bool = False) -> list[Message]:
    """The messages that say it, at least one; more only where it is too long for one."""
    view = clean(compose(said))
    if plain:
        return _plain(view)
    made = [piece for part in _planned(view, features) for piece in part]
    return _packed(made) or [Message("…")]


def writing(markdown: str) -> Message:
    """An answer that is still being written, as far as one message shows it."""
    return (_packed(blocks.of(Text(clean(markdown)), frozenset())) or [Message("…")])[0]


def one(messages: Sequence[Message]) -> Message:
    """All of it in one message where an edit has no more: what does not fit is said to be left out."""
    first, last = messages[0], messages[-1]
    if first is last:
        return first
    left = blocks.of(Line("Shortened here: “Details” shows all of it.", "quiet"), frozenset())
    pressed = [block for block in last.blocks if block["type"] == "actions"]
    kept = [block for block in first.blocks if block["type"] != "actions"]
    return Message(first.text, (*kept, *(piece.block for piece in left), *pressed), first.features)


def _planned(view: View, features: frozenset[Feature]) -> list[list[Piece]]:
    """The pieces of each part; a title with the steps under it is one plan where Slack draws plans."""
    steps = next((part for part in view if isinstance(part, Steps)), None)
    if steps is None or "plan" not in features or not isinstance(view[0], Line):
        return [blocks.of(part, features) for part in view]
    drawn = blocks.plan(view[0].text, steps)
    if not drawn:
        return [blocks.of(part, features) for part in view]
    return [drawn, *(blocks.of(part, features) for part in view[1:] if part is not steps)]


def _packed(made: Sequence[Piece]) -> list[Message]:
    """As few messages as the pieces need, in their order."""
    groups: list[list[Piece]] = []
    length = 0
    for piece in made:
        full = (
            not groups
            or len(groups[-1]) == _BLOCKS
            or length + piece.length > LENGTH
            or (piece.is_table and any(other.is_table for other in groups[-1]))
        )
        if full:
            groups.append(_leading(groups[-1]) if groups else [])
            length = sum(other.length for other in groups[-1])
        groups[-1].append(piece)
        length += piece.length
    return [_message(group) for group in groups]


def _leading(group: list[Piece]) -> list[Piece]:
    """Take the headings at a message's end out of it: they go along with what follows."""
    at = len(group)
    while at and group[at - 1].leads:
        at -= 1
    taken = group[at:] if at else []
    del group[at or len(group) :]
    return taken


def _message(group: Sequence[Piece]) -> Message:
    notice = label("\n".join(piece.text for piece in group if piece.text), _NOTICE)
    used: frozenset[Feature] = frozenset(piece.feature for piece in group if piece.feature is not None)
    return Message(notice or "…", tuple(piece.block for piece in group), used)


def _plain(view: View) -> list[Message]:
    """The oldest form there is; what can be pressed keeps its buttons, without which nobody could answer."""
    text = as_text(tuple(part for part in view if not isinstance(part, Buttons | Chart)))
    pressed = [piece for part in view if isinstance(part, Buttons) for piece in blocks.buttons(part.items)]
    return _packed([*blocks.literal(text), *pressed]) or [Message("…")]
