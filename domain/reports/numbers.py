"""Placeholder: to be written by the facts engineer (see the brief)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Checked:
    text: str
    matched: tuple[str, ...]
    unmatched: tuple[str, ...]


def check(text: str, facts: Sequence[Mapping[str, Any]]) -> Checked:
    return Checked(text, (), ())
