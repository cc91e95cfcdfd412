"""What the bot may do in a workspace."""

SCOPES = (
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "im:history",
    "im:write",
    "mpim:history",
    "reactions:read",
    "users:read",
)
"""The permissions of the bot; each is needed by a call or an event of this folder."""
