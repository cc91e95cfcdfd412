"""Addresses a fetch must refuse: whatever the spelling, no connection is attempted."""

import httpcore
import pytest

from domain.core.errors import Invalid, Misconfigured, Refused, Unavailable
from domain.core.settings import Settings
from domain.core.web import GuardedClient

SPELLINGS = [
    # this machine
    "http://127.0.0.1/", "http://127.0.0.1:8000/", "http://127.1/", "http://127.0.1/", "http://0x7f.1/",
    "http://0x7f000001/", "http://2130706433/", "http://017700000001/", "http://0177.0.0.1/", "http://127.0.0.1./",
    "http://127.255.255.254/", "http://0.0.0.0/", "http://0/", "http://[::]/", "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[::127.0.0.1]/",
    "http://localhost/", "http://localhost./", "http://LOCALHOST:9000/", "http://①②⑦.⓪.⓪.①/", "http://127。0。0。1/",
    "http://ｌocalhost/", "http://127.0.0.1%2f@example.com/", "http://%31%32%37.0.0.1/",
    # private, link-local, shared, metadata
    "http://10.0.0.1/", "http://172.16.0.1/", "http://172.31.255.255/", "http://192.168.1.1/", "http://169.254.1.1/",
    "http://100.64.0.1/", "http://100.127.255.255/", "http://169.254.169.254/latest/meta-data/",
    "http://100.100.100.200/", "http://192.0.0.192/", "http://168.63.129.16/", "http://[fd00:ec2::254]/",
    # reserved, examples, benchmarks, multicast, broadcast
    "http://192.0.2.1/", "http://198.51.100.1/", "http://203.0.113.1/", "http://198.18.0.1/", "http://198.19.255.255/",
    "http://224.0.0.1/", "http://239.255.255.250/", "http://240.0.0.1/", "http://255.255.255.255/", "http://192.88.99.1/",
    # IPv6 ranges and transition forms
    "http://[fc00::1]/", "http://[fd12:3456::1]/", "http://[fe80::1]/", "http://[fe80::1%25eth0]/", "http://[fec0::1]/",
    "http://[ff02::1]/", "http://[2001:db8::1]/", "http://[3fff::1]/", "http://[2001:2::1]/", "http://[2001:10::1]/",
    "http://[2002:7f00:1::]/", "http://[2002:0a00:0001::1]/", "http://[2001:0:53aa:64c:0:0:80ff:fffe]/",
    "http://[64:ff9b::127.0.0.1]/", "http://[64:ff9b::a9fe:a9fe]/", "http://[64:ff9b:1::a00:1]/",
    "http://[::ffff:0:127.0.0.1]/", "http://[100::1]/", "http://[2606:4700::5efe:10.0.0.1]/", "http://[5f00::1]/",
    # names that lead inside
    "http://inside.example/", "http://mixed.example/", "http://mapped.example/", "http://metadata.example/",
    # not the web
    "file:///etc/passwd", "ftp://example.com/", "gopher://example.com/", "javascript:alert(1)", "//example.com/",
    "example.com", "http://", "http:///path", "http://user@example.com/", "http://user:secret@example.com/",
    "http://example.com\\@127.0.0.1/", "http://exa mple.com/", "http://example.com:99999/", "http://example.com:0/",
    "http://-bad-.example/", "http://example..com/", "http://example.com:22/", "http://example.com:25/",
    "http://example.com:5432/", "http://example.com:6379/", "http://exam\nple.com/",
]  # fmt: skip

NAMES = {
    "localhost": ["127.0.0.1", "::1"],
    "inside.example": ["10.1.2.3"],
    "mixed.example": ["93.184.215.14", "192.168.0.7"],
    "mapped.example": ["::ffff:10.0.0.1"],
    "metadata.example": ["169.254.169.254"],
    "example.com": ["93.184.215.14"],
    "database.example": ["93.184.215.99"],
    "alias.example": ["93.184.215.99"],
    "twice.example": ["93.184.215.14", "2606:4700::1111"],
    "nat64.example": ["64:ff9b::5db8:d70e"],
}


class Recorder(httpcore.AsyncNetworkBackend):
    """A network that notes every connection asked of it and refuses it."""

    def __init__(self) -> None:
        self.attempts: list[tuple[str, int]] = []
        self.looked_up: list[str] = []

    async def resolve(self, host: str, port: int) -> list[str]:
        self.looked_up.append(host)
        if host in NAMES:
            return NAMES[host]
        if host[:1].isdigit() or ":" in host:
            return [host]
        raise OSError("no such host")

    async def connect_tcp(self, host: str, port: int, *_: object, **__: object) -> httpcore.AsyncNetworkStream:
        self.attempts.append((host, port))
        raise httpcore.ConnectError("the recorder connects to nothing")


