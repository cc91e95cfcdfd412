"""The calls of an agent: steps like any other, whose failures it reads."""

from domain.conversations.said import Answer, ApprovalCard, FilePost, StepState
from domain.core.errors import Invalid, Unavailable
from tests.factories.rehearsal import Rehearsal
from tests.factories.replies import told
from tests.factories.specs import asks, node, plan
from tests.fakes.web import FakeWeb
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually

AGENT = node("n1", "agent", "find out", goal="Find out why Hillside lost leads.")


async def test_a_failed_call_is_read_and_ends_nothing(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    rehearsal.fail("note", Invalid("The notebook is full.", remedy="Use another."))
    script.then(plan(AGENT), asks(("note", {"text": "a"})), asks(("note", {"text": "b"})), "Done otherwise.")
    assert (await talk.say("find out why")).one(Answer).text == "Done otherwise."
    assert "The notebook is full. Use another." in told(script.requests[2])[0]
    assert (await talk.steps())["n1[0].c0"] == "FAILED"
    assert (await talk.task())["replans"] == 0


async def test_all_calls_of_a_round_may_fail(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    rehearsal.fail("note", Invalid("No."), Invalid("No."))
    script.then(plan(AGENT), asks(("note", {"text": "a"}), ("note", {"text": "b"})), "Nothing can be noted.")
    assert (await talk.say("find out why")).one(Answer).text == "Nothing can be noted."
    assert ["No." in answer for answer in told(script.requests[2])] == [True, True]


async def test_a_passing_failure_is_tried_again_before_the_agent_reads_of_it(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("note", Unavailable("The notebook is closed."))
    script.then(plan(AGENT), asks(("note", {"text": "a"})), "Noted.")
    assert not (await talk.say("find out why")).of(Answer)
    assert (await talk.travel(seconds=10)).one(Answer).text == "Noted."
    assert len(rehearsal.calls) == 2
    assert "note: a" in told(script.requests[2])[0]


async def test_a_fault_of_legworks_own_is_read_too(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    rehearsal.fail("note", RuntimeError("a bug"))
    script.then(plan(AGENT), asks(("note", {"text": "a"})), "It does not work.")
    assert (await talk.say("find out why")).one(Answer).text == "It does not work."
    assert "because of a fault in Legwork" in told(script.requests[2])[0]
    assert "a bug" not in told(script.requests[2])[0]


async def test_calls_that_read_are_made_side_by_side(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    texts = [f"page {number}" for number in range(4)]
    gates = [rehearsal.gate(text) for text in texts]
    script.then(plan(AGENT), asks(*(("note", {"text": text}) for text in texts)), "Read.")
    await talk.begin("find out why")
    await eventually(lambda: rehearsal.at_once == 4)
    for gate in gates:
        gate.set()
    assert (await talk.settle()).one(Answer).text == "Read."
    answers = told(script.requests[2])
    assert [f"note: {text}" in answer for text, answer in zip(texts, answers, strict=True)] == [True] * 4


async def test_calls_outside_are_asked_about_one_by_one_in_the_order_written(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    letters = [("send", {"to": name, "text": "hi"}) for name in ("ana", "ben", "eve")]
    script.then(plan(AGENT), asks(letters[0], ("note", {"text": "beside"}), *letters[1:]), "Sent.")
    card = (await talk.say("tell all")).one(ApprovalCard)
    assert dict(card.details)["to"] == "ana"
    assert [call.tool for call in rehearsal.calls] == ["note"]
    card = (await talk.press("Approve")).one(ApprovalCard)
    assert dict(card.details)["to"] == "ben"
    card = (await talk.press("Reject")).one(ApprovalCard)
    assert dict(card.details)["to"] == "eve"
    assert (await talk.press("Approve")).one(Answer).text.startswith("Sent.")
    assert [call["to"] for call in rehearsal.of("send")] == ["ana", "eve"]


async def test_each_call_outside_has_a_key_of_its_own(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    send = ("send", {"to": "ben", "text": "hi"})
    script.then(plan(AGENT), asks(send), asks(("send", {"to": "ana", "text": "hi"})), "Sent.")
    await talk.say("tell both")
    await talk.press("Approve")
    await talk.press("Approve")
    task = await talk.task()
    assert [call.idempotency_key for call in rehearsal.calls] == [f"{task['id']}:n1[{i}].c0:0" for i in range(2)]


async def test_arguments_are_taken_literally(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    text = "{{ context }} {{ n1.output }} {{ input.message }}"
    script.then(plan(AGENT), asks(("note", {"text": text})), asks(("send", {"to": "ben", "text": text})), "Sent.")
    card = (await talk.say("find out why")).one(ApprovalCard)
    assert dict(card.details)["text"] == text
    await talk.press("Approve")
    assert [call.arguments["text"] for call in rehearsal.calls] == [text, text]


async def test_a_tool_with_a_queue_of_its_own_carries_on_there(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(
        plan(AGENT),
        asks(("render", {"text": "{{ context }}"}), ("note", {"text": "beside"})),
        asks(("publish", {"to": "ben", "text": "film"})),
        "Published.",
    )
    assert (await talk.say("render it")).one(ApprovalCard).title == "Publish"
    assert (await talk.press("Approve")).one(Answer).text == "Published."
    assert rehearsal.of("render") == [{"text": "{{ context }}"}]
    assert "render: {{ context }}" in told(script.requests[2])[0]
    jobs = await talk.rows("SELECT queue, status FROM queue_jobs WHERE kind = 'step'")
    assert [tuple(job.values()) for job in jobs] == [("MEDIA", "completed")] * 2


async def test_a_call_that_fails_where_it_was_handed_to_is_read(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("render", Invalid("The film is torn."))
    script.then(plan(AGENT), asks(("render", {"text": "film"})), "There is no film.")
    assert (await talk.say("render it")).one(Answer).text == "There is no film."
    assert "The film is torn." in told(script.requests[2])[0]


async def test_a_round_waits_for_what_was_handed_over(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    gate = rehearsal.gate("film")
    script.then(plan(AGENT), asks(("render", {"text": "film"}), ("note", {"text": "beside"})), "Rendered.")
    await talk.begin("render it")
    await eventually(lambda: rehearsal.of("render") and rehearsal.of("note"))
    await eventually(lambda: talk.worker.runners["TASK"].free == talk.legwork.settings.worker_slots)
    assert len(script.requests) == 2
    gate.set()
    assert (await talk.settle()).one(Answer).text == "Rendered."


async def test_files_that_a_call_makes_are_posted(talk: Talk, script: Script) -> None:
    file = {"name": "why.md", "content": "# Why\n\nThe price."}
    script.then(plan(AGENT), asks(("write_file", file)), "It is in the file.")
    replies = await talk.say("find out why and write it down")
    assert replies.one(Answer).text == "It is in the file."
    assert replies.one(FilePost).file.name == "why.md"


async def test_what_it_read_stands_on_the_card_that_asks(talk: Talk, script: Script, loopback_web: FakeWeb) -> None:
    read = asks(("http_request", {"url": loopback_web.url("/plain")}))
    script.then(plan(AGENT), read, asks(("send", {"to": "ben", "text": "hi"})), "Sent.")
    card = (await talk.say("read it and tell ben")).one(ApprovalCard)
    assert card.details[-1] == ("Asked", "after reading 127.0.0.1")


async def test_what_it_reads_beside_counts_for_what_is_asked_in_the_same_round(
    talk: Talk, script: Script, loopback_web: FakeWeb
) -> None:
    both = asks(("http_request", {"url": loopback_web.url("/plain")}), ("send", {"to": "ben", "text": "hi"}))
    script.then(plan(AGENT), both, "Sent.")
    await talk.say("read it and tell ben")
    assert (await talk.task())["tainted"]


async def test_every_call_is_recorded_once(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(AGENT), asks(("note", {"text": "a"}), ("keep", {"text": "b"})), "Done.")
    await talk.say("find out why")
    rows = await talk.rows("SELECT node_id, status FROM tool_executions ORDER BY node_id")
    assert [tuple(row.values()) for row in rows] == [("n1[0].c0", "COMPLETED"), ("n1[0].c1", "COMPLETED")]


async def test_the_card_counts_rounds_and_shows_the_last_calls(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(AGENT), asks(("note", {"text": "a"})), asks(("send", {"to": "ben", "text": "hi"})), "Sent.")
    await talk.say("tell ben")
    [line] = talk.card.steps
    assert line.note.startswith("Round 2 of 12")
    assert [below.state for below in line.lines] == [StepState.DONE, StepState.ASKING]
    await talk.press("Approve")
    assert talk.card.steps[0].note == "3 rounds, 2 calls"
