"""What an agent's calls put out where it is too much for a step: kept in storage, and found again."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from obstore.store import LocalStore

from domain.core.errors import Invalid, NotFound, Unavailable
from domain.core.storage import Storage, Stored
from domain.flow.execute.agent.look_again import look_again, read_look_again
from domain.flow.execute.agent.shown import text_of
from domain.flow.execute.agent.stored import facts_of, kept, share_of
from tests.factories.rounds import Agent, comes, in_turn, note

ORG = UUID(int=7)
LONG = "\n".join(f"line {number}" for number in range(4_000))


class Away(Storage):
    """A store that takes nothing."""

    async def add(self, folder: str, name: str, content: AsyncIterator[bytes] | bytes) -> Stored:
        raise Unavailable("The file store did not answer.")


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(LocalStore(tmp_path), tmp_path, limit=20_000_000)


def test_the_calls_of_a_round_share_its_room() -> None:
    assert [share_of(calls) for calls in (1, 4, 5, 8)] == [16_000, 16_000, 12_800, 8_000]
    assert [share_of(8, besides=taken) for taken in (1_000, 32_000, 64_000)] == [7_875, 4_000, 1_000]


async def test_a_small_output_stays_where_it_is(storage: Storage) -> None:
    output = {"text": "x" * 15_000}
    assert await kept(storage, ORG, output, share_of(1), again=True) is output


@pytest.mark.parametrize("calls", [1, 8])
@pytest.mark.parametrize("text", [LONG, '"' * 60_000, "ü" * 60_000, "\x01" * 20_000])
async def test_what_stays_of_a_large_one_keeps_to_its_share(storage: Storage, text: str, calls: int) -> None:
    left = await kept(storage, ORG, {"text": text, "untrusted": True, "url": "u"}, share_of(calls), again=True)
    assert len(orjson.dumps(left)) <= share_of(calls)
    assert left["untrusted"] is True
    assert left["facts_in"] is False


async def test_fifty_rounds_of_eight_large_outputs_are_less_than_four_megabytes(storage: Storage) -> None:
    left = await kept(storage, ORG, {"text": LONG}, share_of(8), again=True)
    assert 50 * 8 * len(orjson.dumps(left)) < 4_000_000


async def test_all_facts_are_found_again(storage: Storage) -> None:
    facts = [{"text": f"In week {number} there were {number} leads."} for number in range(2_000)]
    whole: dict[str, Any] = {"facts": facts, "text": "a\nb", "count": 3}
    left = await kept(storage, ORG, whole, share_of(1), again=True)
    agent = Agent(came=in_turn(left, {"text": "x"}, "It is broken."))
    agent.think(note("a"), note("b"), note("c"))
    assert await facts_of(agent.rounds, storage) == [whole, {"text": "x"}]


async def test_the_end_of_a_change_is_kept_though_its_output_cannot_be() -> None:
    away = Away(LocalStore(), Path(), limit=1)
    left = await kept(away, ORG, {"text": LONG, "facts": [{}]}, share_of(1), again=False)
    assert left["stored"] is None
    assert "line 0" in left["head"]
    agent = Agent(came=comes(left))
    agent.think(note())
    assert await facts_of(agent.rounds, away) == [left]
    with pytest.raises(Invalid, match="could not be kept whole"):
        await look_again(read_look_again({"call": "0.c0"}), agent.rounds, away)
    with pytest.raises(Unavailable):
        await kept(away, ORG, {"text": LONG}, share_of(1), again=True)


async def test_an_output_is_read_on_from_any_place(storage: Storage) -> None:
    output = {"text": LONG + "ü", "url": "https://example.org", "untrusted": True}
    agent = Agent(came=comes(await kept(storage, ORG, output, share_of(1), again=True)))
    agent.think(note())
    read, begin, times = "", 0, 0
    while True:
        shown = await look_again(read_look_again({"call": "0.c0", "from": begin}), agent.rounds, storage)
        assert shown["untrusted"] is True
        read, times = read + shown["text"], times + 1
        if "next" not in shown:
            break
        begin = shown["next"]
    assert read == text_of(output)
    assert times == -(-shown["bytes"] // 12_000)


async def test_a_small_output_can_be_looked_at_again_too(storage: Storage) -> None:
    agent = Agent(came=comes({"text": "here"}))
    agent.think(note())
    assert (await look_again(read_look_again({"call": "0.c0"}), agent.rounds, storage))["text"] == '{"text":"here"}'


@pytest.mark.parametrize(
    ("given", "error", "sentence"),
    [
        ({"call": "9.c9"}, NotFound, "There is no call 9.c9. The last ones: 0.c0."),
        ({"call": "0.c0", "from": 99}, Invalid, "Call 0.c0 put out 15 bytes: nothing stands from 99 on."),
        ({"call": "0.c1"}, Invalid, "Call 0.c1 has put nothing out: it did not succeed."),
        ({"call": "0.c2"}, Invalid, "Call 0.c2 was not made: it has put nothing out."),
        ({"call": "0.c0", "from": -1}, Invalid, "look_again cannot be called like this: from: "),
        ({"from": 3}, Invalid, "look_again cannot be called like this: call: Field required."),
    ],
)
async def test_what_cannot_be_looked_at_is_said_in_a_sentence(
    storage: Storage, given: dict[str, Any], error: type[Exception], sentence: str
) -> None:
    agent = Agent(came=in_turn({"text": "here"}, "It is broken."))
    agent.think(note("a"), note("b"), note("a"))
    with pytest.raises(error) as raised:
        await look_again(read_look_again(given), agent.rounds, storage)
    assert str(raised.value).startswith(sentence)


def test_looking_again_is_a_call_like_any_other() -> None:
    agent = Agent()
    agent.think(note())
    agent.think(("look_again", {"call": "0.c0"}), ("look_again", {"call": "0.c0", "from": 0}))
    assert agent.why == [None, "repeat"]
    agent.think(("look_again", {"call": "0.c0"}), ("look_again", {"cal": "0.c0"}))
    assert agent.why == ["repeat", "bad_arguments"]
    assert "look_again(call: string, from?: integer)" in agent.told[1]
