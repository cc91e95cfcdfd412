"""The two ways to talk without a prompt: lines from a pipe, and one message."""

import asyncio
import io
import os
from collections.abc import AsyncGenerator
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from bot.console import chat, lines, patience
from bot.console.board import Board
from bot.console.outcome import as_json, failure
from bot.console.seat import taken
from bot.console.session import Outcome
from bot.console.speaker import Speaker
from domain.conversations.ports import Address, Press
from domain.conversations.said import Answer, Button, Note, Problem, Question
from domain.core.errors import Invalid, Unavailable
from domain.core.ids import new_id
from domain.core.settings import Settings
from tests.unit.console.scripted import ScriptedConversation, Turn

TASK = UUID(int=7)


class ScriptedRuntime:
    """No Redis answers here: previews are away, which must not be noticed."""

    def __init__(self, conversation: ScriptedConversation, redis: Redis) -> None:
        self.redis = redis
        self._conversation = conversation

    def conversation(self, to: Address) -> ScriptedConversation:
        return self._conversation.at(to)


@pytest_asyncio.fixture
async def away(tmp_path: Path) -> AsyncGenerator[Redis]:
    redis = Redis(unix_socket_path=str(tmp_path / "none.sock"))
    yield redis
    await redis.aclose()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


async def answer(turn: Turn) -> Outcome:
    """Slowly enough that a session which does not wait would mix its answers up."""
    for _ in range(20):
        await asyncio.sleep(0)
    if turn.incoming.press is not None:
        await turn.gateway.post(turn.to, Note(text=f"Pressed {turn.incoming.press.value}."), key=str(new_id()))
        return Outcome("succeeded", None, "")
    said = turn.incoming.text
    if said == "which?":
        buttons = (Button(label="Hillside", action="answer", value="h"),)
        await turn.gateway.post(
            turn.to, Question(task_id=TASK, text="Which branch?", buttons=buttons), key=str(new_id())
        )
        return Outcome("paused", TASK, "Which branch?")
    if said == "fail":
        await turn.gateway.post(turn.to, Problem(sentence="It failed."), key=str(new_id()))
        return Outcome("failed", TASK, "It failed.", error={"code": "x"})
    await turn.gateway.post(turn.to, Answer(task_id=TASK, text=f"**{said}** it is."), key=str(new_id()))
    return Outcome("succeeded", TASK, f"**{said}** it is.", cost=Decimal("0.002"), duration_ms=12)


async def piped(text: str, settings: Settings, redis: Redis) -> tuple[int, str, ScriptedConversation]:
    conversation, out = ScriptedConversation(answer), io.StringIO()
    runtime = ScriptedRuntime(conversation, redis)
    async with asyncio.timeout(10):
        status = await chat.piped(runtime, settings, io.StringIO(text), out)
    return status, out.getvalue(), conversation


async def test_a_piped_transcript_reads_as_a_conversation(settings: Settings, away: Redis) -> None:
    status, out, conversation = await piped("one\n\n  \ntwo\r\nthree", settings, away)
    assert out == "> one\none it is.\n\n> two\ntwo it is.\n\n> three\nthree it is.\n\n"
    assert status == 0
    assert [incoming.new_thread for incoming in conversation.heard] == [True, False, False]


async def test_the_next_line_answers_a_question(settings: Settings, away: Redis) -> None:
    _, out, conversation = await piped("which?\nhillside\n", settings, away)
    assert conversation.heard[1].press == Press("answer", "h")
    assert out.index("[1 Hillside]") < out.index("> hillside") < out.index("Pressed h.")


@pytest.mark.parametrize(("text", "status"), [("fail\none\n", 1), ("which?\n", 0), ("see @missing.csv\none\n", 1)])
async def test_the_session_goes_on_after_a_failure_and_remembers_it(
    text: str, status: int, settings: Settings, away: Redis
) -> None:
    ended, out, _ = await piped(text, settings, away)
    assert ended == status
    assert ("one it is." in out) == ("one" in text)


async def test_control_characters_of_a_pipe_are_not_echoed(settings: Settings, away: Redis) -> None:
    _, out, _ = await piped("a\x1b[2Jb\n", settings, away)
    assert "\x1b" not in out


