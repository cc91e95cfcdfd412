"""The doubles as servers."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest

from tests.fakes.serving import bound
from tests.fakes.telegram import FakeTelegram
from tests.fixtures.waiting import eventually


@pytest.mark.parametrize("service", ["openai", "slack", "telegram"])
def test_a_taken_port_is_one_sentence(service: str) -> None:
    with bound() as taken:
        taken.listen()
        port = str(taken.getsockname()[1])
        ran = subprocess.run(
            [sys.executable, "-m", "tests.fakes", service, "--port", port],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == f"Port {port} is taken; --port PORT takes another.\n"


async def test_answers_bear_the_present_time() -> None:
    async with FakeTelegram() as fake, httpx.AsyncClient() as client:

        async def told() -> datetime:
            return parsedate_to_datetime((await client.get(fake.base_url)).headers["date"])

        first = await told()
        assert abs(datetime.now(UTC) - first) < timedelta(seconds=5)

        async def moves_on() -> bool:
            return await told() > first

        await eventually(moves_on)
