"""``python -m tests.chaos.apart [QUEUE ...]``: a worker with a tool of its own that is handed over: requests to the
web, made in a slot of another queue."""

import sys
from dataclasses import replace

from domain.core.queue import Queue
from domain.core.settings import load
from domain.core.web import GuardedClient
from domain.tools.builtin import builtin_tools
from jobs.worker import main

NAME = "request_apart"

if __name__ == "__main__":
    settings = load()
    request = next(tool for tool in builtin_tools(settings, GuardedClient(settings)) if tool.name == "http_request")
    sys.exit(main(sys.argv[1:] or ["all"], besides=[replace(request, name=NAME, queue=Queue.MEDIA)]))
