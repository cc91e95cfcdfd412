"""Questions about tables without a model: each is answered with what plain Python finds, or refused by name."""

import pytest

from domain.conversations.said import Answer, FilePost, Listing, Problem
from tests.factories.asked import FILES, QUESTIONS, SHOP, among, by, tells, total, within
from tests.factories.incoming import file
from tests.fixtures.talk import Replies, Talk

LEAST = 50
"""Of sixty questions so many are answered at least."""


async def ask(talk: Talk, words: str, name: str | None = None) -> tuple[Replies, str, str]:
    """What is said to it, the text of it, and what the task came to."""
    replies = await talk.say(words, [file(name, FILES[name])] if name else [])
    assert not replies.of(Problem), replies
    return replies, replies.one(Answer).text, (await talk.task())["outcome"]


async def content(talk: Talk, post: FilePost) -> bytes:
    return await talk.legwork.storage.read(post.file.key)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("afresh", [True, False], ids=["each with its file", "all in one thread"])
async def test_each_question_is_answered_or_refused_by_name(offline: Talk, name: str, afresh: bool) -> None:
    """In one thread each could be taken for one that goes on from the last."""
    about = [asked for asked in QUESTIONS if asked.file == name]
    wrong: list[str] = []
    refused: list[str] = []
    if not afresh:
        await offline.say("what stands out?", [file(name, FILES[name])])
    for asked in about:
        _, text, outcome = await ask(offline, asked.words, name if afresh else None)
        if outcome == "not_understood":
            refused.append(asked.words)
            assert "“" in text, f"{asked.words}: what was not understood is named: {text}"
        elif not asked.told(text):
            wrong.append(f"{asked.words}: {text}")
        elif "What changed" in text or "Worth a look" in text:
            wrong.append(f"{asked.words}: with more than was asked: {text}")
    assert not wrong, "\n".join(wrong)
    assert len(refused) <= (len(QUESTIONS) - LEAST) * len(about) / len(QUESTIONS), refused


