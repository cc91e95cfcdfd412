"""Processes that die while what lets people in is used by many at once: a worker as an invitation of a few uses is
taken by more people than it has, a web process as a link of one use is posted by many browsers.

One of each stays alive. A browser whose web process dies asks the other one, once.
"""

import asyncio
import socket
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from bot.inbound import accept
from domain.core.failpoints import Point
from domain.identity import linking, magic_links
from domain.orgs import invitations
from domain.orgs.access import Principal, Role
from tests.chaos.crew import Process
from tests.chaos.ground import Ground
from tests.chaos.row import Outcome, Row
from tests.chaos.victims import kill_at_each, victims_beside
from tests.factories.incoming import incoming
from tests.fixtures.waiting import eventually

INVITED: tuple[tuple[str, Point], ...] = (("invitation", "understand.settled"), ("invitation", "understand.understood"))
LINKED: tuple[tuple[str, Point], ...] = (("link", "link.using"), ("link", "link.used"))
PEOPLE, USES, BROWSERS = 8, 3, 20
"""Who comes with an invitation at once, how many it is good for, and how many browsers post one link."""
WITHIN = 60.0
TEAM: dict[str, Any] = {"platform": "console", "chat": "C-team", "organization": "T1", "private": False, "held": True}


@dataclass(frozen=True, slots=True)
class Invitation:
    """One that was used by people of these names."""

    id: UUID
    link_id: UUID
    people: list[str]


class Invitations:
    """Those that were given out, all of one team."""

    def __init__(self, ground: Ground, mara: Principal) -> None:
        self.given: list[Invitation] = []
        self._ground = ground
        self._mara = mara

    async def run(self, _: str = "") -> None:
        """One more, used by everybody at once."""
        ground, number = self._ground, len(self.given)
        async with ground.database.system("a test") as session:
            by = next(iter(self._mara.user_ids))
            made = await invitations.invite(session, self._mara, role=Role.MEMBER, days=7, uses=USES, by=by)
            minted = await magic_links.mint(session, made.link_id)
        assert minted is not None
        invitation = Invitation(made.id, made.link_id, [f"guest-{number}-{place}" for place in range(PEOPLE)])
        self.given.append(invitation)
        says = [ground.crew.say(f"/start i-{minted.token}", name) for name in invitation.people]
        await asyncio.gather(*says)
        await ground.crew.settles(WITHIN)

    async def zeros(self) -> dict[str, int]:
        """What must not have happened."""
        crew, counts = self._ground.crew, Counter[str]()
        org_id = self._mara.org_id
        for one in self.given:
            names = ", ".join(f"'{name}'" for name in one.people)
            people = f"SELECT user_id FROM chat_identities WHERE platform_user_id IN ({names})"
            joined = await crew.count(
                f"organization_members WHERE org_id = '{org_id}' AND status = 'active' AND user_id IN ({people})"
            )
            used = await crew.rows("SELECT used FROM invitations WHERE id = :id", id=one.id)
            left = await crew.rows("SELECT uses FROM magic_links WHERE id = :id", id=one.link_id)
            noted = await crew.count(f"audit_logs WHERE action = 'invitation.accepted' AND resource_id = '{one.id}'")
            refused = await crew.count(
                f"audit_logs WHERE action = 'start.follow' AND outcome = 'refused' AND actor_id IN ({people})"
            )
            told = await crew.rows(
                f"""SELECT count(*) AS times FROM outbound_messages o JOIN threads t ON t.id = o.thread_id
                WHERE t.user_id IN ({people}) GROUP BY t.user_id"""
            )
            counts["people let in beyond its uses, or turned away before"] += abs(joined - USES)
            counts["uses counted otherwise"] += abs(used[0]["used"] - USES) + left[0]["uses"]
            counts["lines of the audit trail too many, or too few"] += abs(noted - USES) + abs(refused - PEOPLE + USES)
            counts["people told twice, or not"] += PEOPLE - sum(row["times"] == 1 for row in told)
        return dict(counts)


