"""Files that people sent, streamed from Telegram's servers."""

from collections.abc import AsyncIterator

import httpx
from telegram import Bot

from bot.telegram.failures import explained
from domain.core.errors import Invalid, NotFound, Unavailable

CHUNK = 65_536


class Downloads:
    """Give it up with ``close``."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._client: httpx.AsyncClient | None = None

    async def stream(self, file_id: str) -> AsyncIterator[bytes]:
        """A file's content in chunks.

        Raises:
            Invalid: it is larger than the 20 MB a bot may fetch.
            NotFound: Telegram no longer has it.
            Unavailable: Telegram did not answer, or broke off.
        """
        address = await self._locate(file_id)
        try:
            async with self._opened().stream("GET", address) as response:
                if response.status_code in (400, 404):
                    raise NotFound("Telegram no longer has that file.", remedy="Send it again.")
                if not response.is_success:
                    raise Unavailable("Telegram does not hand out the file for the moment.")
                async for chunk in response.aiter_bytes(CHUNK):
                    yield chunk
        except httpx.HTTPError as error:  # its text may hold the address, and that the token
            raise Unavailable("The connection to Telegram broke while a file was fetched.") from error

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def _locate(self, file_id: str) -> str:
        try:
            file = await explained(self._bot.get_file(file_id))
        except Invalid as error:
            if "too big" in str(error):
                raise Invalid(
                    "That file is larger than the 20 MB a bot may fetch from Telegram.",
                    remedy="Send a smaller one, or a part of it.",
                    code="file_too_large",
                ) from error
            raise NotFound("Telegram no longer has that file.", remedy="Send it again.") from error
        if file.file_path is None:
            raise NotFound("Telegram no longer has that file.", remedy="Send it again.")
        return file.file_path

    def _opened(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=httpx.Timeout(60.0, connect=5.0))
        return self._client
