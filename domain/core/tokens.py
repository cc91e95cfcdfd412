"""What opens something once, for whoever holds it: random tokens, and codes that are typed. Only hashes are kept."""

import hmac
import secrets
from hashlib import sha256

LONGEST = 64
"""Characters that a platform carries in a link to its bot (core.telegram.org/bots/features#deep-linking)."""

_BYTES = 32
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ"
"""Without those that are taken for one another, or for a digit."""
CODE_LETTERS = 8


def new_token() -> tuple[str, bytes]:
    """A token of 256 random bits in 43 url-safe characters, and the hash that is kept of it."""
    token = secrets.token_urlsafe(_BYTES)
    return token, hash_of(token)


def new_code() -> tuple[str, bytes]:
    """Eight letters that can be told apart, as they are shown (``ABCD-EFGH``), and the hash that is kept of them.

    They are 35 bits: good for minutes and a few tries, never alone for longer.
    """
    letters = "".join(secrets.choice(_LETTERS) for _ in range(CODE_LETTERS))
    return f"{letters[:4]}-{letters[4:]}", hash_of(letters)


def hash_of(token: str) -> bytes:
    """What is kept of a token, or of a code as ``code_in`` reads it: 32 bytes. A token is too long to be guessed, so
    that its hash needs no salt and can be looked up."""
    return sha256(token.encode()).digest()


def code_in(written: str) -> str | None:
    """The letters of a code as somebody wrote it, in any case and spacing; None where it is none."""
    letters = "".join(written.split()).replace("-", "").upper()
    return letters if len(letters) == CODE_LETTERS and set(letters) <= set(_LETTERS) else None


def same(one: bytes, other: bytes) -> bool:
    """Whether two hashes are one, in a time that tells nothing of where they differ."""
    return hmac.compare_digest(one, other)