def client(recorder: Recorder, **settings: object) -> GuardedClient:
    return GuardedClient(Settings(**settings), resolver=recorder.resolve, network=recorder)  # type: ignore[arg-type]


@pytest.mark.parametrize("url", SPELLINGS)
async def test_an_address_that_is_not_the_public_web_is_never_connected_to(url: str) -> None:
    recorder = Recorder()
    with pytest.raises((Refused, Invalid)) as caught:
        await client(recorder).fetch("GET", url)
    assert recorder.attempts == []
    assert caught.value.sentence.endswith(".")


async def test_the_table_holds_more_than_forty_addresses() -> None:
    assert len(set(SPELLINGS)) > 40


@pytest.mark.parametrize(
    ("url", "attempt"),
    [
        ("http://example.com/", ("93.184.215.14", 80)),
        ("https://EXAMPLE.com./", ("93.184.215.14", 443)),
        ("http://example.com:8080/", ("93.184.215.14", 8080)),
        ("http://93.184.215.14/", ("93.184.215.14", 80)),
        ("http://[2606:4700::1111]/", ("2606:4700::1111", 80)),
        ("http://nat64.example/", ("64:ff9b::5db8:d70e", 80)),
    ],
)
async def test_a_public_address_is_connected_to_by_its_number(url: str, attempt: tuple[str, int]) -> None:
    recorder = Recorder()
    with pytest.raises(Unavailable):
        await client(recorder).fetch("GET", url)
    assert recorder.attempts == [attempt]


async def test_a_name_is_resolved_once_so_that_it_cannot_change_between_check_and_connection() -> None:
    recorder = Recorder()
    with pytest.raises(Unavailable):
        await client(recorder).fetch("GET", "http://example.com/")
    assert recorder.looked_up == ["example.com"]


async def test_the_next_address_is_tried_when_the_first_does_not_answer() -> None:
    recorder = Recorder()
    with pytest.raises(Unavailable):
        await client(recorder).fetch("GET", "http://twice.example/")
    assert recorder.attempts == [("93.184.215.14", 80), ("2606:4700::1111", 80)]


async def test_an_unknown_host_is_unavailable() -> None:
    with pytest.raises(Unavailable, match=r"nowhere\.example cannot be found"):
        await client(Recorder()).fetch("GET", "http://nowhere.example/")


@pytest.mark.parametrize("url", ["http://database.example:6400/", "http://alias.example:6400/"])
async def test_legworks_own_redis_is_refused_under_any_name_even_when_allowed(url: str) -> None:
    recorder = Recorder()
    own = client(recorder, redis_url="redis://database.example:6400/0", fetch_allow=("alias.example:6400",))
    with pytest.raises(Refused, match="own database"):
        await own.fetch("GET", url)
    assert recorder.attempts == []


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:p@ss@database.example:6400/legwork?sslmode=require",
        "postgres://other.example:1,database.example:6400/legwork",
        "postgresql+asyncpg://database.example:6400",
    ],
)
async def test_the_database_is_known_however_its_address_is_written(url: str) -> None:
    recorder = Recorder()
    with pytest.raises(Refused, match="own database"):
        await client(recorder, database_url=url).fetch("GET", "http://alias.example:6400/")
    assert recorder.attempts == []


def test_a_database_address_that_cannot_be_read_is_named_at_the_start() -> None:
    with pytest.raises(Misconfigured, match="DATABASE_URL"):
        client(Recorder(), database_url="postgresql://host:port/legwork")


async def test_another_port_of_the_machine_that_holds_the_database_is_not_the_database() -> None:
    recorder = Recorder()
    own = client(recorder, database_url="postgresql://database.example/legwork")
    with pytest.raises(Unavailable):
        await own.fetch("GET", "http://database.example/")
    assert recorder.attempts == [("93.184.215.99", 80)]


@pytest.mark.parametrize("pair", ["inside.example:8080", "INSIDE.example.:8080"])
async def test_an_allowed_pair_reaches_a_private_host_on_that_port_alone(pair: str) -> None:
    recorder = Recorder()
    allowing = client(recorder, fetch_allow=(pair,))
    with pytest.raises(Unavailable):
        await allowing.fetch("GET", "http://inside.example:8080/")
    with pytest.raises(Refused):
        await allowing.fetch("GET", "http://inside.example/")
    with pytest.raises(Refused):
        await allowing.fetch("GET", "http://10.1.2.3:8080/")
    assert recorder.attempts == [("10.1.2.3", 8080)]


async def test_a_client_made_for_a_configured_service_leaves_the_first_as_it_was() -> None:
    recorder = Recorder()
    first = client(recorder)
    with pytest.raises(Unavailable):
        await first.allowing("inside.example:8080").fetch("GET", "http://inside.example:8080/")
    with pytest.raises(Refused):
        await first.fetch("GET", "http://inside.example:8080/")
