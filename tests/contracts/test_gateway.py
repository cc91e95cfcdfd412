"""What every chat gateway keeps, whatever its platform."""

import re
from collections.abc import AsyncGenerator
from decimal import Decimal

import pytest
import pytest_asyncio

from bot.registry import PLATFORMS
from domain.conversations.ports import Posted, Press
from domain.conversations.said import (
    Answer,
    ApprovalCard,
    Button,
    CardLine,
    CardStep,
    Details,
    FilePost,
    FileRef,
    Listing,
    Note,
    PlanCard,
    Problem,
    Question,
    Said,
    StepState,
    Whisper,
)
from domain.core.errors import NotFound
from domain.core.ids import new_id
from tests.contracts.gateways import HARNESSES, Harness

TASK = new_id()
RETRY = (Button(label="Try again", action="retry", value="task_1"),)
CHART = {
    "kind": "line",
    "title": "Enquiries a week",
    "x_label": "week",
    "y_label": "enquiries",
    "x": ["W26", "W27"],
    "series": [{"name": "Hillside", "values": [402, 291]}],
    "unit": "",
}
IMAGE = FileRef(key="files/1", name="enquiries.png", mime_type="image/png", size=20_480)

EVERY: dict[str, tuple[Said, list[str]]] = {
    "note": (Note(text="All is **well**."), ["All is", "well"]),
    "answer": (
        Answer(task_id=TASK, text="Enquiries fell by 9 %.", numbers=10, facts=12),
        ["Enquiries fell by 9 %.", "10 numbers", "12 facts"],
    ),
    "file": (FilePost(file=IMAGE, caption="Enquiries by branch"), ["enquiries.png", "Enquiries by branch"]),
    "chart": (FilePost(file=IMAGE, caption="Enquiries by branch", chart=CHART), ["enquiries.png"]),
    "plan": (
        PlanCard(
            task_id=TASK,
            title="Look at the leads",
            status="running",
            steps=(
                CardStep(label="read the file", state=StepState.DONE, note="1,204 rows"),
                CardStep(label="compute facts", state=StepState.RUNNING),
                CardStep(label="draw a chart", state=StepState.WAITING),
            ),
            elapsed_ms=65_000,
            cost=Decimal("0.002"),
            buttons=(Button(label="Stop", action="stop", value="task_1"),),
        ),
        ["Look at the leads", "✓", "read the file", "1,204 rows", "◐", "compute facts", "○", "draw a chart", "$0.002"],
    ),
    "agent": (
        PlanCard(
            task_id=TASK,
            title="Look at the leads",
            status="running",
            steps=(
                CardStep(
                    label="find out",
                    state=StepState.RUNNING,
                    note="Round 4 of 12",
                    lines=(
                        CardLine(label="Read <b>*leads*</b>", state=StepState.FAILED, note="It did not answer."),
                        CardLine(label="Read leads_w47.csv", state=StepState.RUNNING),
                    ),
                ),
            ),
        ),
        ["find out", "Round 4 of 12", "✗", "Read <b>*leads*</b>", "It did not answer.", "◐", "Read leads_w47.csv"],
    ),
    "question": (Question(task_id=TASK, text="Which branch?"), ["Which branch?"]),
    "approval": (
        ApprovalCard(task_id=TASK, title="Send a mail", details=(("To", "ada@example.com"), ("Subject", "Leads"))),
        ["Send a mail", "To", "ada@example.com", "Subject", "Leads"],
    ),
    "problem": (
        Problem(
            sentence="The mail server did not answer.",
            remedy="Try again later.",
            done=("the chart",),
            not_done=("the mail",),
            buttons=RETRY,
        ),
        ["The mail server did not answer.", "Try again later.", "the chart", "the mail", "Try again"],
    ),
    "details": (
        Details(title="Task", fields=(("Status", "done"),), text="Read, computed, drawn."),
        ["Task", "Status", "done", "Read, computed, drawn."],
    ),
    "listing": (
        Listing(
            title="Tasks", columns=("Id", "Title"), rows=(("task_a", "Leads"), ("task_b", "Mail")), footer="1 of 1"
        ),
        ["Tasks", "Id", "Title", "task_a", "Leads", "task_b", "Mail", "1 of 1"],
    ),
    "empty listing": (Listing(title="Tasks", columns=("Id",), rows=(), empty="No tasks yet."), ["No tasks yet."]),
}


@pytest_asyncio.fixture(params=HARNESSES)
async def harness(request: pytest.FixtureRequest) -> AsyncGenerator[Harness]:
    async with HARNESSES[request.param]() as made:
        yield made


def on_one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_every_platform_is_held_to_this_suite() -> None:
    assert set(HARNESSES) == set(PLATFORMS)


@pytest.mark.parametrize("plain", [False, True], ids=["rich", "plain"])
@pytest.mark.parametrize("kind", EVERY)
async def test_all_text_of_a_message_is_shown(harness: Harness, kind: str, plain: bool) -> None:
    said, texts = EVERY[kind]
    await harness.gateway.post(harness.to, said, key=kind, plain=plain)
    seen = on_one_line(harness.shown())
    assert [text for text in texts if text not in seen] == []


