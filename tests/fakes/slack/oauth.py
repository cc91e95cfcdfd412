"""How the app gets its tokens: a person allows it, the app exchanges a code, and later each refresh token, once.

docs.slack.dev/authentication/installing-with-oauth, .../using-token-rotation, .../reference/methods/oauth.v2.access
"""

import base64
import binascii
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.fakes.slack.hands import CannotDo
from tests.fakes.slack.person import Person
from tests.fakes.slack.refusal import Refusal
from tests.fakes.slack.state import Issued, Workspace
from tests.fakes.slack.world import World

Json = dict[str, Any]


@dataclass(slots=True)
class Code:
    """What a person's yes is exchanged by."""

    workspace: Workspace
    user: str
    redirect: str | None
    scopes: set[str]
    at: float
    used: bool = False


@dataclass(slots=True)
class OAuth:
    """The app as api.slack.com/apps knows it. ``redirects`` are its Redirect URLs."""

    world: World
    client_id: str = "1112223334445.5556667778889"
    client_secret: str = field(default_factory=lambda: secrets.token_hex(16))
    redirects: set[str] = field(default_factory=set[str])
    codes: dict[str, Code] = field(default_factory=dict[str, Code])
    enterprise: bool = False
    """Whether what is allowed next is an installation for a whole Enterprise organization."""

    # -- in the browser ------------------------------------------------------------------------------

    def allow(self, address: str, person: Person, workspace: Workspace) -> str:
        """Open the page and press Allow. Returns the address that the browser is sent back to. Raises CannotDo."""
        given = self._page(address)
        code = f"{secrets.randbelow(10**13)}.{secrets.token_hex(16)}"
        scopes = {scope for scope in given["scope"].split(",") if scope}
        self.codes[code] = Code(workspace, person.id, given.get("redirect_uri"), scopes, self.world.clock.now)
        return self._back(given, code=code)

    def deny(self, address: str) -> str:
        """Open the page and press Cancel."""
        return self._back(self._page(address), error="access_denied")

    def _page(self, address: str) -> dict[str, str]:
        parts = urlsplit(address)
        given = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        if f"{parts.scheme}://{parts.netloc}{parts.path}" != f"{self.world.base}/oauth/v2/authorize":
            raise CannotDo(f"{address} is no page of Slack's")
        if given.get("client_id") != self.client_id:
            raise CannotDo("Invalid client_id parameter")
        if given.get("redirect_uri", next(iter(self.redirects), "")) not in self.redirects:
            raise CannotDo("redirect_uri did not match any configured URIs")
        if not given.get("scope"):
            raise CannotDo("Invalid permissions requested")
        return given

    def _back(self, given: dict[str, str], **answer: str) -> str:
        to = given.get("redirect_uri") or next(iter(self.redirects))
        return f"{to}?{urlencode({**answer, 'state': given.get('state', '')})}"

    # -- the method ----------------------------------------------------------------------------------

    def access(self, authorization: str, given: Json) -> Json:
        """oauth.v2.access. Raises Refusal."""
        client, secret = _basic(authorization) or (given.get("client_id"), given.get("client_secret"))
        if client != self.client_id:
            raise Refusal("invalid_client_id")
        if secret != self.client_secret:
            raise Refusal("bad_client_secret")
        match given.get("grant_type", "authorization_code"):
            case "authorization_code":
                return self._exchanged(given)
            case "refresh_token":
                return self._refreshed(given)
            case _:
                raise Refusal("invalid_grant_type")

    def _exchanged(self, given: Json) -> Json:
        code = self.codes.get(given.get("code", ""))
        if code is None or self.world.clock.now - code.at > self.world.rules.code_life:
            raise Refusal("invalid_code")
        if code.used:
            raise Refusal("code_already_used")
        if code.redirect != given.get("redirect_uri"):
            raise Refusal("bad_redirect_uri")
        code.used = True
        if self.enterprise:
            return {
                **self._of_app(code.user),
                "scope": ",".join(sorted(code.scopes)),
                "team": None,
                "enterprise": {"id": "E0ACME", "name": "Acme"},
                "is_enterprise_install": True,
            }
        code.workspace.token_error = None
        code.workspace.scopes = set(code.scopes)
        return self._granted(code.workspace, code.user)

    def _refreshed(self, given: Json) -> Json:
        for workspace in self.world.workspaces.values():
            for issued in workspace.issued.values():
                if issued.refresh is not None and issued.refresh == given.get("refresh_token"):
                    if issued.refreshed or issued.error is not None:
                        raise Refusal("invalid_refresh_token")
                    issued.refreshed = True
                    return self._granted(workspace, None)
        raise Refusal("invalid_refresh_token")

    def _granted(self, workspace: Workspace, user: str | None) -> Json:
        kind, random = f"{workspace.id[1:]}-{workspace.bot_user[1:]}", secrets.token_urlsafe(18).replace("_", "x")
        lasts = self.world.rules.token_life
        token = f"xoxe.xoxb-1-{random}" if lasts else f"xoxb-{kind}-{random}"
        refresh = f"xoxe-1-{secrets.token_urlsafe(32)}" if lasts else None
        expires = self.world.clock.now + lasts if lasts else None
        workspace.issued[token] = Issued(expires, refresh)
        rotation = {"expires_in": int(lasts), "refresh_token": refresh} if lasts else {}
        return {
            **self._of_app(user),
            "access_token": token,
            "bot_user_id": workspace.bot_user,
            "scope": ",".join(sorted(workspace.scopes)),
            "team": {"id": workspace.id, "name": workspace.name},
            "enterprise": None,
            "is_enterprise_install": False,
            **rotation,
        }

    def _of_app(self, user: str | None) -> Json:
        who = {"authed_user": {"id": user}} if user is not None else {}
        return {"app_id": self.world.app_id, "token_type": "bot", **who}


def _basic(header: str) -> tuple[str, str] | None:
    if not header.startswith("Basic "):
        return None
    try:
        client, _, secret = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return client, secret
