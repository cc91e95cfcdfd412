"""Calling somebody else's HTTP interface: once, or a person is asked."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from domain.core.errors import Ambiguous, Invalid, Refused, Unavailable
from domain.core.settings import Settings
from domain.core.web import GuardedClient
from domain.tools.builtin.http_request import http_request
from domain.tools.registry import Effect
from tests.factories.tools import call, tool_context
from tests.fakes.web import FakeWeb, json_body


async def test_a_json_answer_comes_as_json(web: FakeWeb, client: GuardedClient, tmp_path: Path) -> None:
    output = await call(http_request(client), tool_context(tmp_path), url=web.url("/json"))
    assert output["status"] == 200
    assert output["json"] == {"chairs": 1204, "tables": 310}
    assert output["headers"]["content-type"] == "application/json"
    assert output["untrusted"] is True


async def test_a_call_that_could_not_be_made_is_known_before_it_is_made(client: GuardedClient) -> None:
    tool = http_request(client)
    assert tool.check is not None
    for given, error in (
        ({"url": "http://10.0.0.1/"}, Refused),
        ({"url": "http://127.0.0.1:1/", "method": "POST"}, Refused),
        ({"url": "http://8.8.8.8/", "headers": {"host": "x"}}, Invalid),
        ({"url": "http://8.8.8.8/", "body": "x" * 1_100_000}, Invalid),
    ):
        with pytest.raises(error):
            await tool.check(tool.arguments.model_validate(given))
    await tool.check(tool.arguments.model_validate({"url": "https://8.8.8.8/", "method": "POST"}))


async def test_a_host_that_cannot_be_found_is_worth_another_attempt() -> None:
    async def nothing(host: str, port: int) -> list[str]:
        raise OSError(f"{host}: not known")

    tool = http_request(GuardedClient(Settings(), resolver=nothing))
    assert tool.check is not None
    with pytest.raises(Unavailable, match="cannot be found"):
        await tool.check(tool.arguments.model_validate({"url": "https://nowhere.example/", "method": "POST"}))


async def test_what_a_database_cannot_hold_is_left_out(web: FakeWeb, client: GuardedClient, tmp_path: Path) -> None:
    output = await call(http_request(client), tool_context(tmp_path), url=web.url("/odd-json"))
    assert output["json"] == {"a": ["b"]}


async def test_a_text_answer_is_cut_with_a_mark(web: FakeWeb, client: GuardedClient, tmp_path: Path) -> None:
    output = await call(http_request(client), tool_context(tmp_path), url=web.url("/huge"))
    assert (len(output["text"]), output["truncated"]) == (20_000, True)


async def test_bytes_are_counted_and_not_shown(web: FakeWeb, client: GuardedClient, tmp_path: Path) -> None:
    output = await call(http_request(client), tool_context(tmp_path), url=web.url("/bomb"))
    assert (output["text"], output["bytes"]) == ("", 5 * 1024 * 1024)


async def test_json_is_sent_as_json_with_the_idempotency_key(
    web: FakeWeb, client: GuardedClient, tmp_path: Path
) -> None:
    context = tool_context(tmp_path, idempotency_key="task:n2:1")
    await call(http_request(client), context, method="POST", url=web.url("/echo"), json={"name": "Żółw"})
    seen = web.ledger[-1]
    assert json_body(seen) == {"name": "Żółw"}
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["idempotency-key"] == "task:n2:1"


async def test_an_idempotency_key_of_the_plan_is_kept(web: FakeWeb, client: GuardedClient, tmp_path: Path) -> None:
    headers = {"Idempotency-Key": "mine"}
    await call(http_request(client), tool_context(tmp_path), method="PUT", url=web.url("/echo"), headers=headers)
    assert web.ledger[-1].headers["idempotency-key"] == "mine"


async def test_a_reading_call_carries_no_idempotency_key(web: FakeWeb, client: GuardedClient, tmp_path: Path) -> None:
    await call(http_request(client), tool_context(tmp_path), url=web.url("/echo"))
    assert "idempotency-key" not in web.ledger[-1].headers


async def test_text_is_sent_as_text(web: FakeWeb, client: GuardedClient, tmp_path: Path) -> None:
    await call(http_request(client), tool_context(tmp_path), method="POST", url=web.url("/echo"), body="Olé")
    assert web.ledger[-1].body.decode() == "Olé"


@pytest.mark.parametrize(
    ("method", "effect"),
    [("GET", Effect.READ), ("HEAD", Effect.READ), ("POST", Effect.EXTERNAL), ("PUT", Effect.EXTERNAL),
     ("PATCH", Effect.EXTERNAL), ("DELETE", Effect.EXTERNAL)],
)  # fmt: skip
def test_the_method_decides_whether_a_call_leaves_the_house(client: GuardedClient, method: str, effect: Effect) -> None:
    tool = http_request(client)
    assert tool.effect_of(tool.arguments.model_validate({"method": method, "url": "https://x.example/"})) is effect


@pytest.mark.parametrize("path", ["/status/500", "/status/502", "/status/503"])
async def test_a_failing_server_leaves_an_external_call_ambiguous(
    web: FakeWeb, client: GuardedClient, tmp_path: Path, path: str
) -> None:
    with pytest.raises(Ambiguous, match="may have happened"):
        await call(http_request(client), tool_context(tmp_path), method="POST", url=web.url(path), json={})


async def test_a_lost_answer_leaves_an_external_call_ambiguous(
    web: FakeWeb, tmp_path: Path, client: GuardedClient
) -> None:
    with pytest.raises(Ambiguous):
        await call(http_request(client), tool_context(tmp_path), method="POST", url=web.url("/broken-gzip"), json={})


async def test_a_failing_server_makes_a_reading_call_worth_another_attempt(
    web: FakeWeb, client: GuardedClient, tmp_path: Path
) -> None:
    with pytest.raises(Unavailable):
        await call(http_request(client), tool_context(tmp_path), url=web.url("/status/500"))


async def test_too_many_requests_is_worth_another_attempt_even_for_an_external_call(
    web: FakeWeb, client: GuardedClient, tmp_path: Path
) -> None:
    with pytest.raises(Unavailable):
        await call(http_request(client), tool_context(tmp_path), method="POST", url=web.url("/status/429"))


async def test_a_refused_connection_has_done_nothing(unused_port: int, tmp_path: Path) -> None:
    tool = http_request(GuardedClient(Settings(fetch_allow=(f"127.0.0.1:{unused_port}",))))
    with pytest.raises(Unavailable):
        await call(tool, tool_context(tmp_path), method="POST", url=f"http://127.0.0.1:{unused_port}/", json={})


async def test_a_call_that_is_turned_down_tells_what_the_server_said(
    web: FakeWeb, client: GuardedClient, tmp_path: Path
) -> None:
    with pytest.raises(Invalid, match=r"422 .* It said: as you asked"):
        await call(http_request(client), tool_context(tmp_path), method="POST", url=web.url("/status/422"))


async def test_what_a_server_says_of_a_failure_brings_no_link_along(
    web: FakeWeb, client: GuardedClient, tmp_path: Path
) -> None:
    url = web.url("/status/400?say=see%20https://attacker.example/win%20now")
    with pytest.raises(Invalid, match=r"It said: see \[link\] now"):
        await call(http_request(client), tool_context(tmp_path), url=url)


async def test_an_external_call_follows_no_redirect(web: FakeWeb, client: GuardedClient, tmp_path: Path) -> None:
    before = len(web.ledger)
    url = web.url("/redirect?status=303&to=/json")
    output = await call(http_request(client), tool_context(tmp_path), method="POST", url=url)
    assert (output["status"], output["headers"]["location"]) == (303, "/json")
    assert len(web.ledger) - before == 1


async def test_a_private_address_is_refused(client: GuardedClient, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        await call(http_request(client), tool_context(tmp_path), method="POST", url="http://169.254.169.254/")


async def test_a_broken_json_answer_is_unavailable(web: FakeWeb, client: GuardedClient, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="other than JSON"):
        await call(http_request(client), tool_context(tmp_path), url=web.url("/broken-json"))


@pytest.mark.parametrize(
    "arguments",
    [{"json": {}, "body": "x"}, {"method": "CONNECT"}, {"url": ""}, {"verify": False}, {"headers": {"a": 1}}],
)
async def test_arguments_that_make_no_sense_are_refused_before_anything_is_sent(
    client: GuardedClient, tmp_path: Path, arguments: dict[str, object]
) -> None:
    with pytest.raises(ValidationError):
        await call(http_request(client), tool_context(tmp_path), **{"url": "https://x.example/", **arguments})
