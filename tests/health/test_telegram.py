"""``legwork doctor`` on Telegram: the token, the webhook against the settings, privacy mode, the clock."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.registry import checks
from bot.telegram import health
from bot.telegram.webhook import address
from domain.core.clock import FixedClock
from domain.core.settings import Settings
from domain.health import Finding, Level, examine
from tests.contracts.telegram import settings_for
from tests.fakes.telegram import TOKEN, FakeTelegram, Fault, Refusal, person
from tests.fixtures.waiting import eventually

CANARY = "canary-4711"
HOOKED = {"telegram_webhook_url": "https://legwork.example", "telegram_webhook_secret": CANARY}


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake
    assert fake.wrong == []


async def looked(settings: Settings, fast: float = 0) -> dict[str, Finding]:
    """The findings by name. ``fast``: how many seconds this machine's clock is."""
    now = datetime.now(UTC) + timedelta(seconds=fast)
    found = await examine(health.checks(settings, FixedClock(now)))
    assert [secret for secret in (TOKEN, TOKEN.partition(":")[2], CANARY) if secret in f"{found}"] == []
    assert all(finding.remedy for finding in found if finding.level is not Level.OK)
    return {finding.name: finding for finding in found}


async def test_what_is_right_is_said_in_one_line_each(telegram: FakeTelegram) -> None:
    found = await looked(settings_for(telegram))
    assert {name: finding.level for name, finding in found.items()} == {
        "telegram": Level.OK,
        "telegram groups": Level.OK,
        "telegram delivery": Level.OK,
        "telegram clock": Level.OK,
    }
    assert "@legwork_bot" in found["telegram"].message
    assert "long polling" in found["telegram delivery"].message


@pytest.mark.parametrize("token", [f"7012345678:{CANARY}", CANARY])
async def test_a_token_that_is_refused_or_none_is_an_error(telegram: FakeTelegram, token: str) -> None:
    found = await looked(settings_for(telegram, telegram_bot_token=token))
    assert found["telegram"].level is Level.ERROR
    assert "TELEGRAM_BOT_TOKEN" in found["telegram"].message
    assert "@BotFather" in (found["telegram"].remedy or "")


@pytest.mark.parametrize(
    ("abilities", "level", "words"),
    [
        ({}, Level.OK, "Privacy mode is on"),
        ({"can_read_all_group_messages": True}, Level.OK, "Privacy mode is off"),
        ({"can_join_groups": False}, Level.WARNING, "cannot be added"),
    ],
)
async def test_what_the_bot_sees_of_groups_is_told(
    telegram: FakeTelegram, abilities: dict[str, bool], level: Level, words: str
) -> None:
    telegram.world.abilities = dict(abilities)
    found = (await looked(settings_for(telegram)))["telegram groups"]
    assert found.level is level
    assert words in found.message


# -- the webhook --------------------------------------------------------------------------------------


async def test_a_webhook_that_is_as_set_is_fine(telegram: FakeTelegram) -> None:
    settings = settings_for(telegram, **HOOKED)
    await telegram.updates.hook(address(settings), CANARY)
    found = (await looked(settings))["telegram delivery"]
    assert found == Finding("telegram delivery", Level.OK, "The webhook is set. Waiting: 0 updates.")


async def test_a_webhook_telegram_does_not_know_yet_is_a_warning(telegram: FakeTelegram) -> None:
    found = (await looked(settings_for(telegram, **HOOKED)))["telegram delivery"]
    assert found.level is Level.WARNING
    assert "python -m bot" in (found.remedy or "")


async def test_a_webhook_elsewhere_is_an_error_without_its_path(telegram: FakeTelegram) -> None:
    await telegram.updates.hook(f"https://elsewhere.example/{TOKEN}", None)
    found = (await looked(settings_for(telegram, **HOOKED)))["telegram delivery"]
    assert found.level is Level.ERROR
    assert "elsewhere.example" in found.message
    assert "legwork.example" in (found.remedy or "")


async def test_a_webhook_that_is_set_although_updates_are_fetched_is_a_warning(telegram: FakeTelegram) -> None:
    await telegram.updates.hook(f"https://elsewhere.example/{TOKEN}", None)
    found = (await looked(settings_for(telegram)))["telegram delivery"]
    assert found.level is Level.WARNING
    assert "elsewhere.example" in found.message


async def test_what_telegram_says_of_a_failing_webhook_is_told_while_it_is_new(
    telegram: FakeTelegram, unused_port: int
) -> None:
    settings = settings_for(telegram, **HOOKED | {"telegram_webhook_url": f"http://127.0.0.1:{unused_port}"})
    await telegram.updates.hook(address(settings), None)
    person(telegram).say("hello")
    await eventually(lambda: telegram.updates.failed)
    found = (await looked(settings))["telegram delivery"]
    assert found.level is Level.WARNING
    assert "Timed out" in found.message
    assert "Waiting: 1 update." in found.message
    assert (await looked(settings, fast=4_000))["telegram delivery"].level is Level.OK


@pytest.mark.parametrize("secret", [None, "", "not fit!"])
async def test_a_webhook_needs_a_fit_secret(telegram: FakeTelegram, secret: str | None) -> None:
    found = await looked(settings_for(telegram, **HOOKED | {"telegram_webhook_secret": secret}))
    assert found["telegram delivery"].level is Level.ERROR
    assert "TELEGRAM_WEBHOOK_SECRET" in found["telegram delivery"].message


async def test_updates_that_nobody_fetches_are_a_warning(telegram: FakeTelegram) -> None:
    mara = person(telegram)
    for number in range(100):
        mara.say(f"hello {number}")
    found = (await looked(settings_for(telegram)))["telegram delivery"]
    assert found.level is Level.WARNING
    assert "Waiting: 100 updates." in found.message


# -- and else -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("fast", "level"), [(10, Level.OK), (-90, Level.WARNING), (4_000, Level.WARNING)])
async def test_a_clock_that_is_wrong_is_told(telegram: FakeTelegram, fast: float, level: Level) -> None:
    assert (await looked(settings_for(telegram), fast))["telegram clock"].level is level


@pytest.mark.parametrize(
    "fault",
    [Fault("getMe", lost=True), Fault("getMe", status=502), Fault("getMe", Refusal(429, "Too Many", retry_after=9))],
)
async def test_a_telegram_that_is_away_is_an_error_with_a_remedy(telegram: FakeTelegram, fault: Fault) -> None:
    telegram.fail(fault)
    assert (await looked(settings_for(telegram)))["telegram"].level is Level.ERROR


async def test_nobody_listens_at_the_address(unused_port: int) -> None:
    settings = Settings.model_validate(
        {"telegram_bot_token": TOKEN, "telegram_api_base_url": f"http://127.0.0.1:{unused_port}"}
    )
    found = await looked(settings)
    assert [finding.level for finding in found.values()] == [Level.ERROR] * 3


@pytest.mark.parametrize("given", [{"telegram_webhook_url": "https://x.example"}, {"telegram_webhook_secret": "x"}])
async def test_half_a_configuration_is_a_warning(given: dict[str, str]) -> None:
    [found] = await examine(checks(Settings.model_validate(given)))
    assert found.level is Level.WARNING
    assert "TELEGRAM_BOT_TOKEN" in (found.remedy or "")
