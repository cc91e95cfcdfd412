"""The double itself: one server on the loopback, and what tests ask of it."""

import asyncio
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

from aiohttp import web

from tests.fakes.serving import address, bound
from tests.fakes.slack import shown
from tests.fakes.slack.buckets import Buckets
from tests.fakes.slack.clock import Clock
from tests.fakes.slack.delivery import Deliveries, Delivery, Post
from tests.fakes.slack.faults import Fault, Faults
from tests.fakes.slack.ledger import Changes, Request, Seen
from tests.fakes.slack.marks import escaped
from tests.fakes.slack.oauth import OAuth
from tests.fakes.slack.person import Person
from tests.fakes.slack.rules import Rules
from tests.fakes.slack.sockets import Connection, Sockets
from tests.fakes.slack.state import SCOPES, Channel, Kind, Message, Session, User, View, Workspace
from tests.fakes.slack.web import Web
from tests.fakes.slack.world import World

T = TypeVar("T")
APP_ID = "A0LEGWORK1"


class FakeSlack:
    """See the package's docstring. ``scopes`` are those of the first workspace."""

    def __init__(self, *, rules: Rules | None = None, port: int = 0, scopes: set[str] | None = None) -> None:
        self.rules = rules or Rules()
        self.clock = Clock()
        self.signing_secret = "8f742231b10e8888abcd99yyyzzz85a5"
        self.app_token = "xapp-1-A0LEGWORK1-0-loopback"
        self._socket = bound(port)
        self._changes = Changes()
        self._faults = Faults()
        self.sockets = Sockets(self.rules, APP_ID, self._changes.note)
        self.post = Post(self.clock, self.signing_secret)
        deliveries = Deliveries(self.rules, self.sockets, self.post, self._changes)
        buckets = Buckets(self.clock, self.rules)
        self.world = World(self.rules, self.clock, self._changes, buckets, deliveries, APP_ID, address(self._socket))
        self.oauth = OAuth(self.world)
        door = Web(self.world, self._faults, self.sockets, self.app_token, self.oauth)
        self._runner = web.AppRunner(door.app, access_log=None, shutdown_timeout=0.1)
        self.workspace = self.install("Acme", scopes=scopes)

    @property
    def base_url(self) -> str:
        """For ``AsyncWebClient(base_url=...)`` and SLACK_API_BASE_URL."""
        return f"{self.world.base}/api/"

    @property
    def bot_token(self) -> str:
        return self.workspace.bot_token

    @property
    def requests(self) -> list[Request]:
        return self.world.requests

    @property
    def deliveries(self) -> list[Delivery]:
        return self.world.deliveries.all

    @property
    def seen(self) -> list[Seen]:
        return self.world.seen

    @property
    def pings(self) -> list[str]:
        return self.world.pings

    @property
    def unfurled(self) -> list[str]:
        return self.world.unfurled

    @property
    def connections(self) -> list[Connection]:
        """The sockets that are open."""
        return self.sockets.open

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.SockSite(self._runner, self._socket).start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for fault in self._faults.waiting:
            fault.gate.set()
        await self.world.deliveries.close()
        await self.sockets.close()
        await self.post.close()
        await self._runner.cleanup()
        self._socket.close()

    # -- who and where -------------------------------------------------------------------------------

    def install(self, name: str, *, scopes: set[str] | None = None) -> Workspace:
        """Another workspace the app is installed in, with a token of its own."""
        team, bot = self.world.id("T"), self.world.id("U")
        token = f"xoxb-{team[1:]}-{bot[1:]}"
        granted = set(SCOPES if scopes is None else scopes)
        workspace = Workspace(team, name, self.world.base, token, bot, self.world.id("B"), granted)
        workspace.users[bot] = User(bot, "Legwork", "UTC", is_bot=True)
        self.world.workspaces[team] = workspace
        return workspace

    def found(self, name: str) -> Workspace:
        """A workspace in which the app is not installed: whoever installs it does so by OAuth."""
        workspace = self.install(name)
        workspace.bot_token = ""
        return workspace

    def uninstall(
        self,
        workspace: Workspace,
        *,
        tell: Sequence[Literal["tokens_revoked", "app_uninstalled"]] = ("tokens_revoked", "app_uninstalled"),
        error: Literal["account_inactive", "token_revoked"] = "account_inactive",
    ) -> None:
        """The tokens are no longer good, and the app is told: in this order."""
        workspace.token_error = error
        for issued in workspace.issued.values():
            issued.error = error
        for event in tell:
            self.tell_end(workspace, event)

    def tell_end(
        self,
        workspace: Workspace,
        event: Literal["tokens_revoked", "app_uninstalled"],
        *,
        ago: float = 0.0,
        bot: bool = True,
    ) -> None:
        """Tell the app that it is gone, as of so many seconds ago. ``bot`` False: only a person's token was revoked."""
        tokens = {"oauth": [] if bot else ["U0PERSON"], "bot": [workspace.bot_user] if bot else []}
        about = {"tokens": tokens} if event == "tokens_revoked" else {}
        self.world.tell(workspace, {"type": event, **about}, event, ago=ago)

    def person(self, name: str, *, workspace: Workspace | None = None, timezone: str = "Europe/Berlin") -> Person:
        home = workspace or self.workspace
        user = User(self.world.id("U"), name, timezone)
        home.users[user.id] = user
        return Person(self.world, home, user)

    def channel(
        self, name: str, *people: Person, kind: Kind = "public", bot: bool = True, workspace: Workspace | None = None
    ) -> Channel:
        home = workspace or self.workspace
        members = {person.id for person in people}
        if bot:
            members.add(home.bot_user)
        channel = Channel(self.world.id("C"), name, kind, members)
        home.channels[channel.id] = channel
        return channel

    def other_bot_says(self, channel: Channel, text: str, *, thread_ts: str | None = None) -> Message:
        """A message of another app: it has a bot_id and no person behind it."""
        message = Message(
            self.world.ts(), channel.id, "U0OTHERBOT", escaped(text), "bot_message", thread_ts, "B0OTHERBOT", "A0OTHER"
        )
        return self.world.post(self._home(channel), channel, message)

    def unfurls(self, message: Message) -> None:
        """A preview is attached to a person's message: message_changed with the text as it was."""
        channel = self._channel(message)
        self.world.unfurl(self._home(channel), channel, message)

    # -- what people see -----------------------------------------------------------------------------

    def messages(self, channel: Channel, thread_ts: str | None = None, *, to: Person | None = None) -> list[Message]:
        """What stands in a channel (replies too) or in a thread, oldest first; ``to``: and what only they see."""
        return [
            message
            for message in channel.messages
            if not message.deleted
            and message.to in (None, to.id if to else None)
            and (thread_ts is None or thread_ts in (message.ts, message.thread_ts))
        ]

    def shown(self, what: Channel | Message | View, *, to: Person | None = None) -> str:
        """As text on the screen: a channel with its threads, one message, or a view."""
        if isinstance(what, Channel):
            return "\n".join(self.shown(message) for message in self.messages(what, to=to))
        if isinstance(what, View):
            home = next(w for w in self.world.workspaces.values() if what.id in w.views)
            return shown.view(what, self.world.marks(home))
        return self.world.shown(self._home(self._channel(what)), what)

    def said(self, channel: Channel, thread_ts: str | None = None) -> list[Message]:
        """What the bot has said there."""
        bot = self._home(channel).bot_user
        return [message for message in self.messages(channel, thread_ts) if message.user == bot]

    def status(self, channel: Channel, thread_ts: str) -> str:
        """The passing line below a thread, such as “is thinking…”; empty when there is none."""
        return self._home(channel).statuses.get((channel.id, thread_ts), "")

    def session(self, channel: Channel, thread_ts: str) -> Session | None:
        return self._home(channel).sessions.get((channel.id, thread_ts))

    def prompts(self, channel: Channel) -> list[dict[str, Any]]:
        """The suggestions shown in a conversation with the bot."""
        return self._home(channel).prompts.get(channel.id, [])

    # -- waiting -------------------------------------------------------------------------------------

    async def until(self, holds: Callable[[], T], within: float | None = 10.0) -> T:
        """What ``holds`` gives as soon as it is true; looked at whenever something happens here."""
        return await self._changes.until(holds, within)

    async def settled(self, within: float = 10.0) -> None:
        """Until the bot has acknowledged, or failed to, everything it was told."""
        await self.until(lambda: all(delivery.state != "under way" for delivery in self.deliveries), within)

    async def connected(self, count: int = 1, within: float = 10.0) -> None:
        """Until so many sockets are open."""
        await self.until(lambda: len(self.connections) >= count, within)

    # -- deliveries over HTTP, and goodbyes ----------------------------------------------------------

    async def deliver_to(self, url: str) -> None:
        """Send events, interactions and commands there from now on. The address must pass the challenge first."""
        self.post.url = url
        challenge = {"type": "url_verification", "token": "not-to-be-used", "challenge": self.world.id("ch")}
        answer = await self.post.send("events_api", challenge, self.rules.acknowledgement, {})
        given = (answer or {}).get("challenge") or (answer or {}).get("text")
        if given != challenge["challenge"]:
            self.post.url = None
            raise AssertionError(f"{url} did not answer the challenge, but {answer}")

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every socket's client to connect anew ("warning", "refresh_requested", "link_disabled")."""
        await self.sockets.disconnect(reason)

    def cut(self) -> None:
        """Close every socket without a word."""
        self.sockets.cut()

    def refuse_sockets(self, times: int) -> None:
        """So many addresses of sockets are used up without a socket to show for it."""
        self.sockets.refuse(times)

    async def blurt(self, message: str | bytes) -> None:
        """Say this over every socket, whatever it is."""
        await self.sockets.blurt(message)

    def repeat(self, delivery: Delivery) -> Delivery:
        """Deliver once more what was acknowledged already, as happens: the same event_id."""
        return self.world.deliveries.send(delivery.kind, delivery.payload)

    # -- faults --------------------------------------------------------------------------------------

    def lose_answer(self, method: str = "*", *, times: int = 1) -> None:
        """Accepted, and the answer never arrives."""
        self._faults.add(Fault("lost answer", method, times))

    def hang_up(self, method: str = "*", *, times: int = 1) -> None:
        """The connection ends before anything was accepted."""
        self._faults.add(Fault("hang up", method, times))

    def rate_limit(self, method: str = "*", *, times: int = 1, retry_after: int = 1) -> None:
        self._faults.add(Fault("rate limit", method, times, retry_after=retry_after))

    def break_down(self, method: str = "*", *, times: int = 1, status: int = 503) -> None:
        """An error page; nothing was accepted."""
        self._faults.add(Fault("break down", method, times, status=status))

    def refuse(self, method: str, error: str, *, times: int = 1) -> None:
        self._faults.add(Fault("refuse", method, times, error=error))

    def garble(self, method: str, body: str, *, times: int = 1) -> None:
        """Answered with this in place of the answer, as JSON; nothing was accepted."""
        self._faults.add(Fault("garble", method, times, body=body))

    def hold(self, method: str = "*", *, times: int = 1) -> asyncio.Event:
        """Nothing is read or answered before the event is set."""
        return self._faults.add(Fault("hold", method, times)).gate

    def _home(self, channel: Channel) -> Workspace:
        return next(w for w in self.world.workspaces.values() if channel.id in w.channels)

    def _channel(self, message: Message) -> Channel:
        return next(
            w.channels[message.channel] for w in self.world.workspaces.values() if message.channel in w.channels
        )
