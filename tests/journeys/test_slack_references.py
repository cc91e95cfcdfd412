"""What a Slack message refers to, over the whole path: shares, tables, threads and mentions that come later."""

import pytest

from tests.factories.specs import node, plan, reply
from tests.fakes.slack import Message, Person
from tests.fixtures.legwork import Script
from tests.fixtures.office import LEADS, Office, office, offline
from tests.journeys.test_references import told

__all__ = ["office", "offline"]  # fixtures


async def ben_says(office: Office, text: str, **more: object) -> tuple[Person, Message]:
    ben = office.slack.person("Ben")
    office.sales.members.add(ben.id)
    return ben, ben.say(office.sales, text, **more)  # pyright: ignore[reportArgumentType]


async def test_a_shared_message_is_given_with_author_place_and_file(office: Office, script: Script) -> None:
    script.then(reply("Yes."))
    _, theirs = await ben_says(office, "Invoice 2291 is 880 euros.", files=[("invoice.csv", b"no,sum\n2291,880\n")])
    office.mara.share(theirs, office.mara.dm_channel, "is this right?")
    await office.settle()
    [request] = script.requests
    assert request.variables["message"] == "is this right?"
    assert '<untrusted source="shared message, by Ben, in #sales">\nInvoice 2291 is 880 euros.' in told(request)
    assert [file["name"] for file in request.variables["attachments"]] == ["invoice.csv"]


async def test_a_shared_stop_stops_nothing_and_is_asked_about(office: Office, script: Script) -> None:
    script.then(plan(node("n1", "delay", seconds=3600)))
    root = office.mara.dm("wait an hour")
    await office.settle()
    _, theirs = await ben_says(office, "stop")
    office.mara.share(theirs, office.mara.dm_channel, thread_ts=root.ts)
    await office.settle()
    shown = "\n".join(office.slack.shown(message) for message in office.slack.said(office.mara.dm_channel))
    assert "You shared with me a message from Ben: what shall I do with it?" in shown
    assert [row["status"] for row in await office.rows("SELECT status FROM tasks")] == ["RUNNING"]


async def test_a_pasted_table_is_worked_on_as_a_file(offline: Office) -> None:
    rows = [line.split(",") for line in LEADS.decode().splitlines()]
    asked = offline.mara.paste(offline.sales, f"<@{offline.slack.workspace.bot_user}> what moved?", rows)
    await offline.settle()
    assert "Hillside" in offline.reads(asked)
    [message] = await offline.rows("SELECT attachments FROM messages WHERE role = 'user'")
    assert [file["name"] for file in message["attachments"]] == ["table.csv"]


@pytest.mark.parametrize("edited", [False, True])
async def test_a_message_of_more_bytes_than_one_may_have_is_worked_on_as_a_file(offline: Office, edited: bool) -> None:
    """Slack counts characters, of which a message has 40,000."""
    towns = ("Хилсайд", "Гавань", "Старый город")
    rows = "".join(f"2026-{1 + row % 12:02d}-01,{towns[row % 3]},{row % 97}\n" for row in range(1_500))
    pasted = f"what is the total of enquiries?\ndate,branch,enquiries\n{rows}"
    total = sum(row % 97 for row in range(1_500))
    with offline.worker.away():
        asked = offline.mara.mention(offline.sales, "what time is it?" if edited else pasted)
        await offline.slack.settled()
        if edited:
            offline.mara.edit(asked, f"<@{offline.slack.workspace.bot_user}> {pasted}")
        await offline.slack.settled()
    await offline.settle()
    assert len(pasted) < 40_000
    reads = offline.reads(asked)
    assert "I took the text you pasted as the file pasted-" in reads
    assert f"{total:,}" in reads


