"""Who begins is greeted: with examples that work, what becomes of files, and what is not connected."""

import pytest
from pydantic import SecretStr

from bot.views.greeting import EXAMPLES, greeting, missing
from domain.conversations.said import Answer, Note, Problem
from domain.core.settings import Settings
from tests.fixtures.talk import Talk


async def test_start_greets(offline: Talk) -> None:
    text = (await offline.say("/start")).one(Note).text
    for example in EXAMPLES:
        assert f"`{example}`" in text
    assert "Files you send are kept" in text
    assert "no language model" in text
    assert "no web search" in text


@pytest.mark.parametrize("example", EXAMPLES)
async def test_its_examples_work(offline: Talk, example: str) -> None:
    assert any(digit.isdigit() for digit in (await offline.say(example)).one(Answer).text)
    assert (await offline.task())["status"] == "SUCCEEDED"


def test_what_is_connected_is_not_called_missing() -> None:
    everything = Settings(openai_api_key=SecretStr("sk-test"), brave_search_key=SecretStr("key"))
    assert missing(everything) == ""
    assert "Not connected" not in greeting(everything)
    assert "goes to the language model" in greeting(everything)
    no_search = everything.model_copy(update={"brave_search_key": None})
    assert missing(no_search) == "Not connected: no web search: I read pages whose address you give me."


@pytest.mark.parametrize("carried", ["abc", "i", "i-", "zz-0123", "A" * 64, "_", "-"])
async def test_a_link_that_nothing_is_behind_is_no_longer_good(offline: Talk, carried: str) -> None:
    assert (await offline.say(f"/start {carried}")).one(Problem).sentence == "That link is no longer good."


@pytest.mark.parametrize("words", ["please help me", "A" * 65, "what?", "🦊"])
async def test_what_no_link_carries_is_a_greeting(offline: Talk, words: str) -> None:
    assert "Try:" in (await offline.say(f"/start {words}")).one(Note).text
