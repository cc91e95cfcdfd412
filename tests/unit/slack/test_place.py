"""Where an answer stands whose thread is gone."""

from decimal import Decimal

import pytest

from domain.conversations.said import Answer, FilePost, FileRef, Listing, Note, PlanCard, Problem, Said
from domain.core.ids import new_id
from tests.contracts.slack import slack

REMARK = "The message this answers was deleted."
FILE = FilePost(file=FileRef(key="files/1", name="notes.txt", mime_type="text/plain", size=20), caption="Two lines")
EVERY: dict[str, tuple[Said, str]] = {
    "note": (Note(text="All is well."), "All is well."),
    "answer": (Answer(task_id=new_id(), text="It is noon."), "It is noon."),
    "file": (FILE, "Two lines"),
    "problem": (Problem(sentence="It broke."), "It broke."),
    "plan": (PlanCard(task_id=new_id(), title="Look", status="running", steps=(), cost=Decimal(0)), "Look"),
    "listing": (Listing(title="Tasks", columns=("Id",), rows=(("task_a",),)), "task_a"),
}


@pytest.mark.parametrize("orphans", [False, True], ids=["refused", "moved by Slack"])
@pytest.mark.parametrize("kind", EVERY)
async def test_what_answers_a_deleted_message_is_said_in_the_channel(kind: str, orphans: bool) -> None:
    said, words = EVERY[kind]
    async with slack(orphans=orphans) as it:
        asked = next(message for message in it.fake.messages(it.channel) if message.ts == it.to.thread)
        it.mara.delete(asked)
        await it.gateway.post(it.to, said, key="a")
        [message] = it.said()
        assert message.thread_ts is None
        assert words in it.shown()
        if kind != "file" or not orphans:  # of a file Slack does not say where it was put
            assert REMARK in it.shown()


async def test_a_deleted_message_with_replies_keeps_its_thread() -> None:
    async with slack() as it:
        asked = next(message for message in it.fake.messages(it.channel) if message.ts == it.to.thread)
        await it.gateway.post(it.to, Note(text="First."), key="a")
        it.mara.delete(asked)
        await it.gateway.post(it.to, Note(text="Second."), key="b")
        assert {message.thread_ts for message in it.said()} == {it.to.thread}
        assert REMARK not in it.shown()


async def test_what_was_put_in_the_channel_can_be_changed() -> None:
    async with slack() as it:
        it.mara.delete(next(message for message in it.fake.messages(it.channel) if message.ts == it.to.thread))
        posted = await it.gateway.post(it.to, Note(text="Asking."), key="a")
        assert posted.message_id is not None
        await it.gateway.edit(it.to, posted.message_id, Note(text="Answered."), key="a")
        assert it.shown() == "Answered."
