"""Secrets to be found again wherever they were written, and what starts commands that know them."""

import asyncio
import base64
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

SECRETS = {
    "database": "d4tabase/Pa55+word",
    "redis": "r3dis=Pa55wörd",
    "model": "m0del-Pa55&word",
    "openai": "sk-proj-0123456789abcdefCANARY",
    "bot": "xoxb-11-22-CANARYbot33",
    "app": "xapp-1-A0-44-CANARYapp55",
    "signing": "5ign1ngCANARY66778899aabb",
    "telegram": "7012345678:AAFcanary_Telegram-0123456789abcd",
    "webhook": "webh00kCANARY",
    "google": "AIzaCANARYgoogle00",
    "brave": "BSACANARYbrave11",
    "key": "q4S1xQ0m9Zc7YVbFhC2KkJtW8dR3nLpE6uXoGzAiTsM=",
    "key before": "Vx1nB7yTq0ZcRk9mLd3sWf5gHj8pQaEu2iOoXzYbCtE=",
    "client": "c11entCANARYsecret9900",
    "mail": "m4il/Pa55+CANARYword",
}
COMMANDS = {
    "doctor": ["bot.cli", "doctor"],
    "migrate": ["bot.cli", "migrate"],
    "chat --once": ["bot.cli", "chat", "--once", "hello"],
    "chat --json": ["bot.cli", "chat", "--once", "hello", "--json"],
    "admin": ["bot.cli", "admin", "users"],
    "audit": ["bot.cli", "audit", "verify"],
    "keys": ["bot.cli", "keys", "rotate"],
    "data": ["bot.cli", "data", "reapply"],
}
SERVING = {"up": ["bot.cli", "up"], "bot": ["bot"], "web": ["bot.http"], "worker": ["jobs.worker"]}
"""Those that go on until they are told to stop."""


def forms(secret: str) -> Iterator[str]:
    yield secret
    yield quote(secret, safe="")
    yield secret.encode().hex()
    for before in range(3):
        coded = base64.b64encode(b"x" * before + secret.encode()).decode()
        yield coded[4 : len(coded) - 4]


def found_in(text: str) -> list[str]:
    return [name for name, secret in SECRETS.items() if any(form in text for form in forms(secret))]


def environment(port: int, **other: str) -> dict[str, str]:
    """Every secret set; the services are looked for where nobody answers."""
    nobody = f"127.0.0.1:{port}"
    return {
        "DATABASE_URL": f"postgresql://me:{quote(SECRETS['database'], safe='')}@{nobody}/legwork",
        "REDIS_URL": f"redis://:{quote(SECRETS['redis'], safe='')}@{nobody}/0",
        "OPENAI_BASE_URL": f"http://me:{quote(SECRETS['model'], safe='')}@{nobody}/v1",
        "OPENAI_API_KEY": SECRETS["openai"],
        "SLACK_BOT_TOKEN": SECRETS["bot"],
        "SLACK_APP_TOKEN": SECRETS["app"],
        "SLACK_SIGNING_SECRET": SECRETS["signing"],
        "SLACK_CLIENT_ID": "1112223334445.5556667778889",
        "SLACK_CLIENT_SECRET": SECRETS["client"],
        "LEGWORK_MAIL_URL": f"smtp://me:{quote(SECRETS['mail'], safe='')}@{nobody}",
        "LEGWORK_MAIL_FROM": "legwork@example.com",
        "LEGWORK_KEY": SECRETS["key"],
        "LEGWORK_KEY_PREVIOUS": SECRETS["key before"],
        "SLACK_API_BASE_URL": f"http://{nobody}/api/",
        "TELEGRAM_BOT_TOKEN": SECRETS["telegram"],
        "TELEGRAM_WEBHOOK_SECRET": SECRETS["webhook"],
        "TELEGRAM_API_BASE_URL": f"http://{nobody}",
        "LEGWORK_GOOGLE_SEARCH_KEY": SECRETS["google"],
        "LEGWORK_BRAVE_SEARCH_KEY": SECRETS["brave"],
        "LEGWORK_PORT": "0",
        **other,
    }


async def output(words: list[str], given: dict[str, str], enough: asyncio.Event | None = None) -> str:
    """All that a command writes until it ends; one that goes on is told to stop when it is ``enough``."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *words),
        env={**os.environ, **given},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    saying = asyncio.create_task(process.communicate())
    if enough is not None:
        await enough.wait()
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
    said, _ = await saying
    return said.decode()


def left_in(directory: Path) -> str:
    return "\n".join(path.read_text(errors="replace") for path in directory.rglob("*") if path.is_file())