async def test_a_posted_message_can_be_edited(harness: Harness) -> None:
    posted = await harness.gateway.post(harness.to, Note(text="Approve?"), key="a")
    assert posted.message_id is not None
    await harness.gateway.edit(harness.to, posted.message_id, Note(text="Approved by Mara."), key="a")
    assert "Approved by Mara." in harness.shown()


async def test_a_plan_card_shows_the_newest_state_of_its_steps(harness: Harness) -> None:
    card, _ = EVERY["plan"]
    assert isinstance(card, PlanCard)
    posted = await harness.gateway.post(harness.to, card, key="a")
    assert posted.message_id is not None
    done = tuple(step.model_copy(update={"state": StepState.DONE}) for step in card.steps)
    for status in ("running", "succeeded"):
        newer = card.model_copy(update={"steps": done, "status": status})
        await harness.gateway.edit(harness.to, posted.message_id, newer, key="a")
    assert "◐" not in harness.shown()
    assert harness.shown().count("✓") == 3


@pytest.mark.parametrize("length", [3, 3_000], ids=["short", "long"])
async def test_an_answer_takes_the_place_of_its_card_whole(harness: Harness, length: int) -> None:
    card, _ = EVERY["plan"]
    posted = await harness.gateway.post(harness.to, card, key=f"card:{TASK}")
    words = [f"word{number}" for number in range(length)]
    answer = Answer(task_id=TASK, text=" ".join(words), buttons=RETRY)
    key = f"answer:{TASK}:2"
    became = await harness.gateway.post(harness.to, answer, key=key, over=posted.message_id)
    assert became.message_id is not None
    assert re.findall(r"word\d+", harness.shown()) == words
    assert "Look at the leads" not in harness.shown()
    assert harness.press("Try again") == Press("retry", "task_1")
    if length == 3:
        assert harness.messages() == 1
    await harness.gateway.edit(harness.to, became.message_id, Note(text="Edited since."), key=f"{key}:more")
    assert "Edited since." in harness.shown()


async def test_an_answer_that_was_being_written_and_its_card_come_to_one_message(harness: Harness) -> None:
    card, _ = EVERY["plan"]
    posted = await harness.gateway.post(harness.to, card, key=f"card:{TASK}")
    await harness.gateway.preview(harness.to, f"answer:{TASK}", "Enquiries")
    answer = Answer(task_id=TASK, text="Enquiries fell.")
    await harness.gateway.post(harness.to, answer, key=f"answer:{TASK}:2", over=posted.message_id)
    assert on_one_line(harness.shown()).count("Enquiries") == 1
    assert "Look at the leads" not in harness.shown()
    assert harness.messages() == 1


async def test_what_takes_the_place_of_a_message_that_is_gone_is_not_found(harness: Harness) -> None:
    with pytest.raises(NotFound):
        await harness.gateway.post(harness.to, Note(text="x"), key="a", over="1")


async def test_a_card_shows_what_it_asks_and_what_can_be_pressed(harness: Harness) -> None:
    card, _ = EVERY["plan"]
    ask, _ = EVERY["approval"]
    posted = await harness.gateway.post(harness.to, card, key="a")
    assert posted.message_id is not None
    approve = Button(label="Approve", action="approve", value="1", style="primary")
    asking = card.model_copy(update={"status": "PAUSED", "asks": (ask,), "buttons": (approve, *RETRY)})
    await harness.gateway.edit(harness.to, posted.message_id, asking, key="b")
    seen = on_one_line(harness.shown())
    assert [text for text in (*EVERY["approval"][1], "Waiting for you") if text not in seen] == []
    assert harness.press("Approve") == Press("approve", "1")


async def test_of_a_card_one_line_is_left(harness: Harness) -> None:
    card, _ = EVERY["plan"]
    posted = await harness.gateway.post(harness.to, card, key="a")
    assert posted.message_id is not None
    over = card.model_copy(update={"status": "SUCCEEDED", "brief": True, "elapsed_ms": 42_000, "buttons": RETRY})
    await harness.gateway.edit(harness.to, posted.message_id, over, key="b")
    assert "✓ Look at the leads · 3 steps · 42 s" in on_one_line(harness.shown())
    assert "compute facts" not in harness.shown()


async def test_a_whisper_is_no_message_for_others(harness: Harness) -> None:
    await harness.gateway.post(harness.to, Note(text="Approve?"), key="a")
    posted = await harness.gateway.post(harness.to, Whisper(text="That was decided already."), key="b")
    assert posted == Posted(None) or harness.to.platform == "console"
    assert harness.messages() == 1 or harness.to.platform == "console"


async def test_editing_what_is_not_there_is_not_found(harness: Harness) -> None:
    with pytest.raises(NotFound):
        await harness.gateway.edit(harness.to, "unheard-of", Note(text="x"), key="a")


async def test_a_long_text_arrives_whole(harness: Harness) -> None:
    words = [f"word{number}" for number in range(3_000)]
    await harness.gateway.post(harness.to, Note(text=" ".join(words)), key="a")
    assert re.findall(r"word\d+", harness.shown()) == words


