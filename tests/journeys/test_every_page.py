"""Everything that is served over HTTP, by everybody's browser, in two organizations: for whom the list says, and nobody
is shown another's. Of who is refused and known there is a row of the audit trail."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import httpx
import pytest
from arq.connections import ArqRedis
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.routing import Route

from bot import permissions, registry
from bot.edge import Edge
from bot.http import account, health, one_time
from bot.http.purposes import purposes
from domain.core.db import Session
from domain.identity import linking, magic_links, sessions
from domain.orgs import invitations
from domain.orgs.access import Principal, Role
from tests.fixtures.everybody import EVERYBODY, ORGANIZATIONS, Everybody, gathered
from tests.fixtures.talk import Talk

NOBODY = "nobody"
"""Whose browser is not signed in."""
TRIED_BY = ((None, NOBODY), *((org, who) for org in ORGANIZATIONS for who in EVERYBODY))
ELSEWHERE = {
    "slack_client_id": "1112223334445.5556667778889",
    "slack_client_secret": "client-secret",
    "slack_signing_secret": "signing-secret",
    "telegram_bot_token": "7001:telegram-token",
    "telegram_webhook_url": "https://legwork.test",
    "telegram_webhook_secret": "webhook-secret",
    "public_url": "https://legwork.test",
}
"""Every platform is on that delivers over HTTP."""


@dataclass(frozen=True)
class Street:
    """Everybody, and what is served to them."""

    there: Everybody
    routes: list[Route]
    person_of: Mapping[tuple[str | None, str], UUID]

    @asynccontextmanager
    async def browser(self, org: str | None, who: str) -> AsyncGenerator[httpx.AsyncClient]:
        """Theirs, signed in anew."""
        transport = httpx.ASGITransport(Starlette(routes=self.routes))
        async with httpx.AsyncClient(transport=transport, base_url="https://legwork.test") as made:
            if who != NOBODY:
                async with self.open() as session:
                    token = await sessions.begin(session, self.person_of[org, who], f"browser of {who} of {org}")
                made.headers["cookie"] = f"__Host-legwork={token}"
            yield made

    def open(self) -> AbstractAsyncContextManager[Session]:
        return self.there.legwork.database.system("a test")

    async def link(self, purpose: str, person: UUID | None) -> str:
        """The path of a page that opens something for them."""
        async with self.open() as session:
            link_id = await magic_links.want(session, purpose, user_id=person, details={"account_link": str(person)})
            minted = await magic_links.mint(session, link_id)
        assert minted is not None
        return f"{magic_links.PATH}{minted.token}"


@pytest.fixture
async def street(talk: Talk, redis: ArqRedis) -> AsyncIterator[Street]:
    there = await gathered(talk)
    legwork = there.legwork
    given = legwork.settings.model_dump() | ELSEWHERE
    edge = Edge(legwork.settings.model_validate(given), legwork.database, legwork.storage, redis, legwork.keyring)
    served = [
        *health.routes(legwork.database, redis),
        *one_time.routes(legwork.database, purposes(legwork.settings)),
        *account.routes(legwork.database),
        *(route for make in registry.routes(edge.settings) for route in make(edge)),
    ]
    async with legwork.database.system("a test") as session:
        rows = await session.all(text("SELECT id, user_id FROM messages WHERE user_id IS NOT NULL"))
    by_message = {row["id"]: row["user_id"] for row in rows}
    people = {(org, who): by_message[message_id] for (org, who), message_id in there.said.items()}
    yield Street(
        there, [route for route in served if isinstance(route, Route)], {**people, (None, NOBODY): UUID(int=0)}
    )
    for close in edge.closing:
        await close()


Try = Callable[[Street, httpx.AsyncClient, UUID], Awaitable[httpx.Response]]
"""What somebody does at a path, with their browser and as whom."""


def _get(path: str) -> Try:
    async def look(street: Street, browser: httpx.AsyncClient, person: UUID) -> httpx.Response:
        return await browser.get(path)

    return look


def _deliver(path: str) -> Try:
    async def deliver(street: Street, browser: httpx.AsyncClient, person: UUID) -> httpx.Response:
        return await browser.post(path, json={"type": "url_verification", "challenge": "x"})

    return deliver


def _form(path: str) -> Try:
    async def send(street: Street, browser: httpx.AsyncClient, person: UUID) -> httpx.Response:
        shown = await browser.get(account.PATH)
        assert (await browser.post(path)).status_code == 403, "without the proof of its page it is nobody's"
        return await browser.post(path, data={"proof": proof_in(shown)})

    return send


async def _open(street: Street, browser: httpx.AsyncClient, person: UUID) -> httpx.Response:
    path = await street.link(linking.PURPOSE, street.person_of["A", "member"])
    for elsewhere in (path[:-1], f"{path}x"):
        assert (await browser.post(elsewhere)).status_code == 404
    for _ in range(2):
        assert (await browser.get(path)).status_code == 200
    answer = await browser.post(path)
    assert (await browser.post(path)).status_code == 404
    return answer


TRIES: Mapping[str, Try] = {
    "/healthz": _get("/healthz"),
    "/readyz": _get("/readyz"),
    "/l/{token}": _open,
    "/account": _get("/account"),
    "/account/sign-out": _form("/account/sign-out"),
    "/account/sign-out-everywhere": _form("/account/sign-out-everywhere"),
    "/slack/events": _deliver("/slack/events"),
    "/slack/install": _get("/slack/install"),
    "/slack/oauth": _get("/slack/oauth?state=made-up&code=made-up"),
    "/telegram/{bot}": _deliver("/telegram/7001"),
}

MAY: Mapping[str, Callable[[str], bool]] = {
    "anybody": lambda who: True,
    "who holds the link": lambda who: True,
    "whose browser is signed in": lambda who: who != NOBODY,
    "the same": lambda who: who != NOBODY,
    "Slack, by its signature": lambda who: False,
    "Telegram, by the webhook's secret": lambda who: False,
    "the browser that was led there": lambda who: False,
}
"""Who comes in by a route, by how the list's words begin."""


