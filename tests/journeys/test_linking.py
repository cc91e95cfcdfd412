"""Two accounts become one person's, by what both of them say, and are apart again where that is undone."""

import asyncio
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.http import account, one_time
from bot.http.purposes import PURPOSES
from domain.audit import OPERATOR
from domain.conversations.said import Listing, Note, Problem
from domain.core import ids
from domain.core.errors import Refused
from domain.identity import magic_links
from domain.orgs import queries
from domain.orgs import service as orgs
from domain.orgs.access import Role
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan, question, reply, tool
from tests.fixtures.legwork import Script
from tests.fixtures.linked import WORK, code_of, link, notes, press
from tests.fixtures.talk import Talk

GROUP: dict[str, Any] = {"organization": "T1", "private": False}


@pytest.fixture
async def work(talk: Talk) -> Talk:
    """Mara's other account."""
    other = talk.other("mara.nowak", **WORK)
    await talk.say("/about")
    await other.say("/about")
    return other


async def people(talk: Talk) -> list[tuple[str, bool]]:
    """Every account, and whether it is still its own."""
    rows = await talk.rows(
        "SELECT platform_user_id AS account, user_id = first_user_id AS own FROM chat_identities ORDER BY id"
    )
    return [(row["account"], row["own"]) for row in rows]


APART = [("mara", True), ("mara.nowak", True)]
JOINED = [("mara", True), ("mara.nowak", False)]


async def test_accounts_are_joined_when_both_have_seen_whom_and_said_so(talk: Talk, work: Talk) -> None:
    code = await code_of(talk)
    asked = await work.say(f"/link confirm {code}")
    shown = {call.to.chat: call.said.text for call in talk.chat.calls if isinstance(call.said, Note)}
    assert "**Mara.Nowak** on Fake (w, mara.nowak) has typed the code" in shown[talk.place]
    assert "**Mara** on Fake (w, mara)" in shown[work.place]
    assert asked.last.buttons[0].label == "Join"
    assert await people(talk) == APART
    assert "Noted" in notes(await press(work, "Join", work.place))
    assert await people(talk) == APART
    await press(talk, "Join", talk.place)
    assert await people(talk) == JOINED
    told = [
        call.to.chat for call in talk.chat.calls if isinstance(call.said, Note) and "one person now" in call.said.text
    ]
    assert sorted(told) == sorted([talk.place, work.place])


async def test_a_code_that_somebody_was_talked_into_typing_joins_nobody(talk: Talk, work: Talk) -> None:
    eve = talk.other("eve")
    code = await code_of(eve)
    await work.say(f"/link confirm {code}")
    await press(eve, "Join", eve.place)
    await press(eve, "Join", eve.place)
    assert all(own for _, own in await people(talk))
    assert "Nobody was joined" in notes(await press(work, "Not me", work.place))
    assert "decided already" in notes(await press(eve, "Join", eve.place))
    assert all(own for _, own in await people(talk))


async def test_a_code_that_somebody_was_talked_out_of_joins_nobody(talk: Talk, work: Talk) -> None:
    eve = talk.other("eve")
    await eve.say(f"/link confirm {await code_of(work)}")
    await press(eve, "Join", eve.place)
    assert all(own for _, own in await people(talk))


async def test_nobody_else_answers_for_one_of_the_two(talk: Talk, work: Talk) -> None:
    eve = talk.other("eve")
    await eve.say("/about")
    await work.say(f"/link confirm {await code_of(talk)}")
    for label in ("Join", "Not me"):
        assert "decided already" in notes(await press(eve, label, talk.place))
    await press(work, "Join", work.place)
    await press(talk, "Join", talk.place)
    assert ("mara.nowak", False) in await people(talk)


@pytest.mark.parametrize("wrong", ["ABCD-EFGH", "nonsense", "x" * 500, "1234", "ÄÖÜß", "'; DROP TABLE users; --"])
async def test_what_is_no_code_opens_nothing(talk: Talk, work: Talk, wrong: str) -> None:
    await code_of(talk)
    assert "opens nothing" in notes(await work.say(f"/link confirm {wrong}"))


