"""Direct messages with Legwork in Slack: each begins a thread, with the sign of being at work and Slack's own Stop."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from arq.connections import ArqRedis
from pydantic import SecretStr
from sqlalchemy import text

from bot.commands.table import NOUNS, CommandTable
from bot.inbound import accept
from bot.slack.forms import GIVE
from domain.core import ids
from domain.flow.common.legwork import Legwork
from tests.factories.incoming import incoming
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan, reply, tool
from tests.fakes.slack import Message
from tests.fixtures.legwork import Script
from tests.fixtures.office import LEADS, Office, opened
from tests.fixtures.waiting import eventually

TWO = plan(tool("n1", "note", text="go"), tool("n2", "note", text="then"), edges=[["n1", "n2"]])


@pytest.fixture
async def office(legwork: Legwork, redis: ArqRedis) -> AsyncIterator[Office]:
    async with opened(legwork, redis) as made:
        yield made


def answers(office: Office, asked: Message) -> str:
    said = office.slack.said(office.mara.dm_channel, asked.ts)
    return "\n".join(office.slack.shown(message) for message in said)


AT_REST = (None, "active")
"""What is over at once never had a sign."""


def status(office: Office, asked: Message) -> str | None:
    session = office.slack.session(office.mara.dm_channel, asked.ts)
    return session.status if session is not None else None


async def test_each_message_begins_a_thread_and_replies_know_it(office: Office, script: Script) -> None:
    script.then(reply("One."), reply("Two."), reply("Three."))
    first = office.mara.dm("first")
    await office.settle()
    second = office.mara.dm("second")
    await office.settle()
    assert "One." in answers(office, first)
    assert "Two." in answers(office, second)
    assert script.requests[1].turns == []
    office.mara.dm("and now?", thread_ts=first.ts)
    await office.settle()
    assert "Three." in answers(office, first)
    assert [turn.text for turn in script.requests[2].turns] == ["first", "One."]
    assert {message.thread_ts for message in office.slack.said(office.mara.dm_channel)} == {first.ts, second.ts}


async def test_the_sign_is_there_before_the_model_answers(office: Office, script: Script) -> None:
    with office.worker.away():  # nobody has begun with it, let alone answered
        asked = office.mara.dm("hello")
        await office.slack.settled()
        await eventually(lambda: status(office, asked) == "processing")
    script.then(reply("Hello."))
    await office.settle()
    await eventually(lambda: status(office, asked) == "active")


async def test_the_sign_stays_until_the_work_has_ended_whatever_is_said_meanwhile(
    office: Office, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.gate("go")
    script.then(TWO)
    asked = office.mara.dm("note two things")
    await office.slack.settled()
    await eventually(lambda: rehearsal.calls)
    await eventually(lambda: "◐" in answers(office, asked) or "in_progress" in str(office.slack.requests))
    office.mara.edit(asked, "note three things")
    office.mara.dm("/tasks", thread_ts=asked.ts)
    await office.slack.settled()
    await eventually(lambda: "You edited the message" in answers(office, asked))
    await eventually(lambda: "Your tasks" in answers(office, asked))
    sets = [request.arguments for request in office.slack.requests if request.method == "agents.sessions.setStatus"]
    await eventually(lambda: status(office, asked) == "processing")
    assert "active" not in [arguments["status"] for arguments in sets]
    rehearsal.gate("go").set()
    await office.settle()
    await eventually(lambda: status(office, asked) == "active")


async def test_slacks_own_stop_ends_the_work_of_a_direct_message(
    office: Office, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.gate("go")
    script.then(TWO)
    asked = office.mara.dm("note two things")
    await office.slack.settled()
    await eventually(lambda: rehearsal.calls)
    office.mara.stop_session(office.mara.dm_channel, asked.ts)
    await office.settle()
    assert await office.rows("SELECT status FROM tasks") == [{"status": "CANCELLED"}]
    assert len(rehearsal.calls) == 1
    await eventually(lambda: status(office, asked) in AT_REST)


async def test_while_it_waits_for_a_person_the_sign_says_so(office: Office, script: Script) -> None:
    script.then(plan(node("n1", "ask", "which", question="Which one?")))
    asked = office.mara.dm("begin")
    await office.settle()
    await eventually(lambda: status(office, asked) == "suspended")
    office.mara.dm("that one", thread_ts=asked.ts)
    await office.settle()
    await eventually(lambda: status(office, asked) == "active")
    assert "that one" in answers(office, asked)


@pytest.mark.parametrize("words", ["stop", "/stop", "!stop", "Please stop!"])
async def test_stop_as_a_message_of_its_own_stops_the_one_task_of_the_chat(
    office: Office, script: Script, rehearsal: Rehearsal, words: str
) -> None:
    rehearsal.gate("go")
    script.then(TWO)
    office.mara.dm("note two things")
    await office.slack.settled()
    await eventually(lambda: rehearsal.calls)
    stop = office.mara.dm(words)
    await office.settle()
    assert await office.rows("SELECT status FROM tasks") == [{"status": "CANCELLED"}]
    assert "Stopped: " in answers(office, stop)
    await eventually(lambda: status(office, stop) in AT_REST)


async def test_legwork_stop_stops_what_runs_in_a_channel(office: Office, script: Script, rehearsal: Rehearsal) -> None:
    rehearsal.gate("go")
    script.then(TWO)
    office.mara.mention(office.sales, "note two things")
    await office.slack.settled()
    await eventually(lambda: rehearsal.calls)
    await office.mara.slash(office.sales, "/legwork", "stop").answer()
    await eventually(lambda: "in another chat" in office.slack.shown(office.mara.dm_channel))
    [task] = await office.rows("SELECT id FROM tasks")
    await office.press(f"Stop {ids.short('task', task['id'])}", office.mara.dm_channel)
    assert await office.rows("SELECT status FROM tasks") == [{"status": "CANCELLED"}]


async def test_what_was_asked_elsewhere_is_worked_on_in_a_thread_below_it(office: Office, script: Script) -> None:
    script.then(reply("Three words."), reply("Four."))
    theirs = office.mara.say(office.sales, "Three words here")
    await office.mara.shortcut(GIVE, theirs).answer()
    assert office.mara.modal is not None
    await office.mara.submit(office.mara.modal, {"What shall I do with it?": "count & tell"}).answer()
    await office.settle()
    [root, answer] = office.slack.said(office.mara.dm_channel)
    assert office.slack.shown(root).startswith("You asked: count & tell")
    assert answer.thread_ts == root.ts
    office.mara.dm("and with the space?", thread_ts=root.ts)
    await office.settle()
    assert script.requests[1].turns[-1].text == "Three words."


async def test_new_and_use_say_how_threads_work_here(office: Office, script: Script) -> None:
    script.then(reply("One."))
    asked = office.mara.dm("first")
    await office.settle()
    office.mara.dm("/new")
    office.mara.dm("!new", thread_ts=asked.ts)
    await office.settle()
    shown = office.slack.shown(office.mara.dm_channel)
    assert shown.count("each message outside of a thread begins one of its own") == 2
    [thread] = await office.rows("SELECT id FROM threads WHERE name = 'first'")
    await office.mara.slash(office.sales, "/legwork", f"threads use {ids.text('thrd', thread['id'])}").answer()
    await office.settle()
    assert "by replying in its thread" in office.slack.shown(office.mara.dm_channel)
    assert (
        await office.rows(
            "SELECT 1 FROM chats c JOIN threads t ON t.id = c.current_thread_id WHERE t.platform_thread IS NOT NULL"
        )
        == []
    )


async def test_what_was_asked_before_there_were_threads_is_still_answered(office: Office, script: Script) -> None:
    """A question stands in a chat whose messages all belonged to its current thread."""
    script.then(plan(node("n1", "ask", "which", question="Which one?")), reply("New."))
    where: dict[str, Any] = {
        "platform": "slack",
        "workspace": office.slack.workspace.id,
        "chat": office.mara.dm_channel.id,
        "person": office.mara.id,
        "organization": f"slack:{office.slack.workspace.id}",
    }
    await accept(office.legwork.database, office.legwork.storage, incoming("begin", **where))
    await office.settle()
    [question] = [m for m in office.slack.said(office.mara.dm_channel) if "Which one?" in office.slack.shown(m)]
    assert question.thread_ts is None
    office.mara.dm("that one")
    await office.settle()
    assert await office.rows("SELECT status FROM tasks") == [{"status": "SUCCEEDED"}]
    asked = office.mara.dm("something new")
    await office.settle()
    assert "New." in answers(office, asked)


async def test_what_is_set_by_a_slash_command_is_not_said_to_hold_for_a_thread(
    legwork: Legwork, redis: ArqRedis
) -> None:
    settings = legwork.settings.model_copy(update={"openai_api_key": SecretStr("sk-test")})
    async with opened(legwork, redis, commands=CommandTable(settings, legwork.tools)) as office:
        for words in ("threads instructions Answer in French", "threads model gpt-5", "models use gpt-5"):
            await office.mara.slash(office.sales, "/legwork", words).answer()
        await office.settle()
        outside = office.slack.shown(office.mara.dm_channel)
    assert outside.count("What begins with a command outside of a thread") == 3
    assert "This thread" not in outside


async def test_texts_name_the_commands_that_slack_has(office: Office, script: Script) -> None:
    script.then(reply("One."))
    asked = office.mara.dm("first")
    await office.settle()
    for words in ("!help", "!tasks", "!tasks show nothing", "!help tasks"):
        office.mara.dm(words, thread_ts=asked.ts)
    await office.mara.slash(office.sales, "/legwork", "tasks").answer()
    await office.mara.slash(office.sales, "/legwork", "taks").answer()
    await office.settle()
    inside = answers(office, asked)
    assert "!tasks show ID" in inside
    assert "!tasks retry task_8k2m9q" in inside
    outside = office.slack.shown(office.mara.dm_channel).replace(inside, "")
    assert "“/legwork tasks show ID”" in outside
    assert "Did you mean “/legwork tasks”?" in outside
    for noun in NOUNS:
        assert f"“/{noun.name}" not in inside + outside
        assert f"`/{noun.name}" not in inside + outside


async def test_praise_is_no_command(office: Office, script: Script) -> None:
    script.then(reply("One."), reply("Thank you."))
    asked = office.mara.dm("first")
    await office.settle()
    office.mara.dm("!nice work", thread_ts=asked.ts)
    await office.settle()
    assert "Thank you." in answers(office, asked)


async def test_the_sign_follows_a_pause(office: Office, script: Script) -> None:
    script.then(plan(node("n1", "delay", seconds=3600), title="Wait"))
    asked = office.mara.dm("wait an hour")
    await office.settle()
    await eventually(lambda: status(office, asked) == "processing")
    await office.press("Pause", office.mara.dm_channel)
    await eventually(lambda: status(office, asked) == "suspended")
    await office.press("Resume", office.mara.dm_channel)
    await eventually(lambda: status(office, asked) == "processing")
    await office.press("Stop", office.mara.dm_channel)
    await eventually(lambda: status(office, asked) == "active")


async def test_in_a_deleted_thread_another_begins_afresh(office: Office, script: Script) -> None:
    script.then(reply("One."), reply("Two."), reply("Three."))
    asked = office.mara.dm("first")
    await office.settle()
    [thread] = await office.rows("SELECT id FROM threads WHERE name = 'first'")
    office.mara.dm(f"!threads delete {ids.text('thrd', thread['id'])}", thread_ts=asked.ts)
    await office.settle()
    await office.press("Delete", office.mara.dm_channel)
    await office.settle()
    for words, answer in (("second", "Two."), ("third", "Three.")):
        office.mara.dm(words, thread_ts=asked.ts)
        await office.settle()
        assert answer in answers(office, asked)
    assert [turn.text for turn in script.requests[-1].turns] == ["second", "Two."]


async def test_what_could_not_be_taken_does_not_stand_as_asked(office: Office, script: Script) -> None:
    script.then(reply("Hello."))
    office.slack.rules.retries = ()
    async with office.legwork.database.system("a test") as session:
        await session.execute(text("ALTER TABLE inbound_events RENAME TO away"))
    try:
        office.mara.slash(office.mara.dm_channel, "/legwork", "say hello")
        await office.slack.settled()
        await eventually(lambda: office.slack.said(office.mara.dm_channel) == [])
    finally:
        async with office.legwork.database.system("a test") as session:
            await session.execute(text("ALTER TABLE away RENAME TO inbound_events"))
    assert "You asked" not in office.slack.shown(office.mara.dm_channel)
    await office.mara.slash(office.mara.dm_channel, "/legwork", "say hello").answer()
    await office.settle()
    assert "Hello." in office.slack.shown(office.mara.dm_channel)


async def test_an_answer_is_streamed_into_the_thread_of_a_direct_message(office: Office, script: Script) -> None:
    written, more = orjson.dumps(reply("A long answer. " * 40)).decode(), asyncio.Event()
    script.then([written[:-100], more, written[-100:]])
    asked = office.mara.dm("tell me")
    await office.slack.settled()
    streams = await eventually(
        lambda: [request for request in office.slack.requests if request.method == "chat.startStream"]
    )
    assert [(one.arguments["thread_ts"], one.error) for one in streams] == [(asked.ts, None)]
    await eventually(lambda: status(office, asked) == "processing")
    more.set()
    await office.settle()
    assert answers(office, asked).startswith("A long answer.")
    assert len(office.slack.said(office.mara.dm_channel, asked.ts)) == 1
    await eventually(lambda: status(office, asked) == "active")


async def test_slacks_own_stop_stops_whatever_runs_in_the_thread_and_nothing_else(
    office: Office, script: Script
) -> None:
    script.then(*(plan(node("n1", "delay", seconds=3600), title=title) for title in ("One", "Two", "Three")))
    asked = office.mara.dm("wait an hour")
    other = office.mara.dm("wait as well")
    await office.settle()
    office.mara.dm("and wait another hour", thread_ts=asked.ts)
    await office.settle()
    office.mara.stop_session(office.mara.dm_channel, asked.ts)
    await office.settle()
    left = await office.rows("SELECT 1 FROM tasks WHERE status <> 'CANCELLED'")
    assert len(left) == 1
    assert "Stopped 2 tasks" in answers(office, asked)
    await eventually(lambda: status(office, asked) == "active")
    assert status(office, other) == "processing"
    office.mara.stop_session(office.mara.dm_channel, asked.ts)
    await office.settle()
    assert "Nothing is running." in answers(office, asked)
    assert await office.rows("SELECT 1 FROM tasks WHERE status <> 'CANCELLED'") == left


async def test_a_file_that_slack_does_not_hand_over_is_told_with_what_to_do(office: Office) -> None:
    office.slack.workspace.scopes.discard("files:read")
    asked = office.mara.dm("what moved here?", files=[("leads.csv", LEADS)])
    await office.settle()
    told = "\n".join(office.slack.shown(one) for one in office.slack.said(office.mara.dm_channel, asked.ts))
    assert "lacks a permission" in told
    assert "reinstall" in told
