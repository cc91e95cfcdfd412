"""Every secret is set, every command fails as it can: none of them is ever written, in whatever form."""

import asyncio
import base64
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import get_args
from urllib.parse import quote

import pytest
import structlog
from pydantic import SecretStr

from domain.core.discretion import discreet
from domain.core.logging import configure, logger
from domain.core.settings import Settings, load
from tests.health.canaries import COMMANDS, SECRETS, SERVING, environment, found_in, left_in, output


@asynccontextmanager
async def refusing() -> AsyncIterator[int]:
    """A Postgres that takes no password. Gives its port."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1024)
        fields = b'SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user "me"\0\0'
        writer.write(b"E" + (len(fields) + 4).to_bytes(4, "big") + fields)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def spoken(directory: Path, given: dict[str, str]) -> dict[str, str]:
    """What each command says, and what they leave in files."""
    enough = asyncio.Event()
    serving = asyncio.gather(*(output(words, given, enough) for words in SERVING.values()))
    outputs = await asyncio.gather(*(output(words, given) for words in COMMANDS.values()))
    enough.set()
    said = dict(zip([*COMMANDS, *SERVING], [*outputs, *await serving], strict=True))
    return said | {"files": await asyncio.to_thread(left_in, directory)}


async def test_an_unusable_data_directory_gives_nothing_away(tmp_path: Path, unused_port: int) -> None:
    (tmp_path / "file").write_text("")
    given = environment(unused_port, LEGWORK_DATA_DIR=str(tmp_path / "file" / "data"), TMPDIR=str(tmp_path))
    texts = await spoken(tmp_path, given)
    assert {name: found for name, text in texts.items() if (found := found_in(text))} == {}
    assert [name for name, text in texts.items() if "Traceback" in text] == []
    assert "cannot be written to: Not a directory." in texts["doctor"]


async def test_services_that_do_not_answer_give_nothing_away(tmp_path: Path, unused_port: int) -> None:
    given = environment(
        unused_port, LEGWORK_DATA_DIR=str(tmp_path / "data"), TMPDIR=str(tmp_path), LEGWORK_ENV="production"
    )
    texts = await spoken(tmp_path, given)
    assert {name: found for name, text in texts.items() if (found := found_in(text))} == {}
    assert [name for name, text in texts.items() if "Traceback" in text] == []


async def test_a_refused_password_is_a_sentence_without_it(tmp_path: Path, unused_port: int) -> None:
    async with refusing() as port:
        address = f"postgresql://me:{quote(SECRETS['database'], safe='')}@127.0.0.1:{port}/legwork?sslmode=disable"
        given = environment(
            unused_port, DATABASE_URL=address, LEGWORK_DATA_DIR=str(tmp_path / "data"), TMPDIR=str(tmp_path)
        )
        texts = {name: await output(COMMANDS[name], given) for name in ("migrate", "doctor")}
    for text in texts.values():
        assert "refuses the user or the password" in text
        assert found_in(text) == []
        assert "Traceback" not in text


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, unused_port: int) -> Settings:
    for name, value in environment(unused_port).items():
        monkeypatch.setenv(name, value)
    return load()


def test_every_secret_setting_is_among_them(settings: Settings) -> None:
    kept = {name for name, field in Settings.model_fields.items() if SecretStr in get_args(field.annotation)}
    not_set = {name for name in kept if getattr(settings, name) is None}
    assert not_set == {"key_command"}, "which is set instead of a key"


def test_settings_show_no_secret(settings: Settings) -> None:
    assert found_in(f"{settings!r} {settings} {settings.model_dump()}") == []


@pytest.fixture
def logs() -> Iterator[None]:
    """Logging as it was before, afterwards."""
    root = logging.getLogger()
    handlers, level, before = root.handlers, root.level, structlog.get_config()
    yield
    for handler in root.handlers:
        if isinstance(handler, logging.StreamHandler) and handler not in handlers:
            handler.stream.close()
    root.handlers, root.level = handlers, level
    structlog.configure(**before)


def written(form: Callable[[str], str], settings: Settings, file: Path) -> str:
    """What is left of an exception that quotes every secret, raised within a handler."""
    configure(settings, file=file)
    try:
        raise RuntimeError(" ".join(form(secret) for secret in SECRETS.values()))
    except RuntimeError:
        logger("test").exception("a job failed", settings=repr(settings), env=form(SECRETS["openai"]))
    return file.read_text(encoding="utf-8")


@pytest.mark.parametrize("env", ["development", "production"])
@pytest.mark.parametrize(
    "form",
    [str, lambda secret: quote(secret, safe=""), lambda secret: base64.b64encode(secret.encode()).decode()],
    ids=["as it is", "percent-encoded", "base64"],
)
@pytest.mark.usefixtures("logs")
def test_a_log_hides_what_an_exception_quotes(
    settings: Settings, tmp_path: Path, env: str, form: Callable[[str], str]
) -> None:
    text = written(form, settings.model_copy(update={"env": env}), tmp_path / "log")
    assert "RuntimeError" in text
    assert found_in(text) == []
    assert "locals" not in text


def test_what_is_short_or_not_secret_is_left_alone() -> None:
    settings = Settings.model_validate({"database_url": "postgresql://me:pg@host/legwork", "redis_url": "redis://host"})
    assert discreet(settings)("me pg host legwork") == "me pg host legwork"
