"""What a fetch brings back, and how it fails."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from domain.core.errors import Invalid, Misconfigured, Refused, Unavailable
from domain.core.settings import Settings
from domain.core.web import AnswerLost, Fetched, GuardedClient
from tests.factories.certificates import certificates
from tests.fakes.web import FakeWeb, fake_web


@pytest.fixture(scope="module")
async def web() -> AsyncIterator[FakeWeb]:
    async with fake_web() as running:
        yield running


@pytest.fixture
def client(web: FakeWeb) -> GuardedClient:
    return GuardedClient(Settings(fetch_allow=(web.endpoint,)))


async def test_a_page_comes_with_its_address_type_and_text(web: FakeWeb, client: GuardedClient) -> None:
    page = await client.fetch("GET", web.url("/article"))
    assert (page.status, page.content_type, page.truncated, page.url) == (200, "text/html", False, web.url("/article"))
    assert "Żywiec and Besançon" in page.text


@pytest.mark.parametrize(("path", "text"), [("/latin", "Olé, señor: 5 €"), ("/latin-meta", "Żółw")])
async def test_text_is_decoded_by_its_declared_character_set(
    web: FakeWeb, client: GuardedClient, path: str, text: str
) -> None:
    assert text in (await client.fetch("GET", web.url(path))).text


@pytest.mark.parametrize(
    ("charset", "content"),
    [("unicode_escape", b"\\x41"), ("zip", b"plain"), ("nonsense", b"plain"), ("utf-8", b"broken \xff"), ("", b"")],
)
def test_text_never_fails_whatever_character_set_is_claimed(charset: str, content: bytes) -> None:
    headers = httpx.Headers({"content-type": f"text/plain; charset={charset}"})
    text = Fetched("http://x.example/", 200, headers, content, "text/plain", False).text
    assert text == content.decode("utf-8", errors="replace")


async def test_a_missing_content_type_is_guessed_from_the_content(web: FakeWeb, client: GuardedClient) -> None:
    assert (await client.fetch("GET", web.url("/untyped"))).content_type == "text/html"


async def test_a_body_is_cut_at_the_limit(web: FakeWeb, client: GuardedClient) -> None:
    page = await client.fetch("GET", web.url("/huge"), limit=100_000)
    assert (len(page.content), page.truncated) == (100_000, True)


async def test_a_decompression_bomb_is_cut_at_the_limit(web: FakeWeb, client: GuardedClient) -> None:
    page = await client.fetch("GET", web.url("/bomb"), limit=1_000_000)
    assert (len(page.content), page.truncated) == (1_000_000, True)


async def test_a_compressed_body_is_decompressed(web: FakeWeb, client: GuardedClient) -> None:
    page = await client.fetch("GET", web.url("/gzip"))
    assert (page.text, page.truncated) == ("small and squeezed", False)


@pytest.mark.parametrize("path", ["/brotli", "/broken-gzip"])
async def test_a_body_that_cannot_be_decompressed_counts_as_a_lost_answer(
    web: FakeWeb, client: GuardedClient, path: str
) -> None:
    with pytest.raises(AnswerLost):
        await client.fetch("GET", web.url(path))


async def test_redirects_are_followed_and_the_final_address_is_told(web: FakeWeb, client: GuardedClient) -> None:
    page = await client.fetch("GET", web.url("/redirect?to=/plain"))
    assert (page.url, page.status) == (web.url("/plain"), 200)


async def test_a_loop_of_redirects_ends(web: FakeWeb, client: GuardedClient) -> None:
    before = len(web.ledger)
    with pytest.raises(Invalid, match="more than 5 times"):
        await client.fetch("GET", web.url("/loop"))
    assert len(web.ledger) - before == 6


async def test_a_redirect_is_returned_where_none_is_to_be_followed(web: FakeWeb, client: GuardedClient) -> None:
    page = await client.fetch("POST", web.url("/redirect?to=/plain"), content=b"1", redirects=0)
    assert (page.status, page.headers["location"]) == (302, "/plain")


@pytest.mark.parametrize("path", ["/to-metadata", "/redirect?to=http://127.0.0.1:1/", "/redirect?to=//10.0.0.1/"])
async def test_a_redirect_to_a_private_address_is_refused(web: FakeWeb, client: GuardedClient, path: str) -> None:
    with pytest.raises(Refused):
        await client.fetch("GET", web.url(path))


async def test_a_redirect_away_from_the_web_is_invalid(web: FakeWeb, client: GuardedClient) -> None:
    with pytest.raises(Invalid):
        await client.fetch("GET", web.url("/to-file"))


async def test_the_callers_headers_stay_with_the_origin_they_were_meant_for(web: FakeWeb) -> None:
    async with fake_web() as other:
        client = GuardedClient(Settings(fetch_allow=(web.endpoint, other.endpoint)))
        headers = {"Authorization": "Bearer secret", "X-Api-Key": "secret", "Accept": "text/plain"}
        await client.fetch("GET", web.url(f"/redirect?to={other.url('/plain')}"), headers=headers)
        assert "secret" not in str(other.ledger[0].headers)
        assert other.ledger[0].headers["accept"] == "text/plain"
        await client.fetch("GET", web.url("/redirect?to=/plain"), headers=headers)
        assert web.ledger[-1].headers["x-api-key"] == "secret"


async def test_a_body_is_not_carried_to_another_origin(web: FakeWeb) -> None:
    async with fake_web() as other:
        client = GuardedClient(Settings(fetch_allow=(web.endpoint, other.endpoint)))
        with pytest.raises(Refused, match="redirects what is sent"):
            await client.fetch("POST", web.url(f"/redirect?status=307&to={other.url('/echo')}"), content=b"private")
        assert other.ledger == []


async def test_a_redirected_post_becomes_a_get_without_its_body(web: FakeWeb, client: GuardedClient) -> None:
    await client.fetch("POST", web.url("/redirect?status=303&to=/echo"), content=b"x", headers={"Content-Type": "a/b"})
    seen = web.ledger[-1]
    assert (seen.method, seen.body, "content-type" in seen.headers) == ("GET", b"", False)


async def test_what_is_sent_arrives(web: FakeWeb, client: GuardedClient) -> None:
    headers = {"X-Mark": "7", "X-Name": "Żółw"}
    await client.fetch("PUT", web.url("/echo?a=1&b=%20"), content=b"payload", headers=headers)
    seen = web.ledger[-1]
    assert (seen.method, seen.query, seen.body, seen.headers["x-mark"]) == ("PUT", "a=1&b=%20", b"payload", "7")
    assert seen.headers["x-name"].encode("latin-1").decode() == "Żółw"
    assert seen.headers["host"] == web.endpoint


async def test_no_cookie_is_carried_from_one_fetch_to_the_next(web: FakeWeb, client: GuardedClient) -> None:
    await client.fetch("GET", web.url("/cookie"))
    await client.fetch("GET", web.url("/echo"))
    assert "cookie" not in web.ledger[-1].headers


async def test_no_proxy_of_the_environment_is_used(
    web: FakeWeb, client: GuardedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert (await client.fetch("GET", web.url("/plain"))).status == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [("Host", "other.example"), ("Transfer-Encoding", "chunked"), ("Proxy-Authorization", "x"), ("a b", "c"),
     ("X", "1\r\nX-Injected: 2"), ("", "x"), ("Ünicode", "x")],
)  # fmt: skip
async def test_a_header_that_would_misdirect_a_request_is_invalid(
    web: FakeWeb, client: GuardedClient, name: str, value: str
) -> None:
    before = len(web.ledger)
    with pytest.raises(Invalid):
        await client.fetch("GET", web.url("/echo"), headers={name: value})
    assert len(web.ledger) == before


@pytest.mark.parametrize("method", ["CONNECT", "TRACE", "GET / HTTP/1.1\r\n", ""])
async def test_a_method_that_is_no_web_request_is_invalid(web: FakeWeb, client: GuardedClient, method: str) -> None:
    with pytest.raises(Invalid, match="no request method"):
        await client.fetch(method, web.url("/echo"))


async def test_a_server_that_does_not_answer_in_time_leaves_the_outcome_unknown(
    web: FakeWeb, client: GuardedClient
) -> None:
    with pytest.raises(AnswerLost, match=r"within 0\.2 seconds"):
        await client.fetch("GET", web.url("/silent"), timeout=0.2)


async def test_a_server_that_hangs_up_before_answering_leaves_the_outcome_unknown() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        client = GuardedClient(Settings(fetch_allow=(f"127.0.0.1:{port}",)))
        with pytest.raises(AnswerLost, match="broke off"):
            await client.fetch("POST", f"http://127.0.0.1:{port}/", content=b"x")


async def test_a_body_that_breaks_off_is_not_taken_for_the_whole() -> None:
    async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this")
        writer.close()

    async with await asyncio.start_server(break_off, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        client = GuardedClient(Settings(fetch_allow=(f"127.0.0.1:{port}",)))
        with pytest.raises(AnswerLost):
            await client.fetch("GET", f"http://127.0.0.1:{port}/")


async def test_a_refused_connection_is_unavailable_and_nothing_was_sent(unused_port: int) -> None:
    client = GuardedClient(Settings(fetch_allow=(f"127.0.0.1:{unused_port}",)))
    with pytest.raises(Unavailable, match="cannot be reached") as caught:
        await client.fetch("POST", f"http://127.0.0.1:{unused_port}/", content=b"x")
    assert not isinstance(caught.value, AnswerLost)


async def test_a_failure_does_not_repeat_the_query_which_may_hold_a_key(unused_port: int) -> None:
    client = GuardedClient(Settings(fetch_allow=(f"127.0.0.1:{unused_port}",)))
    with pytest.raises(Unavailable) as caught:
        await client.fetch("GET", f"http://127.0.0.1:{unused_port}/?key=secret")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "error", "after"),
    [
        (404, Invalid, None),
        (401, Invalid, None),
        (429, Unavailable, 7),
        (500, Unavailable, None),
        (503, Unavailable, 7),
    ],
)
async def test_a_checked_answer_turns_failure_into_an_error(
    web: FakeWeb, client: GuardedClient, status: int, error: type[Exception], after: int | None
) -> None:
    answer = await client.fetch("GET", web.url(f"/status/{status}"))
    with pytest.raises(error, match=str(status)) as caught:
        answer.checked()
    assert getattr(caught.value, "after", None) == (None if after is None else timedelta(seconds=after))


def test_a_retry_date_is_read_against_the_servers_own_clock() -> None:
    headers = httpx.Headers({"retry-after": "Fri, 20 Nov 2026 10:00:30 GMT", "date": "Fri, 20 Nov 2026 10:00:00 GMT"})
    with pytest.raises(Unavailable) as caught:
        Fetched("http://x.example/", 503, headers, b"", "text/plain", False).checked()
    assert caught.value.after == timedelta(seconds=30)


def test_a_malformed_allowed_pair_is_named_at_the_start() -> None:
    with pytest.raises(Misconfigured, match="intranet"):
        GuardedClient(Settings(fetch_allow=("intranet",)))


async def test_tls_is_checked_against_the_name_while_the_connection_goes_to_the_judged_address(tmp_path: Path) -> None:
    server, trusting = certificates("shop.example", tmp_path)

    async def resolver(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async with fake_web(server) as web:
        pairs = (f"shop.example:{web.port}", f"other.example:{web.port}")
        client = GuardedClient(Settings(fetch_allow=pairs), resolver=resolver, certificates=trusting)
        page = await client.fetch("GET", f"https://shop.example:{web.port}/plain")
        assert page.status == 200
        assert web.ledger[-1].headers["host"] == f"shop.example:{web.port}"
        with pytest.raises(Unavailable, match="no valid certificate"):
            await client.fetch("GET", f"https://other.example:{web.port}/plain")
