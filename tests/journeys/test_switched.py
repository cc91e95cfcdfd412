"""What was begun in a private chat goes on after the chat was switched to another organization."""

from typing import Any

from domain.conversations.said import Details, Note
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import plan, reply, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk

ACME: dict[str, Any] = {"organization": "Acme", "private": False}


async def test_what_waits_goes_on_after_the_switch(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    await talk.other("mara", "C-acme", **ACME).say("/whoami")
    script.then(plan(tool("n1", "send", to="ben", text="hello")))
    await talk.say("write to Ben")
    assert "works in Acme" in (await talk.say("/org switch Acme")).one(Note).text
    assert (await talk.press("Approve")).last.text == "send: hello"


async def test_a_thread_of_before_the_switch_is_still_answered(talk: Talk, script: Script) -> None:
    await talk.other("mara", "C-acme", **ACME).say("/whoami")
    script.then(reply("one"), reply("two"))
    await talk.say("hello", thread="t1")
    own = dict((await talk.say("/org show", thread="t1")).one(Details).fields)["name"]
    await talk.say("/org switch Acme")
    assert (await talk.say("and then?", thread="t1")).last.text == "two"
    assert dict((await talk.say("/org show", thread="t1")).one(Details).fields)["name"] == own
    assert dict((await talk.say("/org show", thread="t2")).one(Details).fields)["name"] == "Acme"
