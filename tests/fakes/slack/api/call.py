"""One call of the Web API: who calls, with what, and what most methods look up first."""

from dataclasses import dataclass
from typing import Any

from tests.fakes.slack.refusal import Refusal, invalid
from tests.fakes.slack.state import Channel, Message, User, Workspace
from tests.fakes.slack.world import World

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """``arguments`` are decoded, their names checked."""

    world: World
    workspace: Workspace
    method: str
    arguments: Json

    def get(self, name: str, default: Any = None) -> Any:
        return self.arguments.get(name, default)

    def text(self, name: str) -> str:
        """A string argument, empty when missing. Raises Refusal: invalid_arguments."""
        value = self.arguments.get(name, "")
        if not isinstance(value, str):
            raise invalid(f"must be a string [json-pointer:/{name}]")
        return value

    def channel(self, name: str = "channel", *, member: bool = True) -> Channel:
        """Raises Refusal: channel_not_found, not_in_channel, is_archived."""
        found = self.workspace.channels.get(self.text(name))
        bot = self.workspace.bot_user
        if found is None or (found.kind != "public" and bot not in found.members):
            raise Refusal("channel_not_found")
        if member and bot not in found.members:
            raise Refusal("not_in_channel")
        return found

    def writable(self, name: str = "channel") -> Channel:
        """A channel to write to: a person's id opens the direct messages with them."""
        given = self.text(name)
        user = self.workspace.users.get(given)
        channel = open_dm(self.world, self.workspace, user) if user is not None else self.channel(name)
        if channel.archived:
            raise Refusal("is_archived")
        return channel

    def user(self, name: str = "user") -> User:
        found = self.workspace.users.get(self.text(name))
        if found is None:
            raise Refusal("user_not_found")
        return found

    def own(self, channel: Channel, ts: str, refusal: str) -> Message:
        """A message of the bot's own. Raises Refusal: message_not_found, or ``refusal`` when it is another's."""
        found = channel.find(ts)
        if found is None or found.to is not None:
            raise Refusal("message_not_found")
        if found.user != self.workspace.bot_user:
            raise Refusal(refusal)
        self.age(found)
        return found

    def age(self, message: Message) -> None:
        """A stream that was begun too long ago is closed by Slack, whatever was appended."""
        stream = message.stream
        if stream is not None and self.world.clock.now - stream.started > self.world.rules.stream_life:
            stream.open = False

    def thread(self, channel: Channel, name: str = "thread_ts") -> str | None:
        """The thread to answer in. Raises Refusal: invalid_thread_ts, thread_not_found."""
        ts = self.get(name)
        if ts is None:
            return None
        if not isinstance(ts, str) or not ts.replace(".", "", 1).isdigit():
            raise Refusal("invalid_thread_ts")
        found = channel.find(ts)
        if found is None and self.world.rules.orphans:
            return None
        if found is None:
            raise Refusal("thread_not_found")
        return found.thread_ts or found.ts


def open_dm(world: World, workspace: Workspace, user: User) -> Channel:
    """The direct messages between the bot and a person, begun if need be."""
    existing = workspace.dm(user.id)
    if existing is not None:
        return existing
    channel = Channel(world.id("D"), user.name, "dm", {user.id, workspace.bot_user})
    workspace.channels[channel.id] = channel
    return channel
