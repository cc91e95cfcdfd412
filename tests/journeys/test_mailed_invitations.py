"""Invitations that are mailed: the link stands in the mail alone, and nothing is sent twice or lost without a word."""

import asyncio
import re
from dataclasses import replace

import pytest

from domain.conversations import bots
from domain.conversations.said import Listing, Note, Problem
from domain.emails import repository
from domain.emails.mailer import Letter
from tests.fixtures.linked import notes
from tests.fixtures.mailing import QUEUES, Post
from tests.fixtures.talk import Talk, Worker
from tests.fixtures.waiting import eventually

_WRITTEN = re.compile(r"/start i-[\w-]{43}")


def written(post: Post) -> str:
    found = _WRITTEN.search(post.newest.text)
    assert found is not None, post.newest.text
    return found[0]


async def statuses(talk: Talk) -> list[str]:
    return [row["status"] for row in await talk.rows("SELECT status FROM mailed_links ORDER BY id")]


async def test_who_was_mailed_an_invitation_joins_by_its_link(post: Post) -> None:
    async with post.talk.legwork.database.system("a test") as session:
        await bots.keep_name(session, "telegram", "7001", "LegworkBot")
    said = notes(await post.talk.say("/org invite ben@example.org viewer 3"))
    assert "mailing ben@example.org an invitation" in said
    assert "/start i-" not in said
    [taken] = post.server.taken
    assert taken.to == "ben@example.org"
    assert taken.message["Subject"].startswith("You are invited to ")
    token = written(post).removeprefix("/start i-")
    assert f"https://t.me/LegworkBot?start=i-{token}" in taken.text
    assert f"https://legwork.test/l/{token}" in taken.text
    assert "“Mara” invites you to join" in taken.text
    assert ", as viewer:" in taken.text
    assert re.search(r"good until \d+ \w+ \d{4}, \d\d:\d\d UTC", taken.text)
    assert "Did you not expect this? Then do nothing" in taken.text
    ben = post.talk.other("ben")
    assert "You are viewer in" in (await ben.say(written(post))).one(Note).text
    assert "used before" in (await post.talk.other("eve").say(written(post))).one(Problem).sentence
    assert await statuses(post.talk) == ["sent"]


async def test_no_row_holds_the_link_that_was_mailed(post: Post) -> None:
    await post.talk.say("/org invite ben@example.org")
    token = written(post).removeprefix("/start i-")
    tables = await post.talk.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    for table in tables:
        rows = await post.talk.rows(f"SELECT t::text AS line FROM {table['tablename']} t")
        assert [row["line"] for row in rows if token in row["line"]] == [], table


async def test_who_looks_at_the_page_uses_up_nothing(post: Post) -> None:
    await post.talk.say("/org invite ben@example.org")
    for _ in range(3):
        assert (await post.browser.get(post.page)).status_code == 200
        assert (await post.browser.head(post.page)).status_code == 200
    assert "You are member in" in (await post.talk.other("ben").say(written(post))).one(Note).text


async def test_it_is_in_the_trail(post: Post) -> None:
    await post.talk.say("/org invite ben@example.org")
    rows = await post.talk.rows("SELECT action, details::text AS told FROM audit_logs WHERE action LIKE 'invitation.%'")
    assert sorted(row["action"] for row in rows) == ["invitation.made", "invitation.mail"]
    assert not [row for row in rows if "example.org" in row["told"]]


async def test_one_that_is_refused_is_told_to_who_asked_alone(post: Post) -> None:
    post.server.unknown.add("ben@example.org")
    said = notes(await post.talk.say("/org invite ben@example.org"))
    assert "The mail to ben@example.org has not gone out. The mail server refused the address (550 5.1.1)" in said
    assert "“/org invite” without the address shows a link" in said
    assert {call.to.chat for call in post.talk.chat.calls} == {post.talk.place}
    assert await statuses(post.talk) == ["refused"]
    await post.talk.travel(hours=30)
    assert await statuses(post.talk) == ["refused"]


async def test_one_that_is_put_off_is_sent_later_with_a_link_that_is_good(post: Post) -> None:
    post.server.answers["ben@example.org"] = [(451, "4.7.1 greylisted")] * 2
    await post.talk.say("/org invite ben@example.org")
    assert post.server.taken == []
    for _ in range(3):
        await post.talk.travel(minutes=10)
    assert len(post.server.taken) == 1
    assert "You are member in" in (await post.talk.other("ben").say(written(post))).one(Note).text


