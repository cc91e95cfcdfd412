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


class Preview:
    """Shows the newest text so far, at most one send at a time; never in the way of the call itself."""

    def __init__(
        self,
        gateway: ChatGateway | None,
        to: Address,
        key: str,
        in_turn: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        """``in_turn``: whether anything may be shown yet; asked until it may."""
        self._gateway = gateway if gateway is not None and gateway.capabilities.previews else None
        self._to = to
        self._key = key
        self._in_turn = in_turn
        self._text = ""
        self._changed = asyncio.Event()
        self._sender: asyncio.Task[None] | None = None

    def show(self, text: str) -> None:
        if self._gateway is None or text == self._text:
            return
        self._text = text
        self._changed.set()
        if self._sender is None:
            self._sender = asyncio.create_task(self._send(self._gateway))

    async def _send(self, gateway: ChatGateway) -> None:
        await asyncio.sleep(PREVIEW_AFTER_SECONDS)
        while True:
            await self._changed.wait()
            if await self._may_show():
                self._changed.clear()
                await gateway.preview(self._to, self._key, self._text)
                await asyncio.sleep(PREVIEW_SECONDS)
            else:
                await asyncio.sleep(TURN_SECONDS)

    async def _may_show(self) -> bool:
        if self._in_turn is not None and await self._in_turn():
            self._in_turn = None
        return self._in_turn is None

    async def close(self) -> None:
        if self._sender is not None:
            self._sender.cancel()
            with suppress(asyncio.CancelledError):
                await self._sender


def answer_preview(advance: Advance) -> Preview:
    """Shows the task's answer while it is written; not above the one to what its person asked before."""
    gateway = advance.legwork.gateways.get(advance.address.platform)
    return Preview(
        gateway, advance.address, answer_key(advance.task.id), partial(_is_in_turn, advance) if advance.behind else None
    )


async def _is_in_turn(advance: Advance) -> bool:
    try:
        async with advance.legwork.database.transaction(single=True) as session:
            return await outbox.in_turn(session, advance.task.id)
    except AWAY:
        return False  # a preview may be left out


async def call(model: Model, request: Request, show: Callable[[str], None] | None = None) -> Reply:
    """The model's whole answer. ``show`` is given all of its text so far, whenever that has grown.

    Neither holds what was thought aloud, nor calls that the model wrote into its words: this is the one place where
    these are told apart, for every use of a reply.
    Raises what the model raises (Unavailable, Misconfigured, Invalid, and Unusable among them).
    """
    text, names = "", _offered(request)
    async for event in model.stream(request):
        match event:
            case Piece():
                text += event.text
            case Restart():
                text = ""
            case Reply():
                reach("model.answered")
                return _read(event, names)
        if show is not None:
            show(before_calls(without_thought(text, whole=False), names))
            await asyncio.sleep(0)  # pieces that came in one packet would leave the preview no turn
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
