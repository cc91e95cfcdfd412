"""A small terminal interprets what a slate writes, as a real one would."""

import io
import re
from uuid import UUID

from bot.console.board import Board
from bot.console.gateway import ConsoleGateway
from bot.console.look import Look
from bot.console.paper import Paper, Slate, sheet
from domain.conversations.ports import Address
from domain.conversations.said import Answer, CardStep, FileRef, PlanCard, StepState

TO = Address("console", "host", "mara/1")
LOOK = Look(60, 24, styled=True, coloured=False)
CARD = PlanCard(
    task_id=UUID(int=1), title="Leads", status="running", steps=(CardStep(label="read", state=StepState.RUNNING),)
)


def seen(written: str) -> list[str]:
    """The lines on the terminal: text, line breaks, styles, and going back up to clear what is below."""
    lines = [""]
    for part in re.split(r"(\n|\x1b\[[0-9;]*[A-Za-z])", written):
        up = re.fullmatch(r"\x1b\[(\d+)F", part)
        if part == "\n":
            lines.append("")
        elif up is not None:
            del lines[len(lines) - int(up[1]) :]
            lines[-1] = ""
        elif not part.startswith("\x1b"):
            lines[-1] += part
    return lines


async def nowhere(file: FileRef) -> None:
    return None


async def test_a_card_gives_way_to_what_stays() -> None:
    out, board = io.StringIO(), Board()
    slate = Slate(out, LOOK, board)
    gateway = ConsoleGateway(slate, board, nowhere)
    with board.waiting():
        slate.refresh()
        assert seen(out.getvalue())[0].startswith("◌ Working")
        posted = await gateway.post(TO, CARD, key="a")
        assert posted.message_id is not None
        assert [line for line in seen(out.getvalue()) if "read" in line] == ["◐ 1 read"]
        done = (CardStep(label="read", state=StepState.DONE),)
        await gateway.edit(TO, posted.message_id, CARD.model_copy(update={"steps": done}), key="a")
        assert [line for line in seen(out.getvalue()) if "read" in line] == ["✓ 1 read"]
        await gateway.preview(TO, "b", "Fell by")
        await gateway.post(TO, Answer(task_id=UUID(int=1), text="Fell by 9 %."), key="b")
        assert seen(out.getvalue())[0] == "Fell by 9 %."
        assert "✓ 1 read" in seen(out.getvalue())
    await slate.close()
    assert [line for line in seen(out.getvalue()) if line] == ["Fell by 9 %."]


async def test_only_a_terminal_gets_a_slate() -> None:
    plain = Look(60, 24, styled=False, coloured=False)
    assert isinstance(sheet(io.StringIO(), LOOK, Board()), Slate)
    assert isinstance(sheet(io.StringIO(), plain, Board()), Paper)