async def test_a_server_that_is_away_for_an_hour_loses_nothing_and_that_is_told_once(post: Post) -> None:
    post.server.down = True
    await post.talk.say("/org invite ben@example.org")
    told = [notes(await post.talk.travel(minutes=6)) for _ in range(10)]
    assert len([words for words in told if "It is tried again for a day" in words]) == 1
    post.server.down = False
    await post.talk.travel(minutes=16)
    assert [taken.to for taken in post.server.taken] == ["ben@example.org"]


async def test_a_server_that_is_away_for_a_day_is_told(post: Post) -> None:
    post.server.down = True
    await post.talk.say("/org invite ben@example.org")
    await post.talk.rows("UPDATE mailed_links SET created_at = now() - interval '25 hours' RETURNING id")
    said = notes(await post.talk.travel(minutes=1))
    assert "That was tried for a day." in said
    assert await statuses(post.talk) == ["refused"]


@pytest.mark.parametrize("hangs_up", ["before", "after"])
async def test_one_that_was_not_answered_is_told_and_not_sent_again(post: Post, hangs_up: str) -> None:
    post.server.hangs_up = hangs_up  # pyright: ignore[reportAttributeAccessIssue]
    said = notes(await post.talk.say("/org invite ben@example.org"))
    assert "It is not known whether it was sent, so it is not sent again" in said
    await post.talk.travel(hours=1)
    assert len(post.server.taken) == (hangs_up == "after")
    if post.server.taken:
        assert "You are member in" in (await post.talk.other("ben").say(written(post))).one(Note).text


async def test_one_whose_worker_ended_once_the_server_had_it_is_not_sent_again(post: Post) -> None:
    class Ends:
        """What the process does that ends between the server's answer and our note of it."""

        async def send(self, letter: Letter) -> None:
            await post.talk.legwork.mailer.send(letter)
            await asyncio.Event().wait()

    await post.talk.say("/whoami")
    ending = Worker(replace(post.talk.legwork, mailer=Ends()), queues=QUEUES)
    await post.talk.tell("/org invite ben@example.org")
    await ending.start()
    await eventually(lambda: post.server.taken)
    await ending.stop()
    said = notes(await post.talk.settle())
    assert "It is not known whether it was sent" in said
    assert len(post.server.taken) == 1
    assert await statuses(post.talk) == ["unknown"]


async def test_what_was_taken_back_meanwhile_is_not_sent(post: Post) -> None:
    post.server.down = True
    await post.talk.say("/org invite ben@example.org")
    listing = (await post.talk.say("/org invitations")).one(Listing)
    await post.talk.say(f"/org revoke {listing.rows[0][0]}")
    post.server.down = False
    said = notes(await post.talk.travel(minutes=10))
    assert "Its link was over before it could be sent." in said
    assert post.server.taken == []


async def test_a_day_has_so_many_mails_of_a_person_and_to_an_address(post: Post) -> None:
    for _ in range(repository.TO_AN_ADDRESS):
        await post.talk.say("/org invite Ben@example.org")
    said = (await post.talk.say("/org invite ben@Example.org")).one(Problem)
    assert "went to that address within a day" in said.sentence
    assert len(post.server.taken) == repository.TO_AN_ADDRESS
    other = post.talk.other("zoe")
    assert "went to that address" in (await other.say("/org invite ben@example.org")).one(Problem).sentence
    await post.talk.rows(
        """INSERT INTO mailed_links (id, org_id, user_id, link_id, kind, address)
        SELECT gen_random_uuid(), org_id, user_id, link_id, kind, n || '@example.org'
        FROM mailed_links, generate_series(1, 9) n RETURNING id"""
    )
    said = (await post.talk.say("/org invite new@example.org")).one(Problem)
    assert "mails were sent for you within a day" in said.sentence
    assert await post.talk.rows("SELECT id FROM invitations WHERE meant_for = 'new@example.org'") == []
    await post.talk.rows("UPDATE mailed_links SET created_at = created_at - interval '1 day' RETURNING id")
    assert "mailing new@example.org" in notes(await post.talk.say("/org invite new@example.org"))


