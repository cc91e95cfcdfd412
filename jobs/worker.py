"""``python -m jobs.worker [QUEUE ... | all]``: one worker process, and the place where its parts are put together."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

from arq.connections import ArqRedis
from redis.exceptions import RedisError

import migrations
from bot import registry
from domain.core import embedded, failpoints
from domain.core.clock import Clock, SystemClock
from domain.core.compute import ProcessCompute
from domain.core.crypto.given import Keys
from domain.core.crypto.keyring import Keyring
from domain.core.crypto.required import required
from domain.core.db import open_database
from domain.core.errors import LegworkError
from domain.core.impatient import impatient
from domain.core.logging import configure, logger
from domain.core.loop import loaded, run
from domain.core.queue import SERVED, Queue
from domain.core.queue.clock import DatabaseClock
from domain.core.settings import Settings, load
from domain.core.storage import open_storage
from domain.core.wakes import UNHURRIED, Wakes, connect_redis
from domain.core.web import GuardedClient
from domain.emails.mailer import mailer
from domain.flow.common.legwork import Legwork
from domain.health import Check
from domain.llm.model import Model
from domain.llm.providers import configured
from domain.llm.redis_circuit import RedisCircuit
from domain.reports.tools import report_tools
from domain.tools import service as tools
from domain.tools.builtin import builtin_tools
from domain.tools.registry import Registry, Tool
from jobs import upkeep
from jobs.handlers.announcements import handle_announce
from jobs.handlers.deliver import handle_deliver, handle_follow, handle_mail, handle_private
from jobs.handlers.own_data import handle_erase, handle_export
from jobs.handlers.steps import handle_step
from jobs.handlers.tasks import handle_advance, handle_left, handle_understand
from jobs.runner import Handler, Runner
from jobs.sweeper import Sweeper
from jobs.transport import BellWorker, poke_changed

log = logger(__name__)

HANDLERS: Mapping[str, Handler] = {
    "understand": handle_understand,
    "advance": handle_advance,
    "left": handle_left,
    "deliver": handle_deliver,
    "follow": handle_follow,
    "private": handle_private,
    "mail": handle_mail,
    "step": handle_step,
    "export": handle_export,
    "erase": handle_erase,
    "announce": handle_announce,
    **{one.name: upkeep.handler(one) for one in upkeep.UPKEEP},
}

LIGHT = (Queue.TASK, Queue.DELIVER, Queue.UPKEEP)
"""What a worker serves unless it is told: the queues that every message passes, and what is done beside them."""

ALL = "ALL"
"""Written for all queues that its tools need: for a worker that is alone."""


@asynccontextmanager
async def compose(
    settings: Settings,
    *,
    database_url: str,
    redis: ArqRedis,
    clock: Clock | None = None,
    besides: Sequence[Tool] = (),
    model: Model | None = None,
) -> AsyncGenerator[tuple[Legwork, Wakes]]:
    """Everything a worker's flow uses, put together. Without a ``clock`` its host's counts. ``besides``: tools that are
    not Legwork's own; ``model``: in place of those that the settings name.
    """
    database = open_database(database_url, pool=settings.database_pool, idles=settings.lease)
    wakes = Wakes(redis)
    database.after_commit = wakes
    web = GuardedClient(settings)
    compute = ProcessCompute()
    model = model or configured(settings, lambda name: RedisCircuit(redis, name))
    storage = open_storage(settings)
    notes = impatient(redis)
    keyring = Keyring(database, Keys(settings))
    gateways = registry.gateways(settings, database, storage, notes, keyring)
    kit = Registry([*builtin_tools(settings, web), *report_tools(settings), *besides])
    legwork = Legwork(
        settings=settings,
        database=database,
        keyring=keyring,
        storage=storage,
        model=model,
        tools=kit,
        gateways=gateways,
        commands=registry.commands(settings, kit),
        clock=clock or SystemClock(),
        compute=compute,
        screens=registry.screens(),
        mailer=mailer(settings),
    )
    try:
        yield legwork, wakes
    finally:
        for gateway in gateways.values():
            await gateway.close()
        with suppress(RedisError, OSError):
            await notes.aclose()
        await model.close()
        compute.close()
        await database.close()
        await wakes.close()


async def work(
    settings: Settings,
    queues: Sequence[str] | None,
    stop: asyncio.Event,
    ready: "asyncio.Future[Wakes] | None" = None,
    *,
    besides: Sequence[Tool] = (),
    model: Model | None = None,
) -> None:
    """Run a worker of these queues (None: of all that its tools need) until ``stop`` is set; then hand back what it
    holds.

    ``ready`` gets its wake-ups once it works: what else commits in this process starts it with them. ``besides`` and
    ``model`` as for ``compose``.
    """
    required(settings)
    async with embedded.running(settings) as servers:
        redis = await connect_redis(servers.redis_url)
        clock = DatabaseClock()
        url = servers.database_url
        async with compose(settings, database_url=url, redis=redis, clock=clock, besides=besides, model=model) as (
            legwork,
            wakes,
        ):

            def probes() -> Sequence[Check]:
                from jobs.probes import probes  # once it is time to look

                return probes(settings, servers, legwork, registry.checks(settings))

            legwork = replace(legwork, probes=probes)
            await migrations.ready(legwork.database, embedded=settings.database_url is None)
            await legwork.keyring.check()
            await clock.read(legwork.database)
            name = f"{socket.gethostname()}:{os.getpid()}"
            queues = _needed(legwork.tools) if queues is None else queues
            runners = {queue: Runner(legwork, queue, HANDLERS, worker=name) for queue in queues}
            for queue, runner in runners.items():
                wakes.serve(queue, runner.start)
            hurried = [runner for queue, runner in runners.items() if queue not in UNHURRIED]
            workers = [BellWorker(runner, redis, settings.worker_slots) for runner in hurried]
            background = [
                *(asyncio.create_task(worker.main(), name=worker.queue_name) for worker in workers),
                asyncio.create_task(Sweeper(legwork, runners).run(), name="sweeper"),
                asyncio.create_task(clock.follow(legwork.database), name="clock"),
                asyncio.create_task(poke_changed(redis, list(runners.values())), name="signals"),
            ]
            async with legwork.database.system("the table of tools is everybody's") as session:
                await tools.seed(session, legwork.tools)
                if Queue.UPKEEP in runners:
                    await upkeep.keep(session)
            log.info("worker is ready", queues=[*map(str, queues)], worker=name)
            if ready is not None:
                ready.set_result(wakes)
            stopped = asyncio.create_task(stop.wait())
            try:
                done, _ = await asyncio.wait({*background, stopped}, return_when=asyncio.FIRST_COMPLETED)
                for task in done - {stopped}:
                    task.result()
            finally:
                stopped.cancel()
                for task in background:
                    task.cancel()
                await asyncio.gather(*background, return_exceptions=True)
                await asyncio.gather(*(runner.stop() for runner in runners.values()))
                with suppress(RedisError, OSError):
                    await redis.aclose()


def _needed(kit: Registry) -> list[str]:
    """The light queues, and those that tools of this installation are handed over to."""
    return [*LIGHT, *sorted({tool.queue for tool in kit if tool.configured and tool.queue in SERVED} - {*LIGHT})]


async def _run(queues: Sequence[str] | None, besides: Sequence[Tool], model: Model | None) -> None:
    settings = load()
    configure(settings)
    failpoints.arm(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    ready: asyncio.Future[Wakes] = loop.create_future()
    ready.add_done_callback(lambda _: loaded())
    await work(settings, queues, stop, ready, besides=besides, model=model)


def main(arguments: Sequence[str] | None = None, *, besides: Sequence[Tool] = (), model: Model | None = None) -> int:
    """``besides`` and ``model`` as for ``compose``."""
    given = [name.upper() for name in (sys.argv[1:] if arguments is None else arguments)]
    unknown = set(given) - {queue.value for queue in SERVED} - {ALL}
    if unknown:
        there = ", ".join(queue.lower() for queue in (*sorted(SERVED), ALL))
        print(f"legwork: Nothing works off {', '.join(sorted(unknown))}. Name of {there}.", file=sys.stderr)  # noqa: T201
        return 2
    try:
        run(_run(None if ALL in given else given or [queue.value for queue in LIGHT], besides, model))
    except LegworkError as error:
        print(f"legwork: {error}", file=sys.stderr)  # noqa: T201
        return 1
    except Exception as error:
        log.critical("the process ended", exc_info=error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