async def test_a_long_list_arrives_whole(harness: Harness) -> None:
    rows = tuple((f"id{number}", f"title {number}") for number in range(150))
    await harness.gateway.post(harness.to, Listing(title="Many", columns=("Id", "Title"), rows=rows), key="a")
    assert re.findall(r"id\d+", harness.shown()) == [row[0] for row in rows]


@pytest.mark.parametrize("value", ["org show", "€" * 60, "x" * 2_001], ids=["short", "64", "2000"])
async def test_a_press_brings_back_the_organization_of_its_button(harness: Harness, value: str) -> None:
    buttons = (
        Button(label="More", action="command", value=value, org_id=TASK),
        Button(label="Less", action="command", value=value),
    )
    await harness.gateway.post(harness.to, Note(text="Choose.", buttons=buttons), key="a")
    assert harness.press("More") == Press("command", value, org_id=TASK)
    assert harness.press("Less") == Press("command", value)


@pytest.mark.parametrize("value", ["appr_1", "€" * 60, "x" * 2_001, "~"], ids=["short", "64", "2000", "~"])
async def test_a_press_brings_back_what_the_button_carried(harness: Harness, value: str) -> None:
    buttons = (
        Button(label="Approve", action="approve", value=value, style="primary"),
        Button(label="Reject", action="reject", value=value, style="danger"),
    )
    await harness.gateway.post(
        harness.to, ApprovalCard(task_id=TASK, title="Send a mail", details=(), buttons=buttons), key="a"
    )
    assert harness.press("Reject") == Press("reject", value)
    assert harness.press("Approve") == Press("approve", value)


@pytest.mark.parametrize("plain", [False, True], ids=["rich", "plain"])
@pytest.mark.parametrize(
    "injected",
    ["<b>bold</b>", "*bold*", "[red]x[/red]", "<script>x</script>", "&amp;", "<!channel>", "`code`", "a_b_c", "# head"],
)
async def test_markup_in_literal_text_is_shown_as_written(harness: Harness, injected: str, plain: bool) -> None:
    said = Details(title=f"Title {injected}", fields=(("Field", injected),), text=f"Text {injected}")
    await harness.gateway.post(harness.to, said, key="a", plain=plain)
    assert on_one_line(harness.shown()).count(injected) == 3


@pytest.mark.parametrize("injected", ["<b>bold</b>", "[red]x[/red]", "<script>x</script>", "<!channel>", ":smile:"])
async def test_only_markdown_is_interpreted_in_an_answer(harness: Harness, injected: str) -> None:
    await harness.gateway.post(harness.to, Answer(task_id=TASK, text=f"So: {injected}."), key="a")
    assert f"So: {injected}." in on_one_line(harness.shown())


async def test_a_link_shows_where_it_leads(harness: Harness) -> None:
    await harness.gateway.post(harness.to, Note(text="See [this](https://example.com/page)."), key="a")
    assert "https://example.com/page" in on_one_line(harness.shown())


async def test_no_control_character_gets_through(harness: Harness) -> None:
    hostile = "\x1b]0;title\x07 \x1b[2J \x9b31m \x7f \u202eabc &#x9b; &#x202e;"
    for key, said in {
        "note": Note(text=hostile),
        "details": Details(title=hostile, fields=((hostile, hostile),), text=hostile),
        "listing": Listing(title=hostile, columns=(hostile,), rows=((hostile,),), footer=hostile),
        "buttons": Note(text="x", buttons=(Button(label=hostile, action="a"),)),
        "file": FilePost(file=IMAGE.model_copy(update={"name": hostile}), caption=hostile),
        "code": Note(text=f"```\n{hostile}\n```\n\n`{hostile}` [x](http://e.example/{hostile})"),
    }.items():
        await harness.gateway.post(harness.to, said, key=key)
    await harness.gateway.preview(harness.to, "preview", hostile)
    assert re.findall(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", harness.shown()) == []


async def test_a_preview_never_raises(harness: Harness) -> None:
    for text in ("", "**half a mark", "```\nunclosed", "\x1b[31m", "x" * 100_000, "| a |\n|-"):
        await harness.gateway.preview(harness.to, "a", text)


async def test_the_final_text_replaces_its_preview(harness: Harness) -> None:
    await harness.gateway.preview(harness.to, "a", "Enquiries fe")
    await harness.gateway.post(harness.to, Answer(task_id=TASK, text="Enquiries fell."), key="a")
    await harness.gateway.preview(harness.to, "a", "Enquiries fe")
    assert harness.shown().count("Enquiries fe") == 1


async def test_find_tells_what_became_of_a_post_where_the_platform_can(harness: Harness) -> None:
    posted = await harness.gateway.post(harness.to, Note(text="x"), key="a")
    found = [await harness.gateway.find(harness.to, key) for key in ("a", "b")]
    if harness.gateway.capabilities.finds:
        assert found == [Posted(posted.message_id), "absent"]
    else:
        assert found == ["unknown", "unknown"]
