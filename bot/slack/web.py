"""Slack's Web API: one client a workspace, each failure in Legwork's words, no retry of its own."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, cast

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.failures import LIMITED, explained, of_status
from domain.core.errors import Ambiguous, LegworkError, Misconfigured, NotFound, Refused, Unavailable
from domain.core.settings import Settings

Json = dict[str, Any]

SECONDS = 15.0
"""How long one call may take."""
TRANSFER_SECONDS = 120.0
"""How long a file may take in either direction."""
_CHUNK = 65_536

_TOKEN = re.compile(r"[!-~]+")
"""Printable, without blanks: a header holds nothing else."""

_FORM = ("conversations.", "files.", "users.", "auth.", "reactions.", "apps.")
"""Methods that take no JSON body."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What Slack answered; header names in any case."""

    data: Json
    headers: Mapping[str, str]


class Web:
    """Calls methods by name. Give it up with ``close``.

    ``call`` raises Unavailable (not done; a rate limit's ``reason`` is ``ratelimited``), Invalid, NotFound,
    Refused, or Ambiguous where the answer was lost.
    """

    def __init__(self, token: str, base_url: str, *, installed: bool = False) -> None:
        """``installed``: the token is that of a workspace that installed the app by itself."""
        self.installed = installed
        self._token = token
        self._base_url = base_url if base_url.endswith("/") else f"{base_url}/"
        self._session: aiohttp.ClientSession | None = None
        self._client: AsyncWebClient | None = None

    @property
    def client(self) -> AsyncWebClient:
        """The SDK's client, for Bolt and Socket Mode. It repeats nothing: a repeated post would be seen twice."""
        if self._client is None:
            self._client = AsyncWebClient(
                token=self._token,
                base_url=self._base_url,
                timeout=int(SECONDS),
                session=self._http(),
                retry_handlers=[],
                logger=_quiet(),
            )
        return self._client

    def use(self, token: str) -> None:
        """Call with another token from now on."""
        self._token = token
        if self._client is not None:
            self._client.token = token

    async def call(self, method: str, *, seconds: float = SECONDS, **arguments: Any) -> Json:
        """One call, without the arguments that are None. Returns Slack's answer."""
        return (await self.ask(method, seconds=seconds, **arguments)).data

    async def ask(self, method: str, *, seconds: float = SECONDS, **arguments: Any) -> Answer:
        """The same with the answer's headers."""
        given = {name: value for name, value in arguments.items() if value is not None}
        body = {"params": given} if method.startswith(_FORM) else {"json": given}
        return await _answered(cast(Any, self.client).api_call(method, **body), seconds)

    async def exchange(self, **given: str) -> Answer:
        """Ask for tokens, in a body: https://docs.slack.dev/reference/methods/oauth.v2.access

        Not by the SDK's method for it, which asks aiohttp for what that is about to give up.
        """
        return await _answered(cast(Any, self.client).api_call("oauth.v2.access", data=given), SECONDS)

    async def send(self, address: str, content: bytes) -> None:
        """Put a file where ``files.getUploadURLExternal`` said. Nobody sees it before the upload is completed."""
        body = BytesIO(content)  # sent in pieces: in one it would hold up the event loop
        try:
            async with asyncio.timeout(TRANSFER_SECONDS), self._http().post(address, data=body) as answer:
                if answer.status != 200:
                    raise Unavailable(f"Slack did not take the file (status {answer.status}).")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unavailable("Slack could not be reached with the file.") from error

    async def fetch(self, address: str, mime_type: str) -> AsyncIterator[bytes]:
        """Stream a private file, chunk by chunk. Raises NotFound, Unavailable, Refused."""
        headers = {"Authorization": f"Bearer {self._token}"}
        try:
            async with (
                asyncio.timeout(TRANSFER_SECONDS),
                self._http().get(address, headers=headers, allow_redirects=False) as answer,
            ):
                if answer.status in (403, 404, 410):
                    raise NotFound("That file is no longer in Slack.", remedy="Send it again.")
                # without the permission the way leads to a sign-in page, which answers 200
                if answer.status // 100 == 3 or answer.content_type == "text/html" != mime_type:
                    raise Refused(
                        "Slack does not let Legwork read files.",
                        remedy="An admin has to grant the permission files:read and reinstall the app.",
                    )
                if answer.status != 200:
                    raise Unavailable(f"Slack did not hand the file over (status {answer.status}).")
                async for chunk in answer.content.iter_chunked(_CHUNK):
                    yield chunk
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unavailable("Slack could not be reached for the file.") from error

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TRANSFER_SECONDS))
        return self._session


