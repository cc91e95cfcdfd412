"""Who runs the installation: accounts in the settings, whoever is at its console, and who was made one by a link."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from getpass import getuser

import pytest

from bot.cli_admin import init, obey
from domain.conversations.said import Listing, Note, Problem
from domain.core import ids
from domain.core.errors import Invalid
from domain.flow.common.legwork import Legwork
from domain.flow.deliver.operators import tell_operators
from tests.factories.jobs import enqueue
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import plan, reply, tool
from tests.fakes.chat import FakeChat
from tests.fixtures.legwork import Script, run_with
from tests.fixtures.linked import WORK, link
from tests.fixtures.talk import Talk

VERBS = ("users", "roles", "orgs")


@pytest.fixture
async def operator(legwork: Legwork, chat: FakeChat) -> AsyncIterator[Talk]:
    """Mara, whose account the settings name."""
    talk = Talk(run_with(legwork, platform_admins=("fake:w:mara",)), chat)
    yield talk
    await talk.worker.stop()


@pytest.mark.parametrize("verb", VERBS)
async def test_it_is_for_nobody_else(operator: Talk, verb: str) -> None:
    ben = operator.other("ben")
    assert "for whoever runs this Legwork" in (await ben.say(f"/admin {verb}")).one(Problem).sentence
    assert (await operator.say(f"/admin {verb}")).of(Listing)


async def test_users_and_organizations_are_listed_page_by_page_by_names_and_totals(operator: Talk) -> None:
    for number in range(12):
        await operator.other(f"person{number:02}").say("/whoami")
    seen: list[str] = []
    [listing] = (await operator.say("/admin users")).of(Listing)
    while True:
        seen += [row[1] for row in listing.rows]
        if not listing.buttons:
            break
        [listing] = (await operator.send_press(listing.buttons[0].action, listing.buttons[0].value)).of(Listing)
    assert seen == ["Mara"] + [f"Person{number:02}" for number in reversed(range(12))]
    [orgs] = (await operator.say("/admin orgs")).of(Listing)
    assert [row[2:6] for row in orgs.rows[:1]] == [("-", "1", "1", "0")]
    await operator.other("ben", "C1", organization="T1", private=False).say("/about")
    [orgs] = (await operator.say("/admin orgs")).of(Listing)
    [acme] = await operator.rows("SELECT slug FROM organizations WHERE slug NOT LIKE 'person-%'")
    assert orgs.rows[0][2] == acme["slug"]


async def test_a_tool_is_switched_off_for_everybody_while_its_approval_waits(
    operator: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    ben = operator.other("ben")
    script.then(plan(tool("n1", "send", to="zoe", text="hello")), reply("There is no other way."))
    await ben.say("write to Zoe")
    assert "for whoever runs" in (await ben.say("/admin tools off send")).one(Problem).sentence
    assert "send is off for everybody here now" in (await operator.say("/admin tools off send")).one(Note).text
    assert "off already" in (await operator.say("/admin tools off send")).one(Note).text
    [listing] = (await operator.say("/admin tools")).of(Listing)
    assert [row[2] for row in listing.rows if row[0] == "send"] == ["off for all"]
    await ben.press("Approve")
    assert not rehearsal.calls
    assert "There is no tool" in (await operator.say("/admin tools on sned")).one(Problem).sentence
    await operator.say("/admin tools on send")
    await ben.say("/tasks retry")
    assert len(rehearsal.calls) == 1
    rows = await operator.rows("SELECT org_id FROM audit_logs WHERE action LIKE 'admin.tools_o%' AND outcome = 'done'")
    assert [row["org_id"] for row in rows] == [None, None]


async def test_the_first_one_is_made_by_a_link_that_is_good_once(
    talk: Talk, legwork: Legwork, capsys: pytest.CaptureFixture[str]
) -> None:
    await init(legwork.settings, legwork.database)
    [written, code] = re.findall(r"/start \S+", capsys.readouterr().out)
    assert "platform admin now" in (await talk.say(written)).one(Note).text
    assert (await talk.say("/admin users")).of(Listing)
    for spent in (written, code):
        assert "opens nothing" in (await talk.other("eve").say(spent)).one(Problem).sentence
    assert "for whoever runs" in (await talk.other("eve").say("/admin users")).one(Problem).sentence


async def test_the_code_does_the_same_in_any_case_and_is_tried_a_few_times(
    talk: Talk, legwork: Legwork, capsys: pytest.CaptureFixture[str]
) -> None:
    await init(legwork.settings, legwork.database)
    [_, code] = re.findall(r"/start (\S+)", capsys.readouterr().out)
    eve = talk.other("eve")
    for _ in range(5):
        assert "opens nothing" in (await eve.say("/start ABCD-EFGH")).one(Problem).sentence
    assert "Five codes" in (await eve.say(f"/start {code}")).one(Problem).sentence
    assert "platform admin now" in (await talk.say(f"/start {code.lower()}")).one(Note).text


async def test_a_group_is_made_no_admin(talk: Talk, legwork: Legwork, capsys: pytest.CaptureFixture[str]) -> None:
    await init(legwork.settings, legwork.database)
    [written, _] = re.findall(r"/start \S+", capsys.readouterr().out)
    group = talk.other("ben", "C1", organization="T1", private=False)
    assert "for one person" in (await group.say(written)).one(Problem).sentence


async def test_the_shell_runs_the_same_verbs(talk: Talk, legwork: Legwork, capsys: pytest.CaptureFixture[str]) -> None:
    await talk.say("/whoami")
    await obey(["users"], legwork.settings, legwork.database)
    assert "Mara" in capsys.readouterr().out
    with pytest.raises(Invalid, match="is no command"):
        await obey(["dance"], legwork.settings, legwork.database)


async def test_what_the_shell_does_stands_in_the_trail_as_the_operators(operator: Talk) -> None:
    await operator.say("/about")
    [org] = await operator.rows("SELECT id FROM organizations")
    job_id = await enqueue(operator.legwork.database, "poison", run_at=datetime(2100, 1, 1, tzinfo=UTC))
    for words in (
        ["tools", "off", "send"],
        ["maintenance", "on", "Soon."],
        ["maintenance", "off"],
        ["refuse", ids.text("org", org["id"])],
        ["admit", ids.text("org", org["id"])],
        ["jobs", "quarantine", ids.text("job", job_id)],
    ):
        await obey(words, operator.legwork.settings, operator.legwork.database)
    who = f"the operator ({getuser()})"
    done = "admin.jobs_quarantine org.admitted org.refused maintenance.off maintenance.on admin.tools_off"
    [listing] = (await operator.say("/admin audit platform")).of(Listing)
    assert [(row[1], row[2]) for row in listing.rows] == [(who, action) for action in done.split()]
    await operator.say("/admin tools on send")
    [listing] = (await operator.say("/admin audit platform")).of(Listing)
    assert listing.rows[0][1:3] == ("Mara", "admin.tools_on")
    [listing] = (await operator.say(f"/admin audit platform actor {getuser()} action maintenance.on")).of(Listing)
    assert [row[1] for row in listing.rows] == [who]


async def test_who_was_made_one_by_an_account_that_was_linked_is_told_things_as_who_they_are_now(
    talk: Talk, legwork: Legwork, capsys: pytest.CaptureFixture[str]
) -> None:
    await talk.say("/about")
    work = talk.other("mara.nowak", **WORK)
    for one in (work, talk):
        await init(legwork.settings, legwork.database)
        [written, _] = re.findall(r"/start \S+", capsys.readouterr().out)
        assert "platform admin now" in (await one.say(written)).one(Note).text
        if one is work:
            await link(talk, work)
    async with legwork.database.system("a test") as session:
        assert await tell_operators(session, legwork.settings, Note(text="It is down."), key="down") == 1
    [_, who] = (await talk.say("/admin roles")).of(Listing)
    assert [row[0] for row in who.rows] == ["Mara"]