async def test_lines_are_read_from_a_real_pipe_as_they_come() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, errors="replace") as source, os.fdopen(writing, "wb", buffering=0) as sink:
        async with asyncio.timeout(10):
            received = lines.read(source)
            sink.write(b"first\n")
            assert await anext(received) == "first"
            sink.write(b"no \xff text\n")
            assert await anext(received) == "no \ufffd text"
            sink.close()
            assert [line async for line in received] == []


async def test_once_sends_one_message_with_its_files(settings: Settings, away: Redis, tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("a\n")
    conversation, out = ScriptedConversation(answer), io.StringIO()
    outcome = await chat.once(ScriptedRuntime(conversation, away), settings, "one", [tmp_path / "leads.csv"], out)
    assert outcome is not None
    assert outcome.status == "succeeded"
    assert out.getvalue() == "one it is.\n\n"
    assert [file.name for file in conversation.heard[0].files] == ["leads.csv"]


async def test_once_without_an_output_shows_nothing(
    settings: Settings, away: Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    await chat.once(ScriptedRuntime(ScriptedConversation(answer), away), settings, "one", [])
    assert capsys.readouterr() == ("", "")


async def never(turn: Turn) -> Outcome:
    """Only a press is answered."""
    if turn.incoming.press is None:
        await asyncio.Event().wait()
    return Outcome("succeeded", None, "")


async def test_once_has_an_end_and_leaves_nothing_running(settings: Settings, away: Redis) -> None:
    conversation = ScriptedConversation(never)
    with pytest.raises(ExceptionGroup) as raised:
        async with asyncio.timeout(10):
            await chat.once(ScriptedRuntime(conversation, away), settings, "one", [], limit=0.05)
    assert raised.group_contains(Unavailable, match="no answer within 0.05 seconds; it was stopped")
    assert [incoming.press.action for incoming in conversation.heard if incoming.press] == ["stop"]


async def test_a_task_that_cannot_be_stopped_does_not_hold_the_end_up(settings: Settings) -> None:
    async def nothing(turn: Turn) -> Outcome:
        return await asyncio.Future[Outcome]()

    with taken(settings.data_dir) as seat:
        conversation = ScriptedConversation(nothing).at(seat.address)
        speaker, board = Speaker(conversation, seat), Board()
        message_id = await speaker.say("one")
        assert message_id is not None
        with pytest.raises(Unavailable, match="stopping it takes longer"):
            async with asyncio.timeout(10):
                await patience.settled_within(0.01, conversation, message_id, speaker, board, stop_within=0.01)
        conversation.end()


async def test_what_is_being_done_is_told_while_one_waits() -> None:
    moments = iter([0.0, 1.0, 2.0, 17.0, 18.0])
    board, err = Board(clock=lambda: next(moments)), io.StringIO()
    with board.waiting():
        reporting = asyncio.create_task(patience.report(board, err, every=0))
        with pytest.raises(RuntimeError):
            await reporting  # the clock has run out
    assert err.getvalue() == "Working … 1 s\nWorking … 17 s\n"


async def test_a_delivery_that_breaks_ends_the_session(settings: Settings, away: Redis) -> None:
    class Broken(ScriptedConversation):
        async def deliver(self, gateway: object) -> None:
            self.end()
            raise Unavailable("The database does not answer.")

    conversation = Broken(answer)
    with pytest.raises(ExceptionGroup) as raised:
        async with asyncio.timeout(10):
            await chat.once(ScriptedRuntime(conversation, away), settings, "one", [])
    assert raised.group_contains(Unavailable)


def test_an_outcome_is_one_flat_object() -> None:
    outcome = Outcome(
        "succeeded",
        TASK,
        "Fell.",
        facts=({"type": "total"},),
        artifacts=({"name": "a.png"},),
        cost=Decimal("0.002"),
        duration_ms=12,
    )
    assert as_json(outcome) == {
        "status": "succeeded",
        "task": "task_00000000000000000000000007",
        "text": "Fell.",
        "facts": [{"type": "total"}],
        "artifacts": [{"name": "a.png"}],
        "error": None,
        "cost": 0.002,
        "duration_ms": 12,
    }


def test_what_failed_before_any_task_is_the_same_object() -> None:
    told = failure(Invalid("The file is empty.", remedy="Send another."))
    assert set(told) == set(as_json(Outcome("succeeded", None, "")))
    assert told["status"] == "failed"
    assert told["error"] == {"code": "invalid", "sentence": "The file is empty.", "remedy": "Send another."}
    assert failure(KeyError("secret"))["error"]["sentence"] == "Something unexpected went wrong (KeyError)."