async def test_what_was_used_or_is_over_opens_nothing(talk: Talk, work: Talk) -> None:
    used = await code_of(talk)
    await work.say(f"/link confirm {used}")
    assert "opens nothing" in notes(await work.say(f"/link confirm {used}"))
    over = await code_of(talk)
    await talk.rows("UPDATE magic_links SET expires_at = now() RETURNING id")
    assert "opens nothing" in notes(await work.say(f"/link confirm {over}"))
    before = await code_of(talk)
    await code_of(talk)  # which takes its place
    assert "opens nothing" in notes(await work.say(f"/link confirm {before}"))


async def test_after_ten_minutes_nobody_joins_any_more(talk: Talk, work: Talk) -> None:
    await work.say(f"/link confirm {await code_of(talk)}")
    await press(work, "Join", work.place)
    await talk.rows("UPDATE account_links SET typed_at = typed_at - interval '11 minutes' RETURNING id")
    assert "older than ten minutes" in notes(await press(talk, "Join", talk.place))
    assert await people(talk) == APART


async def test_five_codes_may_be_typed_in_ten_minutes(talk: Talk, work: Talk) -> None:
    code = await code_of(talk)
    for _ in range(5):
        assert "opens nothing" in notes(await work.say("/link confirm ABCD-EFGH"))
    assert "Wait that long" in notes(await work.say(f"/link confirm {code}"))
    await talk.rows("UPDATE chat_identities SET tried_at = tried_at - interval '11 minutes' RETURNING id")
    assert "would make one person" in notes(await work.say(f"/link confirm {code}"))


async def test_ones_own_code_joins_nothing(talk: Talk, work: Talk) -> None:
    assert "your own" in notes(await talk.say(f"/link confirm {await code_of(talk)}"))
    await link(talk, work)
    assert "your own" in notes(await work.say(f"/link confirm {await code_of(talk)}"))


async def test_where_others_read_along_nothing_is_linked(talk: Talk, work: Talk) -> None:
    group = talk.other("mara.nowak", "C1", **GROUP)
    code = await code_of(talk)
    for words in ("/link start", f"/link confirm {code}", "/link remove acc_123456"):
        assert "nobody else reads along" in (await group.say(words)).one(Problem).sentence
    assert not [row for row in await talk.rows("SELECT content FROM messages") if code in row["content"]]
    assert await talk.rows("SELECT id FROM account_links WHERE status <> 'wanted'") == []


async def test_a_code_is_typed_by_two_at_once_and_taken_from_one(talk: Talk, work: Talk) -> None:
    ben = talk.other("ben")
    await ben.say("/about")
    code = await code_of(talk)
    await asyncio.gather(work.tell(f"/link confirm {code}"), ben.tell(f"/link confirm {code}"))
    await talk.settle()
    said = [call.said.text for call in talk.chat.calls if isinstance(call.said, Note)]
    assert len([words for words in said if "would make one person" in words]) == 1
    assert len([words for words in said if "opens nothing" in words]) == 1


async def test_work_of_both_is_seen_from_both_and_apart_again_afterwards(
    talk: Talk, work: Talk, script: Script
) -> None:
    script.then(plan(tool("n1", "note", text="a")), plan(tool("n1", "note", text="b")))
    await talk.say("note at home")
    home = ids.short("task", (await talk.task())["id"])
    await work.say("note at work")
    office = ids.short("task", (await talk.task())["id"])
    await link(talk, work)
    for one in (talk, work):
        listed = [row[0] for row in (await one.say("/tasks")).one(Listing).rows]
        assert {home, office} <= {*listed}
    account = next(row[0] for row in (await talk.say("/link list")).one(Listing).rows if "mara.nowak" in row[3])
    await talk.say(f"/link remove {account}")
    assert await people(talk) == APART
    assert [row[0] for row in (await talk.say("/tasks")).one(Listing).rows] == [home]
    assert [row[0] for row in (await work.say("/tasks")).one(Listing).rows] == [office]
    gone = (await work.say(f"/tasks show {home}")).one(Problem)
    assert "no task" in gone.sentence or "no such task" in gone.sentence


