"""A task that has read what others wrote says so where it asks for consent; nothing is refused for it."""

from dataclasses import replace

import pytest

from domain.conversations.said import Answer, ApprovalCard
from domain.core.errors import Invalid
from domain.core.queue import Queue
from domain.flow.common.legwork import Legwork
from domain.llm.model import Reply, ToolCall
from domain.tools.registry import Registry
from tests.factories.incoming import file
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import Node, node, plan, tool
from tests.fakes.chat import FakeChat
from tests.fakes.web import FakeWeb
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk, Worker

HOST = "127.0.0.1"
SEND = tool("n2", "send", to="ben", text="hello")
AFTER = ("Asked", f"after reading {HOST}")


@pytest.fixture
def page(loopback_web: FakeWeb) -> Node:
    return tool("n1", "http_request", url=loopback_web.url("/plain"))


async def test_a_card_says_what_was_read_before_it(talk: Talk, script: Script, page: Node) -> None:
    script.then(plan(page, SEND, edges=[["n1", "n2"]]))
    card = (await talk.say("read it and write to Ben")).one(ApprovalCard)
    assert card.details == (("to", "ben"), ("text", "hello"), AFTER)
    task = await talk.task()
    assert (task["tainted"], task["tainted_by"]) == (True, [HOST])
    assert (await talk.press("Approve")).one(Answer)


async def test_nothing_is_said_where_nothing_was_read(talk: Talk, script: Script) -> None:
    script.then(plan(tool("n1", "note", text="a"), SEND, edges=[["n1", "n2"]]))
    assert (await talk.say("write to Ben")).one(ApprovalCard).details == (("to", "ben"), ("text", "hello"))
    task = await talk.task()
    assert (task["tainted"], task["tainted_by"]) == (False, [])


async def test_an_approval_of_its_own_says_so_too(talk: Talk, script: Script, page: Node) -> None:
    script.then(plan(page, node("n2", "approval", text="May I?"), edges=[["n1", "n2"]]))
    assert (await talk.say("read it and ask me")).one(ApprovalCard).details == (AFTER,)


async def test_files_are_named_too(talk: Talk, script: Script, page: Node) -> None:
    read = tool("n0", "read_file", file="a.txt")
    script.then(plan(read, page, SEND, edges=[["n0", "n1"], ["n1", "n2"]]))
    card = (await talk.say("read both", [file("a.txt", b"words", "text/plain")])).one(ApprovalCard)
    assert dict(card.details)["Asked"] == f"after reading a.txt and {HOST}"


async def test_what_a_model_reads_within_a_step_counts(talk: Talk, script: Script, loopback_web: FakeWeb) -> None:
    asked = (ToolCall("c1", "http_request", {"url": loopback_web.url("/plain")}),)
    thinks = node("n1", "llm", prompt="Look it up.", tools=["http_request"])
    script.then(plan(thinks, SEND, edges=[["n1", "n2"]]), Reply(text="", data=None, calls=asked), "Found.")
    assert (await talk.say("look it up and write to Ben")).one(ApprovalCard).details[-1] == AFTER


async def test_what_the_items_of_a_loop_read_counts(talk: Talk, script: Script, loopback_web: FakeWeb) -> None:
    body = tool("each", "http_request", url="{{ item }}")
    loop = node("n1", "foreach", items=[loopback_web.url("/plain")], node=body)
    script.then(plan(loop, SEND, edges=[["n1", "n2"]]))
    assert (await talk.say("read all and write to Ben")).one(ApprovalCard).details[-1] == AFTER


async def test_what_is_read_by_a_step_that_was_handed_over_counts(
    legwork: Legwork, chat: FakeChat, script: Script, page: Node
) -> None:
    tools = Registry(
        replace(each, queue=Queue.MEDIA) if each.name == "http_request" else each for each in legwork.tools
    )
    elsewhere = replace(legwork, tools=tools)
    talk = Talk(elsewhere, chat, worker=Worker(elsewhere, "elsewhere"))
    script.then(plan(page, tool("n0", "note", text="a"), SEND, edges=[["n1", "n2"], ["n0", "n2"]]))
    assert (await talk.say("read it and write to Ben")).one(ApprovalCard).details[-1] == AFTER
    assert (await talk.task())["tainted_by"] == [HOST]
    await talk.worker.stop()


async def test_it_stays_when_another_way_is_planned_without_what_was_read(
    talk: Talk, script: Script, rehearsal: Rehearsal, page: Node
) -> None:
    rehearsal.fail("note", Invalid("The notebook is full."))
    script.then(plan(page, tool("n3", "note", text="x"), edges=[["n1", "n3"]]), plan(SEND))
    assert (await talk.say("read it, note it")).one(ApprovalCard).details[-1] == AFTER


async def test_it_stays_when_the_task_is_tried_again(
    talk: Talk, script: Script, rehearsal: Rehearsal, page: Node
) -> None:
    script.then(plan(page, node("n0", "ask", question="Sure?"), SEND, edges=[["n1", "n0"], ["n0", "n2"]]))
    await talk.say("read it and write to Ben")
    await talk.say("stop")
    await talk.press("Retry")
    assert (await talk.say("sure")).of(ApprovalCard)[-1].details[-1] == AFTER


async def test_a_task_that_runs_again_has_read_nothing_yet(talk: Talk, script: Script, page: Node) -> None:
    script.then(plan(node("n0", "ask", question="Sure?"), page, edges=[["n0", "n1"]]))
    await talk.say("read it")
    await talk.say("sure")
    assert (await talk.task())["tainted"]
    await talk.press("Run again")
    assert not (await talk.task())["tainted"]
