"""One call of the model, shown as it is written."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial

from domain.conversations import outbox
from domain.conversations.ports import Address, ChatGateway
from domain.core.db import AWAY
from domain.core.errors import Unusable
from domain.core.failpoints import reach
from domain.flow.common.advance import Advance
from domain.flow.common.keys import answer_key
from domain.llm.model import OFFLINE, Model, Piece, Reply, Request, Restart
from domain.llm.thought import without_thought
from domain.llm.written_calls import before_calls, written_calls

PREVIEW_SECONDS = 0.1

PREVIEW_AFTER_SECONDS = 0.05
"""An answer that is whole by then needs no preview."""

TURN_SECONDS = 0.3
"""How often it is looked whether an earlier question has been answered, so that this one's answer may be shown."""


LOOK_SECONDS = 0.02
"""How often it is looked whether there is something new to show, while there is not."""

SoFar = Callable[[], str]
"""The text of an answer that is being written, as far as it has come."""


class Preview:
    """Shows the newest text so far, at most one send at a time; never in the way of the call itself."""

    def __init__(
        self,
        gateway: ChatGateway | None,
        to: Address,
        key: str,
        read: Callable[[str], str] = str,
        in_turn: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        """``read`` gives of the text so far what a person may see; it is asked when something is to be shown, and not
        for each piece. ``in_turn``: whether anything may be shown yet; asked until it may."""
        self._gateway = gateway if gateway is not None and gateway.capabilities.previews else None
        self._to = to
        self._key = key
        self._read = read
        self._in_turn = in_turn
        self._so_far: SoFar = str
        self._shown = ""
        self._changed = asyncio.Event()
        self._sender: asyncio.Task[None] | None = None

    def show(self, so_far: SoFar | None) -> None:
        """There is more: ``so_far`` gives it when it is wanted. None: the answer is whole, and said in another way."""
        if self._gateway is None:
            return
        if so_far is None:
            if self._sender is not None:
                self._sender.cancel()
            return
        self._so_far = so_far
        self._changed.set()
        if self._sender is None:
            self._sender = asyncio.create_task(self._send(self._gateway))

    async def _send(self, gateway: ChatGateway) -> None:
        await asyncio.sleep(PREVIEW_AFTER_SECONDS)
        while True:
            await self._changed.wait()
            if not await self._may_show():
                await asyncio.sleep(TURN_SECONDS)
                continue
            self._changed.clear()
            text = self._read(self._so_far())
            if text == self._shown:
                await asyncio.sleep(LOOK_SECONDS)
                continue
            self._shown = text
            await gateway.preview(self._to, self._key, text)
            await asyncio.sleep(PREVIEW_SECONDS)

    async def _may_show(self) -> bool:
        if self._in_turn is not None and await self._in_turn():
            self._in_turn = None
        return self._in_turn is None

    async def close(self) -> None:
        if self._sender is not None:
            self._sender.cancel()
            with suppress(asyncio.CancelledError):
                await self._sender


def answer_preview(advance: Advance, read: Callable[[str], str] = str) -> Preview:
    """Shows the task's answer while it is written, as ``read`` gives it; not above the one to what its person asked
    before."""
    gateway = advance.legwork.gateways.get(advance.address.platform)
    in_turn = partial(_is_in_turn, advance) if advance.behind else None
    return Preview(gateway, advance.address, answer_key(advance.task.id), read, in_turn)


async def _is_in_turn(advance: Advance) -> bool:
    try:
        async with advance.legwork.database.system("one statement, of one task", single=True) as session:
            return await outbox.in_turn(session, advance.task.id)
    except AWAY:
        return False  # a preview may be left out


async def call(model: Model, request: Request, show: Callable[[SoFar | None], None] | None = None) -> Reply:
    """The model's whole answer. ``show`` is told whenever its text has grown, and given what tells the whole of it so
    far: that is not worked out for each piece. At the end it is given None.

    Neither holds what was thought aloud, nor calls that the model wrote into its words: this is the one place where
    these are told apart, for every use of a reply.
    Raises what the model raises (Unavailable, Misconfigured, Invalid, and Unusable among them).
    """
    pieces: list[str] = []
    names = _offered(request)

    def so_far() -> str:
        return before_calls(without_thought("".join(pieces), whole=False), names)

    async for event in model.stream(request):
        match event:
            case Piece():
                pieces.append(event.text)
            case Restart():
                pieces.clear()
            case Reply():
                reach("model.answered")
                if show is not None:
                    show(None)
                return _read(event, names)
        if show is not None:
            show(so_far)
    raise Unusable("The model's answer ended without a result.")


def _offered(request: Request) -> frozenset[str]:
    """The names of the tools the model knows of, as functions or from its prompt."""
    if "name" in (request.output_schema or {}).get("properties", ()):
        return frozenset()  # the object that is asked for looks like a call itself
    return frozenset(
        [*(tool.name for tool in request.tools), *(tool["name"] for tool in request.variables.get("tools", ()))]
    )


def _read(reply: Reply, names: frozenset[str]) -> Reply:
    """Of the rules' answers nothing is a call: they quote what they were given. Where no tool is on offer, what is
    written is a slip, and only left out.
    """
    text, calls = without_thought(reply.text), reply.calls
    if not calls and not reply.cut and reply.provider != OFFLINE:
        text, written = written_calls(text, names)
        calls = written if names else ()
    return replace(reply, text=text, calls=calls, data=reply.data if calls == reply.calls else None)
