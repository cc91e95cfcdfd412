"""What the gateway does beyond what every platform's keeps: previews, limits, lost answers, older forms."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from arq.connections import ArqRedis

from bot.pacing import Limit, Limits
from domain.conversations.ports import Address, Posted
from domain.conversations.said import Answer, CardStep, FilePost, FileRef, Note, PlanCard, Problem, StepState
from domain.core.errors import Ambiguous, Invalid, LegworkError, NotFound, Refused, Unavailable
from domain.core.ids import new_id
from tests.contracts.slack import SlackHarness, slack
from tests.contracts.stored import LARGE, many
from tests.fixtures.waiting import eventually

TASK = new_id()
KEY = f"answer:{TASK}"
FILE = FileRef(key="files/1", name="chart.png", mime_type="image/png", size=2_048)
CHART = {"kind": "line", "title": "Enquiries", "x": ["W26"], "series": [{"name": "Hill", "values": [402]}]}


@pytest.fixture
async def it() -> AsyncIterator[SlackHarness]:
    async with slack() as harness:
        yield harness


def methods(it: SlackHarness) -> list[str]:
    return [request.method for request in it.fake.requests if request.method != "agents.sessions.setStatus"]


def answer(text: str = "Enquiries fell.") -> Answer:
    return Answer(task_id=TASK, text=text)


async def later(it: SlackHarness, text: str, seconds: float = 2) -> None:
    """A preview that comes so much later than the one before."""
    it.seconds += seconds
    await it.gateway.preview(it.to, KEY, text)


# -- previews -----------------------------------------------------------------------------------------


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


# -- limits and refusals ------------------------------------------------------------------------------


async def test_a_rate_limit_is_kept_by_everything_said_there(it: SlackHarness) -> None:
    it.fake.rate_limit("chat.postMessage", retry_after=30)
    with pytest.raises(Unavailable) as refused:
        await it.gateway.post(it.to, Note(text="x"), key="a")
    assert refused.value.after == timedelta(seconds=30)
    with pytest.raises(Unavailable):
        await it.gateway.post(it.to, Note(text="x"), key="b")
    assert methods(it) == ["chat.postMessage"]


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("is_archived", Refused),
        ("channel_not_found", Refused),
        ("not_in_channel", Refused),
        ("account_inactive", Refused),
        ("token_revoked", Refused),
        ("a_code_of_tomorrow", Refused),
        ("msg_too_long", Invalid),
        ("invalid_blocks", Invalid),
        ("service_unavailable", Unavailable),
        ("message_not_found", NotFound),
    ],
)
async def test_slacks_codes_are_said_in_legworks_words(it: SlackHarness, code: str, error: type[LegworkError]) -> None:
    it.fake.refuse("chat.postMessage", code)
    with pytest.raises(error) as raised:
        await it.gateway.post(it.to, Note(text="x"), key="a")
    assert raised.value.reason == code
    assert it.said() == []


async def test_an_overloaded_slack_is_asked_again_later(it: SlackHarness) -> None:
    it.fake.break_down("chat.postMessage", status=503)
    with pytest.raises(Unavailable):
        await it.gateway.post(it.to, Note(text="x"), key="a")


async def test_what_slack_does_not_know_yet_is_said_in_its_older_form(it: SlackHarness) -> None:
    card = PlanCard(task_id=TASK, title="Look", status="running", steps=(CardStep(label="a", state=StepState.DONE),))
    it.fake.refuse("chat.postMessage", "invalid_blocks")
    await it.gateway.post(it.to, card, key="card:1")
    await it.gateway.post(it.to, card, key="card:2")
    assert [message.blocks[0]["type"] for message in it.said()] == ["header", "header"]
    assert methods(it) == ["chat.postMessage"] * 3


# -- lost answers -------------------------------------------------------------------------------------


async def test_a_post_whose_answer_was_lost_is_found_and_not_repeated(it: SlackHarness) -> None:
    it.fake.lose_answer("chat.postMessage")
    posted = await it.gateway.post(it.to, Note(text="Once."), key="a")
    [shown] = it.said()
    assert posted == Posted(shown.ts)


async def test_two_hundred_lost_answers_leave_nothing_twice_and_nothing_out(it: SlackHarness) -> None:
    texts = [f"message {number}." for number in range(200)]
    for number, text in enumerate(texts):
        fault = (it.fake.lose_answer, it.fake.hang_up)[number % 3 == 2]
        fault("chat.postMessage")
        for _ in range(3):
            try:
                await it.gateway.post(it.to, Note(text=text), key=f"key {number}")
            except Unavailable:
                continue
            break
    assert [it.fake.shown(message) for message in it.said()] == texts


async def test_a_post_that_never_arrived_is_sent_again(it: SlackHarness) -> None:
    it.fake.hang_up("chat.postMessage")
    with pytest.raises(Unavailable):
        await it.gateway.post(it.to, Note(text="Once."), key="a")
    await it.gateway.post(it.to, Note(text="Once."), key="a")
    assert it.shown() == "Once."


async def test_where_slack_does_not_say_the_post_stays_unknown(it: SlackHarness) -> None:
    it.fake.lose_answer("chat.postMessage")
    it.fake.refuse("conversations.replies", "missing_scope", times=2)
    for _ in range(2):
        with pytest.raises(Ambiguous):
            await it.gateway.post(it.to, Note(text="Once."), key="a")
    await it.gateway.post(it.to, Note(text="Once."), key="a")
    assert it.shown() == "Once."


async def test_an_edit_whose_answer_was_lost_is_repeated(it: SlackHarness) -> None:
    posted = await it.gateway.post(it.to, Note(text="old"), key="a")
    assert posted.message_id is not None
    it.fake.lose_answer("chat.update")
    with pytest.raises(Unavailable):
        await it.gateway.edit(it.to, posted.message_id, Note(text="new"), key="a")
    await it.gateway.edit(it.to, posted.message_id, Note(text="new"), key="a")
    assert it.shown() == "new"


async def test_another_process_goes_on_with_a_long_text(redis: ArqRedis) -> None:
    text = " ".join(f"word{number}" for number in range(1_500))
    async with slack(redis) as it:
        slow = it.another(Limits(chat=Limit(0.2, 1), group=Limit(0.2, 1)))
        with pytest.raises(Unavailable):
            await slow.post(it.to, Note(text=text), key="a")
        assert len(it.said()) == 1
        await redis.delete(f"legwork:pace:slack:{it.channel.id}")
        await it.gateway.post(it.to, Note(text=text), key="a")
        assert it.shown().split() == text.split()


async def test_the_rest_of_a_long_text_is_not_lost_with_an_answer(it: SlackHarness) -> None:
    text = " ".join(f"word{number}" for number in range(4_000))
    it.fake.lose_answer("chat.postMessage")
    with pytest.raises(Unavailable):
        await it.gateway.post(it.to, Note(text=text), key="a")
    assert await it.gateway.find(it.to, "a") == "absent"
    await it.gateway.post(it.to, Note(text=text), key="a")
    assert it.shown().split() == text.split()


# -- files --------------------------------------------------------------------------------------------


async def test_a_file_is_uploaded_into_the_thread_with_its_caption(it: SlackHarness) -> None:
    await it.gateway.post(it.to, FilePost(file=FILE, caption="By branch <!channel>"), key="file:1")
    [shown] = it.said()
    assert (shown.thread_ts, shown.files[0].name, shown.files[0].mime_type) == (it.to.thread, "chart.png", "image/png")
    assert it.shown() == "By branch <!channel>\n📎 chart.png"
    assert await it.gateway.find(it.to, "file:1") == Posted(shown.ts)


async def test_an_upload_whose_answer_was_lost_is_not_repeated(it: SlackHarness) -> None:
    it.fake.lose_answer("files.completeUploadExternal")
    posted = await it.gateway.post(it.to, FilePost(file=FILE), key="file:1")
    assert [message.ts for message in it.said()] == [posted.message_id]


async def test_an_upload_that_nobody_saw_may_be_repeated(it: SlackHarness) -> None:
    it.fake.lose_answer("files.getUploadURLExternal")
    with pytest.raises(Unavailable):
        await it.gateway.post(it.to, FilePost(file=FILE), key="file:1")
    await it.gateway.post(it.to, FilePost(file=FILE), key="file:1")
    assert len(it.said()) == 1


async def test_a_chart_is_slacks_own_or_a_picture() -> None:
    post = FilePost(file=FILE, caption="By branch", chart=CHART)
    async with slack() as it:
        await it.gateway.post(it.to, post, key="file:1")
        assert "data_visualization" in [block["type"] for block in it.said()[0].blocks]
    async with slack(charts=False) as it:
        with pytest.raises(Invalid):
            await it.gateway.post(it.to, post, key="file:1")
        await it.gateway.post(it.to, post, key="file:1", plain=True)
        await it.gateway.post(it.to, post, key="file:2")
        assert [len(message.files) for message in it.said()] == [1, 1]


async def test_what_a_person_sent_is_streamed_from_slack(it: SlackHarness) -> None:
    content = b"a,b\n" * 40_000
    sent = it.mara.say(it.channel, "look", files=[("leads.csv", content)])
    chunks = [chunk async for chunk in it.gateway.open_file(f"{it.fake.workspace.id}/{sent.files[0].id}")]
    assert b"".join(chunks) == content
    assert len(chunks) > 1
    with pytest.raises(NotFound):
        [chunk async for chunk in it.gateway.open_file(f"{it.fake.workspace.id}/F0GONE")]


async def test_a_file_of_20_mb_goes_both_ways(it: SlackHarness) -> None:
    file = FileRef(key=f"bytes/{LARGE}", name="all.bin", mime_type="application/octet-stream", size=LARGE)
    await it.gateway.post(it.to, FilePost(file=file), key="file:1")
    assert it.said()[0].files[0].data == many(LARGE)
    sent = it.mara.say(it.channel, "look", files=[("all.bin", many(LARGE))])
    ref = f"{it.fake.workspace.id}/{sent.files[0].id}"
    assert b"".join([chunk async for chunk in it.gateway.open_file(ref)]) == many(LARGE)


# -- the sign of being at work ------------------------------------------------------------------------


def signs(it: SlackHarness) -> list[tuple[str | None, str | None]]:
    """What was set, and what Slack said to it."""
    return [
        (request.arguments.get("status"), request.error)
        for request in it.fake.requests
        if request.method == "agents.sessions.setStatus"
    ]


async def test_the_sign_is_set_again_after_each_post_of_work_that_goes_on(it: SlackHarness) -> None:
    it.work = "works"
    for number in range(2):
        await it.gateway.post(it.to, Note(text="x"), key=f"reply:1:{number}")
        await eventually(lambda number=number: len(signs(it)) == number + 1)
    it.work = "rests"
    await it.gateway.post(it.to, Note(text="done"), key="reply:1:2")
    await eventually(lambda: signs(it) == [("processing", None), ("processing", None), ("active", None)])


async def test_a_sign_that_could_not_be_taken_off_is_tried_again(it: SlackHarness) -> None:
    it.fake.rate_limit("agents.sessions.setStatus", retry_after=1)
    await it.gateway.post(it.to, Note(text="done"), key="reply:1:0")
    await eventually(lambda: signs(it)[-1:] == [("active", None)])
    assert len(signs(it)) == 2


async def test_what_is_answered_at_once_has_no_sign(it: SlackHarness) -> None:
    hearing, saying = it.sessions(after=60), it.sessions()
    hearing.begin(it.to)
    await it.noted("begun")
    saying.settle(it.to, "reply:1:0")
    await saying.close()
    await hearing.close()  # it does not wait for longer
    assert signs(it) == []


async def test_work_that_goes_on_after_what_is_said_at_once_has_its_sign(it: SlackHarness) -> None:
    it.work = "works"
    hearing, saying = it.sessions(after=60), it.sessions()
    hearing.begin(it.to)
    await it.noted("begun")
    saying.settle(it.to, "reply:1:0")
    await saying.close()
    await hearing.close()
    assert signs(it) == [("processing", None)]


async def test_what_is_not_answered_soon_has_its_sign_until_it_is(it: SlackHarness) -> None:
    it.work = "works"
    hearing, saying = it.sessions(after=0), it.sessions()
    hearing.begin(it.to)
    await hearing.close()
    it.work = "rests"
    saying.settle(it.to, "reply:1:0")
    await saying.close()
    assert signs(it) == [("processing", None), ("active", None)]


async def test_a_thread_with_a_sign_keeps_it_until_all_its_work_has_ended(it: SlackHarness) -> None:
    it.work = "works"
    first, second, saying = it.sessions(after=0), it.sessions(after=60), it.sessions()
    first.begin(it.to)
    await first.close()
    second.begin(it.to)
    await second.close()
    it.work = "rests"
    saying.settle(it.to, "reply:1:0")
    await saying.close()
    assert signs(it) == [("processing", None), ("processing", None), ("active", None)]


async def test_messages_carry_their_key_where_only_apps_read_it(it: SlackHarness) -> None:
    await it.gateway.post(it.to, Note(text="x"), key="reply:1:0")
    assert it.said()[0].metadata == {
        "event_type": "legwork",
        "event_payload": {"key": "reply:1:0", "part": 0, "parts": 1},
    }
    sent = next(request for request in it.fake.requests if request.method == "chat.postMessage")
    assert (sent.arguments["unfurl_links"], sent.arguments["unfurl_media"]) == (False, False)