async def _answered(calling: Awaitable[Any], seconds: float) -> Answer:
    try:
        async with asyncio.timeout(seconds):
            answer = await calling
            return Answer(cast(Json, answer.data), cast(Mapping[str, str], answer.headers))
    except SlackApiError as error:
        raise _of_answer(cast(Any, error).response) from error
    except SlackClientError as error:
        raise Refused(f"Slack was not asked: {error}", code="slack_sdk") from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise _of_connection(error) from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:  # the SDK, as it reads what was answered
        raise Ambiguous("Slack's answer could not be read.", code="unreadable") from error


def _quiet() -> logging.Logger:
    """Where everything is logged the SDK writes down what it sends and gets: tokens too."""
    own = logging.getLogger("slack_sdk.legwork")
    own.setLevel(logging.WARNING)
    return own


def tokens(settings: Settings) -> list[str]:
    """The bot tokens, one a workspace, as SLACK_BOT_TOKEN lists them between commas. Raises Misconfigured where
    there is none, or what is none."""
    given = settings.slack_bot_token
    listed = (token.strip() for token in given.get_secret_value().split(",")) if given is not None else ()
    found = list(dict.fromkeys(token for token in listed if token))
    if not found:
        raise Misconfigured(
            "SLACK_BOT_TOKEN holds no token.", remedy="Copy it from api.slack.com/apps; docs/slack.md shows where."
        )
    for place, token in enumerate(found, start=1):
        _checked("SLACK_BOT_TOKEN" if len(found) == 1 else f"Token {place} of SLACK_BOT_TOKEN", token)
    return found


def app_token(settings: Settings) -> str:
    """What Socket Mode is opened with. Raises Misconfigured for what is no token."""
    given = settings.slack_app_token
    return _checked("SLACK_APP_TOKEN", given.get_secret_value().strip() if given is not None else "")


def _checked(name: str, token: str) -> str:
    """Raises Misconfigured for what cannot be sent as a token; whether it is good is Slack's to say."""
    if not _TOKEN.fullmatch(token):
        raise Misconfigured(
            f"{name} is no token of Slack's.", remedy="Copy it from api.slack.com/apps; docs/slack.md shows where."
        )
    return token


def open_webs(settings: Settings) -> list[Web]:
    """A client for each token. Raises Misconfigured without one, unless the app can be installed."""
    if settings.slack_bot_token is None and settings.installs_slack:
        return []
    return [Web(token, settings.slack_api_base_url) for token in tokens(settings)]


def _of_answer(response: Any) -> LegworkError:
    """What a refused call means; ``response`` is the SDK's, or aiohttp's own where the body was no JSON."""
    data: object = getattr(response, "data", None)
    code = cast(Mapping[str, object], data).get("error") if isinstance(data, Mapping) else None
    status = int(getattr(response, "status_code", None) or getattr(response, "status", 0))
    if isinstance(code, str):
        return explained(code, retry_after=response.headers.get("Retry-After"))
    if status == 429:
        return explained(LIMITED, retry_after=response.headers.get("Retry-After"))
    return of_status(status)


def _of_connection(error: Exception) -> LegworkError:
    """Where no connection was made nothing happened; everywhere else it may have."""
    if isinstance(error, aiohttp.ClientConnectorError):
        return Unavailable("Slack could not be reached.", code="unreachable")
    return Ambiguous("Slack's answer was lost.", code="answer_lost")
