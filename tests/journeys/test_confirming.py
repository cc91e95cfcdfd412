"""What destroys something is asked about first: by name, once, and of whoever wanted it."""

from domain.conversations.said import Note
from domain.core import ids
from tests.factories.specs import reply
from tests.fixtures.legwork import Script
from tests.fixtures.offices import audited
from tests.fixtures.talk import Talk


async def test_what_is_destroyed_is_named_and_asked_about_once(talk: Talk, script: Script) -> None:
    script.then(reply("ok"))
    await talk.say("hello")
    await talk.say("/threads rename Old")
    [row] = await talk.rows("SELECT id FROM threads")
    short = ids.short("thrd", row["id"])
    asked = (await talk.say(f"/threads delete {short}")).one(Note)
    assert "“Old” with its 2 messages" in asked.text
    yes, no = asked.buttons
    assert not await talk.rows("SELECT 1 FROM threads WHERE deleted_at IS NOT NULL")
    eve = talk.other("eve", talk.place, private=False)
    assert "Only who asked" in (await eve.send_press(yes.action, yes.value)).whisper
    assert await audited(talk, outcome="refused") == [("commands.confirm", "refused", "see")]
    await talk.send_press(no.action, no.value)
    assert "decided already" in (await talk.send_press(yes.action, yes.value)).whisper
    assert not await talk.rows("SELECT 1 FROM threads WHERE deleted_at IS NOT NULL")

    [yes, _] = (await talk.say(f"/threads delete {short}")).one(Note).buttons
    await talk.rows("UPDATE messages SET created_at = created_at - interval '6 minutes' RETURNING id")
    assert "too long ago" in (await talk.send_press(yes.action, yes.value)).whisper

    [yes, _] = (await talk.say(f"/threads delete {short}")).one(Note).buttons
    for _ in range(2):
        await talk.tell_press(yes.action, yes.value)
    await talk.settle()
    assert len(await talk.rows("SELECT 1 FROM threads WHERE deleted_at IS NOT NULL")) == 1
    assert await audited(talk, action="threads.delete") == [("threads.delete", "done", "work")]


async def test_a_message_that_is_changed_has_nothing_destroyed_that_the_card_did_not_name(
    talk: Talk, script: Script
) -> None:
    script.then(reply("ok"))
    await talk.say("hello")
    [row] = await talk.rows("SELECT id FROM threads")
    await talk.say(f"/threads delete {ids.short('thrd', row['id'])}", message_id="m-ask")
    await talk.change("m-ask", "edited", "/org delete")
    assert "was changed" in (await talk.press("Delete")).whisper
    assert not await talk.rows("SELECT 1 FROM threads WHERE deleted_at IS NOT NULL")
    assert not await talk.rows("SELECT 1 FROM erasures")
