"""Calls of a model, counted in CPU: ``python -m tests.bench.model_calls ADDRESS INTERFACE PIECES``.

Prints milliseconds of CPU a call, of the rounds each: of the client; of a message's first call as the flow makes it,
with its preview and the decision read; and of the SDK's typed stream of the same request.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from time import process_time
from typing import Any

import orjson
from openai import AsyncOpenAI

from domain.conversations.ports import Address
from domain.core.loop import run
from domain.core.settings import Settings
from domain.flow.common.model_call import Preview, call
from domain.llm.decision import read_decision, reply_so_far
from domain.llm.model import Reply
from domain.llm.openai.provider import OpenAIModel
from tests.bench.measure import ROUNDS
from tests.factories.llm import decide
from tests.fakes.chat import PLATFORM, FakeChat

KEY = "sk-test"
WORDS = "How are the regions doing this quarter, and what has changed?"
HERE = Address(PLATFORM, "w", "c")
AT_ONCE, CALLS = 12, 24

Once = Callable[[], Awaitable[None]]


async def main(address: str, interface: str, pieces: int) -> None:
    name = f"gpt-5-{pieces}"
    given = {"openai_api_key": KEY, "openai_base_url": address, "llm_api": interface, "model": name}
    model, sdk = OpenAIModel(Settings.model_validate(given)), AsyncOpenAI(api_key=KEY, base_url=address)
    least = 12 * (pieces - 1)

    async def asked() -> None:
        async for event in model.stream(decide(WORDS)):
            if isinstance(event, Reply):
                assert len(event.text) > least

    async def decided() -> None:
        preview = Preview(FakeChat(), HERE, "answer", reply_so_far)
        reply = await call(model, decide(WORDS), preview.show)
        await preview.close()
        assert read_decision(reply).reply

    async def typed() -> None:
        assert len(await _typed(sdk, interface, name)) > least

    ways = (asked, decided, typed)
    for way in ways:
        await _cpu(way)
    rounds = [[await _cpu(way) for way in ways] for _ in range(ROUNDS)]
    await model.close()
    await sdk.close()
    print(orjson.dumps([*zip(*rounds, strict=True)]).decode())


async def _typed(sdk: AsyncOpenAI, interface: str, model: str) -> str:
    """The same request and its answer, as the SDK's own documentation has it."""
    asked = decide(WORDS)
    front, user = asked.prompt.render(asked.variables)
    text = ""
    if interface == "chat":
        schema: Any = {"type": "json_schema", "json_schema": {"name": "decide", "schema": asked.output_schema}}
        messages: Any = [{"role": "system", "content": front}, {"role": "user", "content": user}]
        async for chunk in await sdk.chat.completions.create(
            model=model, messages=messages, response_format=schema, stream=True, stream_options={"include_usage": True}
        ):
            text += (chunk.choices[0].delta.content or "") if chunk.choices else ""
    else:
        form: Any = {"format": {"type": "json_schema", "name": "decide", "schema": asked.output_schema}}
        async for event in await sdk.responses.create(
            model=model, instructions=front, input=user, text=form, stream=True, store=False
        ):
            text += event.delta if event.type == "response.output_text.delta" else ""
    return text


async def _cpu(once: Once) -> float:
    """Milliseconds of CPU a call, with twelve at once."""
    left = iter(range(CALLS))

    async def some() -> None:
        for _ in left:
            await once()

    begun = process_time()
    await asyncio.gather(*(some() for _ in range(AT_ONCE)))
    return (process_time() - begun) / CALLS * 1000


if __name__ == "__main__":
    run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
