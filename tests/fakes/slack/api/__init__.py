"""The Web API: each method with what it needs and what it does."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.fakes.slack.api import assistant, chat, conversations, files, people, streams, views
from tests.fakes.slack.api.call import Call

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Method:
    """``scopes``: any one of them will do; none: any token. ``tier`` 0: limited by rules of its own."""

    answer: Callable[[Call], Json]
    scopes: tuple[str, ...] = ()
    tier: int = 3


_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
_ASSISTANT = ("chat:write", "assistant:write")

METHODS: dict[str, Method] = {
    "agents.sessions.setStatus": Method(assistant.set_session_status, ("chat:write",), 3),
    "assistant.threads.setStatus": Method(assistant.set_status, _ASSISTANT, 0),
    "assistant.threads.setSuggestedPrompts": Method(assistant.set_prompts, ("assistant:write",), 4),
    "assistant.threads.setTitle": Method(assistant.set_title, ("assistant:write",), 4),
    "auth.test": Method(people.auth_test, (), 0),
    "bots.info": Method(people.bots_info, ("users:read",), 3),
    "chat.appendStream": Method(streams.append, ("chat:write",), 4),
    "chat.delete": Method(chat.delete, ("chat:write",), 3),
    "chat.getPermalink": Method(chat.permalink, (), 0),
    "chat.postEphemeral": Method(chat.post_ephemeral, ("chat:write",), 4),
    "chat.postMessage": Method(chat.post_message, ("chat:write",), 0),
    "chat.startStream": Method(streams.start, ("chat:write",), 2),
    "chat.stopStream": Method(streams.stop, ("chat:write",), 2),
    "chat.unfurl": Method(chat.unfurl, ("links:write",), 3),
    "chat.update": Method(chat.update, ("chat:write",), 3),
    "conversations.history": Method(conversations.history, _HISTORY, 3),
    "conversations.info": Method(conversations.info, _READ, 3),
    "conversations.members": Method(conversations.members, _READ, 4),
    "conversations.open": Method(conversations.open_, ("im:write", "mpim:write"), 3),
    "conversations.replies": Method(conversations.replies, _HISTORY, 3),
    "files.completeUploadExternal": Method(files.complete, ("files:write",), 4),
    "files.getUploadURLExternal": Method(files.upload_url, ("files:write",), 4),
    "files.info": Method(files.info, ("files:read",), 4),
    "reactions.add": Method(people.add_reaction, ("reactions:write",), 3),
    "reactions.remove": Method(people.remove_reaction, ("reactions:write",), 2),
    "team.info": Method(people.team_info, ("team:read",), 3),
    "users.info": Method(people.users_info, ("users:read",), 4),
    "views.open": Method(views.open_, (), 4),
    "views.publish": Method(views.publish, (), 4),
    "views.push": Method(views.push, (), 4),
    "views.update": Method(views.update, (), 4),
}