async def test_what_was_begun_while_linked_goes_with_the_account_that_began_it(
    talk: Talk, work: Talk, script: Script
) -> None:
    await link(talk, work)
    script.then(plan(tool("n1", "note", text="a")))
    await work.say("note it")
    task = ids.short("task", (await talk.task())["id"])
    account = next(row[0] for row in (await work.say("/link list")).one(Listing).rows if "mara.nowak" in row[3])
    await work.say(f"/link remove {account}")
    assert [row[0] for row in (await work.say("/tasks")).one(Listing).rows] == [task]
    assert not (await talk.say("/tasks")).one(Listing).rows


async def account_of(talk: Talk, name: str) -> str:
    """Its id, as its person reads it."""
    return next(row[0] for row in (await talk.say("/link list")).one(Listing).rows if name in row[3])


@pytest.mark.parametrize("typed_before", [False, True])
async def test_what_an_account_began_ends_when_it_is_taken_apart(talk: Talk, work: Talk, typed_before: bool) -> None:
    await link(talk, work)
    code = await code_of(work)
    eve = talk.other("eve")
    if typed_before:
        await eve.say(f"/link confirm {code}")
    await talk.say(f"/link remove {await account_of(talk, 'mara.nowak')}")
    if not typed_before:
        assert "opens nothing" in notes(await eve.say(f"/link confirm {code}"))
        return
    await press(eve, "Join", eve.place)
    await press(work, "Join", work.place)
    assert await people(talk) == [*APART, ("eve", True)]


