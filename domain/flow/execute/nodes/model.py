"""The model, asked on behalf of a node."""

from domain.core.errors import Unavailable
from domain.flow.common.model_call import answer_preview, call
from domain.flow.execute.nodes.running import Running
from domain.llm.model import Reply, Request


async def ask(running: Running, request: Request) -> Reply:
    """Its whole answer, shown while it is written where it is the task's. Raises what ``call`` raises."""
    running.asked = True
    try:
        return await _answer(running, request)
    except Unavailable:
        running.asked = False
        raise


async def _answer(running: Running, request: Request) -> Reply:
    model = running.advance.legwork.model
    if not running.last:
        return await call(model, request)
    preview = answer_preview(running.advance)
    try:
        return await call(model, request, preview.show)
    finally:
        await preview.close()
