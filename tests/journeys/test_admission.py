"""Who may have work done here at all: whoever runs the installation says so."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.inbound import accept
from domain.audit import OPERATOR
from domain.conversations.ports import IncomingFile
from domain.conversations.quoted import Quoted
from domain.conversations.said import Answer, Listing, Note, Problem
from domain.flow.common.legwork import Legwork
from domain.flow.receive.door import Door
from domain.orgs import service as orgs
from domain.orgs.access import Role
from tests.factories.incoming import file, incoming
from tests.factories.specs import reply
from tests.fakes.chat import FakeChat
from tests.fixtures.legwork import Script, run_with
from tests.fixtures.linked import link, notes
from tests.fixtures.talk import Talk

Installed = Callable[[str], Talk]

INVITED = "I work for invited people only. Ask whoever runs this Legwork, or an admin of your organization."
REQUESTED = "I take on new people when whoever runs this Legwork lets them in. They were asked; I tell you here."
OUTSIDE = "Here I work for members of this workspace only. One of its admins can invite you."
ASKED = "SELECT body ->> 'text' AS text FROM outbound_messages WHERE body ->> 'text' LIKE '%is not let in yet.'"
GROUP: dict[str, Any] = {"organization": "group-1", "private": False}


@pytest.fixture
async def installed(legwork: Legwork, chat: FakeChat) -> AsyncIterator[Installed]:
    """Mara, who runs the installation, by the rule of admission."""
    talks: list[Talk] = []

    def install(admission: str) -> Talk:
        talk = Talk(run_with(legwork, admission=admission, platform_admins=("fake:w:mara",)), chat)
        talks.append(talk)
        return talk

    yield install
    for talk in talks:
        await talk.worker.stop()


@pytest.mark.parametrize(("admission", "sentence"), [("invited", INVITED), ("request", REQUESTED)])
@pytest.mark.parametrize("where", [{}, GROUP])
async def test_a_stranger_reads_one_sentence_and_nothing_is_asked_of_a_model(
    installed: Installed, script: Script, admission: str, sentence: str, where: Any
) -> None:
    ben = installed(admission).other("ben", **where)
    replies = await ben.say("what is 2 + 2?")
    told = [note.text for note in replies.of(Note)] + replies.whispers
    assert told == [sentence]
    for words in ("please", "/tasks", "/tools run calculate"):
        again = await ben.say(words)
        assert not again
        assert not again.whispers
    assert not script.requests
    assert not await ben.rows("SELECT 1 FROM queue_jobs WHERE kind = 'understand'")
    assert not await ben.rows("SELECT 1 FROM tasks")


async def test_whoever_runs_it_is_let_in_by_any_rule(installed: Installed, script: Script) -> None:
    script.then(reply("Four."))
    assert (await installed("invited").say("what is 2 + 2?")).one(Answer).text == "Four."


async def test_everybody_is_let_in_where_it_is_open(installed: Installed, script: Script) -> None:
    script.then(reply("Four."))
    assert (await installed("open").other("ben").say("what is 2 + 2?")).one(Answer).text == "Four."


@pytest.mark.parametrize(
    ("named", "where"), [(None, "where others read along"), ("Harbour & Sons", "in Harbour & Sons")]
)
async def test_who_runs_it_reads_where_somebody_writes_though_nobody_has_named_it(
    installed: Installed, script: Script, named: str | None, where: str
) -> None:
    mara = installed("request")
    script.then(reply("Hello."))
    await mara.say("hello")
    ben = mara.other("ben", "C9", organization="slack:T9", organization_name=named, private=False)
    asked = (await ben.say("may I?")).of(Note)[-1]
    assert asked.text == f"Ben (fake w) writes to me {where}, and is not let in yet."


async def test_who_runs_it_is_asked_and_what_they_press_counts(installed: Installed, script: Script) -> None:
    mara = installed("request")
    script.then(reply("Hello."))
    await mara.say("hello")
    ben = mara.other("ben")
    asked = (await ben.say("may I?")).of(Note)[-1]
    assert asked.text == "Ben (fake w) writes to me in a private chat, and is not let in yet."
    assert [button.label for button in asked.buttons] == ["Admit", "Refuse"]

    [listing] = (await mara.say("/admin admission")).of(Listing)
    assert ("Ben", "waiting") in [(row[1], row[2]) for row in listing.rows]
    said = await mara.press("Admit")
    assert {note.text for note in said.of(Note)} == {
        "Ben is let in, and was told.",
        "You are let in. Write what you need.",
    }
    script.then(reply("Four."))
    assert (await ben.say("what is 2 + 2?")).one(Answer).text == "Four."
    await mara.press("Refuse")
    assert not (await ben.say("and 3 + 3?")).of(Answer)
    actions = await mara.rows("SELECT action FROM audit_logs WHERE action LIKE 'org.%' ORDER BY id")
    assert [row["action"] for row in actions] == ["org.admitted", "org.refused"]


async def test_nobody_else_lets_anybody_in(installed: Installed) -> None:
    ben = installed("request").other("ben")
    await ben.say("may I?")
    [row] = await ben.rows("SELECT id FROM organizations WHERE slug LIKE 'person-%'")
    await ben.send_press("command", f"admin admit {row['id']}")
    assert [one["admission"] for one in await ben.rows("SELECT admission FROM organizations")] == ["waiting"]


async def test_who_waited_is_let_in_where_the_rule_became_another(installed: Installed, script: Script) -> None:
    await installed("invited").other("ben").say("hello")
    script.then(reply("Hello."))
    assert (await installed("open").other("ben").say("hello")).one(Answer).text == "Hello."


async def test_who_is_not_let_in_is_by_linking_an_account_that_is(installed: Installed, script: Script) -> None:
    mara = installed("invited")
    await mara.say("/about")
    phone = mara.other("mara-phone")
    assert notes(await phone.say("hello")) == INVITED
    await link(mara, phone)
    script.then(reply("Four."))
    assert (await phone.say("what is 2 + 2?")).one(Answer).text == "Four."
    assert notes(await mara.other("ben").say("hello")) == INVITED


TABLE = IncomingFile("a.csv", "text/csv", 1000, ref="F1")


@pytest.mark.parametrize("words", ["/start x", "!link x"])
@pytest.mark.parametrize("beside", [{"files": [TABLE]}, {"quoted": (Quoted("forward", "much"),)}])
async def test_what_may_be_an_invitation_brings_nothing_else_with_it(
    installed: Installed, words: str, beside: dict[str, Any]
) -> None:
    ben = installed("invited").other("ben")
    ben.chat.files["F1"] = b"x" * 1000
    assert notes(await ben.say(words, **beside)) == INVITED
    assert not await ben.say(words, **beside)
    assert not await ben.rows("SELECT 1 FROM messages WHERE attachments <> '[]' OR quoted <> '[]'")


async def test_what_may_be_an_invitation_is_looked_at_in_private_alone(installed: Installed) -> None:
    ben = installed("invited").other("ben", "G1", **GROUP)
    told = [await ben.say(f"/start hello {number}") for number in range(3)]
    assert [(len(replies.of(Problem)), replies.whispers) for replies in told] == [(0, [INVITED]), (0, []), (0, [])]


async def test_nothing_is_fetched_for_who_was_put_out_meanwhile(installed: Installed) -> None:
    ben = installed("open").other("ben")
    ben.chat.files["F1"] = b"x" * 1000
    await ben.say("/about")
    with ben.worker.away():
        await ben.tell("count", files=[TABLE])
        await ben.rows("UPDATE organization_members SET status = 'removed' RETURNING 1")
    await ben.settle()
    [row] = await ben.rows("SELECT attachments FROM messages WHERE attachments <> '[]'")
    assert row["attachments"][0]["key"] is None


@pytest.mark.parametrize("where", [{}, GROUP])
async def test_nothing_a_stranger_sends_is_kept_as_a_file(
    installed: Installed, monkeypatch: pytest.MonkeyPatch, where: dict[str, Any]
) -> None:
    ben = installed("invited").other("ben", **where)
    kept: list[str] = []

    async def add(folder: str, name: str, chunks: object) -> None:
        kept.append(name)

    monkeypatch.setattr(ben.legwork.storage, "add", add)
    told = [await ben.say(f"{number} " * 30_000) for number in range(3)]
    told.append(await ben.say("look", [file("a.csv", b"a,b")]))
    assert [notes(replies) or "".join(replies.whispers) for replies in told] == [INVITED, "", "", ""]
    assert not kept


async def test_the_first_long_text_of_who_is_let_in_is_kept(installed: Installed, script: Script) -> None:
    script.then(reply("Long."))
    assert (await installed("open").other("ben").say("0123456 " * 30_000)).one(Answer).text == "Long."
    [row] = await installed("open").rows("SELECT attachments FROM messages WHERE attachments <> '[]'")
    assert row["attachments"][0]["key"]


async def test_who_is_kept_out_of_what_is_new_is_asked_about_by_nobody_until_a_member_writes(
    installed: Installed, script: Script
) -> None:
    mara = installed("request")
    script.then(reply("Hello."))
    await mara.say("hello")
    zoe = mara.other("zoe", "G2", **GROUP, standing="stranger")
    assert (await zoe.say("hello")).whispers == [OUTSIDE]
    assert not await mara.rows(ASKED)
    for person in ("ben", "ana"):
        told = await mara.other(person, "G2", **GROUP, standing="member").say("hello")
        assert told.whispers == [REQUESTED]
    [row] = await mara.rows(ASKED)
    assert row["text"].startswith("Ben (fake w) writes to me")


async def test_who_waited_is_asked_about_where_the_rule_became_to_ask(installed: Installed, script: Script) -> None:
    script.then(reply("Hello."))
    await installed("invited").say("hello")
    await installed("invited").other("ben").say("hello")
    await installed("invited").rows("UPDATE organization_members SET told_at = now() - interval '2 days' RETURNING 1")
    assert REQUESTED in notes(await installed("request").other("ben").say("hello"))
    assert len(await installed("request").rows(ASKED)) == 1


async def test_who_is_taken_in_elsewhere_is_not_heard_in_a_topic_of_where_they_wait(
    installed: Installed, script: Script
) -> None:
    """What was said there belongs to the organization that is not let in."""
    ben = installed("invited").other("ben")
    assert notes(await ben.say("hello", thread="t1")) == INVITED
    [row] = await ben.rows("SELECT user_id FROM organization_members")
    async with ben.legwork.database.system("a test") as session:
        acme = await orgs.named(session, slug="acme", name="Acme")
        await orgs.take_in(session, acme, row["user_id"], Role.MEMBER, by=OPERATOR)
    assert not await ben.say("and now?", thread="t1")
    script.then(reply("Four."))
    assert (await ben.say("what is 2 + 2?", thread="t2")).one(Answer).text == "Four."


async def test_nothing_that_a_stranger_edits_is_kept_as_a_file(
    installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    ben = installed("invited").other("ben")
    assert notes(await ben.say("hello", message_id="m1")) == INVITED
    kept: list[str] = []

    async def add(folder: str, name: str, chunks: object) -> None:
        kept.append(name)

    monkeypatch.setattr(ben.legwork.storage, "add", add)
    for message_id, new in (("m1", False), ("m1", True), ("m2", True)):
        edit = incoming("0123456 " * 30_000, person="ben", message_id=message_id, change="edited")
        edit = replace(edit, new_if_unknown=new)
        await accept(ben.legwork.database, ben.legwork.storage, edit, Door.of(ben.legwork.settings))
    assert not kept
    assert [row["content"] for row in await ben.rows("SELECT content FROM messages")] == ["hello"]
