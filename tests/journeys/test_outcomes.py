"""What a message came to: an answer is a task that is listed and shown; talk and what was not understood are none."""

import pytest

from domain.conversations.said import Answer, Details, Listing, Note, Problem
from tests.factories.incoming import file
from tests.factories.specs import reply
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk


async def test_greetings_and_what_was_not_understood_are_no_tasks(offline: Talk) -> None:
    for words in ("hello", "thanks", "help", "remind me tomorrow to call mum", "asdf"):
        await offline.say(words)
    assert (await offline.say("/tasks")).one(Listing).rows == ()
    assert "You have no tasks yet" in (await offline.say("/tasks show")).one(Problem).sentence
    await offline.say("what is 2+2?")
    await offline.say("hello")
    assert len((await offline.say("/tasks")).one(Listing).rows) == 1
    assert dict((await offline.say("/tasks show")).one(Details).fields)["answer"] == "2+2 = 4"


async def test_a_task_that_is_shown_tells_its_answer_or_why_there_is_none(offline: Talk) -> None:
    await offline.say("what is 12% of 340?")
    assert "40.8" in dict((await offline.say("/tasks show")).one(Details).fields)["answer"]
    await offline.say("what time is it in Atlantis?")
    assert "no time zone or city" in dict((await offline.say("/tasks show")).one(Details).fields)["answer"]


async def test_a_thread_that_is_gone_back_to_reminds_of_what_was_said(offline: Talk) -> None:
    await offline.say("what is 2+3?")
    await offline.say("/threads new Another")
    rows = {row[1]: row for row in (await offline.say("/threads")).one(Listing).rows}
    back = (await offline.say(f"/threads use {rows['what is 2+3?'][0]}")).one(Note).text
    assert back.index("**You:** what is 2+3?") < back.index("**Legwork:** 2+3 = 5")


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "leads.csv is empty"), (b"\x89PNG\r\n\x1a\n", "leads.csv holds no table"), (b"a,b\n1,2\n", "leads.csv")],
)
async def test_a_file_is_called_by_its_name_in_whatever_is_wrong_with_it(
    offline: Talk, content: bytes, told: str
) -> None:
    problem = (await offline.say("what moved?", [file("leads.csv", content)])).one(Problem)
    assert told in problem.sentence
    assert "answer" not in problem.not_done
    stored = await offline.rows("SELECT attachments -> 0 ->> 'key' AS key FROM messages WHERE attachments <> '[]'")
    written = problem.model_dump_json()
    assert stored[0]["key"].rpartition("/")[2].partition(".")[0] not in written


async def test_help_gives_an_example_with_the_columns_of_this_threads_own_table(offline: Talk) -> None:
    rows = "\n".join(f"2026-{month:02d},{region},{month * 7 + 40}" for month in range(1, 11) for region in ("N", "S"))
    table = f"month,region,enquiries\n{rows}\n".encode()
    await offline.say("what moved?", [file("leads.csv", table)])
    told = (await offline.say("book a flight to Lisbon")).one(Answer).text
    assert "leads.csv by region" in told
    assert "\n- " not in (await offline.say("juggle three balls")).one(Answer).text


@pytest.mark.parametrize("words", ["hi", "thanks a lot!", "good morning"])
async def test_a_greeting_is_no_task_when_a_model_answers_it_either(talk: Talk, script: Script, words: str) -> None:
    script.then(reply("Good morning! What shall I look into?"), reply("Paris."))
    await talk.say(words)
    assert (await talk.say("/tasks")).one(Listing).rows == ()
    await talk.say("what is the capital of France?")
    assert len((await talk.say("/tasks")).one(Listing).rows) == 1