async def test_a_browser_that_an_account_signed_in_is_signed_out_when_it_is_taken_apart(talk: Talk, work: Talk) -> None:
    await link(talk, work)
    database = talk.legwork.database
    app = Starlette(routes=[*one_time.routes(database, PURPOSES), *account.routes(database)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://legwork.test") as browser:
        assert (await browser.post(await _newest_page(talk, work))).status_code == 303
        assert (await browser.get("/account")).status_code == 200
        shown = await _newest_page(talk, work)
        await talk.say(f"/link remove {await account_of(talk, 'mara.nowak')}")
        assert (await browser.get("/account")).status_code == 401
        await browser.post(shown)
        assert (await browser.get("/account")).status_code == 401


async def test_a_name_does_not_pretend_to_be_another_account(talk: Talk, work: Talk) -> None:
    await work.say('/profile set name "Ben** on Slack (Acme, U0BEN), checked by Legwork **"')
    await work.say(f"/link confirm {await code_of(talk)}")
    [told] = [
        call.said.text for call in talk.chat.calls if isinstance(call.said, Note) and "has typed" in call.said.text
    ]
    assert told.startswith("**Ben\\*\\* on Slack (Acme, U0BEN), checked by Legwork \\*\\*** on Fake (w, mara.nowak)")


async def _newest_page(talk: Talk, of: Talk) -> str:
    """The page of a link that somebody was shown just now."""
    await of.say("/link start")
    [row] = await talk.rows("SELECT id FROM magic_links ORDER BY id DESC LIMIT 1")
    async with talk.legwork.database.system("a test") as session:
        minted = await magic_links.mint(session, row["id"])
    assert minted is not None
    return f"{magic_links.PATH}{minted.token}"


async def test_whoever_was_linked_themselves_is_not_linked_once_more(talk: Talk, work: Talk) -> None:
    third = talk.other("third", **WORK)
    await third.say("/about")
    await link(work, third)
    for one in (work, third):
        told = await one.say(f"/link confirm {await code_of(talk)}")
        assert "accounts of your own already" in told.one(Problem).sentence
    assert await people(talk) == [*APART, ("third", False)]
    await link(work, talk)
    assert await people(talk) == [("mara", False), ("mara.nowak", True), ("third", False)]


async def test_of_two_links_at_once_no_chain_is_made(talk: Talk, work: Talk) -> None:
    third = talk.other("third", **WORK)
    await third.say("/about")
    code = await code_of(talk)
    await work.say(f"/link confirm {code}")
    await press(work, "Join", work.place)
    await link(work, third)
    await press(talk, "Join", talk.place)
    assert await people(talk) == [*APART, ("third", False)]


async def test_after_thirty_days_it_stays(talk: Talk, work: Talk) -> None:
    await link(talk, work)
    await talk.rows("UPDATE chat_identities SET linked_at = linked_at - interval '31 days' RETURNING id")
    rows = (await talk.say("/link list")).one(Listing).rows
    for own, said in ((rows[1][0], "more than 30 days ago"), (rows[0][0], "the others were linked to")):
        assert said in (await talk.say(f"/link remove {own}")).one(Problem).sentence
    assert "no account" in (await talk.say("/link remove acc_zzzzzz")).one(Problem).sentence


async def test_of_two_roles_the_higher_stays_and_is_given_back(talk: Talk, work: Talk) -> None:
    boss = talk.other("boss", **WORK | {"private": False}, place="C1")
    await boss.say("/about")
    both = talk.other("mara", "C1", **GROUP)
    await both.say("/about")

    async def roles() -> dict[str, str]:
        rows = await talk.rows(
            """SELECT i.platform_user_id AS who, m.role FROM organization_members m
            JOIN organizations o ON o.id = m.org_id AND o.slug = 'T1'
            JOIN chat_identities i ON i.first_user_id = m.user_id"""
        )
        return {row["who"]: row["role"] for row in rows}

    before = await roles()
    assert (before["mara"], before["mara.nowak"]) == ("member", "owner")
    await link(talk, work)
    assert (await roles())["mara"] == "owner"
    audited = await talk.rows(
        "SELECT details ->> 'before' AS before, details ->> 'now' AS now FROM audit_logs WHERE action = 'members.role'"
    )
    assert ("member", "owner") in [(row["before"], row["now"]) for row in audited]
    account = next(row[0] for row in (await talk.say("/link list")).one(Listing).rows if "mara.nowak" in row[3])
    await talk.say(f"/link remove {account}")
    assert await roles() == before


async def test_whom_an_organization_keeps_out_is_not_brought_back_by_another_account(talk: Talk, work: Talk) -> None:
    both = talk.other("mara", "C1", **GROUP)
    await both.say("/about")
    await talk.rows(
        """UPDATE organization_members m SET status = 'removed' FROM organizations o, chat_identities i
        WHERE o.id = m.org_id AND o.slug = 'T1' AND i.user_id = m.user_id AND i.platform_user_id = 'mara'
        RETURNING m.id"""
    )
    await work.say(f"/link confirm {await code_of(talk)}")
    await press(work, "Join", work.place)
    assert "does not let in" in notes(await press(talk, "Join", talk.place))
    assert await people(talk) == APART


@pytest.fixture
async def office(talk: Talk) -> tuple[Talk, Talk]:
    """Mara, who owns it, and Ben, in a channel; Ben has a private chat besides."""
    mara, ben = talk.other("mara", "C1", **GROUP), talk.other("ben", "C1", **GROUP)
    await mara.say("/about")
    await ben.say("/about")
    await talk.other("ben", **WORK).say("/about")
    return mara, ben


async def standing_of(talk: Talk, account: str) -> tuple[str, str] | None:
    rows = await talk.rows(
        """SELECT om.role, om.status FROM organization_members om JOIN organizations o ON o.id = om.org_id
        JOIN chat_identities i ON i.user_id = om.user_id WHERE o.slug = 'T1' AND i.platform_user_id = :who""",
        who=account,
    )
    return next(((row["role"], row["status"]) for row in rows), None)


@pytest.mark.parametrize("platform", [None, "admin"])
async def test_who_was_removed_does_not_come_back_as_a_person_whom_nobody_there_knows(
    talk: Talk, office: tuple[Talk, Talk], platform: str | None
) -> None:
    (mara, ben), fresh = office, talk.other("fresh")
    await fresh.say("/about")
    await mara.say("/org remove Ben")
    await link(fresh, talk.other("ben", **WORK))
    replies = await ben.say("/tasks", standing=platform)
    assert not replies.of(Listing)
    role, status = await standing_of(talk, "ben") or ("", "")
    assert status == "removed", role


async def test_who_was_removed_does_not_come_back_as_an_account_that_is_its_own_again(
    talk: Talk, office: tuple[Talk, Talk]
) -> None:
    (mara, _), alone, second = office, talk.other("ben", **WORK), talk.other("second")
    await second.say("/about")
    await link(alone, second)
    there = talk.other("second", "C1", **GROUP)
    await there.say("/about")
    await mara.say("/org remove Ben")
    account = next(row[0] for row in (await second.say("/link list")).one(Listing).rows if "second" in row[3])
    await second.say(f"/link remove {account}")
    assert not (await there.say("/tasks")).of(Listing)
    assert await standing_of(talk, "second") == ("member", "removed")


async def test_what_an_admin_took_while_linked_does_not_come_back_by_undoing(talk: Talk, work: Talk) -> None:
    await link(talk, work)
    await talk.rows(
        """UPDATE organization_members m SET status = 'removed', role = 'viewer'
        FROM organizations o, chat_identities i
        WHERE o.id = m.org_id AND o.slug = 'T1' AND i.user_id = m.user_id AND i.platform_user_id = 'mara'
        RETURNING m.id"""
    )
    account = next(row[0] for row in (await talk.say("/link list")).one(Listing).rows if "mara.nowak" in row[3])
    await talk.say(f"/link remove {account}")
    rows = await talk.rows(
        """SELECT m.role, m.status FROM organization_members m JOIN organizations o ON o.id = m.org_id AND o.slug = 'T1'
        JOIN chat_identities i ON i.first_user_id = m.user_id WHERE i.platform_user_id = 'mara.nowak'"""
    )
    assert [(row["role"], row["status"]) for row in rows] == [("viewer", "removed")]


async def test_equal_names_and_addresses_join_nobody(talk: Talk) -> None:
    await talk.say("/about")
    await talk.other("other-mara", person_name="Mara").say("/about")
    assert all(own for _, own in await people(talk))


async def test_no_code_stands_anywhere_but_in_the_one_message(talk: Talk, work: Talk) -> None:
    code = await code_of(talk)
    await work.say(f"/link confirm {code}")
    found: list[str] = []
    for table in ("messages", "outbound_messages", "queue_jobs", "magic_links", "account_links", "audit_logs"):
        text = " ".join(str(dict(row)) for row in await talk.rows(f"SELECT * FROM {table}"))
        if code in text or code.replace("-", "") in text:
            found.append(table)
    assert found == []
    assert len([call for call in talk.chat.calls if call.said is not None and code in call.said.model_dump_json()]) == 1


# -- work of all organizations ------------------------------------------------------------------------


async def test_in_a_shared_chat_there_is_its_organization_alone(talk: Talk, work: Talk, script: Script) -> None:
    group = talk.other("mara.nowak", "C1", **GROUP)
    script.then(plan(tool("n1", "note", text="a")), plan(tool("n1", "note", text="b")))
    await talk.say("note at home")
    home = ids.short("task", (await talk.task())["id"])
    await group.say("note in the group", thread="t1")
    here = ids.short("task", (await talk.task())["id"])
    await link(talk, work)
    listing = (await group.say("/tasks", thread="t1")).one(Listing)
    assert [row[0] for row in listing.rows] == [here]
    for verb in ("show", "stop", "resume", "retry", "answer", "logs", "files"):
        problem = (await group.say(f"/tasks {verb} {home} x", thread="t1")).one(Problem)
        assert "no such task" in problem.sentence.lower(), verb
    private = (await work.say("/tasks")).one(Listing)
    assert {row[0] for row in private.rows} == {home, here}
    assert private.columns[-1] == "in"
    assert {row[-1] for row in private.rows} == {"here", "Mara"}


async def test_a_question_is_asked_again_and_answered_from_the_other_account(
    talk: Talk, work: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    asks = node("n1", "ask", "which", question="Which one?")
    script.then(plan(asks, tool("n2", "note", text="{{ n1.output.text }}"), edges=[["n1", "n2"]]))
    await talk.say("note one of them")
    task = await talk.task()
    await link(talk, work)
    shown = await work.say(f"/tasks show {ids.short('task', task['id'])}")
    assert "Which one?" in shown.last.text
    await work.say("the blue one")
    assert (await talk.task())["id"] == task["id"]
    assert rehearsal.of("note") == [{"text": "the blue one"}]


async def test_what_a_model_asks_back_is_asked_again_too(talk: Talk, work: Talk, script: Script) -> None:
    script.then(question("Which month?"), reply("March it is."))
    await talk.say("how much did we sell")
    task = await talk.task()
    await link(talk, work)
    shown = await work.say(f"/tasks show {ids.short('task', task['id'])}")
    assert "Which month?" in shown.last.text
    await work.say("March")
    assert (await talk.task())["id"] == task["id"]
    assert (await talk.task())["status"] == "SUCCEEDED"


async def test_an_approval_is_given_from_the_other_account_and_told_where_it_began(
    talk: Talk, work: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(tool("n1", "send", to="ben")))
    await talk.say("write to Ben")
    task = await talk.task()
    await link(talk, work)
    await work.say(f"/tasks show {ids.short('task', task['id'])}")
    await work.press("Approve")
    assert [call["to"] for call in rehearsal.of("send")] == ["ben"]
    ended = await talk.task()
    assert (ended["status"], ended["user_id"]) == ("SUCCEEDED", task["user_id"])
    assert "decided already" in notes(await talk.press("Approve"))
    assert len(rehearsal.of("send")) == 1
    told = [call.to.chat for call in talk.chat.calls if call.said is not None and call.said.type == "answer"]
    assert set(told) == {talk.place}


async def test_what_failed_and_what_was_paused_goes_on_from_the_other_account(
    talk: Talk, work: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(node("n1", "ask", "which", question="Which one?")))
    await talk.say("ask me")
    task = ids.short("task", (await talk.task())["id"])
    await link(talk, work)
    assert "Paused" in notes(await work.say(f"/tasks pause {task}"))
    assert "Going on" in notes(await work.say(f"/tasks resume {task}"))
    assert "goes on" in notes(await work.say(f"/tasks answer {task} red"))
    assert (await talk.task())["status"] == "SUCCEEDED"


async def test_nothing_of_an_organization_that_keeps_one_out_is_seen_from_elsewhere(
    talk: Talk, work: Talk, script: Script
) -> None:
    script.then(plan(tool("n1", "send", to="ben")))
    await work.say("write to Ben")
    task = ids.short("task", (await talk.task())["id"])
    await link(talk, work)
    assert task in str((await talk.say("/tasks")).one(Listing).rows)
    await talk.rows(
        """UPDATE organization_members m SET status = 'removed' FROM organizations o
        WHERE o.id = m.org_id AND o.slug = 'T1' RETURNING m.id"""
    )
    assert task not in str((await talk.say("/tasks")).one(Listing).rows)
    for verb in ("show", "stop", "retry"):
        assert "no such task" in (await talk.say(f"/tasks {verb} {task}")).one(Problem).sentence.lower()
    assert "no such task" in notes(await talk.press("Approve")).lower()


async def test_nobody_reaches_anothers_work_by_a_private_chat(talk: Talk, work: Talk, script: Script) -> None:
    script.then(plan(tool("n1", "send", to="ben")))
    await talk.say("write to Ben")
    task = await talk.task()
    eve = talk.other("eve")
    await eve.say("/about")
    for written in (ids.text("task", task["id"]), ids.short("task", task["id"])):
        for verb in ("show", "stop", "resume", "retry", "answer", "logs", "files"):
            problem = (await eve.say(f"/tasks {verb} {written} x")).one(Problem)
            assert "no such task" in problem.sentence.lower()
    assert "no such task" in notes(await eve.press("Approve")).lower()
    assert await talk.task() == task


# -- what an organization decides of somebody is decided of all their accounts ------------------------


async def test_whoever_is_put_out_is_out_by_every_account(talk: Talk, work: Talk) -> None:
    boss = talk.other("boss", "C1", **GROUP)
    await boss.say("/about")
    await talk.rows(
        """UPDATE organization_members SET role = 'owner' WHERE user_id =
        (SELECT user_id FROM chat_identities WHERE platform_user_id = 'boss') RETURNING id"""
    )
    both = talk.other("mara", "C1", **GROUP)
    await both.say("/about")
    await link(talk, work)
    [org] = await talk.rows("SELECT id FROM organizations WHERE slug = 'T1'")
    listed = await talk.rows(
        """SELECT m.user_id, u.merged_into FROM organization_members m JOIN users u ON u.id = m.user_id
        JOIN chat_identities i ON i.first_user_id = u.id WHERE m.org_id = :org AND i.platform_user_id LIKE 'mara%'""",
        org=org["id"],
    )
    assert len(listed) == 2
    async with talk.legwork.database.system("a test") as session:
        shown = await queries.members(session, org["id"], limit=50)
        assert len([one for one in shown if one.user_id in {row["user_id"] for row in listed}]) == 1
        [named] = [row["user_id"] for row in listed if row["merged_into"] is None]
        await orgs.set_role(session, org["id"], named, Role.VIEWER, by=OPERATOR)
    rows = await talk.rows("SELECT role FROM organization_members WHERE user_id = ANY(:ids) AND org_id = :org",
                           ids=[row["user_id"] for row in listed], org=org["id"])  # fmt: skip
    assert {row["role"] for row in rows} == {"viewer"}
    async with talk.legwork.database.system("a test") as session:
        await orgs.remove(session, org["id"], named, by=OPERATOR)
    for one in (both, work):
        await one.hear("/tasks")
        assert not (await one.settle()).of(Listing)


async def test_the_last_owner_cannot_leave_by_having_two_accounts(talk: Talk, work: Talk) -> None:
    both = talk.other("mara", "C1", **GROUP)
    await both.say("/about")
    await link(talk, work)
    [org] = await talk.rows("SELECT id FROM organizations WHERE slug = 'T1'")
    owners = await talk.rows(
        "SELECT user_id FROM organization_members WHERE org_id = :org AND role = 'owner'", org=org["id"]
    )
    assert len(owners) == 2
    for row in owners:
        async with talk.legwork.database.system("a test") as session:
            with pytest.raises(Refused, match="last owner"):
                await orgs.remove(session, org["id"], row["user_id"], by=OPERATOR)


async def test_taking_accounts_apart_leaves_no_organization_without_an_owner(talk: Talk, work: Talk) -> None:
    both = talk.other("mara", "C1", **GROUP)
    await both.say("/about")
    await link(talk, work)
    [org] = await talk.rows("SELECT id FROM organizations WHERE slug = 'T1'")
    owners = """SELECT m.id FROM organization_members m
        WHERE m.org_id = :org AND m.role = 'owner' AND m.status = 'active'"""
    await talk.rows(
        """UPDATE organization_members m SET role = 'member' FROM chat_identities i WHERE m.org_id = :org
        AND i.first_user_id = m.user_id AND i.platform_user_id = 'mara' RETURNING m.id""",
        org=org["id"],
    )  # as the platform lowers one of them
    assert len(await talk.rows(owners, org=org["id"])) == 1
    await talk.say(f"/link remove {await account_of(talk, 'mara.nowak')}")
    assert len(await talk.rows(owners, org=org["id"])) == 1


async def test_what_one_account_has_under_way_is_stopped_by_the_other_where_both_are(
    talk: Talk, work: Talk, script: Script
) -> None:
    here, there = talk.other("mara", "C1", **GROUP), talk.other("mara.nowak", "C1", **GROUP)
    script.then(plan(tool("n1", "send", to="ben")))
    await there.say("write to Ben", thread="t1")
    await there.say("/threads rename Letters", thread="t1")
    await link(talk, work)
    assert "Letters" in str((await here.say("/threads", thread="t1")).one(Listing).rows)
    assert "Stopped" in notes(await here.say("/stop", thread="t1"))
    assert (await talk.task())["status"] == "CANCELLED"
