"""Processes that die while they renew the rotating tokens of Slack workspaces: as one is about to ask, as Slack has
answered, as the next token is stored.

Two others renew beside the victim throughout. A refresh token is good for one use, so whoever dies between Slack's
answer and its commit takes the next token along, and nobody can ask for another: the present one is good for what is
left of it, then the installation ends, who administers it is told, and installs again.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from time import monotonic
from uuid import UUID

from sqlalchemy import text

from domain.connectors.service import Grant, Installations, Tokens
from domain.core.crypto.given import Keys
from domain.core.crypto.keyring import Keyring
from domain.core.failpoints import Point
from domain.core.ids import new_id
from domain.core.settings import Settings
from tests.chaos.crew import Process
from tests.chaos.ground import Ground
from tests.chaos.row import Outcome, Row
from tests.chaos.victims import kill_at_each
from tests.fakes.slack import FakeSlack, Rules, Workspace
from tests.fakes.slack.state import Issued
from tests.fixtures.waiting import eventually

BOUNDARIES: tuple[tuple[str, Point], ...] = (
    ("renewal", "tokens.asking"),
    ("renewal", "tokens.given"),
    ("renewal", "tokens.kept"),
)
OTHERS, WORKSPACES = 2, 6
"""Processes that renew as well, and what there is to renew at once."""
LASTS = 43_200.0
"""Seconds for which a token is good."""
SOON, WITHIN = 3.0, 60.0
"""Seconds after which it is looked again, and after which a renewal counts as lost."""

# who has claimed it five seconds ago is dead
_A_MINUTE_LATER = """UPDATE slack_installations SET refreshing_until = NULL
WHERE team = :team AND refreshing_until < now() + interval '55 seconds'"""


class Installed:
    """Workspaces whose tokens are renewed, and what became of them."""

    def __init__(self, ground: Ground, slack: FakeSlack) -> None:
        self.workspaces = [slack.found(f"Acme {number}") for number in range(WORKSPACES)]
        self.renewals = self.lapsed = 0
        self.counts = Counter[str]()
        self._ground = ground
        self._slack = slack
        self._orgs: dict[str, UUID] = {}
        self._spent = set[str]()
        settings = Settings.model_validate({"data_dir": ground.folder})
        self._installations = Installations(ground.database, Keyring(ground.database, Keys(settings)))
        self._admin = new_id()

    async def install(self, workspace: Workspace) -> None:
        """As somebody does who allows the app."""
        token, refresh = f"xoxe.xoxb-1-{new_id().hex}", f"xoxe-1-{new_id().hex}"
        workspace.issued[token] = Issued(self._slack.clock.now + LASTS, refresh)
        tokens = Tokens(token, refresh, timedelta(seconds=LASTS))
        grant = Grant(workspace.id, workspace.name, None, "A1", "U1", "chat:write", tokens, datetime.now(UTC))
        if workspace.id not in self._orgs:
            self._orgs[workspace.id] = await self._organization(workspace)
        await self._installations.install(grant, org_id=self._orgs[workspace.id], user_id=self._admin)

    async def _organization(self, workspace: Workspace) -> UUID:
        org_id = new_id()
        for statement in (
            "INSERT INTO users (id, name) VALUES (:user_id, 'Mara') ON CONFLICT DO NOTHING",
            "INSERT INTO organizations (id, name, slug) VALUES (:org_id, :name, :name)",
            "INSERT INTO organization_members (id, org_id, user_id, role) VALUES (:org_id, :org_id, :user_id, 'owner')",
        ):
            await self._change(statement, user_id=self._admin, org_id=org_id, name=workspace.name)
        return org_id

    async def run(self, _: str = "") -> None:
        """Each has to be renewed once more, at once."""
        await self._change("UPDATE slack_installations SET expires_at = now() + interval '1 hour'")
        self.renewals += len(self.workspaces)
        began = monotonic()
        with suppress(TimeoutError):
            while (due := await self._due()) and monotonic() - began < WITHIN:
                with suppress(TimeoutError):
                    await eventually(self._none_is_due, SOON, every=0.05)
                await self._see_to(due)
        for workspace in self.workspaces:
            await self._look_at(workspace)

    async def _see_to(self, due: Sequence[str]) -> None:
        """Time goes by for what has been due since, and is not renewed: a minute, after which others ask; an hour and
        more where nobody can, until that has ended and is installed again.
        """
        for workspace in self.workspaces:
            if workspace.id not in due or workspace.id not in await self._due():
                continue
            if not await self._is_spent(workspace):
                await self._change(_A_MINUTE_LATER, workspace)
                continue
            await self._change(
                "UPDATE slack_installations SET expires_at = now(), refreshing_until = NULL WHERE team = :team",
                workspace,
            )
            await eventually(lambda: self._has_ended(workspace), WITHIN, every=0.05)  # noqa: B023 - awaited at once
            self.lapsed += 1
            await self.install(workspace)

    async def _is_spent(self, workspace: Workspace) -> bool:
        """Whether the refresh token that is stored was used: somebody died with Slack's answer."""
        found = await self._installations.find(workspace.id)
        if found is None or found.token is None or not (issued := workspace.issued[found.token]).refreshed:
            return False
        self._spent.add(str(issued.refresh))
        return True

    async def _has_ended(self, workspace: Workspace) -> bool:
        return (
            await self._ground.crew.count(f"slack_installations WHERE team = '{workspace.id}' AND status = 'lapsed'")
            > 0
        )

    async def _due(self) -> list[str]:
        rows = await self._ground.crew.rows(
            "SELECT team FROM slack_installations WHERE expires_at < now() + interval '11 hours'"
        )
        return [row["team"] for row in rows]

    async def _none_is_due(self) -> bool:
        return not await self._due()

    async def _look_at(self, workspace: Workspace) -> None:
        found = await self._installations.find(workspace.id)
        self.counts["installations lost"] += found is None or found.token is None
        if found is not None and found.token is not None:
            issued = workspace.issued[found.token]
            self.counts["tokens that are not the newest"] += issued.refreshed
            self.counts["tokens that Slack does not take"] += issued.error is not None

    async def _change(self, statement: str, workspace: Workspace | None = None, **values: object) -> None:
        given = values | ({"team": workspace.id} if workspace is not None else {})
        async with self._ground.database.system("a test") as session:
            await session.execute(text(statement), given)

    async def zeros(self, killed: int) -> dict[str, int]:
        """What must not have happened, where so many died with Slack's answer."""
        told = await self._ground.crew.count("queue_jobs WHERE kind = 'private'")
        ended = await self._ground.crew.count("audit_logs WHERE action = 'slack.end'")
        asked = Counter(
            request.arguments["refresh_token"]
            for request in self._slack.requests
            if request.arguments.get("grant_type") == "refresh_token"
        )
        names = ("installations lost", "tokens that are not the newest", "tokens that Slack does not take")
        return {
            **{name: self.counts[name] for name in names},
            "tokens asked for again, though nobody died with the answer": sum(
                times - 1 for token, times in asked.items() if token not in self._spent
            ),
            "installations that ended otherwise than by a death with Slack's answer": max(0, ended - killed),
            "ends of which an admin was not told once": abs(told - ended),
        }