def proof_in(page: httpx.Response) -> str:
    return page.text.split('name="proof" value="')[1].split('"')[0] if 'name="proof"' in page.text else ""


def _may(path: str, who: str) -> bool:
    [may] = [may for words, may in MAY.items() if permissions.ROUTES[path].besides.startswith(words)]
    return may(who)


async def test_all_that_is_served_is_listed_and_tried(street: Street) -> None:
    served = {route.path.replace("/telegram/7001", "/telegram/{bot}") for route in street.routes}
    assert served == set(permissions.ROUTES) == set(TRIES)


async def test_every_route_is_for_whom_it_says(street: Street) -> None:
    wrong: list[str] = []
    for org, who in TRIED_BY:
        for path, attempt in TRIES.items():
            async with street.browser(org, who) as browser:
                answer = await attempt(street, browser, street.person_of[org, who])
            if (answer.status_code < 400) != _may(path, who):
                wrong.append(f"{path} by {who} of {org}: {answer.status_code}")
    assert wrong == []


async def test_nobody_is_shown_another(street: Street) -> None:
    names = {key: f"{key[0]}-{key[1]}".title() for key in street.person_of if key[0] is not None}
    for key, name in names.items():
        async with street.browser(*key) as browser:
            shown = (await browser.get(account.PATH)).text
        assert [one for one in names.values() if one in shown] == [name]
        assert f"browser of {key[1]} of {key[0]} (this one)" in shown
        assert shown.count("browser of") == 1


async def test_an_invitation_takes_in_whom_it_may_and_who_is_refused_is_on_the_trail(street: Street) -> None:
    came: dict[tuple[str | None, str], int] = {}
    invitation = await _invitation(street)
    for org, who in TRIED_BY:
        async with street.browser(org, who) as browser:
            proof = {"proof": proof_in(await browser.get(invitation))}
            came[org, who] = (await browser.post(invitation, data=proof)).status_code
    taken = {(org, who) for (org, who), status in came.items() if status == 200}
    known = {"owner", "admin", "member", "suspended"}
    assert taken == {(org, who) for org, who in TRIED_BY if who != NOBODY and not (org == "A" and who in known)}
    assert await _refused(street) == [("invitation.accept", "A", "A-Suspended", "suspended")]


async def test_an_invitation_of_another_person_is_refused_and_on_the_trail(street: Street) -> None:
    meant = street.person_of["B", "member"]
    invitation = await _invitation(street, meant=meant)
    async with street.browser("B", "admin") as browser:
        proof = {"proof": proof_in(await browser.get(invitation))}
        assert (await browser.post(invitation, data=proof)).status_code == 409
    assert await _refused(street) == [("invitation.accept", "A", "B-Admin", "not_yours")]
    async with street.browser("B", "member") as browser:
        proof = {"proof": proof_in(await browser.get(invitation))}
        assert (await browser.post(invitation, data=proof)).status_code == 200


async def _invitation(street: Street, *, meant: UUID | None = None) -> str:
    """The page by which one becomes a member of A."""
    owner = street.person_of["A", "owner"]
    async with street.open() as session:
        [org] = await session.all(text("SELECT id FROM organizations WHERE slug = 'A'"))
        principal = Principal(frozenset({owner}), org["id"], Role.OWNER)
        made = await invitations.invite(
            session, principal, role=Role.MEMBER, days=7, uses=1 if meant else 50, by=owner, user_id=meant
        )
        minted = await magic_links.mint(session, made.link_id)
    assert minted is not None
    return f"{magic_links.PATH}{minted.token}"


async def _refused(street: Street) -> list[tuple[str, ...]]:
    async with street.open() as session:
        rows = await session.all(
            text("""SELECT a.action, o.slug, u.name, a.details ->> 'reason' AS reason FROM audit_logs a
            JOIN organizations o ON o.id = a.org_id JOIN users u ON u.id = a.actor_id
            WHERE a.outcome = 'refused' ORDER BY a.id""")
        )
    return [(row["action"], row["slug"], row["name"], row["reason"]) for row in rows]
