"""What wraps data keys: a key of this installation's operator, or a program of theirs that asks a key service.

A **key** has an id, which tells it from others and gives nothing of it away, and is stored beside what it has wrapped.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import os
import shlex
import signal
from contextlib import suppress
from typing import Protocol

from domain.core.crypto.sealing import KEY
from domain.core.errors import Misconfigured, Unavailable
from domain.core.logging import logger

log = logger(__name__)

COMMAND = "command:"
"""What ids of keys begin with that only a program holds."""
COMMAND_SECONDS = 20.0
NOT_MINE = 3
"""The exit status by which a program says that its key does not open what it was given."""

_MOST = 16_384
"""Bytes of a program's answer."""
_NAME = 200
_TOLD = 500


class WrappingKey(Protocol):
    """Wraps data keys. ``unwrap`` raises Misconfigured where it is another key than the one that wrapped."""

    async def id(self) -> str: ...
    async def wrap(self, key: bytes) -> bytes: ...
    async def unwrap(self, wrapped: bytes, key_id: str) -> bytes: ...


def not_the_key() -> Misconfigured:
    return Misconfigured(
        "The key does not open this database's secrets.",
        remedy="Set the one it was written with, or name it in LEGWORK_KEY_PREVIOUS.",
        code="wrong_key",
    )


class GivenKey:
    """Wraps by RFC 3394, which also tells a wrong key."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.name = "key:" + hmac.digest(key, b"legwork: the id of a key", hashlib.sha256)[:12].hex()

    async def id(self) -> str:
        return self.name

    async def wrap(self, key: bytes) -> bytes:
        from cryptography.hazmat.primitives.keywrap import aes_key_wrap

        return aes_key_wrap(self._key, key)

    async def unwrap(self, wrapped: bytes, key_id: str) -> bytes:
        from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap

        try:
            return aes_key_unwrap(self._key, wrapped)
        except InvalidUnwrap:
            raise not_the_key() from None


class ProgramKey:
    """A program that wraps and unwraps. It is called with one more word, and talks base64, one line each way:

    - ``id``: nothing is given; it names the key that it would wrap with.
    - ``wrap``: 32 bytes are given; it answers with them wrapped, in whatever form.
    - ``unwrap NAME``: those are given again, with the name ``id`` gave when it wrapped them; it answers the 32 bytes.

    Exit status 0: done; 3: its key does not open that; any other: it cannot at the moment, and standard error says why.
    """

    def __init__(self, command: str, seconds: float = COMMAND_SECONDS) -> None:
        """Raises Misconfigured for what is no command line."""
        self._seconds = seconds
        self._id: str | None = None
        try:
            self._words = shlex.split(command)
        except ValueError:
            self._words = []
        if not self._words:
            raise Misconfigured(
                "LEGWORK_KEY_COMMAND is no command line.", remedy="Write the program and its arguments."
            )

    async def id(self) -> str:
        if self._id is None:
            name = (await self._ask("id")).decode(errors="replace").strip()
            if not name or len(name) > _NAME or not name.isprintable():
                raise _unreadable()
            self._id = COMMAND + name
        return self._id

    async def wrap(self, key: bytes) -> bytes:
        """Unwrapped again before it counts: what cannot be opened later is of no use."""
        key_id = await self.id()
        wrapped = _read(await self._ask("wrap", given=_written(key)))
        if not hmac.compare_digest(await self.unwrap(wrapped, key_id), key):
            raise Misconfigured(
                "The program of LEGWORK_KEY_COMMAND does not unwrap what it has wrapped.",
                remedy="docs/admin.md says what is asked of it.",
            )
        return wrapped

    async def unwrap(self, wrapped: bytes, key_id: str) -> bytes:
        key = _read(await self._ask("unwrap", key_id.removeprefix(COMMAND), given=_written(wrapped)))
        if len(key) != KEY:
            raise _unreadable()
        return key

    async def _ask(self, *words: str, given: bytes = b"") -> bytes:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._words,
                *words,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,  # so that what it starts ends with it
            )
        except OSError as error:
            raise Misconfigured(
                f"The program of LEGWORK_KEY_COMMAND cannot be started: {error.strerror or error}.",
                remedy="Correct the setting.",
            ) from error
        try:
            async with asyncio.timeout(self._seconds):
                answer, told = await process.communicate(given)
        except TimeoutError as error:
            raise Unavailable(f"The program of LEGWORK_KEY_COMMAND took longer than {self._seconds:g} s.") from error
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        if process.returncode == NOT_MINE:
            raise not_the_key()
        if process.returncode != 0:
            log.error(
                "the program of LEGWORK_KEY_COMMAND failed",
                asked=words[0],
                status=process.returncode,
                told=told.decode(errors="replace")[-_TOLD:],
            )
            raise Unavailable(
                f"The program of LEGWORK_KEY_COMMAND failed (status {process.returncode}).",
                remedy="The log holds what it said.",
            )
        if len(answer) > _MOST:
            raise _unreadable()
        return answer


def _written(value: bytes) -> bytes:
    return base64.b64encode(value) + b"\n"


def _read(answer: bytes) -> bytes:
    try:
        value = base64.b64decode(answer.strip(), validate=True)
    except binascii.Error:
        raise _unreadable() from None
    if not value:
        raise _unreadable()
    return value


def _unreadable() -> Misconfigured:
    return Misconfigured(
        "The program of LEGWORK_KEY_COMMAND answers in another form.", remedy="docs/admin.md says what is asked of it."
    )
