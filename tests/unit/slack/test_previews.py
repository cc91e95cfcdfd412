"""Previews in Slack: a stream or a message that grows, and what takes its place."""

import asyncio

from arq.connections import ArqRedis

from bot.pacing import Limit, Limits
from domain.conversations.ports import Address, Posted
from domain.conversations.said import Answer, FilePost, Note, Problem
from tests.contracts.slack import SlackHarness, slack
from tests.fixtures.waiting import eventually
from tests.unit.slack.posting import FILE, TASK, methods

KEY = f"answer:{TASK}"


def answer(text: str = "Enquiries fell.") -> Answer:
    return Answer(task_id=TASK, text=text)


async def later(it: SlackHarness, text: str, seconds: float = 2) -> None:
    """A preview that comes so much later than the one before."""
    it.seconds += seconds
    await it.gateway.preview(it.to, KEY, text)


async def test_an_answer_streams_into_its_thread_and_ends_as_the_row_says(it: SlackHarness) -> None:
    await it.gateway.preview(it.to, KEY, "Enquiries")
    await later(it, "Enquiries fe")
    [streaming] = it.said()
    assert streaming.is_streaming
    assert it.fake.shown(streaming) == "Enquiries fe"
    posted = await it.gateway.post(it.to, answer(), key=f"{KEY}:1")
    [shown] = it.said()
    assert posted == Posted(shown.ts) == Posted(streaming.ts)
    assert not shown.is_streaming
    assert "Enquiries fell." in it.shown()
    assert methods(it) == ["chat.startStream", "chat.appendStream", "chat.stopStream", "chat.update"]
    assert await it.gateway.find(it.to, f"{KEY}:1") == posted


async def test_the_stream_of_another_process_is_taken_over(redis: ArqRedis) -> None:
    async with slack(redis) as it:
        await it.gateway.preview(it.to, KEY, "Enquiries fe")
        await it.another().post(it.to, answer(), key=f"{KEY}:1")
        [shown] = it.said()
        assert not shown.is_streaming
        await later(it, "Enquiries fell, and")
        assert it.shown().count("Enquiries") == 1


async def test_a_preview_without_a_thread_is_a_message_that_grows(it: SlackHarness) -> None:
    to = Address("slack", it.fake.workspace.id, it.mara.dm_channel.id, person=it.mara.id)
    await it.gateway.preview(to, KEY, "Enquiries")
    it.seconds += 2
    await it.gateway.preview(to, KEY, "Enquiries fe")
    assert it.fake.shown(it.mara.dm_channel) == "Enquiries fe"
    await it.gateway.post(to, answer(), key=f"{KEY}:1")
    assert it.fake.shown(it.mara.dm_channel).startswith("Enquiries fell.")
    assert methods(it) == ["chat.postMessage", "chat.update", "chat.update"]


async def test_where_streams_are_refused_a_message_grows() -> None:
    async with slack(streams=False) as it:
        await it.gateway.preview(it.to, KEY, "Enquiries")
        await later(it, "Enquiries fe")
        assert it.shown() == "Enquiries fe"
        await it.gateway.preview(it.to, "another", "Again")
        assert methods(it).count("chat.startStream") == 1


async def test_an_old_stream_goes_on_as_a_message(it: SlackHarness) -> None:
    await it.gateway.preview(it.to, KEY, "Enquiries")
    await later(it, "Enquiries fe", seconds=250)
    [shown] = it.said()
    assert not shown.is_streaming
    assert it.fake.shown(shown) == "Enquiries fe"


async def test_a_stream_that_ended_early_goes_on_as_a_message(it: SlackHarness) -> None:
    await it.gateway.preview(it.to, KEY, "Enquiries")
    it.fake.clock.advance(301)
    await later(it, "Enquiries f")
    await later(it, "Enquiries fe")
    assert it.shown() == "Enquiries fe"


async def test_a_stream_that_the_person_stopped_stays_as_it_is(it: SlackHarness) -> None:
    await it.gateway.preview(it.to, KEY, "Enquiries")
    assert it.to.thread is not None
    it.mara.stop_session(it.channel, it.to.thread)
    await later(it, "Enquiries f")
    await later(it, "Enquiries fe")
    assert it.shown() == "Enquiries"


async def test_a_text_that_was_begun_anew_replaces_what_was_shown(it: SlackHarness) -> None:
    await it.gateway.preview(it.to, KEY, "Wrong start")
    await later(it, "Enquiries")
    assert it.shown() == "Enquiries"


async def test_a_problem_of_the_same_task_takes_the_previews_place(it: SlackHarness) -> None:
    await it.gateway.preview(it.to, KEY, "Enquiries fe")
    await it.gateway.post(it.to, Problem(sentence="The model is away.", task_id=TASK), key=f"problem:{TASK}:1")
    [shown] = it.said()
    assert "The model is away." in it.fake.shown(shown)


async def test_a_file_of_the_same_task_removes_the_preview(it: SlackHarness) -> None:
    await it.gateway.preview(it.to, KEY, "Enquiries fe")
    await it.gateway.post(it.to, FilePost(file=FILE), key=f"step:{TASK}:n1:1:file")
    assert it.shown() == "📎 chart.png"


async def test_a_preview_that_is_given_up_in_the_middle_is_still_taken_over(it: SlackHarness) -> None:
    gate = it.fake.hold("chat.startStream")
    showing = asyncio.create_task(it.gateway.preview(it.to, KEY, "Enquiries fe"))
    await eventually(lambda: "chat.startStream" in methods(it))
    showing.cancel()
    gate.set()
    await it.gateway.post(it.to, answer(), key=f"{KEY}:1")
    [shown] = it.said()
    assert not shown.is_streaming


async def test_a_late_preview_does_not_overwrite_what_takes_its_place(it: SlackHarness) -> None:
    await it.gateway.preview(it.to, KEY, "Enquiries")
    gate = it.fake.hold("chat.update")
    posting = asyncio.create_task(it.gateway.post(it.to, answer(), key=f"{KEY}:1"))
    await eventually(lambda: "chat.update" in methods(it))
    await later(it, "Another text")
    gate.set()
    await posting
    assert it.shown() == "Enquiries fell."
    assert methods(it).count("chat.update") == 1


async def test_a_preview_that_comes_late_is_not_shown(it: SlackHarness) -> None:
    await it.gateway.post(it.to, answer(), key=f"{KEY}:1")
    await it.gateway.preview(it.to, KEY, "Enquiries fe")
    assert len(it.said()) == 1


async def test_a_preview_gives_way_to_the_limit() -> None:
    one = Limit(0.01, 1)
    async with slack(limits=Limits(chat=one, group=one)) as it:
        await it.gateway.post(it.to, Note(text="Taken."), key="a")
        await it.gateway.preview(it.to, KEY, "Enquiries")
        assert methods(it) == ["chat.postMessage"]
