"""The sign of being at work in a thread of Slack: when it is set, kept and taken off."""

from domain.conversations.said import Note
from tests.contracts.slack import SlackHarness
from tests.fixtures.waiting import eventually


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
