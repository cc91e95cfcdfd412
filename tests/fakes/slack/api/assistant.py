"""assistant.threads.*, agents.sessions.setStatus."""

from typing import Any

from tests.fakes.slack.api.call import Call
from tests.fakes.slack.api.streams import SESSION_STATUSES
from tests.fakes.slack.ledger import Seen
from tests.fakes.slack.refusal import Refusal, invalid
from tests.fakes.slack.shapes import is_list, is_object
from tests.fakes.slack.state import Session

Json = dict[str, Any]


def set_status(call: Call) -> Json:
    channel = call.channel("channel_id")
    thread = call.thread(channel) or ""
    status = call.text("status")
    loading: Any = call.get("loading_messages") or []
    if not is_list(loading) or len(loading) > 10:
        raise invalid("no more than 10 items allowed [json-pointer:/loading_messages]")
    if status:
        call.workspace.statuses[channel.id, thread] = status
    else:
        call.workspace.statuses.pop((channel.id, thread), None)
    call.world.seen.append(Seen("status", channel.id, thread, status))
    return {}


def set_title(call: Call) -> Json:
    channel = call.channel("channel_id")
    thread = call.thread(channel) or ""
    if not call.text("title"):
        raise invalid("must be more than 0 characters [json-pointer:/title]")
    call.workspace.titles[channel.id, thread] = call.text("title")
    return {}


def set_prompts(call: Call) -> Json:
    channel = call.channel("channel_id")
    if channel.kind != "dm":
        raise Refusal("invalid_channel_type")
    call.thread(channel)
    prompts = call.get("prompts")
    if not is_list(prompts) or not 1 <= len(prompts) <= 4:
        raise invalid("must contain 1 to 4 items [json-pointer:/prompts]")
    for number, prompt in enumerate(prompts):
        if not is_object(prompt) or set(prompt) != {"title", "message"} or not all(prompt.values()):
            raise invalid(f"must have a title and a message [json-pointer:/prompts/{number}]")
    call.workspace.prompts[channel.id] = prompts
    return {}


def set_session_status(call: Call) -> Json:
    channel = call.channel("channel_id")
    thread = call.thread(channel)
    if thread is None:
        raise invalid("missing required field: thread_ts")
    status = call.text("status")
    if status not in SESSION_STATUSES:
        raise invalid(f"must be one of: {', '.join(SESSION_STATUSES)} [json-pointer:/status]")
    title = call.text("title")
    if len(title) > 200:
        raise invalid("must be less than 201 characters [json-pointer:/title]")
    session = call.workspace.sessions.setdefault((channel.id, thread), Session(status, title))
    session.status = status
    call.world.seen.append(Seen("status", channel.id, thread, status))
    body: Json = {"status": status, "agent_status": status, "title": session.title}
    if status == "processing" and "agent_session_stopped" not in call.world.rules.subscriptions:
        body["warning"] = "missing_agent_session_stopped_event_subscription"
    return body
