"""The double's world: what happens in it is remembered, seen by people, and told to the bot."""

import copy
import re
import secrets
from dataclasses import dataclass, field, replace
from typing import Any

from tests.fakes.slack import payloads, shown
from tests.fakes.slack.buckets import Buckets
from tests.fakes.slack.clock import Clock
from tests.fakes.slack.delivery import Deliveries
from tests.fakes.slack.ledger import Changes, Request, Seen
from tests.fakes.slack.marks import Marks
from tests.fakes.slack.refusal import Refusal
from tests.fakes.slack.rules import Rules
from tests.fakes.slack.shapes import is_object
from tests.fakes.slack.state import Channel, Message, Upload, User, View, Workspace

Json = dict[str, Any]

_PLURAL = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}
_ADDRESS = re.compile(r"https?://[^\s|>)\]]+")


@dataclass(slots=True)
class Trigger:
    """A moment's permission to open a modal."""

    workspace: str
    user: str
    at: float
    used: bool = False


@dataclass(slots=True)
class Reply:
    """Where a ``response_url`` leads."""

    workspace: str
    channel: str
    user: str
    ts: str | None
    at: float
    uses: int = 0


@dataclass(slots=True, eq=False)
class World:
    """Everything but the wires."""

    rules: Rules
    clock: Clock
    changes: Changes
    buckets: Buckets
    deliveries: Deliveries
    app_id: str
    base: str
    """The server's address, without a path."""
    workspaces: dict[str, Workspace] = field(default_factory=dict[str, Workspace])
    requests: list[Request] = field(default_factory=list[Request])
    seen: list[Seen] = field(default_factory=list[Seen])
    pings: list[str] = field(default_factory=list[str])
    unfurled: list[str] = field(default_factory=list[str])
    triggers: dict[str, Trigger] = field(default_factory=dict[str, Trigger])
    replies: dict[str, Reply] = field(default_factory=dict[str, Reply])
    _last_ts: float = 0.0
    _count: int = 0

    # -- names and numbers ---------------------------------------------------------------------------

    def ts(self) -> str:
        """A new timestamp: later than every one before."""
        self._last_ts = max(round(self.clock.now, 6), self._last_ts + 0.000001)
        return f"{self._last_ts:.6f}"

    def id(self, letter: str) -> str:
        self._count += 1
        return f"{letter}{secrets.token_hex(2).upper()}{self._count:06d}"

    def marks(self, workspace: Workspace, pings: list[str] | None = None) -> Marks:
        def name(of: str) -> str:
            named = workspace.users.get(of) or workspace.channels.get(of)
            return named.name if named else of

        return Marks(name, [] if pings is None else pings)

    def trigger(self, workspace: Workspace, user: User) -> str:
        key = f"{self.clock.now:.0f}.{secrets.token_hex(8)}"
        self.triggers[key] = Trigger(workspace.id, user.id, self.clock.now)
        return key

    def response_url(self, workspace: Workspace, channel: Channel, user: User, ts: str | None = None) -> str:
        key = secrets.token_urlsafe(12)
        self.replies[key] = Reply(workspace.id, channel.id, user.id, ts, self.clock.now)
        return f"{self.base}/respond/{key}"

    def pull(self, workspace: Workspace, trigger: Any) -> User:
        """Whose trigger this is; it is used up. Raises Refusal."""
        found = self.triggers.get(trigger)
        if found is None or found.workspace != workspace.id:
            raise Refusal("invalid_trigger_id")
        if found.used:
            raise Refusal("exchanged_trigger_id")
        if self.clock.now - found.at > self.rules.trigger_life:
            raise Refusal("expired_trigger_id")
        found.used = True
        return workspace.users[found.user]

    # -- what the bot is told ------------------------------------------------------------------------

    def tell(
        self, workspace: Workspace, event: Json, subscription: str, scope: str | None = None, *, ago: float = 0.0
    ) -> None:
        """Deliver an event of so many seconds ago, where the app has subscribed to it and may read it."""
        if workspace.token_error and event["type"] not in ("app_uninstalled", "tokens_revoked"):
            return
        if subscription not in self.rules.subscriptions or (scope and scope not in workspace.scopes):
            return
        event = {**event, "event_ts": event.get("event_ts") or self.ts()}
        body = payloads.event(event, workspace, self.app_id, self.id("Ev"), self.clock.now - ago)
        self.deliveries.send("events_api", copy.deepcopy(body))

    def tell_message(self, workspace: Workspace, channel: Channel, event: Json) -> None:
        if workspace.bot_user not in channel.members:
            return
        kind = _PLURAL[channel.type]
        full = {**event, "channel": channel.id, "channel_type": channel.type}
        self.tell(workspace, full, f"message.{kind}", f"{kind}:history")

    # -- messages ------------------------------------------------------------------------------------

    def post(self, workspace: Workspace, channel: Channel, message: Message) -> Message:
        """Say something: it is remembered, seen, and told to the bot unless only one person sees it."""
        number_blocks(message.blocks)
        channel.messages.append(message)
        if message.user == workspace.bot_user and message.to is None:  # a reply takes the place of “is thinking…”
            workspace.statuses.pop((channel.id, message.thread_ts or message.ts), None)
        for upload in message.files:
            upload.shares.append((channel.id, message.ts))
        self._show("ephemeral" if message.to else "posted", workspace, channel, message)
        if message.to is None:
            body = payloads.message(message, workspace, channel)
            self.tell_message(workspace, channel, {**body, "event_ts": message.ts})
        return message

    def change(self, workspace: Workspace, channel: Channel, message: Message, before: Message) -> None:
        """A message became another one."""
        number_blocks(message.blocks)
        self._show("edited", workspace, channel, message)
        self._tell_change(workspace, channel, message, payloads.message(before, workspace, channel))

    def unfurl(self, workspace: Workspace, channel: Channel, message: Message) -> None:
        """A preview is attached to a person's message: message_changed, and the text is as before."""
        before = payloads.message(message, workspace, channel)
        message.attachments.append({"from_url": "https://example.com", "title": "Example"})
        self._tell_change(workspace, channel, message, before)

    def delete(self, workspace: Workspace, channel: Channel, message: Message) -> None:
        """Gone; a parent with replies leaves a gravestone."""
        before = payloads.message(message, workspace, channel)
        self.seen.append(Seen("deleted", channel.id, message.ts, "", message.to))
        self.changes.note()
        if any(m.is_reply for m in channel.thread(message.ts)):
            message.subtype, message.user, message.text = "tombstone", "USLACKBOT", "This message was deleted."
            message.blocks, message.files, message.attachments = [], [], []
            self._tell_change(workspace, channel, message, before)
            return
        message.deleted = True
        event = {"type": "message", "subtype": "message_deleted", "hidden": True, "deleted_ts": message.ts}
        self.tell_message(workspace, channel, {**event, "ts": self.ts(), "previous_message": before})

    def streamed(self, workspace: Workspace, channel: Channel, message: Message) -> None:
        """A stream has grown."""
        self._show("streamed", workspace, channel, message)

    def shown(self, workspace: Workspace, message: Message) -> str:
        return shown.message(message, self.marks(workspace))

    def show_view(self, workspace: Workspace, view: View) -> None:
        number_blocks(view.blocks)
        text = shown.view(view, self.marks(workspace))
        self.seen.append(Seen("view", "", view.id, text, view.user))
        self.changes.note()

    def find(self, workspace: Workspace, upload: str) -> Upload:
        found = workspace.files.get(upload)
        if found is None:
            raise Refusal("file_not_found")
        return found

    def _show(self, kind: Any, workspace: Workspace, channel: Channel, message: Message) -> None:
        pings: list[str] = []
        text = shown.message(message, self.marks(workspace, pings))
        if message.app_id == self.app_id and kind != "edited":  # edits notify nobody
            self.pings += pings
        self.seen.append(Seen(kind, channel.id, message.ts, text, message.to))
        self.changes.note()

    def _tell_change(self, workspace: Workspace, channel: Channel, message: Message, before: Json) -> None:
        event = {
            "type": "message",
            "subtype": "message_changed",
            "hidden": True,
            "ts": self.ts(),
            "message": payloads.message(message, workspace, channel),
            "previous_message": before,
        }
        self.tell_message(workspace, channel, event)

    def attach_previews(self, message: Message, wanted: bool) -> None:
        """Note which addresses of a bot's message get a preview."""
        if wanted:
            texts = [message.text, *(str(block) for block in message.blocks)]
            self.unfurled += [address for text in texts for address in _ADDRESS.findall(text)]


def copy_of(message: Message) -> Message:
    """As it is now, to compare with later."""
    return replace(message, blocks=copy.deepcopy(message.blocks))


def number_blocks(blocks: list[Json]) -> None:
    """Blocks and elements that were sent without ids get one, as Slack gives them."""
    for block in blocks:
        block.setdefault("block_id", secrets.token_urlsafe(4))
        for name in ("elements", "actions"):
            for element in block.get(name, []):
                if is_object(element) and element.get("type") in _ACTIVE:
                    element.setdefault("action_id", secrets.token_urlsafe(4))
        for name in ("accessory", "element"):
            if is_object(block.get(name)) and block[name].get("type") != "image":
                block[name].setdefault("action_id", secrets.token_urlsafe(4))
        number_blocks(block.get("child_blocks", []))
        if block.get("type") == "carousel":
            number_blocks(block["elements"])


_ACTIVE = {"button", "overflow", "static_select", "feedback_buttons", "icon_button", "checkboxes", "radio_buttons"}
