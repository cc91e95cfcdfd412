"""The HTTP side: the Web API, uploads and downloads, response addresses, and the door to the sockets."""

import json
import mimetypes
from email.utils import formatdate
from typing import Any

from aiohttp import web

from tests.fakes.slack import arguments
from tests.fakes.slack.api import METHODS
from tests.fakes.slack.api.call import Call
from tests.fakes.slack.faults import Fault, Faults
from tests.fakes.slack.ledger import Request
from tests.fakes.slack.oauth import OAuth
from tests.fakes.slack.refusal import Refusal
from tests.fakes.slack.responses import respond
from tests.fakes.slack.sockets import Sockets
from tests.fakes.slack.state import Workspace
from tests.fakes.slack.world import World

Json = dict[str, Any]

SIGN_IN = "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in to continue.</body></html>"


class Web:
    """Routes and what is checked before a method is asked."""

    def __init__(self, world: World, faults: Faults, sockets: Sockets, app_token: str, oauth: OAuth) -> None:
        self._world = world
        self._faults = faults
        self._sockets = sockets
        self._app_token = app_token
        self._oauth = oauth
        self.app = web.Application(client_max_size=200 * 2**20)
        self.app.router.add_route("*", "/api/{method}", self._api)
        self.app.router.add_get("/link", sockets.serve)
        self.app.router.add_post("/upload/v1/{token}", self._upload)
        self.app.router.add_get("/files-pri/{name:.+}", self._download)
        self.app.router.add_get("/sign-in", _sign_in)
        self.app.router.add_post("/respond/{key}", self._respond)

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        noted = Request(method, None, {}, self._world.clock.now, in_address=sorted(request.query))
        self._world.requests.append(noted)
        self._world.changes.note()
        fault = self._faults.take(method)
        if fault is not None and fault.kind == "hang up":
            return _cut(request)
        if fault is not None and fault.kind == "garble":
            return web.Response(text=fault.body, content_type="application/json")
        try:
            body, status, headers = await self._answer(request, noted, fault)
        except Refusal as refusal:
            noted.error = refusal.code
            body = {"ok": False, "error": refusal.code} | refusal.more
            status, noted.retry_after = refusal.status, refusal.retry_after or 0
            headers = {"Retry-After": str(refusal.retry_after)} if refusal.retry_after else {}
        noted.status = status
        self._world.changes.note()
        if fault is not None and fault.kind == "lost answer":
            return _cut(request)
        if isinstance(body, str):
            return web.Response(text=body, status=status, content_type="text/html")
        return web.json_response(body, status=status, headers=headers)

    async def _answer(self, request: web.Request, noted: Request, fault: Fault | None) -> tuple[Any, int, Json]:
        if fault is not None and fault.kind == "break down":
            return "<html><body>Service unavailable</body></html>", fault.status, {}
        if fault is not None and fault.kind == "hold":
            await fault.gate.wait()
        given = await arguments.read(request)
        token = _token(request, given)
        noted.arguments = given
        if fault is not None and fault.kind == "rate limit":
            raise Refusal("ratelimited", status=429, retry_after=fault.retry_after)
        if fault is not None and fault.kind == "refuse":
            raise Refusal(fault.error)
        headers: Json = {}
        if noted.method == "apps.connections.open":
            body = self._open_connection(token)
        elif noted.method == "oauth.v2.access":
            if noted.in_address:
                raise AssertionError("a secret stands in an address")
            body = self._oauth.access(request.headers.get("Authorization", ""), given)
            headers["Date"] = formatdate(self._world.clock.now, usegmt=True)
        else:
            body = self._call(noted, token, given)
            headers["X-OAuth-Scopes"] = ",".join(sorted(self._authenticated(token).scopes))
        noted.accepted = True
        return {"ok": True} | body, 200, headers

    def _call(self, noted: Request, token: str | None, given: Json) -> Json:
        method = METHODS.get(noted.method)
        if method is None:
            raise Refusal("unknown_method", req_method=noted.method)
        workspace = self._authenticated(token)
        noted.workspace = workspace.id
        _may(workspace, method.scopes)
        self._world.buckets.call(workspace.id, noted.method, method.tier)
        arguments.check(noted.method, given)
        return method.answer(Call(self._world, workspace, noted.method, given))

    def _open_connection(self, token: str | None) -> Json:
        if token is None:
            raise Refusal("not_authed")
        if token.startswith("xoxb-"):
            raise Refusal("not_allowed_token_type")
        if token != self._app_token:
            raise Refusal("invalid_auth")
        self._world.buckets.take(("app", "apps.connections.open"), 1 / 6, 20)
        address = self._world.base.replace("http://", "ws://")
        return {"url": f"{address}/link?ticket={self._sockets.ticket()}&app_id={self._world.app_id}"}

    def _authenticated(self, token: str | None) -> Workspace:
        if token is None:
            raise Refusal("not_authed")
        if token == self._app_token:
            raise Refusal("not_allowed_token_type")
        every = self._world.workspaces.values()
        found = next((w for w in every if w.bot_token == token or token in w.issued), None)
        if found is None or not token:
            raise Refusal("invalid_auth")
        if (issued := found.issued.get(token)) is not None:
            if issued.error is not None:
                raise Refusal(issued.error)
            if issued.expires is not None and issued.expires <= self._world.clock.now:
                raise Refusal("token_expired")
            return found
        if found.token_error is not None:
            raise Refusal(found.token_error)
        return found

    async def _upload(self, request: web.Request) -> web.Response:
        fault = self._faults.take("upload")
        if fault is not None and (failed := await _failed(request, fault)):
            return failed
        response = await self._taken(request)
        return _cut(request) if fault is not None and fault.kind == "lost answer" else response

    async def _taken(self, request: web.Request) -> web.Response:
        token = request.match_info["token"]
        files = (file for workspace in self._world.workspaces.values() for file in workspace.files.values())
        upload = next((file for file in files if file.token == token), None)
        if upload is None:
            return web.Response(status=404, text="not found")
        if request.content_type == "multipart/form-data":
            part = next(iter((await request.post()).values()), None)
            data = part.file.read() if isinstance(part, web.FileField) else b""
        else:
            data = await request.read()
        if len(data) != upload.size:
            return web.Response(status=400, text=f"expected {upload.size} bytes, got {len(data)}")
        upload.data = data
        return web.Response(text=f"OK - {len(data)}")

    async def _download(self, request: web.Request) -> web.Response:
        """Without a token that may read the file the way leads to the sign-in page, and that answers 200."""
        fault = self._faults.take("download")
        if fault is not None and (failed := await _failed(request, fault)):
            return failed
        team, _, file_id = request.match_info["name"].partition("/")[0].partition("-")
        workspace = self._world.workspaces.get(team)
        if workspace is None or not self._reads_files(workspace, _token(request, {})):
            raise web.HTTPFound("/sign-in")
        upload = workspace.files.get(file_id)
        if upload is None or upload.data is None:
            return web.Response(status=404, text="not found")
        mime = upload.mime_type if mimetypes.guess_extension(upload.mime_type) else "application/octet-stream"
        return web.Response(body=upload.data, content_type=mime)

    def _reads_files(self, workspace: Workspace, token: str | None) -> bool:
        try:
            return self._authenticated(token) is workspace and "files:read" in workspace.scopes
        except Refusal:
            return False

    async def _respond(self, request: web.Request) -> web.Response:
        try:
            answer = json.loads(await request.read())
        except ValueError:
            return web.json_response({"ok": False, "error": "invalid_payload"}, status=400)
        try:
            respond(self._world, request.match_info["key"], answer)
        except Refusal as refusal:
            return web.json_response({"ok": False, "error": refusal.code} | refusal.more, status=404)
        self._world.changes.note()
        return web.json_response({"ok": True})