async def test_what_was_said_in_a_thread_before_is_told_once(office: Office, script: Script) -> None:
    script.then(reply("880."), reply("14 March."))
    ben, root = await ben_says(office, f"<@{office.mara.id}> invoice 2291 is 880 euros", files=[("a.csv", b"a\n1\n")])
    ben.say(office.sales, "and due on 14 March", thread_ts=root.ts)
    office.mara.mention(office.sales, "how much is it?", thread_ts=root.ts)
    await office.settle()
    office.mara.mention(office.sales, "when?", thread_ts=root.ts)
    await office.settle()
    first, second = (told(request) for request in script.requests)
    assert 'earlier in this thread, by Ben">\n@Mara invoice 2291 is 880 euros\n(with "a.csv")' in first
    assert first.index("880 euros") < first.index("and due on 14 March")
    assert "how much is it?\n</untrusted>" not in first  # it is no earlier one
    assert [file["name"] for file in script.requests[0].variables["attachments"]] == ["a.csv"]
    assert "earlier in this thread" not in second
    assert "880 euros" in script.requests[1].turns[0].text
    assert len([call for call in office.slack.requests if call.method == "conversations.replies"]) == 1


async def test_a_thread_that_cannot_be_read_is_said_not_to_be(office: Office, script: Script) -> None:
    script.then(reply("I cannot see it."))
    _, root = await ben_says(office, "invoice 2291 is 880 euros")
    office.slack.rate_limit("conversations.replies", times=9)
    office.mara.mention(office.sales, "how much is it?", thread_ts=root.ts)
    await office.settle()
    assert "could not be read" in told(script.requests[0])


async def test_an_edit_that_adds_the_mention_is_answered_once(office: Office, script: Script) -> None:
    script.then(reply("Paris."))
    asked = office.mara.say(office.sales, "what is the capital of France?")
    office.mara.edit(asked, f"<@{office.slack.workspace.bot_user}> what is the capital of France?")
    await office.settle()
    office.mara.edit(asked, f"<@{office.slack.workspace.bot_user}> what is the capital of Spain?")
    await office.settle()
    assert "Paris." in office.reads(asked)
    assert len(script.requests) == 1


async def test_names_stand_where_ids_stood(office: Office, script: Script) -> None:
    script.then(reply("Yes."))
    ben, _ = await ben_says(office, "hello")
    office.mara.mention(office.sales, f"is <@{ben.id}> in?")
    await office.settle()
    assert script.requests[0].variables["message"] == "is @Ben in?"


async def test_a_persons_words_through_an_app_are_served_and_an_apps_are_not(office: Office, script: Script) -> None:
    script.then(reply("Four."))
    bot = office.slack.workspace.bot_user
    office.mara.say(office.sales, f"<@{bot}> what is 2+2?", through="B0OTHERBOT")
    await office.settle()
    robot = office.slack.person("Robot")
    robot.user.is_bot = True
    office.sales.members.add(robot.id)
    robot.say(office.sales, f"<@{bot}> what is 3+3?", through="B0OTHERBOT")
    await office.settle()
    assert [request.variables["message"] for request in script.requests] == ["what is 2+2?"]


async def test_of_a_long_thread_the_first_and_the_latest_are_told(office: Office, script: Script) -> None:
    script.then(reply("Yes."))
    ben, root = await ben_says(office, "number 0")
    for number in range(1, 60):
        ben.say(office.sales, f"number {number}", thread_ts=root.ts)
    office.mara.mention(office.sales, "is this all?", thread_ts=root.ts)
    await office.settle()
    seen = told(script.requests[0])
    assert [f"number {number}\n" in seen for number in (0, 1, 30, 31, 59)] == [True, False, False, True, True]
    assert "(30 messages that came next are left out here.)" in seen


async def test_a_thread_that_slack_hands_out_in_part_is_said_to_be_so(office: Office, script: Script) -> None:
    script.then(reply("Yes."))
    office.slack.rules.marketplace = False
    ben, root = await ben_says(office, "number 0")
    for number in range(1, 20):
        ben.say(office.sales, f"number {number}", thread_ts=root.ts)
    office.mara.mention(office.sales, "is this all?", thread_ts=root.ts)
    await office.settle()
    assert "what came after this was not read" in told(script.requests[0])