def table_of(text: str) -> list[list[str]]:
    """The rows of the Markdown table in an answer, its header aside."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


# -- the form of an answer -----------------------------------------------------------------------------


async def test_an_answer_is_one_sentence_and_then_its_rows(offline: Talk) -> None:
    _, text, _ = await ask(offline, "sales by region", "shop.csv")
    sentence, table = text.split("\n\n")
    assert sentence.startswith("West")
    assert [row[0] for row in table_of(table)] == [name for name, _ in by(SHOP, "Region", "Sales")]


async def test_a_number_alone_has_no_table_and_no_chart(offline: Talk) -> None:
    replies, text, _ = await ask(offline, "what is the total of sales?", "shop.csv")
    assert "|" not in text
    assert not replies.of(FilePost)
    assert "\n" not in text


async def test_the_chart_is_that_of_the_question(offline: Talk) -> None:
    replies, _, _ = await ask(offline, "profit by category", "shop.csv")
    chart = replies.one(FilePost).chart
    assert chart is not None
    [series] = chart["series"]
    wanted = dict(by(SHOP, "Category", "Profit"))
    assert dict(zip(chart["x"], series["values"], strict=True)) == pytest.approx(wanted)


async def test_why_there_is_no_chart_is_said(offline: Talk) -> None:
    replies, text, outcome = await ask(offline, "average profit by region as a pie chart", "shop.csv")
    assert not replies.of(FilePost)
    assert outcome == "answer"
    assert "pie" in text


async def test_the_same_picture_stands_in_a_thread_once(offline: Talk) -> None:
    await ask(offline, "profit by category", "shop.csv")
    replies, text, _ = await ask(offline, "profit by category as a bar chart")
    assert not replies.of(FilePost)
    assert "same chart as above" in text


# -- what a table cannot answer ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words", "said"),
    [
        ("weather.csv", "total temperature in 2014", ("do not add up", "average")),
        ("shop.csv", "sales by flavour", ("“by flavour”", "Region")),
        ("shop.csv", "average of proffits and losses", ("losses",)),
        ("staff.csv", "what is the meaning of life?", ("“",)),
        ("shop.csv", "why did sales fall?", ("why",)),
        ("shop.csv", "forecast the sales of 2016", ("forecast",)),
    ],
)  # fmt: skip
async def test_what_cannot_be_answered_is_said_with_the_reason(
    offline: Talk, name: str, words: str, said: tuple[str, ...]
) -> None:
    replies, text, outcome = await ask(offline, words, name)
    assert outcome == "not_understood"
    assert all(part in text for part in said), text
    assert not replies.of(FilePost)


async def test_the_steps_of_a_refusal_can_be_looked_at_and_nothing_is_called_done(offline: Talk) -> None:
    await ask(offline, "total temperature", "weather.csv")
    await offline.press("Details")
    shown = [said for said in offline.chat.shown.values() if isinstance(said, Answer)][-1]
    assert shown.unfolded
    assert shown.card is not None
    assert [step.state.value for step in shown.card.steps] == ["failed", "waiting"]
    assert (await offline.say("/tasks")).one(Listing).rows == ()


async def test_after_a_refusal_the_next_question_goes_on_from_the_last_that_was_answered(offline: Talk) -> None:
    await ask(offline, "sales by category in 2014", "shop.csv")
    _, _, outcome = await ask(offline, "and by flavour?")
    assert outcome == "not_understood"
    _, text, _ = await ask(offline, "and by region?")
    rows = table_of(text)
    assert [row[0] for row in rows] == [name for name, _ in by(within(SHOP, "2014"), "Region", "Sales")]


# -- what goes on from a question ----------------------------------------------------------------------

WEST_2014 = within(among(SHOP, Region="West"), "2014")


async def test_follow_ups_change_the_last_question(offline: Talk) -> None:
    await ask(offline, "sales by category", "shop.csv")
    _, text, _ = await ask(offline, "only 2014")
    assert all(tells(text, number) for _, number in by(within(SHOP, "2014"), "Category", "Sales"))
    assert (await offline.say("thanks!")).one(Answer).text == "You're welcome."
    _, text, _ = await ask(offline, "only West")
    assert all(tells(text, number) for _, number in by(WEST_2014, "Category", "Sales"))
    _, text, _ = await ask(offline, "and by product?")
    assert [row[0] for row in table_of(text)] == [name for name, _ in by(WEST_2014, "Product", "Sales")]
    replies, _, _ = await ask(offline, "as a pie chart")
    chart = replies.one(FilePost).chart
    assert chart is not None
    assert sum(chart["series"][0]["values"]) == pytest.approx(total(WEST_2014, "Sales"))
    _, text, _ = await ask(offline, "top 2")
    assert [row[0] for row in table_of(text)] == [name for name, _ in by(WEST_2014, "Product", "Sales")[:2]]


async def test_german_follow_ups_too(offline: Talk) -> None:
    await ask(offline, "Summe Sales nach Category", "shop.csv")
    _, text, _ = await ask(offline, "nur 2014")
    assert all(tells(text, number) for _, number in by(within(SHOP, "2014"), "Category", "Sales"))
    _, text, _ = await ask(offline, "und nach Region?")
    assert all(tells(text, number) for _, number in by(within(SHOP, "2014"), "Region", "Sales"))


async def test_another_thread_knows_nothing_of_it(offline: Talk) -> None:
    await ask(offline, "sales by category in 2014", "shop.csv")
    await offline.say("/threads new Another")
    _, text, _ = await ask(offline, "sales by region", "shop.csv")
    assert all(tells(text, number) for _, number in by(SHOP, "Region", "Sales"))


async def test_of_two_files_the_one_that_is_named_is_asked(offline: Talk) -> None:
    await ask(offline, "sales by category in 2014", "shop.csv")
    await ask(offline, "how many rows are there?", "staff.csv")
    _, text, _ = await ask(offline, "sales by region in shop.csv")
    assert all(tells(text, number) for _, number in by(SHOP, "Region", "Sales"))
    _, text, _ = await ask(offline, "only West")
    assert tells(text, total(among(SHOP, Region="West"), "Sales"))


async def test_what_was_edited_before_it_was_begun_counts_as_it_stands(offline: Talk) -> None:
    await ask(offline, "sales by category", "shop.csv")
    with offline.worker.away():
        await offline.tell("only 2013", message_id="e1")
        await offline.change("e1", "edited", "only 2014")
    text = (await offline.settle()).one(Answer).text
    assert all(tells(text, number) for _, number in by(within(SHOP, "2014"), "Category", "Sales"))


async def test_after_everything_that_a_table_says_one_question_is_asked_afresh(offline: Talk) -> None:
    await ask(offline, "sales by category in 2014", "shop.csv")
    await ask(offline, "what stands out?")
    _, text, _ = await ask(offline, "sales by region")
    assert all(tells(text, number) for _, number in by(SHOP, "Region", "Sales"))
