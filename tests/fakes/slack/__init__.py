"""A loopback double of Slack: the Web API, Socket Mode, signed HTTP deliveries, and the people behind them.

Start it, and point a bot at it::

    async with FakeSlack() as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.base_url)  # http://127.0.0.1:PORT/api/
        # Socket Mode: the token slack.app_token; HTTP: slack.signing_secret and ``await slack.deliver_to(url)``

One workspace is there from the start (``slack.workspace``: ``id``, ``bot_token``, ``bot_user``, ``scopes``), more
come with ``slack.install("Acme")``; ``slack.person(...)`` and ``slack.channel(...)`` take ``workspace=``.

What a person does (``mara = slack.person("Mara")``; ``sales = slack.channel("sales", mara)``, where the bot is a
member unless ``bot=False``). Nothing here waits: deliveries go their way in the background.

    mara.say(sales, "hello", thread_ts=None, files=[("leads.csv", b"a,b")])  -> Message
    mara.mention(sales, "look at this", ...)   -> Message; app_mention and message, two event ids, one ts
    mara.dm("hello", ...)                      -> Message in ``mara.dm_channel``
    mara.press(message, "Approve")             -> Delivery; by label or action_id; also menus ("Label of an option")
                                                  and feedback buttons; also on views: mara.press(mara.home, ...)
    mara.submit(view, {"Title": "Leads"})      -> Delivery; fields by label, block_id or action_id
    mara.close(view)                           -> Delivery or None
    mara.slash(sales, "/legwork", "tasks")     -> Delivery
    mara.shortcut("give", message)             -> Delivery; without a message a global shortcut
    mara.react(message, "+1"), unreact(...); mara.edit(message, "new text"); mara.delete(message)
    mara.open_home()                           app_home_opened with tab "home"; what is published: ``mara.home``
    mara.open_agent_view(looking_at=None)      app_home_opened with tab "messages"
    mara.look_at(channel)                      app_context_changed
    mara.stop_session(channel, thread_ts)      agent_session_stopped; its open streams are stopped too
    mara.join(channel); mara.leave(channel)    member_joined_channel, channel_join message
    mara.becomes(rank="guest")                 user_change; also deleted=True, name=, timezone=, team=
    slack.other_bot_says(channel, text)        a message with bot_id; ``slack.unfurls(message)`` attaches a preview
    slack.uninstall(workspace)                 app_uninstalled, tokens_revoked; the token answers account_inactive

What people see: ``slack.shown(channel, to=person)`` (text, marks taken away, buttons as [Label], zero-width
characters gone), ``shown(message)``, ``slack.messages(channel, thread_ts=None)``, ``slack.said(channel)``,
``mara.modal`` and ``mara.home`` (View), ``slack.status(channel, thread_ts)`` ("is thinking…"),
``slack.session(channel, thread_ts)``, ``slack.prompts(channel)``; ``slack.pings`` (whoever a bot's message
notified: "channel", "here", "everyone" or a user id) and ``slack.unfurled`` (addresses that got a preview).

Ledgers, which only grow: ``slack.requests`` (Request: method, arguments, error, ``accepted``),
``slack.deliveries`` (Delivery: kind, payload, attempts, ``state``), ``slack.seen`` (every posted, edited,
deleted, streamed text in order). ``await slack.until(lambda: ...)`` waits for a condition on any of them;
``await delivery.answer()`` for the bot's acknowledgement; ``await slack.settled()`` until none is under way.

Faults, used up in order, each for ``times`` calls of ``method`` ("*": any Web API method; "upload" and
"download" are the addresses of files):

    slack.lose_answer("chat.postMessage")      accepted, then the connection is cut
    slack.hang_up(method)                      cut before anything happened
    slack.rate_limit(method, times=3, retry_after=1)
    slack.break_down(method, status=503)       a page of HTML, nothing accepted
    slack.refuse(method, "fatal_error")        any error code
    slack.hold(method) -> asyncio.Event        answers only once the event is set
    slack.repeat(delivery)                     the same event once more, although it was acknowledged
    await slack.disconnect("refresh_requested")   a polite goodbye on every socket; ``slack.cut()`` without one
    slack.refuse_sockets(times)                addresses that are used up, and no socket is opened for them
    await slack.blurt("{")                     anything at all, over every socket

Rules (``FakeSlack(rules=Rules(...))``) carry every number: rate limits (real token buckets; ``Rules(limited=False)``
turns them off, as tests of anything else want), how long a stream, a trigger (3 s) and an acknowledgement (3 s)
live, when events are delivered again, text limits, ``subscriptions``, ``streams=False`` and ``charts=False`` for
workspaces that lack them, ``rewritable=False`` where what was streamed takes no other blocks (block_mismatch),
``marketplace=False`` for scarce histories. They may be changed while it runs.
``slack.clock.advance(seconds)`` ages streams, triggers and buckets without waiting.

It refuses what Slack refuses, with Slack's codes. Worth knowing:
- ``chat.update`` or ``chat.delete`` of an open stream: streaming_state_conflict, cant_delete_message.
- Streams: missing_recipient_team_id and missing_recipient_user_id in channels; message_not_in_streaming_state once
  stopped or aged; stopped_by_user after the person pressed Stop; a stream opened with ``markdown_text`` takes no
  ``chunks`` and the other way round (streaming_mode_mismatch).
- ``views.update`` answers not_found for an unknown view; triggers: expired_trigger_id,
  exchanged_trigger_id, invalid_trigger_id.
- More than one table a message: invalid_attachments; any other fault of a block: invalid_blocks with ``errors``.
- ``chat.update`` takes 4,000 bytes of text (escaped), ``chat.postMessage`` 40,000 characters: msg_too_long. All
  blocks together hold some 13,200 characters (msg_blocks_too_long); ``chat.update`` without ``blocks`` keeps the
  old ones.
- Message events for the bot's own posts are delivered to it too (``bot_id`` and ``app_id`` set), as are
  message_changed and message_deleted.
- ``url_private`` without a valid token answers a sign-in page with status 200, as the real one does.
- ``AsyncWebClient`` comes with a handler that repeats a call whose connection was lost, so a lost answer posts
  twice: give it ``retry_handlers=[]`` where that matters.
- Texts come back escaped (``&lt;``) as they were sent; people type literally, so theirs are escaped in events.
"""

from tests.fakes.slack.clock import Clock
from tests.fakes.slack.delivery import Delivery
from tests.fakes.slack.ledger import Request, Seen
from tests.fakes.slack.person import Person
from tests.fakes.slack.rules import Rules
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.state import Channel, Message, Upload, View, Workspace

__all__ = [
    "Channel",
    "Clock",
    "Delivery",
    "FakeSlack",
    "Message",
    "Person",
    "Request",
    "Rules",
    "Seen",
    "Upload",
    "View",
    "Workspace",
]
