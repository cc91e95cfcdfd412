"""A platform whose settings are unfit is off, in a sentence; everything else goes on."""

import asyncio
from pathlib import Path
from typing import cast

import pytest
from redis.asyncio import Redis

from bot import registry
from bot.edge import Edge
from bot.listening import Pauses, listen_to_all
from domain.core.crypto.given import Keys
from domain.core.crypto.keyring import Keyring
from domain.core.db import Database
from domain.core.settings import Settings
from domain.core.storage import open_storage
from domain.health import Level, examine
from tests.contracts.telegram import nowhere
from tests.fixtures.waiting import eventually

SECRET = "canary4711"
FIT = {"telegram_bot_token": f"7012345678:{SECRET}", "slack_bot_token": "xoxb-1", "slack_signing_secret": "s"}
HOOKED = {"telegram_webhook_url": "https://legwork.example", "telegram_webhook_secret": "s"}

UNFIT = [
    {"telegram_bot_token": SECRET},
    {"telegram_bot_token": f"bot7012345678:{SECRET}"},
    {"telegram_bot_token": f"7012345678:{SECRET}\n"},
    {"telegram_bot_token": f"7012345678:../{SECRET}"},
    {"telegram_bot_token": f"\u0667012345678:{SECRET}"},
    {"slack_bot_token": f"xoxb-{SECRET}\nxoxb-2"},
    {"slack_bot_token": f"xoxb-1, xoxb 2 {SECRET}"},
    {"slack_bot_token": f"xoxb-\u2026{SECRET}"},
    {"slack_bot_token": ", ,"},
]


NOWHERE = cast(Database, None)
"""Nothing is looked up."""


def settings_with(folder: Path, **given: str) -> Settings:
    return Settings.model_validate({"data_dir": folder, "database_url": None, "redis_url": None, **given})


def edge_of(settings: Settings, redis: Redis) -> Edge:
    return Edge(settings, NOWHERE, open_storage(settings), redis, Keyring(NOWHERE, Keys(settings)))


@pytest.mark.parametrize("unfit", UNFIT, ids=repr)
async def test_a_worker_goes_on_without_it(
    unfit: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_with(tmp_path, **(FIT | unfit))
    redis = nowhere()
    keyring = Keyring(NOWHERE, Keys(settings))
    made = registry.gateways(settings, NOWHERE, open_storage(settings), redis, keyring)
    assert set(made) == {"console", "slack", "telegram"} - {name.partition("_")[0] for name in unfit}
    for gateway in made.values():
        await gateway.close()
    await redis.aclose()
    _is_said(unfit, "".join(capsys.readouterr()))


@pytest.mark.parametrize(
    "unfit", [*UNFIT, {"slack_signing_secret": ""}, {"telegram_webhook_secret": "no blanks"}], ids=repr
)
async def test_the_web_process_goes_on_without_it(
    unfit: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_with(tmp_path, **(FIT | HOOKED | unfit))
    redis = nowhere()
    edge = edge_of(settings, redis)
    served = [route for make in registry.routes(settings) for route in make(edge)]
    assert len(served) == 1
    for close in edge.closing:
        await close()
    await redis.aclose()
    _is_said(unfit, "".join(capsys.readouterr()))


@pytest.mark.parametrize("unfit", [*UNFIT, {"slack_app_token": f"xapp-{SECRET} x"}, {"slack_app_token": " "}], ids=repr)
async def test_listening_says_it_and_waits(
    unfit: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_with(tmp_path, **(FIT | {"slack_app_token": "xapp-1"} | unfit))
    [platform] = {name.partition("_")[0] for name in unfit}
    listen = registry.listeners(settings)[platform]
    stop, said, redis = asyncio.Event(), list[str](), nowhere()

    def is_said() -> bool:
        said.extend(capsys.readouterr())
        return "cannot be listened to" in "".join(said)

    running = asyncio.create_task(
        listen_to_all({platform: lambda: listen(edge_of(settings, redis), stop)}, stop, Pauses(refused=3600))
    )
    await eventually(is_said)
    stop.set()
    await running
    await redis.aclose()
    _is_said(unfit, "".join(said))


@pytest.mark.parametrize("unfit", [*UNFIT, {"slack_app_token": f"xapp-{SECRET} x"}], ids=repr)
async def test_doctor_names_it(unfit: dict[str, str], tmp_path: Path) -> None:
    settings = settings_with(tmp_path, **(FIT | unfit))
    [platform] = {name.partition("_")[0] for name in unfit}
    looked = f"{platform} delivery" if "slack_app_token" in unfit else platform
    found = await examine([check for check in registry.checks(settings) if check.name == looked])
    assert [each.level for each in found] == [Level.ERROR]
    assert all(name.upper() in each.message for name in unfit for each in found)
    assert all(each.remedy for each in found)
    assert SECRET not in f"{found}"


def _is_said(unfit: dict[str, str], said: str) -> None:
    [name] = unfit
    assert name.upper() in said or name.replace("_signing", "_bot").upper() in said
    assert "Traceback" not in said
    assert SECRET not in said
