"""What becomes of people, of their accounts and of their workspaces while everybody is told something."""

from collections.abc import Generator
from contextlib import contextmanager

from domain.core.queue import Queue
from tests.factories.jobs import execute
from tests.fakes.chat import FakeChat
from tests.fixtures.linked import link
from tests.fixtures.operated import Street
from tests.fixtures.operated import through as until_told
from tests.fixtures.own_data import week_passes
from tests.fixtures.talk import Talk, Worker
from tests.journeys.test_broadcast import chat, mara, named, people, through, told

__all__ = ["chat", "mara", "named"]  # fixtures

HELLO = "hello\n\n_From"


@contextmanager
def nobody_told(worker: Worker) -> Generator[None]:
    """It is begun, and no worker serves what goes on by itself."""
    upkeep = worker.runners.pop(Queue.UPKEEP.value)
    try:
        yield
    finally:
        worker.runners[Queue.UPKEEP.value] = upkeep


async def left_out(mara: Talk) -> list[str]:
    rows = await mara.rows("SELECT why FROM announcement_recipients WHERE status = 'left out' ORDER BY why")
    return [row["why"] for row in rows]


async def begin(mara: Talk, words: str = "hello") -> None:
    await mara.say(f"/admin broadcast {words}")
    await mara.press("Tell them")


async def test_who_links_accounts_meanwhile_is_told_once(mara: Talk, chat: FakeChat) -> None:
    ben, benny = await people(mara, "ben", "benny")
    with nobody_told(mara.worker):
        await begin(mara)
        await link(ben, benny)
    await through(mara)
    counts = told(chat, HELLO)
    assert counts[ben.place] + counts[benny.place] == 1
    assert await left_out(mara) == ["told by another account of theirs"]


async def test_once_a_day_is_kept_and_who_was_told_by_another_account_is_not_told_again(
    mara: Talk, chat: FakeChat
) -> None:
    ben, benny, zoe = await people(mara, "ben", "benny", "zoe")
    for one in (benny, zoe):
        await one.say("/profile notifications news daily")
    await begin(mara)
    await mara.travel(seconds=5)
    assert set(told(chat, HELLO)) == {"dm-mara", ben.place}
    await link(ben, benny)
    await execute(mara.legwork.database, "UPDATE announcement_recipients SET not_before = now() WHERE status = 'waits'")
    await mara.travel(days=1)
    await through(mara, 5)
    assert told(chat, HELLO)[zoe.place] == 1
    assert told(chat, HELLO)[benny.place] == 0


async def test_who_deletes_their_data_meanwhile_is_not_told(mara: Talk, chat: FakeChat) -> None:
    ben, zoe = await people(mara, "ben", "zoe")
    with nobody_told(mara.worker):
        await begin(mara)
        await zoe.say("/delete my data")
        await zoe.press("Delete")
    later = "UPDATE queue_jobs SET status = 'scheduled', run_at = now() + interval '1 day' WHERE kind = 'announce'"
    await execute(mara.legwork.database, later)
    await week_passes(zoe)
    await mara.travel(days=1)
    await through(mara)
    counts = told(chat, HELLO)
    assert (counts[ben.place], counts[zoe.place]) == (1, 0)
    assert not await mara.rows("SELECT 1 FROM announcement_recipients WHERE status = 'waits'")


async def test_who_began_it_may_delete_their_data_and_the_rest_is_told(mara: Talk, chat: FakeChat) -> None:
    [ben] = await people(mara, "ben")
    with nobody_told(mara.worker):
        await begin(mara)
        await mara.say("/delete my data")
        await mara.press("Delete")
    later = "UPDATE queue_jobs SET status = 'scheduled', run_at = now() + interval '1 day' WHERE kind = 'announce'"
    await execute(mara.legwork.database, later)
    await week_passes(mara)
    await mara.travel(days=1)
    await through(mara)
    assert told(chat, HELLO)[ben.place] == 1


async def test_who_has_two_dead_accounts_and_a_live_one_is_told_by_that(mara: Talk, chat: FakeChat) -> None:
    ben, *others = await people(mara, "ben", "benny", "benjamin")
    for one in others:
        await link(ben, one)
    for one in (ben, *others):  # they wrote last where the app is no more
        await one.say("/about")
    for one, team in zip(others, ("T1", "T2"), strict=True):
        await execute(
            mara.legwork.database,
            f"UPDATE chats SET platform = 'slack', workspace = '{team}' WHERE chat = '{one.place}'",
        )
        await execute(
            mara.legwork.database,
            f"""INSERT INTO slack_installations (id, org_id, team, team_name, app, bot, scopes, status, granted_at)
            SELECT gen_random_uuid(), org_id, '{team}', 'Acme', 'A1', 'U1', '', 'uninstalled', now()
            FROM chats WHERE chat = '{one.place}'""",
        )
    await begin(mara)
    await through(mara)
    assert told(chat, HELLO) == {"dm-mara": 2, ben.place: 1}, "and asked"
    assert await left_out(mara) == []


async def test_a_workspace_that_takes_the_app_away_meanwhile_is_left_out(street: Street) -> None:
    there = street.town
    await street.say(there.mara, "!admin broadcast Hear this.")
    with nobody_told(there.worker):
        await street.press(there.mara, "Tell them")
        there.slack.uninstall(there.bolt)
        await there.settle()
    await until_told(there.worker)
    shown = street.shown(there.mara.dm_channel)
    assert "Sent: 2. Failed: 0. Left out: 1 (their workspace has uninstalled Legwork)." in shown, shown


async def test_one_organization_is_told_to_its_end(street: Street) -> None:
    there = street.town
    [slug] = [row["slug"] for row in await there.rows("SELECT slug FROM organizations WHERE name = 'Bolt'")]
    await street.say(there.mara, f"!admin broadcast org {slug} **Hear**\n- this")
    shown = street.shown(there.mara.dm_channel)
    assert f"told to 1 person of {slug}" in shown, shown
    await street.press(there.mara, "Tell them")
    await until_told(there.worker)
    assert street.shown(there.ben.dm_channel).count("Hear\n• this") == 1
    assert "Hear\n• this" not in street.shown(street.zoe.dm_channel)
    assert "Sent: 1. Failed: 0. Nobody is left out." in street.shown(there.mara.dm_channel)
    assert await there.rows("SELECT 1 FROM announcements WHERE status = 'sent' AND only_org IS NOT NULL")
