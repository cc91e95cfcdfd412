"""``python -m tests.fakes openai|slack|telegram [--port 8090] [--key sk-local]``: a double to try out by hand."""

import argparse
import asyncio
import errno
import signal

from tests.fakes.openai import FakeOpenAI
from tests.fakes.slack.by_hand import serve as serve_slack
from tests.fakes.telegram.hand import serve as serve_telegram


async def serve_openai(port: int, key: str | None) -> None:
    async with FakeOpenAI(key=key, port=port) as fake:
        print(f"OPENAI_BASE_URL={fake.base_url} OPENAI_API_KEY={key or 'any'}")
        print(f"Requests are {'validated against the specification' if fake.validates else 'not validated: no specs'}.")
        await asked_to_stop()


async def asked_to_stop() -> None:
    stop = asyncio.Event()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(wanted, stop.set)
    await stop.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fakes")
    parser.add_argument("service", choices=["openai", "slack", "telegram"])
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--key", help="the only key that is accepted; by default any is")
    arguments = parser.parse_args()
    try:
        _serve(arguments)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        parser.exit(1, f"Port {arguments.port} is taken; --port PORT takes another.\n")


def _serve(arguments: argparse.Namespace) -> None:
    if arguments.service == "slack":
        asyncio.run(serve_slack(arguments.port, asked_to_stop))
    elif arguments.service == "telegram":
        asyncio.run(serve_telegram(arguments.port, arguments.key, asked_to_stop))
    else:
        asyncio.run(serve_openai(arguments.port, arguments.key))


if __name__ == "__main__":
    main()
