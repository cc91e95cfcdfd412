"""``legwork doctor`` as a person runs it."""

import asyncio
import io
import os
import sys
from pathlib import Path

import pytest

from bot.doctor import doctor, lines
from bot.slack.manifest import SCOPES
from domain.health import error, ok, warning
from tests.fakes.slack import FakeSlack, Rules
from tests.fakes.telegram import FakeTelegram

CANARY = "sk-canary-4711"


async def legwork_doctor(**environment: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.cli", "doctor"),
        env={**os.environ, **environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return await process.wait(), output.decode()


def test_names_are_aligned_and_remedies_stand_below() -> None:
    found = [ok("a", "Fine."), warning("longer", "So so.", "Do this."), error("b", "Bad.", None)]
    assert lines(found) == [
        "✓ a       Fine.",
        "! longer  So so.",
        "          → Do this.",
        "✗ b       Bad.",
        "",
        "1 error to mend, 1 warning.",
    ]


def test_what_a_server_says_cannot_move_the_cursor() -> None:
    assert "\x1b" not in "".join(lines([error("a", "\x1b[2Jgone", "\x1b]0;title\x07")]))


async def test_a_fresh_machine_has_nothing_wrong(servers_dir: Path) -> None:
    status, output = await legwork_doctor(LEGWORK_DATA_DIR=str(servers_dir))
    assert status == 0, output
    for name in ("python", "settings", "data directory", "storage", "model", "pdf", "postgres", "redis", "workers"):
        assert f" {name} " in output
    assert "✗" not in output


async def test_servers_that_are_away_are_errors_and_secrets_stay_secret(unused_port: int) -> None:
    status, output = await legwork_doctor(
        DATABASE_URL=f"postgres://me:{CANARY}@127.0.0.1:{unused_port}/x",
        REDIS_URL=f"redis://:{CANARY}@127.0.0.1:{unused_port}/0",
        OPENAI_API_KEY=CANARY,
        OPENAI_BASE_URL=f"http://127.0.0.1:{unused_port}/v1",
    )
    assert status == 1
    assert [name for name in ("postgres", "redis", "model") if f"✗ {name} " in output] == ["postgres", "redis", "model"]
    assert CANARY not in output
    assert "Traceback" not in output


async def test_the_platforms_that_are_set_are_looked_at(servers_dir: Path) -> None:
    async with (
        FakeSlack(rules=Rules(limited=False), scopes={one for one in SCOPES if one != "reactions:read"}) as slack,
        FakeTelegram(token=f"7012345678:{CANARY}") as telegram,
    ):
        status, output = await legwork_doctor(
            LEGWORK_DATA_DIR=str(servers_dir),
            SLACK_BOT_TOKEN=slack.bot_token,
            SLACK_APP_TOKEN=slack.app_token,
            SLACK_API_BASE_URL=slack.base_url,
            TELEGRAM_BOT_TOKEN=telegram.token,
            TELEGRAM_API_BASE_URL=telegram.base_url,
        )
    assert status == 1, output
    assert "lacks permissions: reactions:read." in output
    assert "✓ slack delivery" in output
    assert "✓ telegram  " in output
    assert not any(secret in output for secret in (CANARY, slack.bot_token, slack.app_token))


async def test_a_setting_that_cannot_be_read_is_one_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEGWORK_PORT", "high")
    out = io.StringIO()
    assert not await doctor(out)
    assert "✗ settings  A setting cannot be used: LEGWORK_PORT" in out.getvalue()
