"""The interactive terminal, driven through a pipe that stands for the keyboard."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from bot.console.board import Board
from bot.console.completion import LineCompleter
from bot.console.gateway import ConsoleGateway
from bot.console.seat import Seat
from bot.console.session import Outcome
from bot.console.speaker import Speaker
from bot.console.talk import WELCOME, Talk
from bot.console.terminal import Terminal
from domain.conversations.ports import Address, Press
from domain.conversations.said import Button, CardStep, Note, PlanCard, Question, StepState
from domain.core.errors import Unavailable
from domain.core.ids import new_id, text
from tests.unit.console.scripted import ScriptedConversation, Turn

TO = Address("console", "host", "mara/1")
CTRL_C, CTRL_D, ENTER = "\x03", "\x04", "\r"
LIMIT = 1_000_000


class Display(DummyOutput):
    """What was written for good; ``wait`` until it holds a text."""

    def __init__(self) -> None:
        self.text = ""
        self._changed = asyncio.Event()

    def write_raw(self, data: str) -> None:
        self.text += data
        self._changed.set()

    async def wait(self, wanted: str) -> None:
        async with asyncio.timeout(10):
            while wanted not in self.text:
                self._changed.clear()
                await self._changed.wait()


class Session:
    def __init__(self, keyboard: PipeInput, display: Display, conversation: ScriptedConversation, board: Board) -> None:
        self.keyboard = keyboard
        self.display = display
        self.conversation = conversation
        self.board = board

    def type(self, keys: str) -> None:
        self.keyboard.send_text(keys)


@asynccontextmanager
async def session(tmp_path: Path, conversation: ScriptedConversation) -> AsyncGenerator[Session]:
    """A session that must end by itself once the block has said good-bye."""
    board, display = Board(), Display()
    seat = Seat(TO, "mara", "Europe/Berlin", tmp_path / "history")
    conversation.at(TO)
    with create_pipe_input() as keyboard, create_app_session(input=keyboard, output=display):
        talk = Talk(conversation, Speaker(conversation, seat), board, max_bytes=LIMIT)
        terminal = Terminal(
            board,
            seat.history,
            interrupted=talk.interrupted,
            environment={"TERM": "dumb"},
            keyboard=keyboard,
            display=display,
        )
        gateway = ConsoleGateway(terminal, board, conversation.local_path)
        delivery = asyncio.create_task(conversation.deliver(gateway))
        running = asyncio.create_task(talk.run(terminal))
        await display.wait(WELCOME)
        try:
            yield Session(keyboard, display, conversation, board)
            keyboard.send_text(CTRL_D)
            done, _ = await asyncio.wait({running}, timeout=10)
            assert done, "the session does not end"
            running.result()
        finally:
            for task in (delivery, running):
                task.cancel()
            await asyncio.wait({delivery, running}, timeout=10)
            async with asyncio.timeout(10):
                await terminal.close()


async def echo(turn: Turn) -> Outcome:
    what = turn.incoming.press or turn.incoming.text
    buttons = (Button(label="Run again", action="again", value="1"), Button(label="Details", action="details"))
    await turn.gateway.post(turn.to, Note(text=f"heard {what}", buttons=buttons), key=str(new_id()))
    return Outcome("succeeded", None, "")


async def test_what_fails_in_the_background_does_not_ask_for_a_key(tmp_path: Path) -> None:
    loop, told = asyncio.get_running_loop(), []
    loop.set_exception_handler(lambda _, context: told.append(context["message"]))
    try:
        async with session(tmp_path, ScriptedConversation(echo)) as at:
            loop.call_exception_handler({"message": "a task failed unseen"})
            at.type("hello" + ENTER)
            await at.display.wait("heard hello")
    finally:
        loop.set_exception_handler(None)
    assert "a task failed unseen" in told


async def test_of_what_is_pasted_the_beginning_is_shown_and_all_is_sent(tmp_path: Path) -> None:
    conversation = ScriptedConversation(echo)
    pasted = "\n".join(f"row {number}" for number in range(1, 1_001))
    async with session(tmp_path, conversation) as at:
        at.type(f"\x1b[200~{pasted}\x1b[201~{ENTER}")
        await at.display.wait("heard row 1")
    assert conversation.heard[0].text == pasted
    shown = at.display.text.partition("heard")[0]
    assert "row 12\n… and 988 more lines" in shown.replace("\r", "")
    assert "row 13" not in shown


async def test_a_line_is_sent_and_its_answer_appears_below_it(tmp_path: Path) -> None:
    conversation = ScriptedConversation(echo)
    async with session(tmp_path, conversation) as at:
        at.type("hello" + ENTER)
        await at.display.wait("heard hello")
    assert at.display.text.index("› hello") < at.display.text.index("heard hello")
    incoming = conversation.heard[0]
    assert (incoming.platform, incoming.workspace, incoming.chat, incoming.person) == (
        "console",
        "host",
        "mara/1",
        "mara",
    )
    assert incoming.timezone == "Europe/Berlin"


async def test_only_the_first_line_of_a_session_begins_a_thread(tmp_path: Path) -> None:
    conversation = ScriptedConversation(echo)
    async with session(tmp_path, conversation) as at:
        for word in ("one", "two"):
            at.type(word + ENTER)
            await at.display.wait(f"heard {word}")
    assert [incoming.new_thread for incoming in conversation.heard] == [True, False]
    assert len({incoming.event_key for incoming in conversation.heard}) == 2


@pytest.mark.parametrize("typed", ["2", "details"])
async def test_a_number_or_a_label_presses_a_button(tmp_path: Path, typed: str) -> None:
    conversation = ScriptedConversation(echo)
    async with session(tmp_path, conversation) as at:
        at.type("hello" + ENTER)
        await at.display.wait("[2 Details]")
        at.type(typed + ENTER)
        await at.display.wait("heard Press")
    assert conversation.heard[1].press == Press("details", "")
    assert "› [Details]" in at.display.text


async def test_a_number_answers_an_open_question_and_presses_buttons_again_after_it(tmp_path: Path) -> None:
    async def ask(turn: Turn) -> Outcome:
        if turn.incoming.text == "hello":
            await echo(turn)
            await turn.gateway.post(turn.to, Question(task_id=new_id(), text="How many?"), key=str(new_id()))
        else:
            await turn.gateway.post(turn.to, Note(text=f"took {turn.incoming.text or turn.incoming.press}"), key="took")
        return Outcome("succeeded", None, "")

    conversation = ScriptedConversation(ask)
    async with session(tmp_path, conversation) as at:
        at.type("hello" + ENTER)
        await at.display.wait("How many?")
        at.type("1" + ENTER)
        await at.display.wait("took 1")
        at.type("1" + ENTER)
        await at.display.wait("› [Run again]")
    assert [incoming.text for incoming in conversation.heard] == ["hello", "1", ""]


async def test_files_named_in_a_line_are_sent_with_it(tmp_path: Path) -> None:
    (tmp_path / "last week.csv").write_text("a,b\n")
    conversation = ScriptedConversation(echo)
    async with session(tmp_path, conversation) as at:
        at.type(f'what moved? @"{tmp_path}/last week.csv"{ENTER}')
        await at.display.wait("heard what moved? last week.csv")
    (file,) = conversation.heard[0].files
    assert (file.name, file.mime_type) == ("last week.csv", "text/csv")
    assert b"".join([chunk async for chunk in file.open()]) == b"a,b\n"


async def test_a_missing_file_sends_nothing_and_gives_the_line_back(tmp_path: Path) -> None:
    conversation = ScriptedConversation(echo)
    async with session(tmp_path, conversation) as at:
        at.type(f"look at @missing.csv{ENTER}")
        await at.display.wait("The file missing.csv does not exist.")
        assert conversation.heard == []
        at.type("\x08" * len("@missing.csv") + "nothing" + ENTER)
        await at.display.wait("heard look at nothing")


async def test_what_cannot_be_sent_is_explained_and_given_back(tmp_path: Path) -> None:
    conversation = ScriptedConversation(echo)
    conversation.refuse = Unavailable("The database does not answer.", remedy="Try again in a minute.")
    async with session(tmp_path, conversation) as at:
        at.type("hello" + ENTER)
        await at.display.wait("What you can do: Try again in a minute.")
        conversation.refuse = None
        at.type(ENTER)
        await at.display.wait("heard hello")


async def test_ctrl_c_stops_the_running_task_and_keeps_what_is_being_typed(tmp_path: Path) -> None:
    task, stopped = new_id(), asyncio.Event()

    async def work(turn: Turn) -> Outcome:
        if turn.incoming.press is not None:
            stopped.set()
            return Outcome("succeeded", None, "")
        if turn.incoming.text == "half a":
            return await echo(turn)
        card = PlanCard(
            task_id=task, title="Leads", status="running", steps=(CardStep(label="read", state=StepState.RUNNING),)
        )
        posted = await turn.gateway.post(turn.to, card, key=str(new_id()))
        assert posted.message_id is not None
        begun.set()
        await stopped.wait()
        cancelled = card.model_copy(update={"status": "cancelled"})
        await turn.gateway.edit(turn.to, posted.message_id, cancelled, key=str(new_id()))
        return Outcome("failed", task, "")

    begun = asyncio.Event()
    conversation = ScriptedConversation(work)
    async with session(tmp_path, conversation) as at:
        at.type("what moved?" + ENTER)
        await begun.wait()
        at.type("half a" + CTRL_C)
        await at.display.wait("Stopped")
        at.type(ENTER)
        await at.display.wait("heard half a")
    assert conversation.heard[1].press == Press("stop", text("task", task))


async def test_ctrl_c_with_nothing_running_clears_the_line_then_says_how_to_leave(tmp_path: Path) -> None:
    conversation = ScriptedConversation(echo)
    async with session(tmp_path, conversation) as at:
        at.type("not this" + CTRL_C + CTRL_C)
        await at.display.wait("Ctrl-D ends.\r\n")
        at.type("but this" + ENTER)
        await at.display.wait("heard but this")
    assert [incoming.text for incoming in conversation.heard] == ["but this"]


async def test_leaving_while_something_runs_says_what_becomes_of_it(tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def endless(turn: Turn) -> Outcome:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    async with session(tmp_path, ScriptedConversation(endless)) as at:
        at.type("what moved?" + ENTER)
        await begun.wait()
        async with asyncio.timeout(10):
            while at.board.waited() is None:  # noqa: ASYNC110 - the screen has no event for it
                await asyncio.sleep(0)
    assert "its answer will be in this chat" in at.display.text


async def test_the_lines_typed_are_kept_for_their_owner_only(tmp_path: Path) -> None:
    async with session(tmp_path, ScriptedConversation(echo)) as at:
        at.type("hello" + ENTER)
        await at.display.wait("heard hello")
    history = tmp_path / "history"
    assert "hello" in history.read_text()
    assert history.stat().st_mode & 0o077 == 0


def completed(line: str, *commands: str) -> list[str]:
    """The line as each completion would leave it."""
    document = Document(line)
    return [
        line[: len(line) + completion.start_position] + completion.text
        for completion in LineCompleter(commands).get_completions(document, CompleteEvent())
    ]


def test_paths_are_completed_after_an_at_sign(tmp_path: Path) -> None:
    (tmp_path / "my files").mkdir()
    (tmp_path / "my files" / "leads.csv").touch()
    for name in ("leads.csv", "Lists", ".hidden", 'quo"te'):
        (tmp_path / name).touch()
    assert completed(f"see @{tmp_path}/l") == [f"see @{tmp_path}/leads.csv", f"see @{tmp_path}/Lists"]
    assert completed(f"see @{tmp_path}/m") == [f'see @"{tmp_path}/my files/']
    assert completed(f'see @"{tmp_path}/my files/') == [f'see @"{tmp_path}/my files/leads.csv"']
    assert completed(f"see @{tmp_path}/my\\ files/") == [f'see @"{tmp_path}/my files/leads.csv"']
    assert completed(f"see @{tmp_path}/.h") == [f"see @{tmp_path}/.hidden"]
    assert completed(f"see {tmp_path}/l") == []
    assert completed("mail ada@exam") == []
    assert completed("see @/not/there/x") == []


def test_commands_are_completed_at_the_start_of_a_line() -> None:
    assert completed("/t", "/tasks", "/templates", "/help") == ["/tasks", "/templates"]
    assert completed("do /t", "/tasks") == []