async def _failed(request: web.Request, fault: Fault) -> web.Response | None:
    """What a fault makes of a file's request before anything is done; None: go on."""
    match fault.kind:
        case "hang up":
            return _cut(request)
        case "break down":
            return web.Response(status=fault.status, text="unavailable")
        case "rate limit":
            return web.Response(status=429, headers={"Retry-After": str(fault.retry_after)}, text="slow down")
        case "refuse":
            return web.Response(status=403, text=fault.error)
        case "hold":
            await fault.gate.wait()
            return None
        case _:
            return None


async def _sign_in(request: web.Request) -> web.Response:
    return web.Response(text=SIGN_IN, content_type="text/html")


def _token(request: web.Request, given: Json) -> str | None:
    """From the header, or from the arguments, where it is taken away."""
    argument = given.pop("token", None)
    header = request.headers.get("Authorization", "")
    return header.removeprefix("Bearer ") if header.startswith("Bearer ") else argument


def _may(workspace: Workspace, scopes: tuple[str, ...]) -> None:
    if scopes and not workspace.scopes.intersection(scopes):
        provided = ",".join(sorted(workspace.scopes))
        raise Refusal("missing_scope", needed=scopes[0], provided=provided)


def _cut(request: web.Request) -> web.Response:
    """End the connection; the response goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
