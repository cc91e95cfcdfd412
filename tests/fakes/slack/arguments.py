"""The arguments of a call, from JSON, a form or the query; unknown ones are refused."""

import inspect
import json
from functools import cache
from typing import Any

from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack.refusal import Refusal, invalid
from tests.fakes.slack.shapes import is_list, is_object

Json = dict[str, Any]

_STRUCTURED = frozenset(
    {"attachments", "blocks", "chunks", "files", "loading_messages", "metadata", "prompts", "unfurls", "view"}
)
_BOOLEANS = frozenset(
    {"inclusive", "include_all_metadata", "include_locale", "include_num_members", "reply_broadcast", "return_im",
     "unfurl_links", "unfurl_media", "mrkdwn", "link_names", "as_user"}
)  # fmt: skip
_NUMBERS = frozenset({"length", "limit", "count", "page"})


async def read(request: web.Request) -> Json:
    """Raises Refusal: invalid_json, invalid_form_data, json_not_object."""
    given: Json = dict(request.query)
    if request.method == "POST" and request.can_read_body:
        if request.content_type == "application/json":
            try:
                body = json.loads(await request.read())
            except ValueError:
                raise Refusal("invalid_json") from None
            if not is_object(body):
                raise Refusal("json_not_object")
            given |= body
        elif request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
            given |= dict(await request.post())
        else:
            raise Refusal("invalid_post_type")
    return {name: _decoded(name, value) for name, value in given.items() if value is not None}


def check(method: str, given: Json) -> None:
    """Names and the presence of what is required, by the signature the SDK has for the method."""
    known, required = _parameters(method)
    unknown = sorted(set(given) - known - {"token", "team_id"})
    if unknown:
        raise invalid(*(f"unexpected argument: {name}" for name in unknown))
    wanted = {name: kind for name, value in given.items() if (kind := _not(name, value))}
    mistaken = [f"must be {kind} [json-pointer:/{name}]" for name, kind in wanted.items()]
    if mistaken:
        raise invalid(*mistaken)
    missing = sorted(required - set(given) - _OPTIONAL.get(method, set()))
    if missing:
        raise invalid(*(f"missing required field: {name}" for name in missing))


@cache
def _parameters(method: str) -> tuple[frozenset[str], frozenset[str]]:
    """Those it knows, and those of them that it wants."""
    signature = inspect.signature(getattr(AsyncWebClient, method.replace(".", "_")))
    known = frozenset(signature.parameters) - {"self", "kwargs", "app_token"}
    return known, frozenset(name for name in known if signature.parameters[name].default is inspect.Parameter.empty)


_OPTIONAL = {"chat.postMessage": {"channel"}, "chat.startStream": {"thread_ts"}, "chat.postEphemeral": {"channel"}}
"""What the handlers answer with a code of their own when it is missing."""


def _not(name: str, value: Any) -> str | None:
    """What the value ought to be and is not."""
    if name == "blocks":
        return None  # has a code of its own
    if name in ("metadata", "unfurls", "view"):
        return None if is_object(value) else "an object"
    if name in _STRUCTURED:
        return None if is_list(value) else "an array"
    if name in _BOOLEANS:
        return None if isinstance(value, bool) else "a boolean"
    if name in _NUMBERS:
        return None if isinstance(value, int) and not isinstance(value, bool) else "an integer"
    return None if isinstance(value, str) else "a string"


def _decoded(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name in _STRUCTURED:
        try:
            return json.loads(value)
        except ValueError:
            code = {"blocks": "invalid_blocks_format", "metadata": "invalid_metadata_format"}.get(name)
            raise Refusal(code) if code else invalid(f"invalid JSON in {name}") from None
    if name in _BOOLEANS:
        return value.lower() in ("1", "true")
    if name in _NUMBERS:
        try:
            return int(value)
        except ValueError:
            raise invalid(f"{name} must be an integer") from None
    return value
