"""Every command, with good and bad input: always an answer, in one clear sentence where it is refused."""

import re
from typing import Any

import pytest

from bot.commands.table import NOUNS
from domain.conversations.said import Answer, Details, FilePost, Listing, Note, Problem, Said
from domain.core import ids
from domain.core.errors import Unavailable
from domain.orgs.access import Permission
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import plan, reply, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually

VERBS = [(noun, verb) for noun in NOUNS for verb in noun.verbs]
NAMES = [f"{noun.name} {verb.name}" for noun, verb in VERBS]

BAD = [
    "nonsense",
    "before task_zzz",
    "task_7zzzzzzzzzzzzzzzzzzzzzzzzz urgent",
    "'an open quotation",
    "a\0b",
    "🙂 %s {0} $HOME `rm` '; DROP TABLE tasks; --",
    "x" * 3_000,
    "-1",
    "../../etc/passwd",
    "a=b c=d expression=[1,2",
]  # fmt: skip


def is_clear(said: Said) -> bool:
    """One sentence, no traceback, no Python."""
    if not isinstance(said, Problem):
        return True
    one = "\n" not in said.sentence and len(said.sentence) < 4_000
    return one and not re.search(r"Traceback|Error\b|<[a-z_.]+ object|sqlalchemy", said.sentence + said.remedy)


@pytest.mark.parametrize("command", NAMES)
async def test_every_command_answers_with_nothing_there_yet(talk: Talk, command: str) -> None:
    replies = await talk.say(f"/{command}")
    assert replies
    assert all(is_clear(said) for said in replies)


@pytest.mark.parametrize("command", NAMES)
async def test_every_command_answers_whatever_stands_behind_it(talk: Talk, script: Script, command: str) -> None:
    script.then(plan(tool("n1", "note", text="a")), *(reply("ok") for _ in BAD))
    await talk.say("note it")
    for rest in BAD:
        replies = await talk.say(f"/{command} {rest}")
        assert replies, rest
        assert all(is_clear(said) for said in replies), rest


@pytest.mark.parametrize(("noun", "verb"), VERBS, ids=NAMES)
async def test_every_example_names_its_command(noun: Any, verb: Any) -> None:
    assert verb.summary
    assert verb.example.startswith(f"/{noun.name}")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("/taks", "“/tasks”"),
        ("/tasks lst", "“/tasks list”"),
        ("/nothing-like-it", "“/help”"),
        ("!tools sow", "“/tools show”"),
    ],
)
async def test_a_slip_is_met_with_the_nearest_command(talk: Talk, written: str, expected: str) -> None:
    assert expected in (await talk.say(written)).one(Problem).remedy


@pytest.mark.parametrize("written", ["/help", "!help", "/HELP", "/legwork help", "/legwork", "  /help  "])
async def test_a_command_may_be_written_in_several_ways(talk: Talk, written: str) -> None:
    assert "/tasks" in (await talk.say(written)).one(Note).text


async def test_help_explains_every_noun_with_examples(talk: Talk) -> None:
    for noun in NOUNS:
        listing = (await talk.say(f"/help {noun.name}")).one(Listing)
        assert len(listing.rows) == len(noun.verbs)


@pytest.mark.parametrize(
    "words", ["/etc/hosts is broken", "1/2 of it", "/", "!!!", "/usr/bin", "!nice work", "!important: call Ben"]
)
async def test_what_only_begins_like_a_command_is_work(talk: Talk, script: Script, words: str) -> None:
    script.then(reply("Understood."))
    assert (await talk.say(words)).one(Answer)


async def test_tasks_are_listed_page_by_page_without_gaps(talk: Talk, script: Script) -> None:
    script.then(*(reply("ok") for _ in range(23)))
    for number in range(23):
        await talk.say(f"message {number}")
    seen: list[str] = []
    listing = (await talk.say("/tasks")).one(Listing)
    while True:
        seen += [row[1] for row in listing.rows]
        if not listing.buttons:
            break
        listing = (await talk.send_press(listing.buttons[0].action, listing.buttons[0].value)).one(Listing)
    assert seen == [f"message {number}" for number in reversed(range(23))]


@pytest.mark.parametrize("noun", ["threads", "workflows"])
async def test_what_was_kept_is_listed_page_by_page_without_gaps(talk: Talk, script: Script, noun: str) -> None:
    script.then(plan(tool("n1", "note", text="a")))
    await talk.say("note it")
    for number in range(23):
        await talk.say(
            f"/threads new Kept {number}" if noun == "threads" else f"/tasks save {await _short(talk)} Kept {number}"
        )
    listing = (await talk.say(f"/{noun}")).one(Listing)
    seen = [row[1] for row in listing.rows]
    while listing.buttons:
        assert len(listing.rows) == 10
        listing = (await talk.send_press(listing.buttons[0].action, listing.buttons[0].value)).one(Listing)
        seen += [row[1] for row in listing.rows]
    assert seen[:23] == [f"Kept {number}" for number in reversed(range(23))]


