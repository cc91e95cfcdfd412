"""``legwork chat``: a seat, a screen and a gateway, put together for each way of talking."""

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TextIO

from bot.console import lines
from bot.console.board import Board
from bot.console.gateway import ConsoleGateway
from bot.console.look import Nowhere, Screen, look
from bot.console.paper import Paper, Slate, sheet
from bot.console.patience import LIMIT, report, settled_within
from bot.console.relay import follow
from bot.console.seat import Seat, taken
from bot.console.session import Conversation, Outcome, Runtime
from bot.console.speaker import Speaker
from bot.views.greeting import greeting, missing
from bot.views.markdown import plain
from domain.core.settings import Settings


async def interactive(runtime: Runtime, settings: Settings, *, commands: Sequence[str] = ()) -> int:
    """Converse at a terminal until Ctrl-D. Returns 0."""
    from prompt_toolkit.patch_stdout import patch_stdout  # only a terminal needs prompt_toolkit: it takes a while

    from bot.console.talk import Talk
    from bot.console.terminal import Terminal

    board = Board()
    with taken(settings.data_dir) as seat:
        conversation = runtime.conversation(seat.address)
        talk = Talk(
            conversation,
            Speaker(conversation, seat),
            board,
            max_bytes=settings.max_file_bytes,
            greeting=_greeting(settings, first=not seat.history.exists()),
        )
        terminal = Terminal(board, seat.history, interrupted=talk.interrupted, commands=commands)
        with patch_stdout():
            try:
                async with listening(runtime, conversation, seat, terminal, board):
                    await talk.run(terminal)
            finally:
                await terminal.close()
    return 0


def _greeting(settings: Settings, *, first: bool) -> str:
    """The whole of it for who is here for the first time, afterwards only what is not connected."""
    return plain(greeting(settings)) if first else missing(settings)


async def piped(runtime: Runtime, settings: Settings, source: TextIO, out: TextIO) -> int:
    """Answer the lines of a stream in order. Returns 0, or 1 where one failed."""
    board = Board()
    with taken(settings.data_dir) as seat:
        conversation = runtime.conversation(seat.address)
        async with _written(out, board) as screen, listening(runtime, conversation, seat, screen, board):
            return await lines.answer(
                lines.read(source),
                conversation,
                Speaker(conversation, seat),
                board,
                screen,
                max_bytes=settings.max_file_bytes,
                echo=not source.isatty(),
            )


async def once(
    runtime: Runtime,
    settings: Settings,
    text: str,
    files: Sequence[Path],
    out: TextIO | None = None,
    *,
    err: TextIO | None = None,
    limit: float = LIMIT,
) -> Outcome | None:
    """Send one message and wait for its answer, which is written to ``out`` where one is given, and what is done
    meanwhile to ``err``.

    Returns None where there was nothing to answer. Raises Unavailable after ``limit`` seconds, with the task stopped.
    """
    board = Board()
    with taken(settings.data_dir) as seat:
        conversation = runtime.conversation(seat.address)
        async with _written(out, board) as screen, listening(runtime, conversation, seat, screen, board):
            speaker = Speaker(conversation, seat)
            message_id = await speaker.say(text, files)
            if message_id is None:
                return None
            with board.waiting():
                screen.refresh()
                async with _reported(board, err):
                    return await settled_within(limit, conversation, message_id, speaker, board)


@asynccontextmanager
async def _reported(board: Board, err: TextIO | None) -> AsyncGenerator[None]:
    """What is being done is written meanwhile, where it is wanted."""
    reporting = asyncio.create_task(report(board, err)) if err is not None else None
    try:
        yield
    finally:
        if reporting is not None:
            reporting.cancel()


@asynccontextmanager
async def listening(
    runtime: Runtime, conversation: Conversation, seat: Seat, screen: Screen, board: Board
) -> AsyncGenerator[None]:
    """While the block runs, what is said in the chat and its previews appear on the screen."""
    gateway = ConsoleGateway(screen, board, conversation.local_path, conversation.elsewhere)
    async with asyncio.TaskGroup() as group:
        background = [
            group.create_task(conversation.deliver(gateway)),
            group.create_task(follow(runtime.redis, seat.address, gateway)),
        ]
        yield
        for task in background:
            task.cancel()


@asynccontextmanager
async def _written(out: TextIO | None, board: Board) -> AsyncGenerator[Paper | Slate | Nowhere]:
    """What is said goes to ``out``; None: nowhere."""
    if out is None:
        yield Nowhere()
        return
    size = shutil.get_terminal_size()
    seen = look(terminal=out.isatty(), width=size.columns, height=size.lines, environment=os.environ)
    screen = sheet(out, seen, board)
    try:
        yield screen
    finally:
        await screen.close()


def is_terminal() -> bool:
    """Whether a person can be met here: both to read from and to write to."""
    return sys.stdin.isatty() and sys.stdout.isatty()
