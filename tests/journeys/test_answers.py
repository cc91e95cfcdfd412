"""A message and its answer: spoken directly, or worked out by a plan."""

from domain.conversations.said import Answer, FilePost, Note, Problem, StepState
from domain.core.errors import Invalid, Unavailable
from domain.llm.model import Reply, ToolCall
from domain.llm.prompts import DECIDE
from tests.factories.incoming import file
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan, reply, tool
from tests.fakes.chat import FakeChat
from tests.fakes.web import FakeWeb
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually


async def test_a_direct_reply_needs_one_model_call(talk: Talk, script: Script) -> None:
    script.then(reply("It is noon somewhere."))
    replies = await talk.say("what time is it?")
    assert replies.one(Answer).text == "It is noon somewhere."
    assert len(script.requests) == 1
    assert (await talk.task())["status"] == "SUCCEEDED"


async def test_the_last_nodes_output_is_the_answer_and_the_card_shows_every_step_done(
    talk: Talk, script: Script
) -> None:
    script.then(plan(tool("n1", "calculate", expression="6*7"), title="Six times seven"))
    assert (await talk.say("six times seven")).one(Answer).text == "42"
    assert (talk.card.title, talk.card.status) == ("Six times seven", "SUCCEEDED")
    assert [(step.label, step.state) for step in talk.card.steps] == [("Calculate 6*7", StepState.DONE)]


