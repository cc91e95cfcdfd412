"""What whoever runs the installation tells everybody: looked at first, then told to each person once."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest

from domain.conversations.said import Listing, Note, Problem
from domain.core.errors import NotFound
from domain.core.queue import Queue
from domain.flow.common.legwork import Legwork
from domain.identity import service
from tests.factories.jobs import execute
from tests.fakes.chat import CAPABILITIES, FakeChat
from tests.fixtures.legwork import run_with
from tests.fixtures.mortal import Mortal, work
from tests.fixtures.talk import Talk, Worker

QUEUES = (Queue.TASK, Queue.DELIVER, Queue.UPKEEP)


@pytest.fixture
def chat() -> FakeChat:
    """A platform that can say what became of a post."""
    return FakeChat(replace(CAPABILITIES, finds=True))


@pytest.fixture
def named(legwork: Legwork) -> Legwork:
    return run_with(legwork, platform_admins=("fake:w:mara",))


@pytest.fixture
async def mara(named: Legwork, chat: FakeChat) -> AsyncIterator[Talk]:
    """Who runs the installation."""
    talk = Talk(named, chat, worker=Worker(named, queues=QUEUES))
    await talk.say("/about")
    yield talk
    await talk.worker.stop()


async def people(mara: Talk, *names: str) -> list[Talk]:
    """Others, each with a private chat."""
    found = [mara.other(name) for name in names]
    for one in found:
        await one.say("/about")
    return found


def told(chat: FakeChat, words: str) -> Counter[str]:
    """How often that was posted, by chat."""
    posts = [call for call in chat.calls if call.kind == "post" and call.accepted and isinstance(call.said, Note)]
    return Counter(call.to.chat for call in posts if isinstance(call.said, Note) and call.said.text.startswith(words))


async def through(mara: Talk, rounds: int = 60) -> None:
    """Until nobody is left to be told."""
    for _ in range(rounds):
        await mara.travel(seconds=1)
        if not await mara.rows("SELECT 1 FROM announcements WHERE status = 'sending'"):
            return
    raise AssertionError(await mara.rows("SELECT status, why, not_before FROM announcement_recipients"))


def texts(said: Sequence[object]) -> list[str]:
    return [one.text for one in said if isinstance(one, Note)]


async def test_everybody_is_told_once_after_a_look_at_it(mara: Talk, chat: FakeChat) -> None:
    await people(mara, "ben", "zoe")
    asked = (await mara.say("/admin broadcast **Tonight**\nat ten:\n- away")).one(Note)
    assert asked.text.startswith("**Tonight**\nat ten:\n- away\n\n_From whoever runs this Legwork.")
    assert "told to 3 people, each once in their private chat: 3 on Fake. Nobody is left out. Shall I?" in asked.text
    assert [button.label for button in asked.buttons] == ["Tell them", "Tell nobody"]
    before = chat.posts()
    assert not [one for one in before if one is not asked and "Tonight" in str(one)]
    button = chat.button("Tell them")
    await mara.press("Tell them")
    await through(mara)
    assert told(chat, "**Tonight**\nat ten:\n- away\n\n_From") == {"dm-mara": 2, "dm-ben": 1, "dm-zoe": 1}, "and asked"
    assert texts(chat.posts())[-1] == "It is through. Sent: 3. Failed: 0. Nobody is left out."
    row = (await mara.say("/admin broadcast")).one(Listing).rows[0]
    assert row[2:5] == ("Mara", "sent", "Sent: 3. Failed: 0. Nobody is left out.")
    actions = await mara.rows("SELECT action, details FROM audit_logs WHERE action LIKE 'admin.broadcast%'")
    assert [(one["action"], one["details"]["people"]) for one in actions] == [("admin.broadcast", 3)]
    await mara.send_press(button.action, button.value)
    await mara.travel(minutes=5)
    assert len(await mara.rows("SELECT 1 FROM announcements")) == 1, "a card is good once"


@pytest.mark.parametrize(
    "words", [" \u200b", " org nowhere hello", " org", f" {'x' * 3001}", f" {'word ' * 40_000}", " stop", " stop hello"]
)
async def test_what_cannot_be_told_is_said_in_a_sentence(mara: Talk, words: str) -> None:
    if words.strip() == "org":
        assert (await mara.say(f"/admin broadcast{words}")).one(Note)  # the word alone is a word
        return
    assert [one for one in await mara.say(f"/admin broadcast{words}") if isinstance(one, Problem)]
    assert not await mara.rows("SELECT 1 FROM announcements")


async def test_a_block_that_is_left_open_does_not_swallow_how_to_be_told_no_more(mara: Talk) -> None:
    shown = (await mara.say("/admin broadcast Run\n```\nls")).one(Note).text
    _, block, after = shown.split("```\n")
    assert block == "ls\n"
    assert "/profile notifications news off" in after


async def test_it_is_for_nobody_else(mara: Talk) -> None:
    [ben] = await people(mara, "ben")
    for words in ("", " hello", " stop say_abcdef"):
        assert "for whoever runs this Legwork" in (await ben.say(f"/admin broadcast{words}")).one(Problem).sentence


async def test_a_smile_is_told_as_it_is(mara: Talk, chat: FakeChat) -> None:
    await mara.say("/admin broadcast 🎉")
    await mara.press("Tell them")
    await through(mara)
    assert told(chat, "🎉\n\n_From")["dm-mara"] == 2


async def test_who_wants_no_news_has_no_chat_or_may_not_is_left_out(mara: Talk, chat: FakeChat) -> None:
    ben, zoe, eve = await people(mara, "ben", "zoe", "eve")
    await ben.say("/profile notifications news off")
    await mara.other("tom", "team", private=False).say("/about")
    await execute(
        mara.legwork.database,
        """UPDATE organization_members SET status = 'suspended' WHERE user_id IN (
        SELECT user_id FROM chat_identities WHERE platform_user_id = 'zoe')""",
    )
    asked = (await mara.say("/admin broadcast hello")).one(Note).text
    for words in ("2 people", "1 (want no news)", "1 (no private chat)", "1 (not let in, suspended or removed)"):
        assert words in asked, asked
    await eve.say("/profile notifications news off")  # meanwhile
    await mara.press("Tell them")
    await through(mara)
    assert told(chat, "hello\n\n_From") == {"dm-mara": 2}
    assert zoe.place not in told(chat, "hello")


async def test_quiet_hours_are_kept(mara: Talk, chat: FakeChat) -> None:
    [ben] = await people(mara, "ben")
    await execute(
        mara.legwork.database,
        """UPDATE user_profiles SET timezone = 'UTC', notifications = jsonb_build_object('quiet', jsonb_build_array(
        to_char(now() AT TIME ZONE 'UTC' - interval '1 hour', 'HH24:MI'),
        to_char(now() AT TIME ZONE 'UTC' + interval '2 hours', 'HH24:MI')))
        WHERE user_id = (SELECT user_id FROM chat_identities WHERE platform_user_id = 'ben')""",
    )
    await mara.say("/admin broadcast hello")
    await mara.press("Tell them")
    await mara.travel(seconds=3)
    assert ben.place not in told(chat, "hello")
    await execute(mara.legwork.database, "UPDATE announcement_recipients SET not_before = now()")
    await execute(mara.legwork.database, "UPDATE user_profiles SET notifications = '{}'")
    await mara.travel(minutes=2)
    await through(mara)
    assert told(chat, "hello\n\n_From")[ben.place] == 1


async def test_whose_accounts_are_joined_meanwhile_is_told_once(mara: Talk, chat: FakeChat) -> None:
    await people(mara, "ben", "benny")
    await mara.say("/admin broadcast hello")
    await mara.press("Tell them")
    await execute(mara.legwork.database, "UPDATE announcement_recipients SET status = 'waits', said_at = NULL")
    await execute(mara.legwork.database, "UPDATE announcements SET status = 'sending'")
    await execute(
        mara.legwork.database,
        """UPDATE users SET merged_into = (SELECT user_id FROM chat_identities WHERE platform_user_id = 'ben')
        WHERE id = (SELECT user_id FROM chat_identities WHERE platform_user_id = 'benny')""",
    )
    await execute(
        mara.legwork.database,
        """UPDATE announcement_recipients SET status = 'said' WHERE user_id = (
        SELECT user_id FROM chat_identities WHERE platform_user_id = 'ben')""",
    )
    await mara.travel(seconds=2)
    rows = await mara.rows("SELECT why FROM announcement_recipients WHERE status = 'left out'")
    assert [row["why"] for row in rows] == ["told by another account of theirs"]


async def test_it_is_stopped_and_who_does_not_take_it_is_counted(mara: Talk, chat: FakeChat) -> None:
    await people(mara, *(f"p{number:02}" for number in range(14)))
    chat.fail(*[None] * 3, NotFound("That chat is gone."))
    await mara.say("/admin broadcast hello")
    await mara.press("Tell them")
    listed = (await mara.say("/admin broadcast")).one(Listing).rows[0]
    said = await mara.say(f"/admin broadcast stop {listed[0]}")
    assert [text for text in texts(said) if text.startswith("Nobody else is told. Sent: ")]
    before = told(chat, "hello").total()
    await mara.travel(minutes=1)
    assert told(chat, "hello").total() == before
    assert (await mara.say(f"/admin broadcast stop {listed[0]}")).one(Problem).sentence == "That is over."


async def test_it_goes_on_while_there_is_maintenance_and_without_who_is_gone(mara: Talk, chat: FakeChat) -> None:
    await people(mara, "ben", "zoe", "eve")
    await execute(
        mara.legwork.database,
        """UPDATE chats SET platform = 'slack', workspace = 'T1' WHERE chat = 'dm-eve'""",
    )
    asked = (await mara.say("/admin broadcast hello")).one(Note).text
    assert "3 on Fake, 1 on Slack" in asked
    await execute(
        mara.legwork.database,
        """INSERT INTO slack_installations (id, org_id, team, team_name, app, bot, scopes, status, granted_at)
        SELECT gen_random_uuid(), org_id, 'T1', 'Acme', 'A1', 'U1', '', 'uninstalled', now()
        FROM chats WHERE chat = 'dm-eve'""",
    )
    await execute(
        mara.legwork.database,
        """UPDATE users SET deleted_at = now() WHERE id = (
        SELECT user_id FROM chat_identities WHERE platform_user_id = 'zoe')""",
    )
    asked = (await mara.say("/admin broadcast hello")).one(Note).text
    assert "told to 2 people" in asked
    assert "Left out: 1 (their workspace has uninstalled Legwork)." in asked
    await mara.say("/admin maintenance on")
    await mara.press("Tell them")
    await through(mara)
    assert told(chat, "hello\n\n_From") == {"dm-mara": 3, "dm-ben": 1}, "and asked twice"


async def test_what_was_told_is_not_on_its_way_for_ever(mara: Talk, chat: FakeChat) -> None:
    """What was said is kept for as long as is set, and then it cannot be seen any more what became of it."""
    await people(mara, "ben")
    await mara.say("/admin broadcast hello")
    await mara.press("Tell them")
    await through(mara)
    await execute(mara.legwork.database, "DELETE FROM outbound_messages WHERE dedupe_key LIKE 'announcement:%'")
    row = (await mara.say("/admin broadcast")).one(Listing).rows[0]
    assert row[4] == "Sent: 0. Failed: 0. Told, and kept no longer: 2. Nobody is left out."


async def test_a_mail_address_that_was_not_joined_is_nobody_to_be_told(mara: Talk) -> None:
    async with mara.legwork.database.system("a test") as session:
        await service.find_or_add(
            session, platform="mail", workspace="mail", platform_user_id="ben@example.org", name=None, timezone=None
        )
    asked = (await mara.say("/admin broadcast hello")).one(Note).text
    assert "1 person" in asked
    assert "Nobody is left out." in asked


@pytest.mark.parametrize("committed", [False, True])
@pytest.mark.parametrize("last", range(1, 40, 2))
async def test_a_worker_dies_at_any_transaction(named: Legwork, chat: FakeChat, last: int, committed: bool) -> None:
    """Nobody is told twice, and nobody is left out."""
    first = Talk(named, chat, worker=Worker(named, queues=QUEUES))
    await first.say("/about")
    names = [f"p{number:02}" for number in range(12)]
    for name in names:
        await first.other(name).say("/about")
    await first.say("/admin broadcast hello")
    button = chat.button("Tell them")
    await first.worker.stop()
    mortal = Mortal(named.database, last, committed=committed)
    dying = Worker(replace(named, database=mortal), "mortal", faults=True, queues=QUEUES)
    mara = Talk(named, chat, worker=dying)
    with dying.away():
        await mara.tell_press(button.action, button.value)
    await work(dying)
    other = Worker(named, "other", faults=True, queues=QUEUES)
    mara.worker = other
    await other.lose_leases()
    await through(mara)
    for worker in (dying, other):
        await worker.stop()
    counts = told(chat, "hello\n\n_From")
    assert counts == {"dm-mara": 2, **{f"dm-{name}": 1 for name in names}}
