"""The double hands out tokens as Slack does, and refuses what Slack refuses."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import FakeSlack, Rules
from tests.fakes.slack.hands import CannotDo

BACK = "https://legwork.test/slack/oauth"


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack(rules=Rules(limited=False, token_life=43_200.0)) as made:
        made.oauth.redirects.add(BACK)
        yield made


def page(slack: FakeSlack, **other: str) -> str:
    given = {"client_id": slack.oauth.client_id, "scope": "chat:write,users:read", "redirect_uri": BACK, "state": "s"}
    return f"{slack.world.base}/oauth/v2/authorize?{urlencode(given | other)}"


def allowed(slack: FakeSlack) -> str:
    """The code that a person's yes leads to."""
    workspace = slack.found("Acme")
    back = slack.oauth.allow(page(slack), slack.person("Mara", workspace=workspace), workspace)
    given = parse_qs(urlsplit(back).query)
    assert given["state"] == ["s"]
    return given["code"][0]


async def access(slack: FakeSlack, **given: str) -> dict[str, Any]:
    client = AsyncWebClient(base_url=slack.base_url, retry_handlers=[])
    body = {"client_id": slack.oauth.client_id, "client_secret": slack.oauth.client_secret, **given}
    answer = await client.api_call("oauth.v2.access", data=body)
    assert isinstance(answer.data, dict)
    return answer.data


async def refused(slack: FakeSlack, **given: str) -> str:
    with pytest.raises(SlackApiError) as raised:
        await access(slack, **given)
    return str(raised.value.response["error"])


async def works(slack: FakeSlack, token: str) -> str:
    """“ok”, or what the token is answered with."""
    try:
        await AsyncWebClient(token=token, base_url=slack.base_url, retry_handlers=[]).auth_test()
    except SlackApiError as error:
        return str(error.response["error"])
    return "ok"


async def test_a_code_is_good_for_one_token(slack: FakeSlack) -> None:
    code = allowed(slack)
    granted = await access(slack, code=code, redirect_uri=BACK)
    assert (granted["token_type"], granted["expires_in"], granted["scope"]) == ("bot", 43_200, "chat:write,users:read")
    assert await works(slack, granted["access_token"]) == "ok"
    assert await refused(slack, code=code, redirect_uri=BACK) == "code_already_used"


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"client_id": "1.2"}, "invalid_client_id"),
        ({"client_secret": "wrong"}, "bad_client_secret"),
        ({"code": "made up"}, "invalid_code"),
        ({"redirect_uri": "https://elsewhere.test/"}, "bad_redirect_uri"),
        ({"grant_type": "password"}, "invalid_grant_type"),
    ],
)
async def test_what_does_not_fit_is_refused(slack: FakeSlack, given: dict[str, str], error: str) -> None:
    assert await refused(slack, **({"code": allowed(slack), "redirect_uri": BACK} | given)) == error


async def test_a_code_is_good_for_ten_minutes(slack: FakeSlack) -> None:
    code = allowed(slack)
    slack.clock.advance(601)
    assert await refused(slack, code=code, redirect_uri=BACK) == "invalid_code"


async def test_a_refresh_token_is_good_once_and_the_token_before_until_it_expires(slack: FakeSlack) -> None:
    first = await access(slack, code=allowed(slack), redirect_uri=BACK)
    slack.clock.advance(40_000)
    second = await access(slack, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert (
        await refused(slack, grant_type="refresh_token", refresh_token=first["refresh_token"])
        == "invalid_refresh_token"
    )
    assert await works(slack, first["access_token"]) == "ok"
    slack.clock.advance(4_000)
    assert await works(slack, first["access_token"]) == "token_expired"
    assert await works(slack, second["access_token"]) == "ok"


async def test_an_app_that_was_removed_has_no_token_left(slack: FakeSlack) -> None:
    granted = await access(slack, code=allowed(slack), redirect_uri=BACK)
    workspace = slack.world.workspaces[granted["team"]["id"]]
    slack.uninstall(workspace, tell=())
    assert await works(slack, granted["access_token"]) == "account_inactive"
    assert (
        await refused(slack, grant_type="refresh_token", refresh_token=granted["refresh_token"])
        == "invalid_refresh_token"
    )


@pytest.mark.parametrize("other", [{"client_id": "1.2"}, {"redirect_uri": "https://elsewhere.test/"}, {"scope": ""}])
async def test_nobody_can_allow_what_the_app_does_not_ask_for_as_it_should(
    slack: FakeSlack, other: dict[str, str]
) -> None:
    with pytest.raises(CannotDo):
        slack.oauth.allow(page(slack, **other), slack.person("Mara"), slack.workspace)
