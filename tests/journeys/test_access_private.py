"""What stands in a private chat is its person's: work, plans that were kept, and what waits for an answer."""

from domain.conversations.said import Answer, ApprovalCard, Details, Listing, Note, Problem
from domain.core import ids
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import plan, tool
from tests.fixtures.legwork import Script
from tests.fixtures.offices import ALONE, audited, office
from tests.fixtures.talk import Talk

SEND = tool("n1", "send", to="ben")


async def test_not_even_then_in_anothers_private_chat(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    mara, ben = await office(talk)
    await talk.rows("""UPDATE organizations SET settings = '{"approvals": "admins"}' RETURNING id""")
    script.then(plan(SEND))
    await ben.other("ben", "D-ben", **ALONE).say("write to Ben")
    button = talk.chat.button("Approve")
    assert "no such task" in (await mara.send_press("approve", button.value)).whisper
    assert not rehearsal.calls


async def test_what_stands_in_a_shared_chat_is_read_there_and_by_admins(talk: Talk, script: Script) -> None:
    mara, ben = await office(talk)
    script.then(plan(tool("n1", "note", text="a"), title="Note it"))
    await ben.say("note it")
    task = ids.text("task", (await talk.task())["id"])
    ana = ben.other("ana", "C1")
    assert (await ana.say(f"/tasks show {task}")).one(Details).title == "Note it"
    assert (await mara.other("mara", "D-mara", **ALONE).say(f"/tasks show {task[-6:]}")).one(Details).title == "Note it"
    elsewhere = (await ana.other("ana", "D-ana", **ALONE).say(f"/tasks show {task}")).one(Problem)
    assert elsewhere.sentence == "There is no such task here."
    assert (await ana.say(f"/tasks retry {task}")).one(Problem).sentence == (
        "Only the person it works for may have this tried again."
    )


async def test_who_oversees_lists_what_everybody_does_in_shared_chats(talk: Talk, script: Script) -> None:
    mara, ben = await office(talk)
    script.then(
        plan(tool("n1", "note", text="a"), title="In private"), plan(tool("n1", "note", text="b"), title="Here")
    )
    await ben.other("ben", "D-ben", **ALONE).say("note a")
    await ben.say("note b")
    rows = (await mara.say("/tasks all")).one(Listing).rows
    assert [row[1:4] for row in rows] == [("Here", "Ben", "succeeded")]
    assert "needs the role admin" in (await ben.say("/tasks all")).one(Problem).sentence


async def test_what_stands_in_a_private_chat_appears_in_no_channel(talk: Talk, script: Script) -> None:
    _, ben = await office(talk)
    alone = ben.other("ben", "D-ben", **ALONE)
    script.then(plan(tool("n1", "note", text="a"), title="My salary"), plan(SEND, title="My other salary"))
    await alone.say("note my salary")
    task = ids.text("task", (await talk.task())["id"])
    await alone.say(f"/tasks save {task} Salaries")
    await alone.say("write to Ben")
    waiting = ids.text("task", (await talk.task())["id"])
    for words in ("/tasks", "/threads", "/workflows", f"/tasks show {task}", f"/tasks show {task[-6:]}", "/tasks show"):
        assert "salar" not in str([*await ben.say(words)]).casefold()
    assert (await ben.say(f"/tasks show {task}")).one(Problem).remedy == "What you do in private is shown there alone."
    assert (await ben.say(f"/tasks stop {waiting}")).one(Note).text.startswith(f"Stopped: {waiting}.")
    for words in ("/tasks", "/threads", "/workflows", f"/tasks show {task}"):
        assert "salar" in str([*await alone.say(words)]).casefold()


async def test_what_waits_in_private_is_not_asked_again_in_a_channel(talk: Talk, script: Script) -> None:
    _, ben = await office(talk)
    alone = ben.other("ben", "D-ben", **ALONE)
    script.then(plan(SEND, title="My salary"))
    await alone.say("write to Ben")
    task = ids.text("task", (await talk.task())["id"])
    acts = ("resume", "retry", "priority", "answer")
    for words in (*acts, *(f"{act} {one}" for act in acts for one in (task, task[-6:]))):
        told = str([*await ben.say(f"/tasks {words}{' urgent' * words.startswith(('priority', 'answer'))}")])
        assert "alary" not in told, words
    refused = (await ben.say(f"/tasks resume {task}")).one(Problem)
    assert refused.remedy == "What you do in private is shown there alone."
    assert not [call for call in talk.chat.calls if isinstance(call.said, ApprovalCard) and call.to.chat != "D-ben"]
    assert (await alone.say("/tasks resume")).one(ApprovalCard)


async def test_an_admin_stops_anybodys_work_and_reads_nothing_of_a_private_chat(talk: Talk, script: Script) -> None:
    mara, ben = await office(talk)
    script.then(plan(SEND, title="The salary of Ben"))
    await ben.other("ben", "D-ben", **ALONE).say("write to Ben")
    task = ids.text("task", (await talk.task())["id"])
    assert (await mara.say(f"/tasks show {task}")).one(Problem).sentence == "There is no such task here."
    stopped = (await mara.say(f"/tasks stop {task}")).one(Note).text
    assert "Stopped" in stopped
    assert "salary" not in stopped
    assert (await talk.task())["status"] == "CANCELLED"
    assert await audited(talk, outcome="done") == [("tasks.stop", "done", "oversee")]


async def test_an_admin_does_not_read_a_private_title_by_stopping_twice(talk: Talk, script: Script) -> None:
    mara, ben = await office(talk)
    script.then(plan(SEND, title="My salary"))
    await ben.other("ben", "D-ben", **ALONE).say("write to Ben")
    task = ids.text("task", (await talk.task())["id"])
    for verb in ("pause", "pause", "stop", "stop", "pause"):
        assert "salary" not in str([*await mara.say(f"/tasks {verb} {task}")])
    assert (await talk.task())["status"] == "CANCELLED"


async def test_a_workflow_of_a_private_chat_is_its_persons_until_it_is_shared(talk: Talk, script: Script) -> None:
    mara, ben = await office(talk)
    alone = ben.other("ben", "D-ben", **ALONE)
    script.then(plan(tool("n1", "note", text="a")))
    await alone.say("note my salary")
    await alone.say("/tasks save")
    [row] = await talk.rows("SELECT id FROM workflows")
    short = ids.short("wf", row["id"])
    for other in (mara, mara.other("mara", "D-mara", **ALONE)):
        assert not (await other.say("/workflows")).one(Listing).rows
        assert "no workflow" in (await other.say(f"/workflows run {short}")).one(Problem).sentence
        assert "no workflow" in (await other.say(f"/workflows share {short}")).one(Problem).sentence
    assert len((await alone.say("/workflows")).one(Listing).rows) == 1
    assert "is shared" in (await alone.say(f"/workflows share {short}")).one(Note).text
    assert [row[4] for row in (await mara.say("/workflows")).one(Listing).rows] == ["everybody"]
    assert (await mara.say(f"/workflows run {short}")).one(Answer)


async def test_a_workflow_of_a_channel_is_for_those_who_are_there(talk: Talk, script: Script) -> None:
    _, ben = await office(talk)
    script.then(plan(tool("n1", "note", text="a")))
    await ben.say("note it")
    await ben.say(f"/tasks save {ids.text('task', (await talk.task())['id'])} Monday")
    ana = ben.other("ana", "C1")
    assert [row[4] for row in (await ana.say("/workflows")).one(Listing).rows] == ["this chat"]
    assert not (await ana.other("ana", "C2").say("/workflows")).one(Listing).rows
    assert (await ana.say("/workflows run Monday")).one(Answer)
    assert (await ana.say("/workflows share Monday")).one(Problem).sentence == "Only who saved it may share it."