class Links:
    """Links that sign a browser in, each posted by many."""

    def __init__(self, ground: Ground, user_id: UUID) -> None:
        self.posted: list[UUID] = []
        self.opened = self.victim = 0
        self.counts = Counter[str]()
        self._ground = ground
        self._user_id = user_id
        self._port = 0

    async def serve(self, variables: dict[str, str]) -> Process:
        """A web process more; the first is the one that stays alive."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        web = await self._ground.crew.start("bot.http", LEGWORK_PORT=str(port), **variables)
        await web.says("the web process listens")
        if variables:
            self.victim = port
        else:
            self._port = port
        return web

    async def run(self, _: str = "") -> None:
        """One more."""
        before = await self._sessions()
        async with self._ground.database.system("a test") as session:
            link_id = await magic_links.want(
                session, linking.PURPOSE, user_id=self._user_id, lasts=timedelta(minutes=10)
            )
            minted = await magic_links.mint(session, link_id)
        assert minted is not None
        posting = [self._post(minted.token, first=self.victim) for _ in range(BROWSERS)]
        signed_in = sum(await asyncio.gather(*posting))
        self.posted.append(link_id)
        self.opened += signed_in
        began = await self._sessions() - before
        left = await self._ground.crew.rows("SELECT uses FROM magic_links WHERE id = :id", id=link_id)
        self.counts["browsers signed in by one link beyond the first"] += max(0, signed_in - 1, began - 1)
        self.counts["links that signed nobody in"] += began == 0
        self.counts["links still good"] += left[0]["uses"]

    async def _post(self, token: str, *, first: int) -> bool:
        """Whether it signed the browser in."""
        async with httpx.AsyncClient() as browser:
            for port in (first, self._port):
                with suppress(httpx.TransportError):
                    answer = await browser.post(f"http://127.0.0.1:{port}{magic_links.PATH}{token}", timeout=WITHIN)
                    return answer.status_code == 303
        return False

    async def _sessions(self) -> int:
        return await self._ground.crew.count(f"sessions WHERE user_id = '{self._user_id}'")


async def drive(ground: Ground, count: int) -> Outcome:
    """So many at each boundary."""
    crew = ground.crew
    [survivor] = await crew.muster(1)
    received = await accept(ground.database, ground.storage, incoming("/about", person="mara", **TEAM))
    [mara] = await crew.rows(
        "SELECT t.org_id, m.user_id FROM messages m JOIN threads t ON t.id = m.thread_id WHERE m.id = :id",
        id=received.message_id,
    )
    await crew.settles()
    invited = Invitations(ground, Principal(frozenset({mara["user_id"]}), mara["org_id"], Role.OWNER))
    by_workers = await kill_at_each(INVITED, count, victims_beside(crew, survivor), invited.run, at_once=1)
    links = Links(ground, mara["user_id"])
    web = await links.serve({})
    by_webs = await kill_at_each(LINKED, count, links.serve, links.run, at_once=1)
    await eventually(crew.at_rest, WITHIN)
    return Outcome(
        zero={
            **await invited.zeros(),
            **links.counts,
            "survivors that died": (not survivor.alive) + (not web.alive),
            "boundaries at which nobody died": by_workers.short + by_webs.short,
        },
        told={
            "killed": by_workers.at.total() + by_webs.at.total(),
            "invitations": len(invited.given),
            "links": len(links.posted),
            "links whose browser never heard that it is signed in": len(links.posted) - links.opened,
        },
        remarks=[*by_workers.missed, *by_webs.missed],
    )


ROW = Row(
    name="invited-killed",
    fault="a worker or web process killed (SIGKILL) while many use one invitation, or one link",
    promise="as many are let in as it is good for, each is told, and it is on record once",
    full=20,
    short=1,
    drive=drive,
)