async def _short(talk: Talk) -> str:
    return ids.short("task", (await talk.task())["id"])


@pytest.mark.parametrize(
    "rest", ["before yesterday thrd_0", "before 2026-01-01T00:00:00 thrd_0", "before 2026-01-01T00:00:00Z thrd_0"]
)
async def test_a_page_that_cannot_be_read_is_refused(talk: Talk, rest: str) -> None:
    assert (await talk.say(f"/threads list {rest}")).one(Problem)


async def test_a_thread_is_gone_back_to_by_its_whole_id(talk: Talk) -> None:
    await talk.say("/threads new First one")
    first = (await talk.rows("SELECT id FROM threads WHERE name = 'First one'"))[0]["id"]
    await talk.say("/threads new Second one")
    assert "First one" in (await talk.say(f"/threads use {ids.text('thrd', first)}")).one(Note).text
    elsewhere = talk.other(talk.person, "another chat")
    assert "in another chat" in (await elsewhere.say(f"/threads use {ids.text('thrd', first)}")).one(Problem).sentence
    problem = (await talk.other("eve").say(f"/threads use {ids.text('thrd', first)}")).one(Problem)
    assert "no thread" in problem.sentence


async def test_a_workflow_is_run_by_its_name_its_short_or_its_whole_id(talk: Talk, script: Script) -> None:
    script.then(plan(tool("n1", "note", text="a")))
    await talk.say("note it")
    await talk.say(f"/tasks save {await _short(talk)} Monday Notes")
    workflow = (await talk.rows("SELECT id FROM workflows"))[0]["id"]
    for named in ("monday notes", ids.short("wf", workflow), ids.text("wf", workflow)):
        assert (await talk.say(f"/workflows run {named}")).one(Answer).text == "note: a"
    assert (await talk.other("eve").say(f"/workflows run {ids.text('wf', workflow)}")).one(Problem)
    await talk.say(f"/tasks save {await _short(talk)} Monday Notes")
    assert (await talk.say("/workflows run Monday Notes")).one(Problem)


async def test_tasks_are_listed_by_state_and_shown_with_their_steps(talk: Talk, script: Script) -> None:
    script.then(
        plan(tool("n1", "note", text="a"), title="Note it"), plan(tool("n1", "send", to="ben"), title="Send it")
    )
    await talk.say("note it")
    await talk.say("send it")
    assert [row[1:3] for row in (await talk.say("/tasks list succeeded")).one(Listing).rows] == [
        ("Note it", "succeeded")
    ]
    listing = (await talk.say("/tasks list")).one(Listing)
    assert [row[2] for row in listing.rows] == ["asks for approval", "succeeded"]
    details = (await talk.say(f"/tasks show {listing.rows[1][0]}")).one(Details)
    assert details.title == "Note it"
    assert details.text == "- succeeded: note"
    assert dict(details.fields)["asked"] == "note it"


async def test_the_details_button_shows_the_same(talk: Talk, script: Script) -> None:
    script.then(plan({"id": "n1", "type": "delay", "name": "", "config": {"seconds": 3600}}, title="Wait for it"))
    await talk.say("wait an hour")
    assert (await talk.press("Details")).one(Details).title == "Wait for it"


async def test_priority_is_changed_for_the_task_and_what_it_has_queued(talk: Talk, script: Script) -> None:
    script.then(plan({"id": "n1", "type": "delay", "name": "", "config": {"seconds": 3600}}))
    await talk.say("wait an hour")
    assert "urgent" in (await talk.say("/tasks priority urgent")).one(Note).text
    assert (await talk.task())["priority"] == 3
    [job] = await talk.rows("SELECT priority FROM queue_jobs WHERE status = 'scheduled'")
    assert job["priority"] == 3