async def test_two_at_once_count_as_two(post: Post) -> None:
    await post.talk.say("/whoami")
    await post.talk.other("zoe").say("/whoami")
    people = [post.talk, post.talk.other("zoe")]
    for _ in range(repository.TO_AN_ADDRESS):
        await asyncio.gather(*(one.tell("/org invite ben@example.org") for one in people))
    await post.talk.settle()
    assert len(post.server.taken) == repository.TO_AN_ADDRESS


@pytest.mark.parametrize(
    "words",
    [
        "a@example.org b@example.org",
        "a@example.org,b@example.org",
        "ben@localhost",
        f"{'b' * 65}@example.org",
        "a@b x3",
    ],
)
async def test_what_is_no_one_address_is_refused_before_anything_is_made(post: Post, words: str) -> None:
    assert (await post.talk.say(f"/org invite {words}")).one(Problem).remedy
    assert await post.talk.rows("SELECT id FROM invitations") == []
    assert post.server.connections == 0


async def test_a_name_of_an_organization_is_no_letter_of_its_own(post: Post) -> None:
    await post.talk.say('/org settings name "Acme https://evil.example/pay now"')
    await post.talk.say("/org invite ben@example.org")
    assert "evil.example" not in post.newest.text
    assert "evil.example" not in str(post.newest.message["Subject"])


async def test_without_a_mail_server_the_link_is_passed_on_by_who_asked(talk: Talk) -> None:
    said = notes(await talk.say("/org invite ben@example.org"))
    assert _WRITTEN.search(said)
    assert "No mail was sent: no mail server is set here." in said
    assert await talk.rows("SELECT id FROM mailed_links") == []


async def test_what_many_people_are_mailed_comes_once_to_each(post: Post) -> None:
    await post.talk.say("/whoami")
    rows = await post.talk.rows(
        """WITH who AS (SELECT om.org_id, om.user_id FROM organization_members om LIMIT 1), n AS (
            SELECT n, gen_random_uuid() AS link_id FROM generate_series(1, 100) n
        ), links AS (
            INSERT INTO magic_links (id, purpose, uses, expires_at)
            SELECT link_id, 'invitation', 1, now() + interval '1 day' FROM n RETURNING id
        ), invited AS (
            INSERT INTO invitations (id, org_id, link_id, role, uses, invited_by, expires_at)
            SELECT gen_random_uuid(), org_id, link_id, 'member', 1, user_id, now() + interval '1 day' FROM n, who
        ), mails AS (
            INSERT INTO mailed_links (id, org_id, user_id, link_id, kind, address)
            SELECT gen_random_uuid(), org_id, user_id, link_id, 'invitation', n || '@example.org' FROM n, who
            RETURNING id
        )
        INSERT INTO queue_jobs (id, queue, kind, data, share, priority, max_attempts, turn, status, run_at)
        SELECT gen_random_uuid(), 'UPKEEP', 'mail', jsonb_build_object('mailed_id', id), 'mail', 1, 8, 0, 'available',
               now()
        FROM mails RETURNING id"""
    )
    assert len(rows) == 100
    await post.talk.settle()
    assert len({taken.to for taken in post.server.taken}) == len(post.server.taken) == 100
    assert await statuses(post.talk) == ["sent"] * 100


async def test_what_stands_behind_a_plus_is_the_same_mailbox(post: Post) -> None:
    for number in range(repository.TO_AN_ADDRESS):
        await post.talk.say(f"/org invite Ben+{number}@example.org")
    said = (await post.talk.say("/org invite ben+more@example.org")).one(Problem)
    assert "went to that address" in said.sentence
    assert len(post.server.taken) == repository.TO_AN_ADDRESS


async def test_nobody_is_mailed_for_who_may_no_longer_invite(post: Post) -> None:
    group = post.talk.other("mara", "C1", organization="T1", private=False)
    await group.say("/whoami")
    await post.talk.other("ben", "C1", organization="T1", private=False).say("/whoami")
    ben = post.talk.other("ben", "D-ben", organization="T1")
    await group.say("/org role Ben admin")
    post.server.down = True
    assert "mailing zoe@example.org" in notes(await ben.say("/org invite zoe@example.org"))
    await group.say("/org role Ben member")
    post.server.down = False
    await post.talk.travel(minutes=6)
    assert post.server.taken == []
    assert await statuses(post.talk) == ["over"]
