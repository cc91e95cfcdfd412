"""What a decision is told of the work that is running: the person's own, in this thread."""

from tests.factories.specs import node, plan, reply
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk

LATER = node("n1", "delay", seconds=3_600)


async def test_a_decision_is_told_the_persons_open_tasks_of_the_thread(talk: Talk, script: Script) -> None:
    script.then(plan(LATER, title="Hillside leads"), plan(LATER, title="Supplier prices"), reply("Hello."))
    await talk.say("find out why Hillside lost leads")
    await talk.say("compare the supplier prices")
    await talk.say("hello")
    told = [request.variables["open"] for request in script.requests]
    assert [[(task["number"], task["title"], task["doing"]) for task in tasks] for tasks in told] == [
        [],
        [(1, "Hillside leads", "find out why Hillside lost leads")],
        [
            (1, "Hillside leads", "find out why Hillside lost leads"),
            (2, "Supplier prices", "compare the supplier prices"),
        ],
    ]
    kinds = [
        request.output_schema["properties"]["kind"]["enum"] for request in script.requests if request.output_schema
    ]
    assert ["change" in kind for kind in kinds] == [False, True, True]


async def test_what_others_or_other_threads_or_ended_tasks_are_is_not_told(talk: Talk, script: Script) -> None:
    script.then(plan(LATER), reply("Hello."), reply("Hello, Mara."))
    await talk.say("wait an hour")
    await talk.other("ben", talk.place).say("hello")
    assert script.requests[-1].variables["open"] == []
    await talk.press("Stop")
    await talk.say("hello")
    assert script.requests[-1].variables["open"] == []


async def test_a_change_to_a_task_that_does_not_run_is_asked_for_again(talk: Talk, script: Script) -> None:
    wrong = {"reply": "only 2025", "kind": "change", "plan": None, "task": 7}
    script.then(
        plan(LATER, title="Hillside leads"), plan(LATER, title="Prices"), wrong, reply("Which one do you mean?")
    )
    await talk.say("find out why Hillside lost leads")
    await talk.say("compare the prices")
    await talk.say("only 2025")
    assert "task is one of 1, 2" in str(script.requests[-1].variables["errors"])
