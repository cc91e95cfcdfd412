"""What the gateway does beyond what every platform's keeps: limits, lost answers, older forms, files."""

from datetime import timedelta

import pytest
from arq.connections import ArqRedis

from bot.pacing import Limit, Limits
from domain.conversations.ports import Posted
from domain.conversations.said import CardStep, FilePost, FileRef, Note, PlanCard, StepState
from domain.core.errors import Ambiguous, Invalid, LegworkError, NotFound, Refused, Unavailable
from tests.contracts.slack import SlackHarness, slack
from tests.contracts.stored import LARGE, many
from tests.unit.slack.posting import FILE, TASK, methods

CHART = {"kind": "line", "title": "Enquiries", "x": ["W26"], "series": [{"name": "Hill", "values": [402]}]}


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


async def test_messages_carry_their_key_where_only_apps_read_it(it: SlackHarness) -> None:
    await it.gateway.post(it.to, Note(text="x"), key="reply:1:0")
    assert it.said()[0].metadata == {
        "event_type": "legwork",
        "event_payload": {"key": "reply:1:0", "part": 0, "parts": 1},
    }
    sent = next(request for request in it.fake.requests if request.method == "chat.postMessage")
    assert (sent.arguments["unfurl_links"], sent.arguments["unfurl_media"]) == (False, False)


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
