"""The chain that rows of the trail are sealed into: one an organization, and one for the platform.

A row's seal is an HMAC over the seal before it and over everything the row says, with ``details_hash`` in the place of
its details; so details can be erased, and nothing else changed, moved, put in or taken out without the next seal not
fitting. The chain is in the order of ``seq``, which has no gaps. What it cannot show by itself is that its end is
missing: for that a **head** is kept elsewhere, in the log.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson

from domain.core.errors import Invalid

KEY = "audit"
"""What the key of the seals is derived for (``Keyring.derive``)."""

PLATFORM = UUID(int=0)
"""The chain of what belongs to no organization."""

GIVEN = (
    "id",
    "org_id",
    "actor_kind",
    "actor_id",
    "on_behalf_of",
    "action",
    "resource_type",
    "resource_id",
    "outcome",
    "permission",
    "details_hash",
    "request_id",
)
"""The columns that an act fills in, besides its details."""

SEALED = (*GIVEN, "created_at")
"""The columns that a seal covers, besides the row's place."""

_NAME = 4
"""Bytes at the beginning of a seal that say which key it was made with."""

START = bytes(_NAME + 32)
"""What stands in the place of the seal before the first."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last row of a chain, by its organization (or ``PLATFORM``)."""

    chain: UUID
    seq: int
    hash: bytes


def seal(key: bytes, before: bytes, seq: int, row: Mapping[Any, Any]) -> bytes:
    """The seal of a row in that place, behind a row with the seal ``before``: 36 bytes, of which 4 name the key."""
    told = orjson.dumps([seq, *(_plain(row[name]) for name in SEALED)], default=str)
    return name_of(key) + hmac.digest(key, before + told, "sha256")


def name_of(key: bytes) -> bytes:
    """What a key is called in the seals made with it."""
    return sha256(b"audit" + key).digest()[:_NAME]


def by(key: bytes, made: bytes) -> bool:
    """Whether a seal says that it was made with that key."""
    return made[:_NAME] == name_of(key)


def written(head: Head) -> str:
    """A head as a line of text: ``ORGANIZATION:SEQ:HASH``, or ``platform:…``."""
    return f"{'platform' if head.chain == PLATFORM else head.chain}:{head.seq}:{head.hash.hex()}"


def read(line: str) -> Head:
    """The head that a line names. Raises Invalid."""
    chain, _, rest = line.strip().partition(":")
    seq, _, made = rest.partition(":")
    try:
        return Head(PLATFORM if chain == "platform" else UUID(chain), int(seq), bytes.fromhex(made))
    except ValueError as error:
        raise Invalid(
            f"“{line}” is no head of a chain.", remedy="Copy it from the log: ORGANIZATION:NUMBER:HASH."
        ) from error


def _plain(value: Any) -> Any:
    """As the text that is sealed has it, whichever class of bytes or moments a driver gives."""
    match value:
        case bytes():
            return value.hex()
        case datetime():
            return value.isoformat()
        case _:
            return value
