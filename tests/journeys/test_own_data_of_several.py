"""One's own data where others are concerned: who stays an owner, who was removed, and one person's several accounts."""

from domain.conversations.said import FilePost, Listing, Note, Problem
from tests.fixtures.invited import invited
from tests.fixtures.linked import GROUP, WORK, link, press
from tests.fixtures.own_data import SECRET, archive_of, mara, upkeep, week_passes, where_it_is
from tests.fixtures.talk import Talk

__all__ = ["mara"]  # a fixture


async def make(talk: Talk, role: str, *names: str) -> None:
    """Give these people that role wherever they are."""
    who = "user_id IN (SELECT id FROM users WHERE name = ANY(:names))"
    await talk.rows(f"UPDATE organization_members SET role = :role WHERE {who} RETURNING id", role=role, names=[*names])


async def _own_acme(mara: Talk) -> tuple[Talk, Talk]:
    """Mara owns the organization to which Ben belongs as well."""
    channel, ben = mara.other("mara", "team", **GROUP), mara.other("ben", "team", **GROUP)
    await channel.say("what is 2 + 2?")
    await ben.say("what is 3 + 3?")
    await mara.say("hello")
    return channel, ben


async def test_the_last_owner_of_what_others_belong_to_hands_it_over_first(mara: Talk) -> None:
    await _own_acme(mara)
    await make(mara, "owner", "Mara")
    assert "last owner" in (await mara.say("/delete my data")).one(Problem).sentence
    await make(mara, "owner", "Mara", "Ben")
    await mara.say("/delete my data")
    assert "/delete cancel" in (await mara.press("Delete")).last.text


async def test_nothing_is_deleted_for_what_is_written_where_others_read_along(mara: Talk) -> None:
    channel = mara.other("mara", "team", **GROUP)
    for first in ("/about", "hello"):  # without a private chat, and with one
        await (channel if first == "/about" else mara).say(first)
        problem = (await channel.say("/delete my data")).one(Problem)
        assert "is for you alone, and others read along here" in problem.sentence
        assert "private chat" in (problem.remedy or "")
    assert not await mara.rows("SELECT id FROM erasures")


async def test_who_became_the_last_owner_meanwhile_is_told_once_and_waits(mara: Talk) -> None:
    await _own_acme(mara)
    await make(mara, "owner", "Mara", "Ben")
    await mara.say("/delete my data")
    await mara.press("Delete")
    await make(mara, "member", "Ben")
    before = len(mara.chat.told())
    await week_passes(mara)
    await upkeep(mara)
    told = [said for said in mara.chat.told()[before:] if isinstance(said, Note) and "last owner" in said.text]
    assert len(told) == 1
    assert "messages" in await where_it_is(mara, "2 + 2")
    await make(mara, "owner", "Mara", "Ben")
    await upkeep(mara)
    assert await where_it_is(mara, "mara") == set()


async def _removes_ben(mara: Talk) -> None:
    """Ben has worked in his private chat for himself, and for Mara's own organization until she removed him."""
    ben = mara.other("ben")
    await ben.say("what is 2 + 2? Zeisig")
    await mara.say("/about")
    await ben.say(await invited(mara))
    await ben.say("/org switch Mara")
    await ben.say("what is 3 + 3? Dompfaff")
    await mara.say("/org remove Ben")


async def test_that_they_have_left_is_in_the_trail_of_what_others_belong_to(mara: Talk) -> None:
    _, ben = await _own_acme(mara)
    await make(mara, "owner", "Ben")
    await mara.say("/delete my data")
    await mara.press("Delete")
    await week_passes(mara)
    rows = await ben.rows(
        """SELECT CAST(a.actor_id AS text) = a.resource_id AS own, a.outcome FROM audit_logs a
        JOIN organizations o ON o.id = a.org_id AND o.slug = 'T1' WHERE a.action = 'member.remove'"""
    )
    assert [tuple(row.values()) for row in rows] == [(True, "done")]


async def test_an_export_holds_nothing_of_the_private_chat_of_who_was_removed(mara: Talk) -> None:
    await _removes_ben(mara)
    archive = await archive_of(mara, (await mara.say("/export my data")).one(FilePost))
    held = b"".join(archive.read(name) for name in archive.namelist())
    assert (b"Zeisig" in held, b"Dompfaff" in held) == (False, False)


async def test_who_was_removed_keeps_their_private_chat_when_the_organization_goes(mara: Talk) -> None:
    await _removes_ben(mara)
    await mara.say("/delete my data")
    await mara.press("Delete")
    await week_passes(mara)
    assert await where_it_is(mara, "Dompfaff") == set()
    assert "messages" in await where_it_is(mara, "Zeisig")
    assert (await mara.other("ben").say("what is 4 + 4?")).last


async def _at_work(mara: Talk) -> Talk:
    await mara.say(f"what is 2 + 2? {SECRET}")
    work = mara.other("mara.nowak", **WORK)
    await work.say("/about")
    return work


def _told_at(mara: Talk, place: str, words: str) -> bool:
    return any(call.to.chat == place and words in str(call.said) for call in mara.chat.calls)


async def test_what_one_account_asked_for_alone_takes_no_other_along(mara: Talk) -> None:
    work = await _at_work(mara)
    await work.say("/delete my data")
    await press(work, "Delete", work.place)
    await link(mara, work)
    assert _told_at(mara, work.place, "Nothing is deleted")
    await week_passes(mara)
    assert "messages" in await where_it_is(mara, SECRET)
    assert (await mara.say("/delete cancel")).last.text == "Nothing of yours was going to be deleted."


async def test_every_account_is_told_of_a_deletion_and_may_undo_it(mara: Talk) -> None:
    work = await _at_work(mara)
    await link(mara, work)
    await work.say("/delete my data")
    await press(work, "Delete", work.place)
    await press(mara, "Keep my data", mara.place)
    await week_passes(mara)
    assert "messages" in await where_it_is(mara, SECRET)


async def test_an_account_that_is_taken_apart_is_not_deleted_with_the_others(mara: Talk) -> None:
    work = await _at_work(mara)
    await link(mara, work)
    await mara.say("/delete my data")
    await press(mara, "Delete", mara.place)
    listed = (await mara.say("/link list")).one(Listing).rows
    await mara.say(f"/link remove {next(row[0] for row in listed if 'mara.nowak' in row[3])}")
    assert _told_at(mara, work.place, "Nothing is deleted")
    await week_passes(mara)
    assert "messages" in await where_it_is(mara, SECRET)
