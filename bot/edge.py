"""What a process of the chat edge works with, opened once and handed to every platform's listener and route."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from redis.asyncio import Redis

from bot import inbound
from bot.commands.table import WORDS
from bot.talk import Talk
from domain.conversations.ports import About, Address, Incoming, Stands
from domain.conversations.schemas import Attachment
from domain.core.crypto.given import Keys
from domain.core.crypto.keyring import Keyring
from domain.core.crypto.required import required
from domain.core.db import AWAY, Database, open_database
from domain.core.embedded import Servers
from domain.core.failpoints import reach
from domain.core.impatient import impatient
from domain.core.logging import logger
from domain.core.settings import Settings
from domain.core.storage import Storage, open_storage
from domain.core.wakes import Wakes, connect_redis
from domain.flow.deliver.moved import move_chat
from domain.flow.receive import standing as standings
from domain.flow.receive.door import Door
from domain.flow.receive.message import Received
from domain.flow.receive.spoken_to import Overheard, meant
from domain.tasks import queries

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Edge:
    settings: Settings
    database: Database
    storage: Storage
    redis: Redis
    keyring: Keyring
    closing: list[Callable[[], Awaitable[None]]] = field(default_factory=list[Callable[[], Awaitable[None]]])
    """What is to be called before all this is closed: a route has no other end."""

    async def accept(self, incoming: Incoming) -> Received:
        """See ``bot.inbound.accept``: once this returns the event may be acknowledged."""
        return await inbound.accept(self.database, self.storage, incoming, self.door)

    @property
    def door(self) -> Door:
        """Who may come in."""
        return Door.of(self.settings)

    async def turn_away(self, incoming: Incoming) -> Received | None:
        """See ``bot.inbound.turn_away``: None where what came with the event may be kept."""
        return await inbound.turn_away(self.database, incoming, self.door)

    async def keep(self, incoming: Incoming) -> tuple[Incoming, Sequence[Attachment]]:
        """See ``bot.inbound.keep``: the event, and its files as they are stored with it."""
        return await inbound.keep(self.storage, incoming)

    async def hears(self, heard: Overheard) -> bool:
        """Whether a message that does not call Legwork is for it all the same. If not, it is left alone: acknowledged,
        and nothing else."""
        incoming, talk = heard.incoming, Talk(self.redis)
        async with self.database.system("who speaks where is not known yet", single=True) as session:
            standing = await queries.standing(session, incoming.address)
        decided = meant(heard, standing, WORDS)
        if decided == "unless others spoke" and standing is not None:
            decided = "no" if await talk.others_spoke(incoming, standing.since) else "yes"
        if decided == "no" and standing is not None and standing.known:
            await talk.note(incoming)
        return decided == "yes"

    async def stands(self, at: Address, standing: Stands, afresh: Callable[[], Awaitable[Stands]]) -> None:
        """Somebody stands otherwise in a chat, as the platform said at some time; ``afresh`` asks it. See
        ``domain.flow.receive.standing``."""
        async with self.database.system("how somebody stands concerns the chat they are in", single=True) as session:
            if not await standings.is_standing_new(session, at, standing):
                return
        if (now := await afresh()) != "unknown":
            standing = now
        async with self.database.system("how somebody stands concerns the chat they are in") as session:
            await standings.follow_standing(session, at, standing)

    async def knows(self, about: About, afresh: Callable[[], Awaitable[About]]) -> None:
        """Somebody is somebody else in a workspace, as the platform said at some time; ``afresh`` asks it."""
        async with self.database.system("who somebody is concerns each place they are in", single=True) as session:
            if not await standings.is_new(session, about):
                return
        if (now := await afresh()).standing != "unknown":
            about = now
        async with self.database.system("who somebody is concerns each place they are in") as session:
            await standings.follow(session, about)

    async def follow(self, platform: str, workspace: str, before: str, now: str) -> None:
        """A chat goes on under another id. See ``domain.flow.deliver.moved``."""
        async with self.database.system("a platform says that a chat has moved") as session:
            await move_chat(session, platform=platform, workspace=workspace, before=before, now=now)
        reach("move.moved")


@asynccontextmanager
async def open_edge(settings: Settings, servers: Servers, wakes: Wakes | None = None) -> AsyncGenerator[Edge]:
    """Everything, for as long as the block runs.

    ``wakes`` are those of a worker in this process, which then starts at once what is heard here.

    Raises:
        Misconfigured: Redis, the storage or the key cannot be used.
    """
    required(settings)
    redis = await connect_redis(servers.redis_url)
    database = open_database(servers.database_url, pool=settings.database_pool)
    database.after_commit = wakes = wakes or Wakes(redis)
    notes = impatient(redis)
    edge = Edge(settings, database, open_storage(settings), notes, Keyring(database, Keys(settings)))
    try:
        await _check(edge.keyring)
        yield edge
    finally:
        for close in edge.closing:
            await close()
        await database.close()
        await wakes.close()
        await notes.aclose()
        await redis.aclose()


async def _check(keyring: Keyring) -> None:
    """Raises Misconfigured where the key is another. While the database is away, that is not known."""
    try:
        await keyring.check()
    except AWAY as error:
        log.warning("whether the key opens the secrets is not known yet", error=type(error).__name__)
