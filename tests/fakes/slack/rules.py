"""Every number the double goes by. Defaults are Slack's documented ones, or what is measured in the field."""

from dataclasses import dataclass, field

TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
"""Calls a minute of each tier (docs.slack.dev/apis/web-api/rate-limits)."""

SUBSCRIPTIONS = frozenset(
    {
        "agent_session_stopped",
        "app_context_changed",
        "app_home_opened",
        "app_mention",
        "app_uninstalled",
        "member_joined_channel",
        "message.channels",
        "message.groups",
        "message.im",
        "message.mpim",
        "reaction_added",
        "reaction_removed",
        "tokens_revoked",
        "user_change",
    }
)


@dataclass(slots=True)
class Rules:
    """May be changed while the double runs; times are in seconds."""

    limited: bool = True
    """Whether calls are counted at all."""
    channel_rate: float = 1.0
    """Messages a second one channel takes."""
    channel_burst: int = 5
    tiers: dict[int, int] = field(default_factory=lambda: dict(TIERS))
    marketplace: bool = True
    """False: conversations.history and .replies give 15 messages, once a minute."""

    orphans: bool = False
    """True: a post for a thread whose first message was deleted is put in the channel; reports differ."""
    stream_life: float = 300.0
    streams: bool = True
    """False: chat.startStream is not to be had (channel_type_not_supported)."""
    rewritable: bool = True
    """False: blocks put by chat.update on what was streamed are refused (block_mismatch); reports differ."""
    charts: bool = True
    """False: data_visualization blocks are refused (invalid_blocks)."""
    trigger_life: float = 3.0
    acknowledgement: float = 3.0
    retries: tuple[float, ...] = (0.0, 60.0, 300.0)
    """After how long an event that was not acknowledged comes again."""
    farewell: float = 10.0
    """How long a socket stays open after ``disconnect``."""
    connections: int = 10
    code_life: float = 600.0
    """How long a code is good that a person's yes has led to."""
    token_life: float = 0.0
    """After which tokens expire, where token rotation is on: 43,200. 0: it is not."""

    text_limit: int = 40_000
    update_text_limit: int = 4_000
    """In bytes, as Slack stores the text: escaped."""
    markdown_limit: int = 12_000
    blocks_text_limit: int = 13_200
    """Characters all blocks of a message may hold together, tables and charts aside; measured in the field."""
    attachments: int = 100
    subscriptions: set[str] = field(default_factory=lambda: set(SUBSCRIPTIONS))
