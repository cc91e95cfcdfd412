"""One secret, sealed for one place: AES-256-GCM with a nonce of 12 random bytes (NIST SP 800-38D).

A sealed value is a byte that names its form, the version of its data key (4 bytes), the nonce, and what was enciphered
with its tag. Nonces are random, so one data key is good for 2^32 secrets.
"""

import os
import struct
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.core.errors import Refused

KEY = 32
"""Bytes of every key."""

_FORM, _NONCE, _TAG = 1, 12, 16
_HEAD = struct.Struct(">BI")
_SHORTEST = _HEAD.size + _NONCE + _TAG


@dataclass(frozen=True, slots=True)
class Place:
    """Where a secret is stored. ``column``: ``table.column``; ``org_id`` None: it is the installation's own."""

    column: str
    org_id: UUID | None
    row: UUID

    def bound(self, version: int) -> bytes:
        """The associated data: no two places are written alike, since no part can hold a line feed."""
        return f"legwork\n{self.column}\n{self.org_id}\n{self.row}\n{version}".encode()


def seal(key: bytes, version: int, place: Place, secret: bytes) -> bytes:
    """The secret as it may be stored in that place."""
    nonce = os.urandom(_NONCE)
    return _HEAD.pack(_FORM, version) + nonce + _aes(key).encrypt(nonce, secret, place.bound(version))


def unseal(key: bytes, version: int, place: Place, stored: bytes) -> bytes:
    """The secret again. Raises Refused for what was changed, or was sealed under another key or for another place."""
    from cryptography.exceptions import InvalidTag

    nonce, enciphered = stored[_HEAD.size : _HEAD.size + _NONCE], stored[_HEAD.size + _NONCE :]
    try:
        return _aes(key).decrypt(nonce, enciphered, place.bound(version))
    except InvalidTag:
        raise does_not_open() from None


def version_of(stored: bytes) -> int:
    """The version of the data key it was sealed under. Raises Refused for what was never sealed."""
    if len(stored) < _SHORTEST or stored[0] != _FORM:
        raise does_not_open()
    return int(_HEAD.unpack_from(stored)[1])


def does_not_open() -> Refused:
    return Refused(
        "A stored secret does not open: it was changed, or belongs to another place.",
        remedy="Store it anew.",
        code="does_not_open",
    )


def _aes(key: bytes) -> Any:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)
