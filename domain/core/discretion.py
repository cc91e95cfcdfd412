"""What must never be written anywhere, and its removal from whatever is written.

Secrets are kept as ``SecretStr`` and put into no sentence. This is the second lock: what a library says in a log, or
an exception in its text, passes through here before it is written.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, quote_plus, unquote, urlsplit

from pydantic import SecretStr

from domain.core.settings import Settings

__all__ = ["discreet", "secrets_of"]

HIDDEN = "…"
_ONE_TIME = r"(?<=/l/)[A-Za-z0-9_-]{16,}"
_SHORTEST = 6
"""Characters. What is shorter is found in every other word."""


def discreet(settings: Settings) -> Callable[[str], str]:
    """A function that hides every secret of the settings: as it is, percent-encoded, in base64 and hex, and as in JSON;
    and the token of each address of a page that opens something once."""
    forms = {form for secret in secrets_of(settings) for form in _forms(secret) if len(form) >= _SHORTEST}
    found = re.compile("|".join([_ONE_TIME, *map(re.escape, sorted(forms, key=len, reverse=True))]))
    return lambda text: found.sub(HIDDEN, text)


def secrets_of(settings: Settings) -> frozenset[str]:
    """Keys, tokens, and the passwords within addresses."""
    return frozenset(
        secret for name in type(settings).model_fields for secret in _secrets_in(getattr(settings, name)) if secret
    )


def _secrets_in(value: Any) -> Iterator[str]:
    if isinstance(value, SecretStr):
        written = value.get_secret_value().strip()
        if "://" not in written:
            yield from (part.strip() for part in written.split(","))  # tokens of several workspaces are one setting
            return
    else:
        written = str(value)
    yield from _passwords(written)


def _passwords(address: str) -> Iterator[str]:
    """Both as they are written in an address and as they are meant."""
    for written in re.findall(r"(?<=://)[^/?#]*?:([^/?#]*)@|[?&]password=([^&#]*)", address):
        for password in filter(None, written):
            yield from (password, unquote(password))
    try:
        user, password = urlsplit(address).username, urlsplit(address).password
    except ValueError:
        return
    if user and password:  # as HTTP's basic authentication sends them
        yield f"{unquote(user)}:{unquote(password)}"


def _forms(secret: str) -> Iterator[str]:
    yield secret
    yield quote(secret, safe="")
    yield quote(secret)
    yield quote_plus(secret)
    yield json.dumps(secret)[1:-1]
    yield secret.encode().hex()
    encoded = secret.encode()
    for alphabet in (base64.b64encode, base64.urlsafe_b64encode):
        for before in range(3):  # where it stands in a longer text, its first and last sign depend on the neighbours
            coded = alphabet(b"\0" * before + encoded).decode().rstrip("=")
            yield coded[(0, 2, 3)[before] :] if (before + len(encoded)) % 3 == 0 else coded[(0, 2, 3)[before] : -1]
