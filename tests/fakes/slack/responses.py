"""What a bot says through a ``response_url``."""

from typing import Any

from tests.fakes.slack.api.call import Call
from tests.fakes.slack.api.chat import bots, said
from tests.fakes.slack.refusal import Refusal
from tests.fakes.slack.world import World, copy_of

Json = dict[str, Any]


def respond(world: World, key: str, answer: Json) -> None:
    """Good for five answers within half an hour. Raises Refusal."""
    reply = world.replies.get(key)
    if reply is None:
        raise Refusal("no_service")
    if world.clock.now - reply.at > 1800:
        raise Refusal("expired_url")
    if reply.uses >= 5:
        raise Refusal("used_url")
    reply.uses += 1
    workspace = world.workspaces[reply.workspace]
    channel = workspace.channels[reply.channel]
    message = channel.find(reply.ts) if reply.ts else None
    call = Call(world, workspace, "response_url", answer)
    if answer.get("delete_original") and message is not None:
        world.delete(workspace, channel, message)
        return
    content = said(call, world.rules.text_limit)
    if answer.get("replace_original") and message is not None:
        before = copy_of(message)
        message.text, message.blocks = content["text"], content["blocks"]
        world.change(workspace, channel, message, before)
        return
    new = bots(call, channel, answer.get("thread_ts"), content)
    if answer.get("response_type") != "in_channel":
        new.to = reply.user
    world.post(workspace, channel, new)
