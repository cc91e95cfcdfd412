"""What a message refers to: words of others that came with it, such as a quote or a forwarded message.

They are material. Nothing in them steers, answers, consents or runs a command, and a model is given them as data.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

Kind = Literal["quote", "reply", "forward", "shared", "earlier", "table", "pasted"]
"""A part of an answered message; the whole of it; a forwarded one; one shared from elsewhere; what was said in the
thread before; a table among the words; the beginning of what was pasted, and is kept as a file."""

LONGEST = 12_000
"""Characters of one piece that are kept."""

MOST = 60
"""Pieces of one message that are kept."""

LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Quoted:
    """One piece. ``who`` and ``where`` are names as people read them, never ids; None where nobody says.

    ``files`` names what came with it besides words. Those that can be fetched are files of the message too.
    """

    kind: Kind
    text: str = ""
    who: str | None = None
    where: str | None = None
    files: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value}


def bounded(pieces: Iterable[Quoted]) -> tuple[Quoted, ...]:
    """The pieces as they are kept: no more and no longer ones than that. Whatever is cut is said to be."""
    given = [_bounded(piece) for piece in pieces]
    if len(given) <= MOST:
        return tuple(given)
    left = f"({len(given) - MOST + 1:,} more were left out.)"
    return (*given[: MOST - 1], Quoted(given[-1].kind, left))


def read(stored: Sequence[dict[str, Any]]) -> tuple[Quoted, ...]:
    """Pieces as ``as_json`` wrote them."""
    return tuple(replace(Quoted(**piece), files=tuple(piece.get("files", ()))) for piece in stored)


def pasted_in(stored: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of pieces as ``as_json`` wrote them those that begin what was pasted."""
    return [piece for piece in stored if piece.get("kind") == "pasted"]


def with_pasted(stored: Sequence[dict[str, Any]], pasted: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The pieces with others in the place of what was pasted."""
    return [*pasted, *(piece for piece in stored if piece.get("kind") != "pasted")]


def text_of(stored: Sequence[dict[str, Any]]) -> str:
    """The words of pieces as ``as_json`` wrote them, with whose they are: a paragraph each."""
    said = [(piece.get("who"), piece["text"]) for piece in stored if piece.get("text")]
    return "\n\n".join(f"{who}: {text}" if who else text for who, text in said)


def _bounded(piece: Quoted) -> Quoted:
    return replace(piece, text=_cut(piece.text, LONGEST), who=_line(piece.who), where=_line(piece.where))


def _line(name: str | None) -> str | None:
    return _cut(" ".join(name.split()), LONGEST_NAME) or None if name is not None else None


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most].rstrip()} …"
