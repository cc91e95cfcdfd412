import asyncio
from pathlib import Path
from uuid import UUID

import pytest

from bot.console.board import Board
from bot.console.gateway import ConsoleGateway
from bot.console.live import drawn
from bot.console.render import render
from bot.views import compose
from domain.conversations.ports import Address
from domain.conversations.said import Button, CardStep, FilePost, FileRef, Note, PlanCard, StepState
from tests.unit.console.sheet import Sheet

TO = Address("console", "host", "mara/1")
IMAGE = FileRef(key="files/1", name="enquiries.png", mime_type="image/png", size=20_480)
CHART = {"kind": "bar", "title": "Enquiries", "x": ["a", "b"], "series": [{"name": "", "values": [1, 2]}]}


async def nowhere(file: FileRef) -> Path | None:
    return None


async def made(file: FileRef) -> Path | None:
    return Path("made") / file.key


async def test_a_file_shows_where_it_was_saved() -> None:
    sheet = Sheet()
    await ConsoleGateway(sheet, Board(), made).post(TO, FilePost(file=IMAGE), key="a")
    assert sheet.text.rstrip() == "enquiries.png (20 KB)\nmade/files/1"


async def test_a_chart_is_drawn_above_its_file_and_left_out_when_plain() -> None:
    sheet = Sheet()
    gateway = ConsoleGateway(sheet, Board(), nowhere)
    await gateway.post(TO, FilePost(file=IMAGE, chart=CHART), key="a")
    await gateway.post(TO, FilePost(file=IMAGE, chart=CHART), key="b", plain=True)
    drawn, plain = sheet.written
    assert drawn.index("██") < drawn.index("enquiries.png")
    assert plain.rstrip() == "enquiries.png (20 KB)"


async def test_a_row_delivered_twice_is_shown_once() -> None:
    sheet = Sheet()
    gateway = ConsoleGateway(sheet, Board(), nowhere)
    first = await gateway.post(TO, Note(text="x"), key="a")
    assert await gateway.post(TO, Note(text="x"), key="a") == first
    assert len(sheet.written) == 1


async def test_messages_keep_their_order_although_some_take_longer_to_draw() -> None:
    found = asyncio.Event()

    async def slowly(file: FileRef) -> Path | None:
        await found.wait()
        return None

    sheet = Sheet()
    gateway = ConsoleGateway(sheet, Board(), slowly)
    async with asyncio.TaskGroup() as group:
        group.create_task(gateway.post(TO, FilePost(file=IMAGE, caption="first"), key="a"))
        group.create_task(gateway.post(TO, Note(text="second"), key="b"))
        for _ in range(3):  # longer than drawing the second takes
            await asyncio.to_thread(render, compose(Note(text="x")), sheet.look)
        found.set()
    assert sheet.text.index("first") < sheet.text.index("second")


async def test_a_card_under_way_is_drawn_again_not_written() -> None:
    sheet = Sheet()
    gateway = ConsoleGateway(sheet, Board(), nowhere)
    card = PlanCard(
        task_id=UUID(int=1), title="Leads", status="running", steps=(CardStep(label="read", state=StepState.RUNNING),)
    )
    posted = await gateway.post(TO, card, key="a")
    assert posted.message_id is not None
    assert (sheet.written, sheet.refreshed) == ([], 1)
    await gateway.edit(TO, posted.message_id, card.model_copy(update={"status": "succeeded"}), key="a")
    assert len(sheet.written) == 1


async def test_what_belongs_to_another_thread_is_announced_once_for_all_that_follows() -> None:
    others = {"a": "In “Leads” (/threads use 7f3a):", "file": "In “Leads” (/threads use 7f3a):"}

    async def elsewhere(key: str) -> str | None:
        return others.get(key)

    sheet = Sheet()
    gateway = ConsoleGateway(sheet, Board(), nowhere, elsewhere)
    await gateway.post(TO, Note(text="Four."), key="own")
    await gateway.post(TO, Note(text="The north leads."), key="a")
    await gateway.post(TO, FilePost(file=IMAGE), key="file")
    await gateway.post(TO, Note(text="Five."), key="own again")
    said = [line for line in sheet.text.splitlines() if line.strip()]
    assert said == ["Four.", others["a"], "The north leads.", "enquiries.png (20 KB)", "Five."]


class Threads:
    """Which thread each key is of, and which one is the present one."""

    def __init__(self, **of: str) -> None:
        self.of = of
        self.present = "sums"
        self.away = False

    async def elsewhere(self, key: str) -> str | None:
        if self.away:
            raise OSError("the database is away")
        thread = self.of[key]
        return None if thread == self.present else f"In “{thread}”:"


LEADS = PlanCard(
    task_id=UUID(int=1), title="Leads", status="running", steps=(CardStep(label="read", state=StepState.RUNNING),)
)
STOPPABLE = LEADS.model_copy(update={"buttons": (Button(label="Stop", action="stop", value="task_x"),)})


async def test_nothing_of_another_thread_is_drawn_while_it_is_under_way() -> None:
    threads = Threads(card="leads", answer="leads", own="sums")
    sheet, board = Sheet(), Board()
    gateway = ConsoleGateway(sheet, board, nowhere, threads.elsewhere)
    await gateway.preview(TO, "answer", "The nor")
    posted = await gateway.post(TO, STOPPABLE, key="card")
    await gateway.preview(TO, "answer", "The north")
    await gateway.preview(TO, "own", "Fo")
    assert drawn(board, sheet.look) == "Fo ▌"
    assert board.stop() is None
    assert board.pressed("Stop") is None
    assert posted.message_id is not None
    await gateway.edit(TO, posted.message_id, LEADS.model_copy(update={"status": "succeeded"}), key="card")
    assert sheet.text.startswith("In “leads”:")


async def test_what_is_under_way_is_drawn_where_its_thread_is_the_present_one() -> None:
    threads = Threads(card="leads", answer="leads", back="leads", away="sums")
    sheet, board = Sheet(), Board()
    gateway = ConsoleGateway(sheet, board, nowhere, threads.elsewhere)
    await gateway.post(TO, STOPPABLE, key="card")
    await gateway.preview(TO, "answer", "The north")
    assert not board.is_live
    threads.present = "leads"
    await gateway.post(TO, Note(text="Back in “leads”."), key="back")
    assert "Leads" in drawn(board, sheet.look)
    assert "The north" in drawn(board, sheet.look)
    assert board.stop() is not None
    threads.present = "sums"
    await gateway.post(TO, Note(text="Back in “sums”."), key="away")
    assert drawn(board, sheet.look) == ""
    assert sheet.text.split() == ["Back", "in", "“leads”.", "Back", "in", "“sums”."]


async def test_where_nobody_can_say_whose_it_is_a_preview_is_left_out_and_a_post_comes_again() -> None:
    threads = Threads(answer="sums", own="sums")
    sheet, board = Sheet(), Board()
    gateway = ConsoleGateway(sheet, board, nowhere, threads.elsewhere)
    threads.away = True
    await gateway.preview(TO, "answer", "Fo")
    assert board.previews() == []
    with pytest.raises(OSError, match="away"):
        await gateway.post(TO, Note(text="Four."), key="own")
    threads.away = False
    await gateway.post(TO, Note(text="Four."), key="own")
    assert sheet.text.strip() == "Four."