async def test_nodes_that_do_not_wait_for_each_other_run_side_by_side(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    gate = rehearsal.gate("go")
    script.then(
        plan(
            *(tool(f"n{number}", "note", text="go") for number in range(1, 4)),
            node("last", "llm", "answer", prompt="Join them.", inputs=["{{ n1.output.text }}", "{{ n3.output.text }}"]),
            edges=[["n1", "last"], ["n2", "last"], ["n3", "last"]],
        ),
        "All three are noted.",
    )
    await talk.begin("note three things")
    await eventually(lambda: rehearsal.at_once == 3)
    await eventually(lambda: talk.chat.shown)
    assert {step.state for step in talk.card.steps[:3]} == {StepState.RUNNING}
    gate.set()
    assert (await talk.settle()).one(Answer).text == "All three are noted."
    assert script.requests[-1].variables["inputs"] == ["note: go", "note: go"]


async def test_no_more_than_four_nodes_of_a_task_run_at_once(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    rehearsal.gate("go")
    script.then(plan(*(tool(f"n{number}", "note", text="go") for number in range(6))))
    await talk.begin("note six things")
    await eventually(lambda: rehearsal.at_once == 4)
    rehearsal.gate("go").set()
    await talk.settle()
    assert (rehearsal.most_at_once, len(rehearsal.calls)) == (4, 6)


async def test_what_a_person_sent_and_what_was_made_come_back_as_files(talk: Talk, script: Script) -> None:
    script.then(plan(tool("n1", "write_file", name="hello.txt", content="Hello {{ input.message }}")))
    replies = await talk.say("Mara", [file("a.csv", b"a,b\n1,2\n")])
    made = replies.one(FilePost).file
    assert (made.name, made.mime_type) == ("hello.txt", "text/plain")
    assert await talk.legwork.storage.read(made.key) == b"Hello Mara"
    assert [attached["name"] for attached in script.requests[0].variables["attachments"]] == ["a.csv"]


async def test_a_file_that_was_made_before_a_person_was_asked_comes_with_the_answer(talk: Talk, script: Script) -> None:
    nodes = (tool("n1", "write_file", name="hello.txt", content="Hello"), tool("n2", "send", to="ben", text="hi"))
    script.then(plan(*nodes, edges=[["n1", "n2"]]))
    await talk.say("write it and tell Ben")
    assert (await talk.press("Approve")).one(FilePost).file.name == "hello.txt"


async def test_a_page_is_fetched_and_its_text_reaches_the_answer(
    talk: Talk, script: Script, loopback_web: FakeWeb
) -> None:
    script.then(
        plan(
            tool("n1", "navigate_url", url=loopback_web.url("/plain")),
            node("n2", "llm", "answer", prompt="How many chairs?", inputs=["{{ n1.output }}"]),
            edges=[["n1", "n2"]],
        ),
        "There are 1,204 chairs.",
    )
    assert (await talk.say("how many chairs?")).one(Answer).text == "There are 1,204 chairs."
    assert [seen.path for seen in loopback_web.ledger] == ["/plain"]
    assert "Chairs: 1,204" in script.requests[1].variables["inputs"][0]["text"]


async def test_the_model_may_ask_for_tools_within_a_node_and_never_for_external_ones(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    asked = (ToolCall("c1", "note", {"text": "a"}), ToolCall("c2", "send", {"to": "ben"}), ToolCall("c3", "fly", {}))
    script.then(
        plan(node("n1", "llm", "answer", prompt="Find out.", tools=["note", "send"])),
        Reply(text="", data=None, calls=asked),
        "Found out.",
    )
    assert (await talk.say("find out")).one(Answer).text == "Found out."
    assert rehearsal.of("note") == [{"text": "a"}]
    assert not rehearsal.of("send")
    noted, sent, flown = (turn.text for turn in script.requests[-1].exchange if turn.role == "tool")
    assert "note: a" in noted
    assert "no tool called send" in sent
    assert "no tool called fly" in flown


async def test_a_step_that_fails_for_a_passing_reason_is_tried_again_by_itself(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("note", Unavailable("The notebook is busy."), Unavailable("The notebook is busy."))
    script.then(plan(tool("n1", "note", text="a")))
    assert not await talk.say("note it")
    assert (talk.card.steps[0].state, talk.card.steps[0].note) == (StepState.RETRYING, "The notebook is busy.")
    assert not await talk.travel(seconds=10)
    assert (await talk.travel(seconds=10)).one(Answer).text == "note: a"
    assert len(rehearsal.calls) == 3


async def test_a_failure_says_what_failed_what_was_done_and_what_was_not(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("items", Invalid("The list is broken.", remedy="Mend the list."))
    script.then(
        plan(
            tool("n1", "note", text="a"),
            tool("n2", "items", items=[]),
            tool("n3", "send", to="ben"),
            edges=[["n1", "n2"], ["n2", "n3"]],
        ),
        reply("There is no other way."),
    )
    problem = (await talk.say("do it")).one(Problem)
    assert problem.sentence == "The list is broken."
    assert (problem.done, problem.not_done) == (("note",), ("send",))
    assert talk.card.status == "FAILED"


async def test_characters_that_no_column_holds_do_not_stop_an_answer(talk: Talk, script: Script) -> None:
    script.then(reply("zero \0 and half \ud83d a pair"))
    assert (await talk.say("a\0b")).one(Answer).text == "zero  and half  a pair"


async def test_an_empty_message_is_answered(talk: Talk) -> None:
    assert "empty" in (await talk.say("   ")).one(Note).text


async def test_two_messages_of_one_thread_are_two_tasks_answered_each(talk: Talk, script: Script) -> None:
    script.then(reply("one"), reply("two"))
    await talk.tell("first")
    await talk.tell("second")
    await talk.settle()
    assert [said.text for said in talk.chat.posts() if isinstance(said, Answer)] == ["one", "two"]


async def test_earlier_turns_are_remembered_in_the_thread_and_not_in_another(talk: Talk, script: Script) -> None:
    script.then(reply("Nice to meet you."), reply("You are Mara."), reply("I do not know."))
    await talk.say("I am Mara")
    await talk.say("who am I?")
    assert [(turn.role, turn.text) for turn in script.requests[1].turns] == [
        ("user", "I am Mara"), ("assistant", "Nice to meet you."),
    ]  # fmt: skip
    await talk.say("who am I?", new_thread=True)
    assert not script.requests[2].turns


async def test_previews_show_only_what_a_person_may_see(talk: Talk, script: Script, chat: FakeChat) -> None:
    script.then(reply("It is noon somewhere in the world, as it always is, and midnight somewhere else."))
    await talk.say("what time is it?")
    assert all('"kind"' not in text and "{" not in text for _, text in chat.previews)


async def test_usage_of_every_model_call_is_recorded(talk: Talk, script: Script) -> None:
    script.then(plan(node("n1", "llm", "answer", prompt="Say it.")), "It.")
    await talk.say("say it")
    usages = await talk.rows("SELECT provider, tokens_out, metadata ->> 'purpose' AS purpose FROM usages ORDER BY id")
    assert [(row["provider"], row["purpose"]) for row in usages] == [
        ("scripted", f"decide.v{DECIDE.version}"),
        ("scripted", "step n1"),
    ]
    assert all(row["tokens_out"] > 0 for row in usages)