async def test_a_tasks_log_and_files_are_shown(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    rehearsal.fail("note", Unavailable("The notebook is busy."))
    script.then(plan(tool("n1", "note", text="a"), tool("n2", "write_file", name="a.txt", content="hello")))
    await talk.say("note it")
    await talk.travel(seconds=10)
    assert "The notebook is busy." in [row[3] for row in (await talk.say("/tasks logs")).one(Listing).rows]
    assert (await talk.say("/tasks files")).one(FilePost).file.name == "a.txt"


async def test_a_plan_is_saved_as_a_workflow_and_run_again(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(tool("n1", "note", text="a")))
    await talk.say("note it")
    saved = (await talk.say("/tasks save My Monday notes")).one(Problem)
    assert "My" in saved.remedy, "the first word names the task"
    task_id = ids.short("task", (await talk.task())["id"])
    assert "My Monday notes" in (await talk.say(f"/tasks save {task_id} My Monday notes")).one(Note).text
    [row] = (await talk.say("/workflows")).one(Listing).rows
    assert row[1:3] == ("My Monday notes", "1")
    for name in (row[0], "my monday notes"):
        assert (await talk.say(f"/workflows run {name}")).one(Answer).text == "note: a"
    assert len(script.requests) == 1
    assert len(rehearsal.calls) == 3


async def test_a_tool_is_run_by_itself_with_its_arguments_checked(talk: Talk, rehearsal: Rehearsal) -> None:
    assert (await talk.say("/tools run calculate 6*7")).one(Answer).text == "42"
    assert (await talk.say("/tools run calculate expression=2^10")).one(Answer).text == "1,024"
    assert "required" in (await talk.say("/tools run send text=hello")).one(Problem).sentence
    assert (await talk.say("/tools run send to=ben text=hello")).kinds == ["approval"]
    assert not rehearsal.calls


async def test_threads_are_made_named_used_and_deleted(talk: Talk, script: Script) -> None:
    script.then(reply("ok"), reply("ok"), reply("ok"))
    await talk.say("hello")
    await talk.say("/threads rename First one")
    await talk.say("/threads new Second one")
    await talk.say("hello again")
    rows = {row[1]: row for row in (await talk.say("/threads")).one(Listing).rows}
    assert rows["Second one"][3] == "you are here"
    await talk.say(f"/threads use {rows['First one'][0]}")
    await talk.say("and again")
    assert [turn.text for turn in script.requests[2].turns if turn.role == "user"] == ["hello"]
    await talk.say(f"/threads delete {rows['Second one'][0]}")
    await talk.press("Delete")
    assert [row[1] for row in (await talk.say("/threads")).one(Listing).rows] == ["First one"]


async def test_who_am_i_and_about(talk: Talk) -> None:
    fields = dict((await talk.say("/whoami")).one(Details).fields)
    assert (fields["name"], fields["role"], fields["time zone"]) == ("Mara", "owner", "Europe/Warsaw")
    assert fields["id"].startswith("usr_")
    assert "offline provider" in (await talk.say("/about")).one(Note).text


async def test_a_viewer_reads_and_changes_nothing(talk: Talk, script: Script) -> None:
    script.then(reply("ok"))
    await talk.say("hello")
    await talk.rows("UPDATE organization_members SET role = 'viewer' RETURNING id")
    assert (await talk.say("/tasks")).one(Listing)
    for noun, verb in VERBS:
        if verb.permission in (Permission.SEE, Permission.OWN_DATA):
            continue
        refused = (await talk.say(f"/{noun.name} {verb.name} x")).one(Problem).sentence
        runs_it = verb.permission is Permission.OPERATE
        assert ("is for whoever runs this Legwork" if runs_it else "needs the role") in refused


async def test_a_button_of_yesterday_or_of_nobody_is_one_sentence(talk: Talk) -> None:
    for action, value in (
        ("approve", "x"),
        ("fly", ""),
        ("command", ""),
        ("details", "x"),
        ("command", "a 'b"),
        ("", ""),
    ):
        replies = await talk.send_press(action, value)
        assert replies or replies.whisper
        assert all(is_clear(said) for said in replies)


async def test_a_tool_that_depends_says_so(talk: Talk) -> None:
    listed = (await talk.say("/tools")).one(Listing)
    effects = {row[0]: row[2] for row in listed.rows}
    assert effects["http_request"] == "reads; asks before it changes something"
    assert effects["navigate_url"] == "reads"


async def test_what_was_stopped_is_called_stopped_everywhere(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    rehearsal.gate("wait")
    script.then(plan(tool("n1", "note", text="wait"), tool("n2", "note", text="then"), edges=[["n1", "n2"]]))
    await talk.begin("work")
    await eventually(lambda: rehearsal.calls)
    await talk.say("stop")
    asked = ("/tasks", "/tasks list stopped", "/tasks show", "/tasks stop", "/tasks list x")
    shown = [await talk.say(words) for words in asked]
    said = " ".join(repr(one) for replies in shown for one in replies).lower()
    assert said.count("stopped") >= 5
    assert "cancel" not in said


async def test_a_task_shows_its_steps_in_words_and_no_cost_that_is_not_known(talk: Talk, script: Script) -> None:
    script.then(plan(tool("n1", "calculate", expression="6*7")))
    await talk.say("six times seven")
    shown = (await talk.say("/tasks show")).one(Details)
    assert "succeeded: Calculate 6*7" in shown.text
    assert "cost" not in dict(shown.fields)
