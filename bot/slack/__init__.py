"""Slack: events in, Block Kit out. Nothing outside of this folder knows Slack's words."""

PLATFORM = "slack"
