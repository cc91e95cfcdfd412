"""Files kept in a local folder and at an S3 endpoint: the same promises."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.core.errors import Invalid, Misconfigured, NotFound, Unavailable
from domain.core.settings import Settings
from domain.core.storage import Storage, open_storage
from tests.fakes.s3 import FakeS3, fake_s3

MEGABYTE = 1024 * 1024


@pytest.fixture
async def s3(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeS3]:
    async with fake_s3() as fake:
        for name, value in {
            "AWS_ENDPOINT_URL": fake.url,
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "eu-central-1",
            "AWS_ALLOW_HTTP": "true",
        }.items():
            monkeypatch.setenv(name, value)
        yield fake


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return open_storage(Settings(data_dir=tmp_path))
    request.getfixturevalue("s3")
    return open_storage(Settings(data_dir=tmp_path, storage_url="s3://legwork/some/prefix"))


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def _stream(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n"], ids=["empty", "small"])
async def test_what_is_kept_is_read_back(storage: Storage, content: bytes) -> None:
    stored = await storage.add("org", "Leads.CSV", content)
    assert await storage.read(stored.key) == content
    assert (stored.size, stored.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert stored.key.startswith("org/")
    assert stored.key.endswith(".csv")


async def test_a_long_stream_is_kept_whole(storage: Storage) -> None:
    chunks = [bytes([number]) * MEGABYTE for number in range(18)]
    stored = await storage.add("org", "film.bin", _stream(*chunks))
    assert stored.size == 18 * MEGABYTE
    assert await storage.read(stored.key) == b"".join(chunks)


async def test_a_file_above_the_limit_leaves_nothing_behind(storage: Storage, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="larger than 20 MB"):
        await storage.add("org", "film.bin", _stream(*[bytes(MEGABYTE)] * 21))
    assert _files(tmp_path) == []


async def test_the_local_copy_has_the_content_and_the_suffix(storage: Storage) -> None:
    stored = await storage.add("org", "leads.csv", b"a,b\n")
    path = await storage.local_path(stored.key)
    assert path.read_bytes() == b"a,b\n"
    assert path.suffix == ".csv"
    assert await storage.local_path(stored.key) == path


async def test_a_file_that_is_gone_is_said_to_be(storage: Storage) -> None:
    with pytest.raises(NotFound):
        await storage.read("org/none.csv")


async def test_a_store_that_refuses_is_unavailable(s3: FakeS3, tmp_path: Path) -> None:
    storage = open_storage(Settings(data_dir=tmp_path, storage_url="s3://another-bucket"))
    with pytest.raises(Unavailable, match=r"leads\.csv could not be stored"):
        await storage.add("org", "leads.csv", b"a,b\n")


def test_an_address_that_is_none_is_explained(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="LEGWORK_STORAGE_URL"):
        open_storage(Settings(data_dir=tmp_path, storage_url="nowhere"))
