"""A person at the keyboard. Everything is done at once; the bot is told in the background."""

import copy
import mimetypes
from collections.abc import Callable, Sequence
from typing import Any

from tests.fakes.slack import hands, payloads
from tests.fakes.slack.api.call import Call, open_dm
from tests.fakes.slack.api.views import respond
from tests.fakes.slack.delivery import Delivery
from tests.fakes.slack.marks import escaped
from tests.fakes.slack.state import Channel, Message, Upload, User, View, Workspace
from tests.fakes.slack.world import World, copy_of

Json = dict[str, Any]
Attached = Sequence[tuple[str, bytes] | tuple[str, bytes, str]]
"""Files to send: name, content, and the type where it is not to be guessed."""


class Person:
    """Somebody of one workspace. ``id`` is their user id."""

    def __init__(self, world: World, workspace: Workspace, user: User) -> None:
        self._world = world
        self._workspace = workspace
        self.user = user

    def __repr__(self) -> str:
        return f"Person({self.user.name!r}, {self.id!r})"

    @property
    def id(self) -> str:
        return self.user.id

    @property
    def dm_channel(self) -> Channel:
        return open_dm(self._world, self._workspace, self.user)

    @property
    def home(self) -> View:
        """The App Home as published. Raises CannotDo when nothing was."""
        if self.user.home is None:
            raise hands.CannotDo("nothing was published")
        return self.user.home

    @property
    def modal(self) -> View | None:
        """The modal on top."""
        return self.user.modals[-1] if self.user.modals else None

    # -- talking -------------------------------------------------------------------------------------

    def say(
        self,
        channel: Channel,
        text: str,
        *,
        thread_ts: str | None = None,
        files: Attached = (),
        blocks: Sequence[Json] = (),
        attachments: Sequence[Json] = (),
        through: str | None = None,
    ) -> Message:
        """Type a message. Mentions are written ``<@U…>``, as the composer makes them; the rest is literal.

        ``blocks`` and ``attachments`` are what else the composer, or the app ``through`` which it is sent, puts in it.
        """
        if self.id not in channel.members:
            raise hands.CannotDo(f"{self.user.name} is not in {channel.name}")
        message = Message(
            ts=self._world.ts(),
            channel=channel.id,
            user=self.id,
            text=self._typed(text),
            thread_ts=thread_ts,
            files=[self._upload(file[0], file[1], *file[2:]) for file in files],
            subtype="file_share" if files else None,
            blocks=list(blocks),
            attachments=list(attachments),
            bot_id=through,
            app_id="A0OTHER" if through else None,
        )
        self._world.post(self._workspace, channel, message)
        if f"<@{self._workspace.bot_user}>" in message.text and self._workspace.bot_user in channel.members:
            self._tell_mention(channel, message)
        return message

    def mention(self, channel: Channel, text: str, *, thread_ts: str | None = None, files: Attached = ()) -> Message:
        """Call the bot by name: app_mention and message, two events of one ts."""
        return self.say(channel, f"<@{self._workspace.bot_user}> {text}", thread_ts=thread_ts, files=files)

    def dm(self, text: str, *, thread_ts: str | None = None, files: Attached = ()) -> Message:
        return self.say(self.dm_channel, text, thread_ts=thread_ts, files=files)

    def share(self, message: Message, channel: Channel, text: str = "", *, thread_ts: str | None = None) -> Message:
        """Pass a message on with a comment, as “Share message” does."""
        return self.say(channel, text, thread_ts=thread_ts, attachments=[self._shared(message)])

    def paste(self, channel: Channel, text: str, rows: Sequence[Sequence[str]], **more: Any) -> Message:
        """Paste cells of a spreadsheet below a text."""
        cells = [[{"type": "raw_text", "text": cell} for cell in row] for row in rows]
        return self.say(channel, text, attachments=[{"id": 1, "blocks": [{"type": "table", "rows": cells}]}], **more)

    def edit(self, message: Message, text: str) -> None:
        before = copy_of(message)
        message.text = self._typed(text)
        message.edited = self._world.ts()
        self._world.change(self._workspace, self._in(message), message, before)

    def delete(self, message: Message) -> None:
        self._world.delete(self._workspace, self._in(message), message)

    def react(self, message: Message, name: str) -> None:
        message.reactions.setdefault(name, []).append(self.id)
        self._tell_reaction("reaction_added", message, name)

    def unreact(self, message: Message, name: str) -> None:
        message.reactions[name].remove(self.id)
        self._tell_reaction("reaction_removed", message, name)

    def join(self, channel: Channel) -> None:
        channel.members.add(self.id)
        text = f"<@{self.id}> has joined the channel"
        joined = Message(self._world.ts(), channel.id, self.id, text, subtype="channel_join")
        self._world.post(self._workspace, channel, joined)
        event = {"type": "member_joined_channel", "user": self.id, "channel": channel.id, "team": self._workspace.id}
        if self._workspace.bot_user in channel.members:
            self._world.tell(self._workspace, event | {"channel_type": channel.id[0]}, "member_joined_channel")

    def leave(self, channel: Channel) -> None:
        text = f"<@{self.id}> has left the channel"
        left = Message(self._world.ts(), channel.id, self.id, text, subtype="channel_leave")
        self._world.post(self._workspace, channel, left)
        channel.members.discard(self.id)

    def becomes(self, **values: Any) -> None:
        """Be somebody else from now on (``rank``, ``deleted``, ``name``, ``timezone``, ``team``): user_change, once for
        all apps of the workspace, whoever they talk to."""
        for name, value in values.items():
            setattr(self.user, name, value)
        of = payloads.user(self.user, self._workspace, self._world.clock.now)
        event = {"type": "user_change", "user": of, "cache_ts": int(self._world.clock.now)}
        self._world.tell(self._workspace, event, "user_change", "users:read")

    # -- pressing, filling in ------------------------------------------------------------------------

    def press(self, where: Message | View, wanted: str) -> Delivery:
        """Press a button or choose an option, by label or action_id ("positive_button" for feedback)."""
        blocks = where.blocks if isinstance(where, View) else _all_blocks(where)
        action = hands.press(blocks, wanted, self._world.marks(self._workspace))
        body = self._interaction("block_actions")
        body |= {"actions": [action | {"action_ts": self._world.ts()}], "state": {"values": {}}}
        if isinstance(where, View):
            body["container"] = {"type": "view", "view_id": where.id}
            body["view"] = payloads.view(where, self._workspace, self._world.app_id)
        else:
            body |= self._around(where)
        return self._send(body)

    def submit(self, view: View, values: dict[str, Any] | None = None) -> Delivery:
        """Fill in a form and send it; what the bot answers becomes of the modal."""
        if view not in self.user.modals:
            raise hands.CannotDo("this form is not open")
        view.state = hands.fill_in(view.blocks, values or {}, self._world.marks(self._workspace))
        view.errors = {}
        body = self._interaction("view_submission")
        body |= {"view": payloads.view(view, self._workspace, self._world.app_id), "response_urls": []}
        call = Call(self._world, self._workspace, "view_submission", {})

        def then(answer: Json | None) -> None:
            respond(self._world, call, self.user, view, answer)

        return self._send(body, then)

    def close(self, view: View) -> Delivery | None:
        """Close a modal without sending it; the bot is told if it asked to be."""
        self.user.modals.remove(view)
        if not view.body.get("notify_on_close"):
            return None
        body = self._interaction("view_closed", trigger=False)
        body |= {"view": payloads.view(view, self._workspace, self._world.app_id), "is_cleared": False}
        return self._send(body)

    def slash(self, channel: Channel, command: str, text: str = "") -> Delivery:
        """Type a slash command; it works in a channel, not in a thread."""
        body = {
            "token": "not-to-be-used",
            "team_id": self._workspace.id,
            "team_domain": self._workspace.name.lower(),
            "channel_id": channel.id,
            "channel_name": "directmessage" if channel.kind == "dm" else channel.name,
            "user_id": self.id,
            "user_name": self.user.name.lower(),
            "command": command,
            "text": self._typed(text),
            "api_app_id": self._world.app_id,
            "is_enterprise_install": "false",
            "response_url": self._world.response_url(self._workspace, channel, self.user),
            "trigger_id": self._world.trigger(self._workspace, self.user),
        }
        return self._world.deliveries.send("slash_commands", body, lambda answer: self._told(channel, answer))

    def shortcut(self, callback_id: str, message: Message | None = None) -> Delivery:
        """A shortcut on a message, or a global one."""
        if message is None:
            return self._send(
                self._interaction("shortcut") | {"callback_id": callback_id, "action_ts": self._world.ts()}
            )
        body = self._interaction("message_action") | self._around(message)
        body.pop("container")
        return self._send(body | {"callback_id": callback_id, "message_ts": message.ts, "action_ts": self._world.ts()})

    # -- looking around ------------------------------------------------------------------------------

    def open_home(self) -> None:
        """Open the app's Home tab."""
        event: Json = {"type": "app_home_opened", "user": self.id, "channel": self.dm_channel.id, "tab": "home"}
        if self.user.home is not None:
            event["view"] = payloads.view(self.user.home, self._workspace, self._world.app_id)
        self._world.tell(self._workspace, event, "app_home_opened")

    def open_agent_view(self, looking_at: Channel | None = None) -> None:
        """Open the app's messages, beside the channel that is looked at."""
        event = {"type": "app_home_opened", "user": self.id, "channel": self.dm_channel.id, "tab": "messages"}
        self._world.tell(self._workspace, event | {"context": self._context(looking_at)}, "app_home_opened")

    def look_at(self, channel: Channel | None) -> None:
        """Turn to another channel while the app's messages are open."""
        event = {"type": "app_context_changed", "user": self.id, "channel": self.dm_channel.id}
        self._world.tell(self._workspace, event | {"context": self._context(channel)}, "app_context_changed")

    def stop_session(self, channel: Channel, thread_ts: str) -> None:
        """Press Slack's own Stop: open streams of the thread are stopped, the session's status is the bot's."""
        stopped: list[str] = []
        for message in channel.thread(thread_ts):
            if message.stream is not None and message.stream.open:
                message.stream.open, message.stream.stopped_by_user = False, True
                stopped.append(message.ts)
        event = {"type": "agent_session_stopped", "user": self.id, "channel": channel.id, "thread_ts": thread_ts}
        self._world.tell(self._workspace, event | {"streaming_message_ts": stopped}, "agent_session_stopped")

    # -- shapes --------------------------------------------------------------------------------------

    def _typed(self, text: str) -> str:
        literal = escaped(text)
        for user in self._workspace.users:
            literal = literal.replace(f"&lt;@{user}&gt;", f"<@{user}>")
        return literal

    def _shared(self, message: Message) -> Json:
        """A message as the attachment that shows it elsewhere."""
        author, channel = self._workspace.users[message.user], self._in(message)
        link = f"{self._workspace.domain}/archives/{channel.id}/p{message.ts.replace('.', '')}"
        body: Json = {
            "id": 1,
            "ts": message.ts,
            "author_id": author.id,
            "author_name": author.name,
            "channel_id": channel.id,
            "channel_team": self._workspace.id,
            "is_msg_unfurl": True,
            "is_share": True,
            "from_url": link,
            "text": message.text,
            "fallback": f"[Today] {author.name}: {message.text}",
            "footer": "Slack Conversation",
            "mrkdwn_in": ["text"],
        }
        if message.blocks:
            inside = {"team": self._workspace.id, "channel": channel.id, "ts": message.ts}
            body["message_blocks"] = [inside | {"message": {"blocks": copy.deepcopy(message.blocks)}}]
        if message.files:
            body["files"] = [payloads.file(upload, self._workspace) for upload in message.files]
        if message.attachments:
            body["attachments"] = copy.deepcopy(message.attachments)
        return body

    def _upload(self, name: str, data: bytes, mime_type: str | None = None) -> Upload:
        guessed = mime_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
        created = int(self._world.clock.now)
        upload = Upload(self._world.id("F"), name, name, guessed, self.id, len(data), created, data)
        self._workspace.files[upload.id] = upload
        return upload

    def _in(self, message: Message) -> Channel:
        return self._workspace.channels[message.channel]

    def _tell_mention(self, channel: Channel, message: Message) -> None:
        if channel.kind == "dm":
            return
        body = payloads.message(message, self._workspace, channel)
        body |= {"type": "app_mention", "channel": channel.id, "event_ts": message.ts}
        self._world.tell(self._workspace, body, "app_mention", "app_mentions:read")

    def _tell_reaction(self, kind: str, message: Message, name: str) -> None:
        item = {"type": "message", "channel": message.channel, "ts": message.ts}
        event = {"type": kind, "user": self.id, "reaction": name, "item": item, "item_user": message.user}
        if self._workspace.bot_user in self._in(message).members:
            self._world.tell(self._workspace, event, kind, "reactions:read")
        self._world.changes.note()

    def _interaction(self, kind: str, *, trigger: bool = True) -> Json:
        key = self._world.trigger(self._workspace, self.user) if trigger else None
        return payloads.interaction(kind, self.user, self._workspace, self._world.app_id, key)

    def _around(self, message: Message) -> Json:
        channel = self._in(message)
        container: Json = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": message.to is not None,
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        return {
            "container": container,
            "channel": {"id": channel.id, "name": "directmessage" if channel.kind == "dm" else channel.name},
            "message": payloads.message(message, self._workspace, channel),
            "response_url": self._world.response_url(self._workspace, channel, self.user, message.ts),
        }

    def _context(self, channel: Channel | None) -> Json:
        if channel is None:
            return {}
        entity = {"type": "slack#/types/channel_id", "value": channel.id, "team_id": self._workspace.id}
        return {"entities": [entity]}

    def _send(self, body: Json, then: Callable[[Json | None], None] | None = None) -> Delivery:
        return self._world.deliveries.send("interactive", copy.deepcopy(body), then)

    def _told(self, channel: Channel, answer: Json | None) -> None:
        """What a slash command is acknowledged with is shown: to the person alone unless said otherwise."""
        if not answer or not (answer.get("text") or answer.get("blocks")):
            return
        message = Message(
            ts=self._world.ts(),
            channel=channel.id,
            user=self._workspace.bot_user,
            text=answer.get("text", ""),
            blocks=answer.get("blocks", []),
            bot_id=self._workspace.bot_id,
            app_id=self._world.app_id,
            to=None if answer.get("response_type") == "in_channel" else self.id,
        )
        self._world.post(self._workspace, channel, message)


def _all_blocks(message: Message) -> list[Json]:
    inside = [block for attachment in message.attachments for block in attachment.get("blocks", [])]
    streamed = message.stream.blocks if message.stream is not None else []
    return [*streamed, *message.blocks, *inside]
