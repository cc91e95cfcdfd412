"""The key of the seals: a file of the data directory, made once, which only its account can read."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from domain.core.errors import Misconfigured
from domain.core.settings import Settings

_BYTES = 32


def chain_key(settings: Settings) -> bytes:
    """The key, which is made where there is none yet.

    Raises:
        Misconfigured: it cannot be read or written, or is no key.
    """
    path = settings.data_dir / "audit.key"
    try:
        if not path.exists():
            _make(path)
        key = path.read_bytes()
    except OSError as error:
        raise Misconfigured(
            f"The key of the audit trail, {path}, cannot be used: {error.strerror}.",
            remedy="Let this account read it, or set LEGWORK_DATA_DIR to a directory it may write to.",
        ) from error
    if len(key) != _BYTES:
        raise Misconfigured(f"{path} is no key of an audit trail.", remedy="Put back the one that was there.")
    return key


def _make(path: Path) -> None:
    """Whole or not at all, and once: of two processes that make it the second finds the first one's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(made, path)
    finally:
        made.unlink()
