"""What is shown of an answer while it is written, and what it costs the writing."""

import asyncio

from domain.conversations.ports import Address
from domain.flow.common.model_call import Preview, call
from domain.llm.model import Restart
from domain.llm.scripted import ScriptedModel
from tests.factories.llm import step
from tests.fakes.chat import PLATFORM, FakeChat
from tests.fixtures.waiting import eventually

HERE = Address(PLATFORM, "w", "c")


async def test_what_may_be_seen_is_worked_out_when_it_is_shown_and_not_for_each_piece():
    chat, goes_on, read = FakeChat(), asyncio.Event(), list[str]()

    def visible(text: str) -> str:
        read.append(text)
        return text.upper()

    model = ScriptedModel([["word "] * 500 + [goes_on] + ["word "] * 500])
    preview = Preview(chat, HERE, "answer", visible)
    asked = asyncio.create_task(call(model, step("why?"), preview.show))
    await eventually(lambda: chat.previews)
    goes_on.set()
    reply = await asked
    await preview.close()
    assert reply.text == "word " * 1_000
    assert chat.previews[0] == ("answer", "WORD " * 500)
    assert len(read) < 10


async def test_nothing_is_shown_twice_and_what_comes_later_is_shown():
    chat, first, second = FakeChat(), asyncio.Event(), asyncio.Event()
    model = ScriptedModel([["It", " is", first, " four", second, "."]])
    preview = Preview(chat, HERE, "answer")
    asked = asyncio.create_task(call(model, step("2+2"), preview.show))
    await eventually(lambda: chat.previews)
    preview.show(lambda: "It is")  # what is known already
    first.set()
    await eventually(lambda: len(chat.previews) > 1)
    second.set()
    await asked
    await preview.close()
    assert [text for _, text in chat.previews] == ["It is", "It is four"]


async def test_what_was_taken_back_is_no_longer_shown():
    chat, wrong, right = FakeChat(), asyncio.Event(), asyncio.Event()
    model = ScriptedModel([["Five", wrong, Restart(), "Four", right]])
    preview = Preview(chat, HERE, "answer")
    asked = asyncio.create_task(call(model, step("2+2"), preview.show))
    await eventually(lambda: chat.previews == [("answer", "Five")])
    wrong.set()
    await eventually(lambda: chat.previews[-1] == ("answer", "Four"))
    right.set()
    await asked
    await preview.close()


async def test_an_answer_that_is_whole_needs_no_preview_any_more():
    chat, later = FakeChat(), asyncio.Event()
    whole = Preview(chat, HERE, "whole")
    await call(ScriptedModel(["It is four."]), step("2+2"), whole.show)
    slow = Preview(chat, HERE, "slow")
    asked = asyncio.create_task(call(ScriptedModel([["It is", later, " five."]]), step("2+3"), slow.show))
    await eventually(lambda: chat.previews)  # the first one's time would have come before
    later.set()
    await asked
    assert [key for key, _ in chat.previews] == ["slow"]
    await whole.close()
    await slow.close()
