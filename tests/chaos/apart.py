"""``python -m tests.chaos.apart [QUEUE ...]``: a worker with tools of its own: one that is handed over, whose requests
to the web are made in a slot of another queue; and one that keeps a file, and loads no writers for that."""

import sys
from dataclasses import replace

from domain.core.queue import Queue
from domain.core.settings import load
from domain.core.web import GuardedClient
from domain.tools.builtin import builtin_tools
from domain.tools.registry import Arguments, Category, Effect, Output, Tool, ToolContext
from jobs.worker import main

NAME, KEEP = "request_apart", "keep_text"


class _Kept(Arguments):
    name: str
    text: str


async def _keep(given: _Kept, context: ToolContext) -> Output:
    stored = await context.files.add(given.name, "text/plain", given.text.encode())
    return {"file": stored.name, "size": stored.size}


KEEPS = Tool(KEEP, "Keep a text", "keeps a text as a file", Category.FILE, Effect.WRITE, _Kept, _keep)

if __name__ == "__main__":
    settings = load()
    request = next(tool for tool in builtin_tools(settings, GuardedClient(settings)) if tool.name == "http_request")
    sys.exit(main(sys.argv[1:] or ["all"], besides=[replace(request, name=NAME, queue=Queue.MEDIA), KEEPS]))
