"""``/slack/events``: where Slack delivers events, interactions and commands over HTTP."""

import json
from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.edge import Edge
from bot.http import delivery
from bot.slack.app import End, Find, dispatch, listening
from bot.slack.hears import ears
from bot.slack.installed import open_installed
from bot.slack.signature import Signature
from domain.core.clock import SystemClock

Json = dict[str, Any]

PATH = "/slack/events"
_MOST = 2 * 1024 * 1024
"""Bytes of a delivery: Slack's own are far smaller."""


def routes(edge: Edge) -> Sequence[Route]:
    """Raises Misconfigured without a bot token or a signing secret."""
    secret = edge.settings.slack_signing_secret
    signature = Signature(secret.get_secret_value() if secret is not None else "", SystemClock())
    installed = open_installed(edge)
    workspaces = ears(edge, installed)  # asked with the first event
    edge.closing.append(workspaces.close)
    if installed is None:
        return [route(workspaces.find, edge.settings.slack_api_base_url, signature)]
    edge.closing.append(installed.close)
    return [route(workspaces.find, edge.settings.slack_api_base_url, signature, installed.heard_of_end)]


def route(find: Find, base_url: str, signature: Signature, end: End | None = None) -> Route:
    """Answers 401 to what is not signed, 400 to what is not of Slack's shape, 503 where it is to come again."""
    app = listening(find, base_url, end)

    async def deliver(request: Request) -> Response:
        raw = await delivery.body(request, _MOST)
        if raw is None:
            return delivery.answer(413, "a delivery is smaller than that")
        if not signature.holds(request.headers, raw):
            return delivery.answer(401, "the signature is missing, wrong or too old")
        body = parsed(raw, request.headers.get("content-type", ""))
        if body is None:
            return delivery.answer(400, "a delivery has another form")
        if body.get("type") == "url_verification":
            return JSONResponse({"challenge": str(body.get("challenge", ""))})
        answer = await dispatch(app, body)
        headers = {name: values[0] for name, values in answer.headers.items() if values}
        return Response(answer.body or "", status_code=answer.status, headers=headers)

    return Route(PATH, deliver, methods=["POST"])


def parsed(raw: bytes, content_type: str) -> Json | None:
    """The object of a delivery: JSON, a form's ``payload``, or a form itself; None for anything else."""
    try:
        if not content_type.lower().startswith("application/x-www-form-urlencoded"):
            return _object(json.loads(raw))
        form = {name: values[-1] for name, values in parse_qs(raw.decode(), keep_blank_values=True).items()}
        return _object(json.loads(form["payload"])) if "payload" in form else {**form}
    except (ValueError, RecursionError):  # a body that is no text is a ValueError as well
        return None


def _object(value: object) -> Json | None:
    return cast(Json, value) if isinstance(value, dict) else None
