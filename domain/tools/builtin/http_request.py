"""http_request: one call of somebody else's HTTP interface."""

import json
import re
from http import HTTPStatus
from typing import Any, Literal

from pydantic import Field, model_validator

from domain.core.errors import Ambiguous, Invalid, Unavailable
from domain.core.web import AnswerLost, Fetched, GuardedClient, sendable
from domain.tools.builtin.characters import clean, clean_json
from domain.tools.registry import Arguments, Category, Effect, Output, Tool, ToolContext

__all__ = ["http_request"]

_MAX_CHARS = 20_000
_MAX_BODY = 1024 * 1024
_LINK = re.compile(r"\w+://\S+|www\.\S+")
"""An error is shown to people as Legwork's own words, so no link of a stranger may stand in it."""
_SHOWN_HEADERS = ("content-type", "etag", "last-modified", "link", "location", "retry-after", "x-request-id")


class _Arguments(Arguments):
    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    url: str = Field(min_length=1, max_length=4_000)
    headers: dict[str, str] = Field(default_factory=dict, max_length=30)
    json_body: Any = Field(default=None, alias="json", description="A JSON value to send.")
    body: str | None = Field(default=None, description="Text to send instead of JSON.")

    @model_validator(mode="after")
    def _one_body(self) -> "_Arguments":
        if self.body is not None and self.json_body is not None:
            raise ValueError("give either json or body, not both")
        return self


def http_request(web: GuardedClient) -> Tool:
    async def run(arguments: _Arguments, context: ToolContext) -> Output:
        external = _is_external(arguments)
        headers = {name.lower(): value for name, value in arguments.headers.items()}
        content = _content(arguments, headers)
        if external:
            headers.setdefault("idempotency-key", context.idempotency_key)
        try:
            # after a redirect nobody could say which of two servers acted, so an external call follows none
            answer = await web.fetch(
                arguments.method, arguments.url, headers=headers, content=content, redirects=0 if external else 5
            )
        except AnswerLost as error:
            if external:
                raise _ambiguous(error.sentence) from error
            raise
        return _output(_checked(answer, external))

    async def check(arguments: _Arguments) -> None:
        await web.check(arguments.url)
        sendable(arguments.headers)
        _content(arguments, {})

    return Tool(
        name="http_request",
        display_name="HTTP request",
        description=(
            "Calls an HTTP interface. Returns status, headers and json or text; an answer of 400 or more is an error. "
            "Anything but GET and HEAD may change something outside and is approved first."
        ),
        category=Category.API,
        effect=Effect.READ,
        arguments=_Arguments,
        run=run,
        external_when=_is_external,
        check=check,
        volatile=True,
    )


def _is_external(arguments: _Arguments) -> bool:
    return arguments.method not in ("GET", "HEAD")


def _content(arguments: _Arguments, headers: dict[str, str]) -> bytes | None:
    """What is sent, naming its type in ``headers`` where the caller has not."""
    if arguments.json_body is not None:
        headers.setdefault("content-type", "application/json")
        content = json.dumps(arguments.json_body, ensure_ascii=False).encode()
    elif arguments.body is not None:
        headers.setdefault("content-type", "text/plain; charset=utf-8")
        content = arguments.body.encode()
    else:
        return b"" if arguments.method in ("POST", "PUT", "PATCH") else None
    if len(content) > _MAX_BODY:
        raise Invalid("What is to be sent has more than 1 MB.", remedy="Send less at a time.")
    return content


def _checked(answer: Fetched, external: bool) -> Fetched:
    """The answer, where it is a success. What the server said about a failure is added to the error.

    Raises:
        Unavailable: another attempt may succeed: 429, and for a reading call 5xx.
        Ambiguous: an external call met a 5xx, which says nothing about what was done before it.
        Invalid: the request was turned down.
    """
    try:
        return answer.checked()
    except Unavailable as error:
        if external and answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise _ambiguous(error.sentence) from error
        raise
    except Invalid as error:
        said = _LINK.sub("[link]", " ".join(clean(answer.text).split()))[:300]
        raise Invalid(error.sentence, remedy=f"It said: {said}" if said else error.remedy) from error


def _ambiguous(sentence: str) -> Ambiguous:
    return Ambiguous(
        f"{sentence} What was asked may have happened or not.", remedy="Look there before it is tried again."
    )


def _output(answer: Fetched) -> Output:
    """JSON where the answer is JSON and short enough to be stored as a step's output, else text."""
    shown: Output = {
        "status": answer.status,
        "url": answer.url,
        "headers": {name: answer.headers[name] for name in _SHOWN_HEADERS if name in answer.headers},
        "untrusted": True,
    }
    if _is_json(answer) and len(answer.content) <= _MAX_CHARS * 4 and not answer.truncated:
        return {**shown, "json": clean_json(answer.json()) if answer.content.strip() else None, "truncated": False}
    if b"\0" in answer.content[:1024]:
        return {**shown, "text": "", "bytes": len(answer.content), "truncated": True}
    text = clean(answer.text)
    return {**shown, "text": text[:_MAX_CHARS], "truncated": answer.truncated or len(text) > _MAX_CHARS}


def _is_json(answer: Fetched) -> bool:
    return answer.content_type == "application/json" or answer.content_type.endswith("+json")
