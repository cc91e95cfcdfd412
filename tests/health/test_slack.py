"""``legwork doctor`` on Slack: what is set is tried, and each finding says what to change where."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.registry import checks
from bot.slack import health
from bot.slack.manifest import SCOPES
from domain.core.clock import FixedClock
from domain.core.settings import Settings
from domain.health import Finding, Level, examine
from tests.fakes.slack import FakeSlack, Rules

CANARY = "canary-4711"


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack(rules=Rules(limited=False)) as fake:
        yield fake


async def looked(slack: FakeSlack, fast: float = 0, **more: object) -> dict[str, Finding]:
    """The findings by name. ``fast``: how many seconds this machine's clock is."""
    given: dict[str, object] = {
        "slack_bot_token": slack.bot_token,
        "slack_app_token": slack.app_token,
        "slack_signing_secret": slack.signing_secret,
        "slack_api_base_url": slack.base_url,
    }
    settings = Settings.model_validate(given | more)
    now = datetime.now(UTC) + timedelta(seconds=fast)
    found = await examine(health.checks(settings, FixedClock(now)))
    secrets = [slack.app_token, slack.signing_secret, CANARY, *(w.bot_token for w in slack.world.workspaces.values())]
    assert [secret for secret in secrets if secret in f"{found}"] == []
    assert all(finding.remedy for finding in found if finding.level is not Level.OK)
    return {finding.name: finding for finding in found}


async def test_what_is_right_is_said_in_one_line_each(slack: FakeSlack) -> None:
    found = await looked(slack)
    assert {name: finding.level for name, finding in found.items()} == {
        "slack": Level.OK,
        "slack delivery": Level.OK,
        "slack clock": Level.OK,
    }
    assert f"Acme ({slack.workspace.id})" in found["slack"].message
    assert slack.connections == []
    assert slack.said(slack.channel("sales")) == []


@pytest.mark.parametrize("missing", [{"files:read"}, {"chat:write", "users:read"}])
async def test_permissions_the_manifest_asks_for_and_the_app_lacks_are_named(
    slack: FakeSlack, missing: set[str]
) -> None:
    slack.workspace.scopes = {scope for scope in SCOPES if scope not in missing}
    found = (await looked(slack))["slack"]
    assert found.level is Level.ERROR
    assert found.message == f"The app in Acme ({slack.workspace.id}) lacks permissions: {', '.join(sorted(missing))}."
    assert "App Manifest" in (found.remedy or "")


@pytest.mark.parametrize(
    ("code", "words"), [("token_revoked", "revoked"), ("account_inactive", "deactivated"), ("invalid_auth", "accept")]
)
async def test_a_bot_token_that_is_refused_is_an_error(slack: FakeSlack, code: str, words: str) -> None:
    slack.workspace.token_error = code
    found = (await looked(slack))["slack"]
    assert found.level is Level.ERROR
    assert words in found.message


async def test_each_of_several_tokens_is_looked_at(slack: FakeSlack) -> None:
    bolt, gone = slack.install("Bolt"), slack.install("Gone")
    gone.token_error = "token_revoked"
    given = ",".join([slack.bot_token, gone.bot_token, bolt.bot_token, f"xoxb-{CANARY}"])
    found = await looked(slack, slack_bot_token=given)
    levels = [found[f"slack token {place}"].level for place in range(1, 5)]
    assert levels == [Level.OK, Level.ERROR, Level.OK, Level.ERROR]
    assert "Bolt" in found["slack token 3"].message


async def test_two_tokens_of_one_workspace_are_a_warning(slack: FakeSlack) -> None:
    again = slack.install("Acme")
    again.id = slack.workspace.id
    found = await looked(slack, slack_bot_token=f"{slack.bot_token},{again.bot_token}")
    assert found["slack token 2"].level is Level.WARNING
    assert "slack token 1" in found["slack token 2"].message


@pytest.mark.parametrize("token", [f"xapp-{CANARY}", f"xoxb-{CANARY}"])
async def test_an_app_token_that_opens_nothing_is_an_error(slack: FakeSlack, token: str) -> None:
    found = (await looked(slack, slack_app_token=token))["slack delivery"]
    assert found.level is Level.ERROR
    assert "SLACK_APP_TOKEN" in found.message
    assert "connections:write" in (found.remedy or "")


@pytest.mark.parametrize(("secret", "level"), [("8f74", Level.OK), (" ", Level.ERROR), (None, Level.ERROR)])
async def test_over_http_the_signing_secret_has_to_be_set(slack: FakeSlack, secret: str | None, level: Level) -> None:
    found = (await looked(slack, slack_app_token=None, slack_signing_secret=secret))["slack delivery"]
    assert found.level is level


@pytest.mark.parametrize(
    ("fast", "over_http", "level"),
    [
        (10, True, Level.OK),
        (-90, True, Level.WARNING),
        (90, True, Level.WARNING),
        (400, True, Level.ERROR),
        (-400, False, Level.WARNING),
    ],
)
async def test_a_clock_that_is_wrong_is_told(slack: FakeSlack, fast: float, over_http: bool, level: Level) -> None:
    found = (await looked(slack, fast, **{"slack_app_token": None} if over_http else {}))["slack clock"]
    assert found.level is level


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
async def test_a_slack_that_is_away_is_an_error_with_a_remedy(slack: FakeSlack, method: str) -> None:
    slack.hang_up(method)
    found = await looked(slack)
    assert [finding.level for finding in found.values()].count(Level.ERROR) == 1


async def test_nobody_listens_at_the_address(unused_port: int) -> None:
    settings = Settings.model_validate(
        {"slack_bot_token": f"xoxb-{CANARY}", "slack_app_token": f"xapp-{CANARY}"}
        | {"slack_api_base_url": f"http://127.0.0.1:{unused_port}/api/"}
    )
    found = await examine(checks(settings))
    assert {finding.level for finding in found} == {Level.ERROR}
    assert len(found) == 3
    assert all(finding.remedy for finding in found)
    assert CANARY not in f"{found}"


@pytest.mark.parametrize("given", [{"slack_app_token": "xapp-1"}, {"slack_signing_secret": "8f74"}])
async def test_half_a_configuration_is_a_warning(given: dict[str, str]) -> None:
    [found] = await examine(checks(Settings.model_validate(given)))
    assert found.level is Level.WARNING
    assert "SLACK_BOT_TOKEN" in (found.remedy or "")


def test_nothing_is_looked_at_where_nothing_is_set() -> None:
    assert checks(Settings()) == []