async def drive(ground: Ground, count: int) -> Outcome:
    """So many at each boundary."""
    async with FakeSlack(rules=Rules(limited=False, token_life=LASTS)) as slack:
        ground.environment.update(
            SLACK_CLIENT_ID=slack.oauth.client_id,
            SLACK_CLIENT_SECRET=slack.oauth.client_secret,
            SLACK_SIGNING_SECRET=slack.signing_secret,
            SLACK_API_BASE_URL=slack.base_url,
            LEGWORK_PUBLIC_URL="https://legwork.test",
        )
        installed = Installed(ground, slack)
        for workspace in installed.workspaces:
            await installed.install(workspace)

        async def renewing(variables: dict[str, str]) -> Process:
            process = await ground.crew.start("tests.chaos.renewing", **variables)
            await process.says("renewing")
            return process

        others = [await renewing({}) for _ in range(OTHERS)]
        killed = await kill_at_each(BOUNDARIES, count, renewing, installed.run, at_once=1)
        return Outcome(
            zero={
                **await installed.zeros(killed.at["renewal", "tokens.given"]),
                "processes that died besides": sum(not other.alive for other in others),
                "boundaries at which nobody died": killed.short,
            },
            told={
                "killed": killed.at.total(),
                "renewals": installed.renewals,
                "ended, told and installed again": installed.lapsed,
            },
            remarks=killed.missed,
        )


ROW = Row(
    name="tokens-killed",
    fault="a process killed (SIGKILL) as it renews rotating tokens of Slack, beside others that renew too",
    promise="no token is lost, but with Slack's own answer: then it is told, and installed again",
    full=20,
    short=1,
    drive=drive,
)
